package winrm

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync/atomic"
)

// talk is the dialogue with the worker loop on a host: numbered requests, and one
// reply to each. It makes and reads lines, and knows nothing of how they travel.
type talk struct {
	tag   tag
	meter Meter

	calls   int64           // guarded by the worker's turn
	known   map[string]bool // the scripts that the host has, by hash; guarded by the turn
	awaited atomic.Int64    // id of the call in flight, 0 for the ready frame
	replies chan reply
}

func newTalk(m Meter) *talk {
	return &talk{tag: newTag(), meter: m, known: map[string]bool{}, replies: make(chan reply, 1)}
}

// greeting is what the bootstrap reads: the worker loop and the tag of its lines.
func (t *talk) greeting() string {
	return base64.StdEncoding.EncodeToString([]byte(workerScript)) + "\n" + string(t.tag) + "\n"
}

// ask gives the line of the next request and from then on expects its reply.
func (t *talk) ask(script string, arguments json.RawMessage) (string, error) {
	t.calls++
	c := command{ID: t.calls, Hash: hash(script), Arguments: arguments}
	if !t.known[c.Hash] {
		c.Script = script
	}
	line, err := t.tag.line(c)
	if err == nil {
		t.awaited.Store(c.ID)
	}
	return line, err
}

// learn remembers from a reply whether the host has the script now.
func (t *talk) learn(script string, r reply) { t.known[hash(script)] = r.Cached }

// delivered is the value of awaited once the call in flight has its reply.
const delivered = -1

// deliver hands over the reply that a call waits for. At most one call waits;
// replies that a script printed itself are counted as stray lines.
func (t *talk) deliver(replies []reply, stray int) {
	var wanted []reply
	for _, r := range replies {
		id := t.awaited.Load()
		if r.ID == 0 && r.Error != nil {
			r.ID = id // the host could not read the request line
		}
		ours := id != delivered && r.ID == id && r.Ready == (id == 0)
		if !ours || !t.awaited.CompareAndSwap(id, delivered) {
			stray++
			continue
		}
		wanted = append(wanted, r)
	}
	if stray > 0 {
		t.meter.Stray(stray)
	}
	for _, r := range wanted {
		t.replies <- r // has room: one reply per call
	}
}

// encodeArguments encodes the arguments as a JSON object.
func encodeArguments(arguments any) (json.RawMessage, error) {
	if arguments == nil {
		return json.RawMessage("{}"), nil
	}
	text, err := json.Marshal(arguments)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(text, []byte("{")) {
		return nil, fmt.Errorf("arguments are no JSON object but %.20s", text)
	}
	return text, nil
}

func hash(script string) string {
	sum := sha256.Sum256([]byte(script))
	return hex.EncodeToString(sum[:])
}
