package outofprocess

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/message"
)

// input is a server's input that a test reads back.
type input struct {
	bytes.Buffer
	closed bool
	err    error // of writing
}

func (i *input) Close() error { i.closed = true; return nil }

func (i *input) Write(p []byte) (int, error) {
	if i.err != nil {
		return 0, i.err
	}
	return i.Buffer.Write(p)
}

// TestLinesOfTheServer: data reaches the stream that it names. Lines for a pipeline that was never
// started, and empty ones, are passed over; a line that cannot be read ends the transport.
func TestLinesOfTheServer(t *testing.T) {
	const pool, nobody = "00000000-0000-0000-0000-000000000000", "11111111-2222-3333-4444-555555555555"
	data := func(id, text string) string {
		return "<Data Stream='Default' PSGuid='" + id + "'>" + text + "</Data>\n"
	}
	for reason, c := range map[string]struct{ lines, says string }{
		"data":               {data(pool, "YWI=") + data(pool, "Yw=="), "the server has ended"},
		"for another":        {data(nobody, "eA==") + data(pool, "YWJj") + "<CloseAck PSGuid='" + nobody + "' />\n", "the server has ended"},
		"empty lines":        {"\n  \n" + data(pool, "YWJj"), "the server has ended"},
		"no XML":             {data(pool, "YWJj") + "Segmentation fault\n", `the server says "Segmentation fault"`},
		"no name":            {data(pool, "YWJj") + data("x", "eA=="), "is no UUID"},
		"no base64":          {data(pool, "YWJj") + data(pool, "Y"), "illegal base64"},
		"an acknowledgement": {"<DataAck PSGuid='" + pool + "' />\n" + data(pool, "YWJj"), "the server has ended"},
	} {
		transport := &Transport{out: &input{}, streams: map[message.ID]*stream{}}
		s, err := transport.Open(t.Context(), []byte("opening"))
		if err != nil {
			t.Fatal(err)
		}
		transport.read(strings.NewReader(c.lines))
		octets, last, err := s.Receive(t.Context())
		if string(octets) != "abc" || last || err != nil {
			t.Errorf("%s: received %q, %t, %v", reason, octets, last, err)
		}
		if octets, _, err := s.Receive(t.Context()); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: then %q, %v; want %q", reason, octets, err, c.says)
		}
	}
}

// TestWhatTheServerIsSent: a command is begun before its data, and no data overtakes the data
// before it.
func TestWhatTheServerIsSent(t *testing.T) {
	out, pipeline := &input{}, message.NewID()
	name := strings.ToLower(pipeline.String())
	transport := &Transport{out: out, streams: map[message.ID]*stream{}}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := transport.Start(ended, pipeline, []byte("first")); err == nil {
		t.Error("a command began that the server did not acknowledge")
	}
	if got, want := out.String(), "<Command PSGuid='"+name+"' />\n"; got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
	out.Reset()
	s := transport.stream(pipeline)
	s.acknowledged("CommandAck")
	for i, to := range []psrp.Input{psrp.Stdin, psrp.PromptResponse} {
		if err := s.Send(t.Context(), to, []byte("a")); err != nil {
			t.Fatal(err)
		}
		if err := s.Send(ended, to, []byte("early")); err == nil {
			t.Errorf("data %d was overtaken", i)
		}
		s.acknowledged("DataAck")
	}
	if got, want := out.String(), "<Data Stream='Default' PSGuid='"+name+"'>YQ==</Data>\n<Data Stream='PromptResponse' PSGuid='"+name+"'>YQ==</Data>\n"; got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
}

// TestCloseEndsTheServer: whatever was begun, the server's input is closed, which ends the server.
func TestCloseEndsTheServer(t *testing.T) {
	broken := errors.New("broken pipe")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		reason  string
		streams []message.ID
		err     error // of writing
		fails   bool
	}{
		"nothing was opened":     {"there is nothing to close before", nil, nil, false},
		"a pool":                 {"it does not answer in time", []message.ID{{}}, nil, true},
		"a pipeline and no pool": {"it does not answer in time", []message.ID{message.NewID()}, nil, true},
		"nothing can be written": {"the server is gone", []message.ID{{}, message.NewID()}, broken, true},
	} {
		out := &input{err: c.err}
		transport := &Transport{out: out, streams: map[message.ID]*stream{}}
		for _, id := range c.streams {
			transport.stream(id)
		}
		if err := transport.Close(ended); (err != nil) != c.fails || c.err != nil && !errors.Is(err, c.err) || !out.closed {
			t.Errorf("%s, %s: %v, and the input is closed: %v", name, c.reason, err, out.closed)
		}
	}
}
