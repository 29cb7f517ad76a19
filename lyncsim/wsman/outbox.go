package wsman

import (
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
)

// outbox holds the fragments of one stream until the client asks for them. It is
// bounded; a writer waits while it is full.
type outbox struct {
	bell *bell

	mu        sync.Mutex
	fragments [][]byte
	size      int  // bytes of the fragments
	ended     bool // nothing more will be written
	broken    bool // nobody will ask any more
}

func newOutbox() *outbox { return &outbox{bell: newBell()} }

// put adds a fragment.
func (o *outbox) put(fragment []byte) error {
	for {
		wait := o.bell.listen()
		if done, err := o.offer(fragment); done || err != nil {
			return err
		}
		<-wait
	}
}

func (o *outbox) offer(fragment []byte) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.broken:
		return false, errBrokenPipe
	case o.size > 0 && o.size+len(fragment) > pipeSize:
		return false, nil
	}
	o.fragments = append(o.fragments, fragment)
	o.size += len(fragment)
	o.bell.ring()
	return true, nil
}

// end marks that nothing more will be written.
func (o *outbox) end() { o.mark(&o.ended) }

// breakOff marks that nobody will ask any more.
func (o *outbox) breakOff() { o.mark(&o.broken) }

func (o *outbox) mark(flag *bool) {
	o.mu.Lock()
	*flag = true
	o.mu.Unlock()
	o.bell.ring()
}

// report is the ReceiveResponse with what is new, empty when nothing is. Each fragment
// is an element of its own. command is empty for the pool. room bounds the base64 text.
func (o *outbox) report(command string, room int) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken {
		return "", newFault(aborted, "")
	}
	of := ""
	if command != "" {
		of = ` CommandId="` + command + `"`
	}
	var b strings.Builder
	for len(o.fragments) > 0 {
		text := base64.StdEncoding.EncodeToString(o.fragments[0])
		if b.Len() > 0 && b.Len()+len(text) > room {
			break
		}
		fmt.Fprintf(&b, `<rsp:Stream Name="stdout"%s>%s</rsp:Stream>`, of, text)
		o.size -= len(o.fragments[0])
		o.fragments = o.fragments[1:]
	}
	if o.ended && len(o.fragments) == 0 {
		fmt.Fprintf(&b, `<rsp:CommandState%s State="%s"><rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState>`, of, stateDone)
	}
	if b.Len() == 0 {
		return "", nil
	}
	o.bell.ring()
	return `<rsp:ReceiveResponse>` + b.String() + `</rsp:ReceiveResponse>`, nil
}
