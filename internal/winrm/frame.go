package winrm

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/fedroute/fedroute/internal/remote"
)

// tag marks the lines of one worker among everything else that the process prints.
type tag string

func newTag() tag { return tag("fedroute-" + rand.Text() + ":") }

// command is one request line's payload; see worker.ps1.
type command struct {
	ID        int64           `json:"id"`
	Hash      string          `json:"hash"`
	Script    string          `json:"script,omitempty"`
	Arguments json.RawMessage `json:"arguments"`
}

// reply is one reply line's payload.
type reply struct {
	Info
	ID     int64               `json:"id"`
	Ready  bool                `json:"ready"`
	Cached bool                `json:"cached"` // the host now knows the script by its hash
	Result json.RawMessage     `json:"result"`
	Error  *remote.ScriptError `json:"error"`
}

// line writes a request as the worker reads it.
func (t tag) line(c command) (string, error) {
	payload, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	return string(t) + base64.StdEncoding.EncodeToString(payload) + "\n", nil
}

// reply reads a line. framed is false for a line that is no frame of this worker.
// The tag may stand behind text that was printed without an end of line.
func (t tag) reply(line []byte) (r reply, framed bool, err error) {
	_, payload, framed := bytes.Cut(line, []byte(t))
	if !framed {
		return reply{}, false, nil
	}
	text, err := base64.StdEncoding.AppendDecode(nil, payload)
	if err != nil {
		return reply{}, true, fmt.Errorf("damaged reply line: %w", err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return reply{}, true, fmt.Errorf("damaged reply: %w", err)
	}
	return r, true, nil
}
