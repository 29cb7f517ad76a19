package wsman_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

func TestRuleEffects(t *testing.T) {
	tests := map[string]struct {
		reason string
		rule   wsman.Rule
		check  func(t *testing.T, a *answer, err error)
		shells int64 // made in spite of it
	}{
		"Drop":    {"cut before anything is done", wsman.Rule{Effect: wsman.Drop}, cutOff, 0},
		"Lose":    {"done, but nobody hears of it", wsman.Rule{Effect: wsman.Lose}, cutOff, 1},
		"Halve":   {"half of the reply arrives", wsman.Rule{Effect: wsman.Halve}, cutOff, 1},
		"Silence": {"done, and the client waits in vain", wsman.Rule{Effect: wsman.Silence}, cutOff, 1},
		"Fault": {"any code", wsman.Rule{Effect: wsman.Fault, Code: wsman.CodeMarkedForDeletion}, func(t *testing.T, a *answer, err error) {
			if err != nil || a.code() != wsman.CodeMarkedForDeletion {
				t.Errorf("%v %+v", err, a)
			}
		}, 0},
		"Unauthorized": {"logged off", wsman.Rule{Effect: wsman.Unauthorized}, func(t *testing.T, a *answer, err error) {
			if err != nil || a.Status != http.StatusUnauthorized {
				t.Errorf("%v %+v", err, a)
			}
		}, 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, nil)
			c := l.client(t)
			c.http.Timeout = 300 * time.Millisecond
			tc.rule.Action, tc.rule.Times = "Create", 1
			l.Misbehave(tc.rule)
			a, err := c.post(c.envelope(transfer+"/Create", ""))
			tc.check(t, a, err)
			if n := l.Counters().Shells; n != tc.shells {
				t.Errorf("%s: %d shells made, want %d", tc.reason, n, tc.shells)
			}
			c.http.Timeout = 20 * time.Second
			if a := c.create(); a.Status != http.StatusOK {
				t.Errorf("the next request fails, too: %s", a.Raw)
			}
		})
	}
}

func cutOff(t *testing.T, a *answer, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("an answer came: %s", a.Raw)
	}
}

func TestDelayWaitsByTheMachinesClock(t *testing.T) {
	l, clock := timed(t, echo)
	l.Misbehave(wsman.Rule{Effect: wsman.Delay, Delay: time.Hour})
	c := l.client(t)
	got := c.later(transfer+"/Create", "")
	clock.await()
	clock.advance(time.Hour - time.Nanosecond)
	select {
	case a := <-got:
		t.Fatalf("answered early: %s", a.Raw)
	default:
	}
	clock.advance(time.Nanosecond)
	if a := <-got; a.Status != http.StatusOK {
		t.Errorf("%s", a.Raw)
	}
}

func TestLoseShellEndsItUnderARequest(t *testing.T) {
	l := running(t, wait)
	c := l.client(t)
	id := c.run("x")
	l.Misbehave(wsman.Rule{Effect: wsman.LoseShell, Action: "Receive"})
	if a := c.receive(id); a.code() != wsman.CodeUnknownShell {
		t.Errorf("%s", a.Raw)
	}
}

func TestRulesCountSkipAndDice(t *testing.T) {
	pattern := func(seed uint64, rule wsman.Rule) (hits []int) {
		l := newLab(t, func(c *wsman.Config, _ *pki.CA) { c.Seed = seed })
		rule.Effect, rule.Code = wsman.Fault, 170
		l.Misbehave(rule)
		c := l.client(t)
		for i := range 20 {
			if c.do(nsShell+"/Signal", "").code() == 170 {
				hits = append(hits, i)
			}
		}
		return hits
	}
	if d := cmp.Diff([]int{3, 4}, pattern(1, wsman.Rule{Action: "Signal", Skip: 3, Times: 2})); d != "" {
		t.Errorf("skip and times: -want +got:\n%s", d)
	}
	if hits := pattern(1, wsman.Rule{Action: "Send"}); len(hits) != 0 {
		t.Errorf("a rule for Send hit Signal: %v", hits)
	}
	first, again := pattern(7, wsman.Rule{Chance: 0.4}), pattern(7, wsman.Rule{Chance: 0.4})
	if d := cmp.Diff(first, again); d != "" || len(first) == 0 || len(first) == 20 {
		t.Errorf("the same seed gives %v and %v", first, again)
	}
}

