package remote_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

func newLife() *remote.Life { return remote.NewLife("fe01:5986", 6*time.Hour, time.Now) }

func TestCallsToASessionThatHasEnded(t *testing.T) {
	cases := map[string]struct {
		reason string
		end    error
		kind   fault.Kind
		says   string
	}{
		"lost":            {"whatever ended it, this call did not fail", fault.New(fault.Failed, "read from", "fe01", "PowerShell ended with exit code 3"), fault.Unreachable, "exit code 3"},
		"outcome unknown": {"this call has an outcome: nothing was sent", fault.New(fault.OutcomeUnknown, "publish", "fe01", "no answer in time"), fault.Unreachable, "no answer in time"},
		"denied":          {"who is not let in can mend that", fault.New(fault.Denied, "sign in", "fe01", "the account is locked"), fault.Denied, "locked"},
		"no fault":        {"other errors tell what they can", errors.New("a defect"), fault.Unreachable, "a defect"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			l := newLife()
			l.End(c.end)
			l.End(errors.New("a later reason"))
			if l.Healthy() || !errors.Is(l.Err(), c.end) {
				t.Errorf("healthy %v, ended by %v, want the first reason", l.Healthy(), l.Err())
			}
			for range 20 { // the wait's select may take either branch
				if err := l.TakeTurn(t.Context(), "Read"); !fault.Is(err, c.kind) || !strings.Contains(err.Error(), "Read fe01:5986: ") || !strings.Contains(err.Error(), c.says) {
					t.Fatalf("%s: %s %v, want %s saying %q", c.reason, fault.KindOf(err), err, c.kind, c.says)
				}
			}
			if err := l.TakeLastTurn(t.Context()); err != nil {
				t.Errorf("what clears up needs the turn too: %v", err)
			}
		})
	}
}

func TestCallsTakeTurns(t *testing.T) {
	l := newLife()
	if err := l.TakeTurn(t.Context(), "Long"); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("the caller has gone")
	cancel(gone)
	if err := l.TakeTurn(ended, "Short"); !fault.Is(err, fault.Busy) {
		t.Errorf("beside another call: %v, want to be told that it runs", err)
	}
	if err := l.TakeLastTurn(ended); !errors.Is(err, gone) {
		t.Errorf("clearing up beside a call: %v, want why it stopped waiting", err)
	}
	l.GiveTurn()
	if err := l.TakeTurn(t.Context(), "Short"); err != nil {
		t.Errorf("after the other: %v", err)
	}
}

func TestALostCallHasAnUnknownOutcome(t *testing.T) {
	l := newLife()
	why := fault.New(fault.Unreachable, "Publish", "fe01", "the connection was closed")
	err := l.Lose("Publish", why)
	if !fault.Is(err, fault.OutcomeUnknown) || !errors.Is(err, why) || !strings.Contains(fault.Sentence(err), "the connection was closed; it may or may not have taken effect") {
		t.Errorf("%s: %v", fault.KindOf(err), fault.Sentence(err))
	}
	if l.Healthy() {
		t.Error("the session can be called again")
	}
}

func TestSessionsExpire(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	l := remote.NewLife("fe01", time.Hour, func() time.Time { return now })
	now = now.Add(time.Hour)
	if l.Expired() {
		t.Error("at its age limit a session is still good")
	}
	if now = now.Add(1); !l.Expired() || !l.Healthy() {
		t.Errorf("beyond it: expired %v, healthy %v; want both", l.Expired(), l.Healthy())
	}
}
