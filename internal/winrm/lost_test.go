package winrm_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
)

// hangUp cuts the TCP connection without an answer.
func hangUp(w http.ResponseWriter) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = c.Close()
	}
}

// instead lets answer handle all requests of one action instead of the host.
func instead(action string, answer func(http.ResponseWriter)) func(http.ResponseWriter, string) bool {
	return func(w http.ResponseWriter, a string) bool {
		if a == action {
			answer(w)
		}
		return a == action
	}
}

// fromSend passes requests to answer from the first Send on.
func fromSend(answer func(http.ResponseWriter, string) bool) func(http.ResponseWriter, string) bool {
	var sent atomic.Bool
	return func(w http.ResponseWriter, action string) bool {
		if action == "Send" {
			sent.Store(true)
		}
		return sent.Load() && answer(w, action)
	}
}

// hang is a script that never ends.
func hang(p *process, _ string, _ request) frame {
	p.readLine()
	return nil
}

// losses are the ways to lose a worker while a call is in flight.
var losses = map[string]struct {
	reason string
	// on gets each request from the call's Send on.
	on func(w http.ResponseWriter, action string) bool
	// does runs in place of the script.
	does  func(p *process, tag string, r request) frame
	kind  fault.Kind
	cause string
}{
	"send broke off": {
		reason: "the host may have read the request before the connection went",
		on:     instead("Send", hangUp),
		kind:   fault.OutcomeUnknown, cause: "connection was closed",
	},
	"send faulted": {
		reason: "a busy shell may still take the input",
		on: instead("Send", func(w http.ResponseWriter) {
			wsmanFault(w, 170, "w:InternalError", "The requested resource is in use.")
		}),
		kind: fault.OutcomeUnknown, cause: "in use (WSMan fault 170)",
	},
	"send timed out on the host": {
		reason: "only a Receive is asked again after a timeout",
		on:     instead("Send", func(w http.ResponseWriter) { wsmanFault(w, 2150858793, "w:TimedOut", "The operation timed out.") }),
		kind:   fault.OutcomeUnknown, cause: "timed out",
	},
	"send unauthorized": {
		reason: "a host that says 401 has not acted",
		on:     instead("Send", func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) }),
		kind:   fault.Denied, cause: "not accepted",
	},
	"shell deleted": {
		reason: "the shell's end is seen by the Receive",
		does:   hang,
		on: instead("Receive", func(w http.ResponseWriter) {
			wsmanFault(w, 2150858843, "w:InvalidSelectors", "The shell was not found on the server.")
		}),
		kind: fault.OutcomeUnknown, cause: "remote shell is gone",
	},
	"process died": {
		reason: "a script may have ended PowerShell after its work",
		does: func(p *process, _ string, _ request) frame {
			p.warn("#< CLIXML\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj S=\"progress\" RefId=\"0\"><MS><S N=\"x\">Loading</S></MS></Obj><S S=\"Error\">Out of memory._x000D__x000A_</S></Objs>")
			return nil
		},
		kind: fault.OutcomeUnknown, cause: "exit code 3 and said: Out of memory",
	},
	"reply damaged": {
		reason: "half a reply is no reply",
		does: func(p *process, tag string, r request) frame {
			line := frame{"id": r.ID, "result": []any{"whole"}}.line(tag)
			p.print(line[:len(line)-9] + "\n")
			return hang(p, tag, r)
		},
		kind: fault.OutcomeUnknown, cause: "damaged reply",
	},
	"reply too large": {
		reason: "memory is bounded",
		does: func(_ *process, _ string, r request) frame {
			return frame{"id": r.ID, "result": []any{strings.Repeat("x", 100_000)}}
		},
		kind: fault.OutcomeUnknown, cause: "larger than the limit of 50000 bytes",
	},
}

