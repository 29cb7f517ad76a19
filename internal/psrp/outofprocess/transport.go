// Package outofprocess carries a runspace pool over the standard input and output of
// a PowerShell process (pwsh -s): one XML element a line. Only tests use it, to run
// the client's core against the real engine. MS-PSRP does not describe this
// transport; it is PowerShell's own (OutOfProcTransportManager in its source).
package outofprocess

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/message"
)

// Room is the size of a fragment, header included.
const Room = 32 << 10

// maxLine bounds one line of the server.
const maxLine = 1 << 20

// Transport is a psrp.Transport.
type Transport struct {
	writing sync.Mutex // guards out; a server that reads slowly must not stop the reading
	out     io.WriteCloser

	mu      sync.Mutex
	streams map[message.ID]*stream
	ended   error // why reading has ended
}

// New starts to read the server's output. Closing out ends the server.
func New(in io.Reader, out io.WriteCloser) *Transport {
	t := &Transport{out: out, streams: map[message.ID]*stream{}}
	contain.Go("read", "the server's output", func() { t.read(in) }, t.end)
	return t
}

// element is one line of the transport.
type element struct {
	XMLName xml.Name
	PSGuid  string `xml:"PSGuid,attr"`
	Data    string `xml:",chardata"`
}

func (t *Transport) read(in io.Reader) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	var err error
	for err == nil && lines.Scan() {
		err = t.take(lines.Text())
	}
	if err == nil {
		err = lines.Err()
	}
	if err == nil {
		err = errors.New("the server has ended")
	}
	t.end(err)
	_, _ = io.Copy(io.Discard, in) // a server that cannot write its output stops reading its input
}

func (t *Transport) take(line string) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	var e element
	if err := xml.Unmarshal([]byte(line), &e); err != nil {
		return fmt.Errorf("the server says %.200q", line)
	}
	id, err := message.ParseID(e.PSGuid)
	if err != nil {
		return err
	}
	t.mu.Lock()
	s := t.streams[id]
	t.mu.Unlock()
	if s == nil {
		return nil // the line is for a pipeline that was never started
	}
	if e.XMLName.Local != "Data" {
		s.acknowledged(e.XMLName.Local)
		return nil
	}
	octets, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(e.Data), ""))
	if err != nil {
		return err
	}
	s.arrived(octets)
	return nil
}

// end records why reading has ended and wakes every waiting call.
func (t *Transport) end(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = err
	for _, s := range t.streams {
		s.end(err)
	}
}

func (t *Transport) stream(id message.ID) *stream {
	s := &stream{transport: t, id: id, changed: make(chan struct{}), acks: map[string]int{}}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.streams[id] = s
	s.ended = t.ended
	return s
}

func (t *Transport) write(format string, arguments ...any) error {
	t.writing.Lock()
	defer t.writing.Unlock()
	_, err := fmt.Fprintf(t.out, format+"\n", arguments...)
	return err
}

// Open sends the opening messages to the pool.
func (t *Transport) Open(ctx context.Context, opening []byte) (psrp.Stream, error) {
	s := t.stream(message.ID{})
	return s, s.Send(ctx, psrp.Stdin, opening)
}

// Start first creates the command: the server drops data that comes before that.
func (t *Transport) Start(ctx context.Context, pipeline message.ID, first []byte) (psrp.Stream, error) {
	s := t.stream(pipeline)
	if err := s.ask(ctx, "Command"); err != nil {
		return nil, err
	}
	return s, s.Send(ctx, psrp.Stdin, first)
}

// Close closes the pool and then the server's input, which ends the server. The
// server answers the first only when every pipeline is closed.
func (t *Transport) Close(ctx context.Context) error {
	t.mu.Lock()
	var pipelines []*stream
	pool := t.streams[message.ID{}]
	for id, s := range t.streams {
		if id != (message.ID{}) {
			pipelines = append(pipelines, s)
		}
	}
	t.mu.Unlock()
	defer t.out.Close()
	for _, s := range pipelines {
		if err := s.Close(ctx); err != nil {
			return err
		}
	}
	if pool == nil {
		return nil
	}
	return pool.Close(ctx)
}

// Judge describes an error. It never reports Unseen, because the server may have
// acted.
func (t *Transport) Judge(op string, err error) psrp.Judgement {
	if known, ok := errors.AsType[*fault.Error](err); ok {
		return psrp.Judgement{Why: known}
	}
	why := fault.New(fault.Unreachable, op, "the PowerShell process", err.Error())
	why.Err = err
	return psrp.Judgement{Why: why}
}
