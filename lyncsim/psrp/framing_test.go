package psrp_test

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/fedroute/fedroute/lyncsim/psrp"
)

// framing is the transport of pwsh -s: one XML element a line. The recorded conversations
// of the real engine use it.
type framing struct {
	session *psrp.Session
	options psrp.Options
	tell    func(line string)

	mu   sync.Mutex
	held map[psrp.ID][]string // lines of a pipeline that come after the acknowledgement under way
	open map[psrp.ID]bool
	free *sync.Cond // a pipeline was closed
}

func newFraming(o psrp.Options, tell func(line string)) *framing {
	f := &framing{options: o, tell: tell, held: make(map[psrp.ID][]string), open: make(map[psrp.ID]bool)}
	f.free = sync.NewCond(&f.mu)
	f.session = psrp.New(o, f)
	return f
}

// Write implements psrp.Output.
func (f *framing) Write(pipeline psrp.ID, fragment []byte) error {
	line := fmt.Sprintf("<Data Stream='Default' PSGuid='%s'>%s</Data>", pipeline, base64.StdEncoding.EncodeToString(fragment))
	f.mu.Lock()
	defer f.mu.Unlock()
	if lines, waits := f.held[pipeline]; waits {
		f.held[pipeline] = append(lines, line)
		return nil
	}
	f.tell(line)
	return nil
}

// Ended implements psrp.Output.
func (*framing) Ended(psrp.ID) {}

// errFatal ends the real server.
var errFatal = errors.New("the line is no element that a server takes")

// take handles one line of the client. An empty line is the end of its input (io.EOF).
func (f *framing) take(line string) error {
	if line == "" {
		return io.EOF
	}
	elements := xml.NewDecoder(strings.NewReader(strings.TrimRight(line, "\r")))
	for found := false; ; found = true {
		token, err := elements.Token()
		for _, skipped := token.(xml.ProcInst); skipped || isComment(token); _, skipped = token.(xml.ProcInst) {
			token, err = elements.Token()
		}
		start, ok := token.(xml.StartElement)
		switch {
		case errors.Is(err, io.EOF) && found:
			return nil
		case err != nil || !ok:
			return errFatal // text, or blanks around an element
		}
		var e element
		if elements.DecodeElement(&e, &start) != nil {
			return errFatal
		}
		if err := f.do(e); err != nil {
			return err
		}
	}
}

func isComment(t xml.Token) bool {
	_, ok := t.(xml.Comment)
	return ok
}

type element struct {
	XMLName xml.Name
	PSGuid  string `xml:"PSGuid,attr"`
	Stream  string `xml:"Stream,attr"`
	Data    string `xml:",chardata"`
}

func (f *framing) do(e element) error {
	id, err := psrp.ParseID(e.PSGuid)
	if err != nil {
		return errFatal
	}
	switch e.XMLName.Local {
	case "Command":
		if f.pool().Begin(id) != nil {
			return errFatal
		}
		f.mu.Lock()
		f.open[id] = true
		f.mu.Unlock()
	case "Data":
		raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(e.Data), ""))
		if err != nil || len(raw) == 0 || e.Stream == "" {
			return errFatal
		}
		f.data(id, raw)
		return nil
	case "Signal":
		if id == (psrp.ID{}) {
			return errFatal
		}
		f.pool().Stop(id)
	case "Close":
		f.close(id)
		return nil
	default:
		return errFatal
	}
	f.acknowledge(e.XMLName.Local, id)
	return nil
}

// pool is the session that the process serves now. Closing one opens the next.
func (f *framing) pool() *psrp.Session {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.session
}

// data hands octets on. What the pool answers stands before the acknowledgement, and what
// a pipeline answers behind it.
func (f *framing) data(id psrp.ID, raw []byte) {
	if id != (psrp.ID{}) {
		f.mu.Lock()
		f.held[id] = nil
		f.mu.Unlock()
	}
	_ = f.pool().Take(id, raw) // the real server says so on another stream
	f.acknowledge("Data", id)
}

func (f *framing) acknowledge(what string, id psrp.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tell(fmt.Sprintf("<%sAck PSGuid='%s' />", what, id))
	for _, line := range f.held[id] {
		f.tell(line)
	}
	delete(f.held, id)
}

// close closes a pipeline, or the pool when every pipeline is closed.
func (f *framing) close(id psrp.ID) {
	if id != (psrp.ID{}) {
		f.pool().Stop(id)
		f.pool().Free(id)
		f.mu.Lock()
		delete(f.open, id)
		f.free.Broadcast()
		f.mu.Unlock()
		f.acknowledge("Close", id)
		return
	}
	go func() {
		f.mu.Lock()
		for len(f.open) > 0 {
			f.free.Wait()
		}
		f.mu.Unlock()
		f.pool().Close()
		next := psrp.New(f.options, f)
		f.mu.Lock()
		f.session = next
		f.mu.Unlock()
		f.acknowledge("Close", id)
	}()
}
