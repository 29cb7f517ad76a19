package wsman_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// loop answers every line of stdin, as a worker does.
var loop = program(func(_ context.Context, p wsman.Process) int {
	in := bufio.NewScanner(p.Stdin)
	for in.Scan() {
		fmt.Fprintf(p.Stdout, "<%s>\r\n", in.Text())
	}
	return 3
})

func TestCommandGivesOutputAndExitCode(t *testing.T) {
	l := running(t, program(func(_ context.Context, p wsman.Process) int {
		fmt.Fprint(p.Stdout, "out: "+p.CommandLine)
		fmt.Fprint(p.Stderr, "err")
		return -1
	}))
	c := l.client(t)
	out, errs, exit := c.drain(c.run("a <b> & c"))
	got := []any{out, errs, exit}
	if d := cmp.Diff([]any{"out: a <b> & c", "err", uint32(0xFFFFFFFF)}, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if a := c.delete(); a.Status != http.StatusOK || a.Header.RelatesTo != "uuid:11111111-2222-3333-4444-555555555555" {
		t.Errorf("delete: %s", a.Raw)
	}
	if n := l.Counters(); n.Shells != 1 || n.Processes != 1 || n.Requests == 0 {
		t.Errorf("counters: %+v", n)
	}
}

func TestStdinIsFedWhileAReceiveWaits(t *testing.T) {
	l := running(t, loop)
	c := l.client(t)
	id := c.run("loop")
	for i := range 3 {
		got := make(chan *answer)
		go func() {
			a, err := c.post(c.envelope(nsShell+"/Receive", receiveBody(id)))
			if err != nil {
				t.Error(err)
			}
			got <- a
		}()
		line := strings.Repeat("x", i+1)
		if a := c.send(id, line+"\n", ""); a.Status != http.StatusOK {
			t.Fatalf("send: %s", a.Raw)
		}
		if a := <-got; a == nil || a.stream("stdout") != "<"+line+">\r\n" {
			t.Fatalf("receive %d: %+v", i, a)
		}
	}
	c.send(id, "", `End="true"`)
	if _, _, exit := c.drain(id); exit != 3 {
		t.Errorf("exit code %d", exit)
	}
}

func TestLargeOutputIsSplitWithinTheEnvelope(t *testing.T) {
	const size = 3 << 20
	l := running(t, program(func(_ context.Context, p wsman.Process) int {
		_, err := io.CopyN(p.Stdout, endless('x'), size)
		if err != nil {
			return 1
		}
		return 0
	}))
	c := l.client(t)
	c.headers = `<m:MaxEnvelopeSize>153600</m:MaxEnvelopeSize>`
	id := c.run("big")
	total, replies := 0, 0
	for {
		a := c.receive(id)
		if len(a.Raw) > 153600 {
			t.Fatalf("a reply of %d bytes", len(a.Raw))
		}
		total += len(a.stream("stdout"))
		replies++
		if a.Body.State.ExitCode != nil {
			break
		}
	}
	if total != size || replies < size/153600 {
		t.Errorf("%d bytes in %d replies", total, replies)
	}
}

// endless is a reader that delivers one byte again and again.
type endless byte

func (e endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(e)
	}
	return len(b), nil
}