func TestStoppedMachineRefusesAndComesBackWithoutShells(t *testing.T) {
	died := make(chan struct{})
	l := running(t, program(func(ctx context.Context, _ wsman.Process) int {
		<-ctx.Done()
		close(died)
		return 1
	}))
	c := l.client(t)
	id := c.run("x")
	pending := c.later(nsShell+"/Receive", receiveBody(id))
	address := l.Address()
	l.Stop()
	<-died
	if a := <-pending; a.Status == http.StatusOK {
		t.Errorf("the pending Receive was answered: %s", a.Raw)
	}
	if _, err := c.post(c.envelope(transfer+"/Create", "")); err == nil {
		t.Error("a stopped machine answers")
	}
	if err := l.Start(); err != nil {
		t.Fatal(err)
	}
	if l.Address() != address {
		t.Errorf("came back at %s, was at %s", l.Address(), address)
	}
	if a := c.command("x"); a.code() != wsman.CodeUnknownShell {
		t.Errorf("the shell survived: %s", a.Raw)
	}
}

func TestFrozenMachineIsSilentUntilItBehaves(t *testing.T) {
	l := newLab(t, nil)
	c := l.client(t)
	c.create()
	l.Freeze()
	c.http.Timeout = 200 * time.Millisecond
	if a, err := c.post(c.envelope(transfer+"/Create", "")); err == nil {
		t.Errorf("an answer on an old connection: %s", a.Raw)
	}
	other := l.client(t)
	other.http.Timeout = c.http.Timeout
	if a, err := other.post(""); err == nil {
		t.Errorf("an answer on a new connection: %s", a.Raw)
	}
	l.Behave()
	c.http.Timeout = 20 * time.Second
	if a := c.create(); a.Status != http.StatusOK {
		t.Errorf("afterwards: %s", a.Raw)
	}
}

func TestDropConnectionsLeavesShells(t *testing.T) {
	l := running(t, loop)
	c := l.client(t)
	id := c.run("x")
	if n := l.DropConnections(); n != 1 {
		t.Errorf("%d connections cut", n)
	}
	if a, err := c.post(c.envelope(nsShell+"/Receive", receiveBody("nosuch"))); err == nil && a.code() != wsman.CodeUnknownShell {
		t.Errorf("%+v", a)
	}
	c.send(id, "a\n", `End="true"`)
	if out, _, exit := c.drain(id); out != "<a>\r\n" || exit != 3 {
		t.Errorf("%q %d", out, exit)
	}
}

func TestRefusedLogonsHitLiveConnections(t *testing.T) {
	l := newLab(t, people)
	c := l.client(t).ntlm(`LAB\ops`, "Sommer!23")
	c.create()
	l.RefuseLogons()
	if a := c.create(); a.Status != http.StatusUnauthorized {
		t.Errorf("status %d", a.Status)
	}
	l.Behave()
	if a := c.create(); a.Status != http.StatusOK {
		t.Errorf("afterwards: %s", a.Raw)
	}
}

func TestKilledProcessTellsItsExitCode(t *testing.T) {
	l := running(t, program(func(ctx context.Context, p wsman.Process) int {
		_, _ = io.WriteString(p.Stdout, "last words")
		<-ctx.Done()
		return 99
	}))
	c := l.client(t)
	id := c.run("x")
	if a := c.receive(id); a.stream("stdout") != "last words" {
		t.Fatalf("%s", a.Raw)
	}
	if n := l.KillProcesses(-1073741819); n != 1 {
		t.Errorf("%d killed", n)
	}
	if _, _, exit := c.drain(id); exit != 0xC0000005 {
		t.Errorf("exit code %#x", exit)
	}
	id = c.run("x")
	c.signal(id, "ctrl_c")
	if _, _, exit := c.drain(id); exit != 0xC000013A {
		t.Errorf("exit code after ctrl+c %#x", exit)
	}
}

func TestCountersAddUp(t *testing.T) {
	l := newLab(t, people)
	before := l.Counters()
	c := l.client(t).ntlm(`LAB\ops`, "Sommer!23")
	c.drain(c.run("x"))
	c.delete()
	n := l.Counters().Minus(before)
	want := wsman.Counters{Requests: 6, Unauthorized: 2, Connections: 1, Shells: 1, Processes: 1}
	got := n
	got.EnvelopesIn, got.EnvelopesOut, got.WireIn, got.WireOut = 0, 0, 0, 0
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if n.EnvelopesIn == 0 || n.EnvelopesOut == 0 || n.WireIn <= n.EnvelopesIn || n.WireOut <= n.EnvelopesOut {
		t.Errorf("bytes: %+v", n)
	}
	if d := cmp.Diff(n.Plus(n).Minus(n), n); d != "" {
		t.Errorf("sum: -want +got:\n%s", d)
	}
}

func TestFrozenMachineCanBeStopped(t *testing.T) {
	l := running(t, wait)
	c := l.client(t)
	pending := c.later(nsShell+"/Receive", receiveBody(c.run("x")))
	l.Freeze()
	l.Stop()
	if a := <-pending; a.Status == http.StatusOK {
		t.Errorf("the pending Receive was answered: %s", a.Raw)
	}
	l.Thaw()
	if err := l.Start(); err != nil {
		t.Fatal(err)
	}
	if a := c.create(); a.Status != http.StatusOK {
		t.Errorf("afterwards: %s", a.Raw)
	}
}