func TestWhatIsInFlightWhenTheWorkerIsLost(t *testing.T) {
	for name, c := range losses {
		t.Run(name, func(t *testing.T) {
			does := c.does
			if does == nil {
				does = func(_ *process, _ string, r request) frame {
					return frame{"id": r.ID, "cached": true, "result": []any{}}
				}
			}
			h := newHost(t, powershell(does))
			h.hold = 5 * time.Millisecond
			w := h.dial(t, winrm.Options{MaxReply: 50_000})
			if c.on != nil {
				h.interfere(fromSend(c.on))
			}
			_, err := w.Call(t.Context(), remote.Request{Name: "Change", Script: "change"})
			if !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.cause) {
				t.Errorf("%s: got %s: %v; want %s with %q", c.reason, fault.KindOf(err), err, c.kind, c.cause)
			}
			if w.Healthy() {
				t.Error("the worker must be dropped")
			}
			if got := h.count("Send"); got > 2 {
				t.Errorf("%d Sends: the request was sent again", got)
			}
		})
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	h := newHost(t, powershell(hang))
	w := h.dial(t, winrm.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	h.interfere(func(_ http.ResponseWriter, action string) bool {
		if action == "Send" {
			time.AfterFunc(time.Millisecond, cancel)
		}
		return false
	})
	_, err := w.Call(ctx, remote.Request{Name: "Change", Script: "change"})
	if !fault.Is(err, fault.OutcomeUnknown) {
		t.Errorf("got %s: %v", fault.KindOf(err), err)
	}
	_, err = w.Call(t.Context(), remote.Request{Name: "Change", Script: "change"})
	if !fault.Is(err, fault.Unreachable) {
		t.Errorf("a call to a dropped worker: got %s: %v", fault.KindOf(err), err)
	}
	if err := w.Close(t.Context()); err != nil || h.count("Delete") != 1 {
		t.Errorf("a lost worker's shell must be deleted: %v, %d Deletes", err, h.count("Delete"))
	}
}

func TestNothingIsSentForAnEndedContext(t *testing.T) {
	h := newHost(t, echo)
	w := h.dial(t, winrm.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // the wait's select may take either branch
		if _, err := w.Call(ctx, remote.Request{Name: "Change", Script: "change"}); !fault.Is(err, fault.Unreachable) && !fault.Is(err, fault.Busy) {
			t.Errorf("got %s: %v", fault.KindOf(err), err)
		}
	}
	if !w.Healthy() || h.count("Send") != 1 {
		t.Errorf("the worker must stay: healthy %v, %d Sends", w.Healthy(), h.count("Send"))
	}
}

func TestWaitingForATurnIsBounded(t *testing.T) {
	started := make(chan struct{})
	h := newHost(t, powershell(func(p *process, tag string, r request) frame {
		close(started)
		return hang(p, tag, r)
	}))
	w := h.dial(t, winrm.Options{})
	first := make(chan error)
	go func() {
		_, err := w.Call(t.Context(), remote.Request{Name: "Long", Script: "long"})
		first <- err
	}()
	<-started
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := w.Call(ctx, remote.Request{Name: "Short", Script: "short"}); !fault.Is(err, fault.Busy) {
		t.Errorf("got %s: %v", fault.KindOf(err), err)
	}
	if !w.Healthy() {
		t.Error("the long call must go on")
	}
	_ = w.Close(t.Context())
	if err := <-first; !fault.Is(err, fault.OutcomeUnknown) {
		t.Errorf("the call that Close cut: got %s: %v", fault.KindOf(err), err)
	}
}

func TestIdleWorkerNoticesTheEnd(t *testing.T) {
	h := newHost(t, echo)
	w := h.dial(t, winrm.Options{})
	call(t, w, nil)
	h.mu.Lock()
	for _, p := range h.shells {
		p.kill()
	}
	h.mu.Unlock()
	<-w.Done()
	if err := w.Err(); !fault.Is(err, fault.Failed) {
		t.Errorf("got %s: %v", fault.KindOf(err), err)
	}
	_, err := w.Call(t.Context(), remote.Request{Name: "Echo", Script: "echo"})
	if !fault.Is(err, fault.Unreachable) {
		t.Errorf("nothing was in flight: got %s: %v", fault.KindOf(err), err)
	}
}
