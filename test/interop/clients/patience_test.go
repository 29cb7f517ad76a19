//go:build interop

package clients_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// isRefused checks that a wrong password gets 401 and no shell.
func (o outsider) isRefused(t *testing.T, name string, p *place, c client) {
	for _, method := range []string{"Basic", "NTLM"} {
		t.Run("wrong password, "+method, func(t *testing.T) {
			o.announce(t, name, "a wrong password gets 401 by "+method)
			s := p.signIn(t, method)
			s.Password = "wrong"
			before := p.Counters(t).WinRM
			got, err := c.ask(s, question{Line: "hostname", Script: "hostname"})
			if err == nil || !strings.Contains(err.Error(), "401") && !strings.Contains(err.Error(), "credentials were rejected") {
				t.Errorf("got %v, %v; want 401", got, err)
			}
			if n := p.Counters(t).WinRM.Minus(before); n.Unauthorized == 0 || n.Shells != 0 {
				t.Errorf("%d times 401 and %d shells", n.Unauthorized, n.Shells)
			}
		})
	}
}

// waits checks that a client asks again after an operation's timeout, and leaves nothing
// behind after a timeout of its own.
func (o outsider) waits(t *testing.T, name string, p *place, c client) {
	sleep := func(script string) question {
		return question{Line: `powershell -NoProfile -Command "` + script + `"`, Script: script}
	}
	s := p.signIn(t, "NTLM")
	s.OperationTimeout = 1
	t.Run("operation timeout", func(t *testing.T) {
		o.announce(t, name, "goes on asking when an operation times out")
		before := p.Counters(t).WinRM
		got, err := c.ask(s, sleep("Start-Sleep -Seconds 3; 'rested'"))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]answer{{Out: "rested\r\n"}}, got); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
		if n := p.Counters(t).WinRM.Minus(before); n.Faults < 2 {
			t.Errorf("%d faults; want one for each operation that timed out", n.Faults)
		}
		p.Quiet(t)
	})
	t.Run("client timeout", func(t *testing.T) {
		o.announce(t, name, "leaves no process and no shell behind when it loses patience")
		long := sleep("Start-Sleep -Seconds 300")
		long.Deadline = 2 * time.Second
		got, err := c.ask(s, long)
		if err != nil {
			t.Fatal(err)
		}
		if !got[0].GaveUp {
			t.Errorf("the client waited for %+v", got[0])
		}
		p.Quiet(t)
	})
}

// worksTwice runs two sessions. Each waits for a file that the other writes.
func (o outsider) worksTwice(t *testing.T, name string, p *place, c client) {
	t.Run("two at once", func(t *testing.T) {
		o.announce(t, name, "two sessions at once")
		s := p.signIn(t, "NTLM")
		await := func(mine, other string) question {
			folder := `C:\` + name
			script := `Set-Content ` + folder + mine + ` x; while (-not (Test-Path ` + folder + other + `)) { Start-Sleep -Milliseconds 20 }; '` + mine + ` saw ` + other + `'`
			return question{Line: `powershell -NoProfile -Command "` + script + `"`, Script: script, Deadline: 30 * time.Second}
		}
		type result struct {
			answers []answer
			err     error
		}
		ask := func(q question) <-chan result {
			done := make(chan result, 1)
			go func() {
				a, err := c.ask(s, q)
				done <- result{a, err}
			}()
			return done
		}
		first, second := ask(await("one", "two")), ask(await("two", "one"))
		for want, done := range map[string]<-chan result{"one saw two": first, "two saw one": second} {
			got := <-done
			if got.err != nil {
				t.Fatal(got.err)
			}
			if d := cmp.Diff([]answer{{Out: want + "\r\n"}}, got.answers); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		}
		p.Quiet(t)
	})
}
