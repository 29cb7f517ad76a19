package apply

import (
	"context"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

type panicking struct{}

func (panicking) Probe(context.Context, probe.Target) probe.Reading { panic("swordfish") }

type noon struct{}

func (noon) Now() time.Time                             { return time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC) }
func (noon) Sleep(context.Context, time.Duration) error { return nil }

// TestAPortWhoseLookPanicsDoesNotAnswer: DNS does not move to a port that could not be asked again.
func TestAPortWhoseLookPanicsDoesNotAnswer(t *testing.T) {
	port := probe.Target{Host: "edge2.contoso.com", Protocol: lync.SIP}
	w := work{Run: &Run{hands: Hands{Clock: noon{}, Prober: panicking{}}, answered: map[probe.Target]time.Time{port: noon{}.Now().Add(-2 * answerAge)}}}
	err := w.portsAnswer(t.Context(), plan.Step{Target: "zone contoso.com"}, []probe.Target{port})
	if !fault.Is(err, fault.Internal) {
		t.Errorf("got %s: %v", fault.KindOf(err), err)
	}
}
