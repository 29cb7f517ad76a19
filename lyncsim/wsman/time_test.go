package wsman_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// timed is a lab on a clock that the test moves.
func timed(t *testing.T, p wsman.Program) (*lab, *handClock) {
	t.Helper()
	clock := newHandClock()
	return newLab(t, func(c *wsman.Config, _ *pki.CA) { c.Program, c.Clock = p, clock }), clock
}

// later posts a request and returns at once. The answer can be read from the result when it
// arrives.
func (c *client) later(action, body string) <-chan *answer {
	got := make(chan *answer, 1)
	go func() {
		a, err := c.post(c.envelope(action, body))
		if err != nil {
			a = &answer{Raw: err.Error()}
		}
		got <- a
	}()
	return got
}

func TestReceiveTimesOutAfterTheOperationTimeout(t *testing.T) {
	tests := map[string]struct {
		reason, header string
		wait           time.Duration
	}{
		"Seconds":  {"what pywinrm asks for", "PT20S", 20 * time.Second},
		"Fraction": {"what Windows and masterzen ask for", "PT60.000S", time.Minute},
		"Minutes":  {"other units", "PT1M30.5S", 90*time.Second + 500*time.Millisecond},
		"Default":  {"nothing asked for", "", time.Minute},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			l, clock := timed(t, wait)
			c := l.client(t)
			id := c.run("x")
			if tc.header != "" {
				c.headers = `<m:OperationTimeout>` + tc.header + `</m:OperationTimeout>`
			}
			clock.drain()
			got := c.later(nsShell+"/Receive", receiveBody(id))
			clock.await()
			clock.advance(tc.wait - time.Millisecond)
			select {
			case a := <-got:
				t.Fatalf("%s: answered early: %s", tc.reason, a.Raw)
			default:
			}
			clock.advance(time.Millisecond)
			if a := <-got; a.code() != wsman.CodeTimedOut || a.Body.Fault.Subcode != "w:TimedOut" {
				t.Errorf("%s: %s", tc.reason, a.Raw)
			}
		})
	}
}

func TestIdleShellIsReapedWithItsProcesses(t *testing.T) {
	died := make(chan struct{})
	l, clock := timed(t, program(func(ctx context.Context, _ wsman.Process) int {
		<-ctx.Done()
		close(died)
		return 1
	}))
	c := l.client(t)
	c.do(transfer+"/Create", "")
	a := c.do(transfer+"/Create", `<sh:Shell><sh:IdleTimeOut>PT180.000S</sh:IdleTimeOut></sh:Shell>`)
	c.shell = a.Body.Shells[0].ID
	c.run("x")
	clock.advance(180*time.Second - time.Millisecond)
	if a := c.receive("nosuch"); a.code() != wsman.CodeUnknownShell || !strings.Contains(a.Raw, "command identifier") {
		t.Fatalf("gone too early: %s", a.Raw)
	}
	clock.advance(180*time.Second - time.Millisecond)
	clock.advance(time.Millisecond)
	if a := c.receive("nosuch"); a.code() != wsman.CodeUnknownShell || strings.Contains(a.Raw, "command identifier") {
		t.Errorf("still there: %s", a.Raw)
	}
	<-died
}

func TestPendingReceiveKeepsAShellAlive(t *testing.T) {
	l, clock := timed(t, wait)
	c := l.client(t)
	a := c.do(transfer+"/Create", `<sh:Shell><sh:IdleTimeOut>PT60S</sh:IdleTimeOut></sh:Shell>`)
	c.shell = a.Body.Shells[0].ID
	id := c.run("x")
	c.headers = `<m:OperationTimeout>PT600S</m:OperationTimeout>`
	clock.drain()
	got := c.later(nsShell+"/Receive", receiveBody(id))
	clock.await()
	clock.advance(10 * time.Minute)
	if a := <-got; a.code() != wsman.CodeTimedOut {
		t.Fatalf("receive: %s", a.Raw)
	}
	if a := c.command("x"); a.Status != http.StatusOK {
		t.Errorf("the shell was reaped under a pending Receive: %s", a.Raw)
	}
}

func TestShellEndsAfterItsRunTime(t *testing.T) {
	l, clock := timed(t, wait)
	c := l.client(t)
	c.create()
	for range 16 {
		clock.advance(30*time.Minute - time.Second)
		if a := c.command("x"); a.Status != http.StatusOK {
			t.Fatalf("gone too early: %s", a.Raw)
		}
	}
	clock.advance(time.Minute)
	if a := c.command("x"); a.code() != wsman.CodeUnknownShell {
		t.Errorf("it outlived MaxShellRunTime: %s", a.Raw)
	}
}

func TestSendTimesOutWhenNobodyReads(t *testing.T) {
	l, clock := timed(t, wait)
	c := l.client(t)
	id := c.run("x")
	data := make([]byte, 300<<10)
	for range 3 {
		c.send(id, string(data), "")
	}
	clock.drain()
	got := make(chan *answer)
	go func() { got <- c.send(id, string(data), "") }()
	clock.await()
	clock.advance(time.Minute)
	if a := <-got; a.code() != wsman.CodeTimedOut {
		t.Errorf("send: %s", a.Raw)
	}
}
