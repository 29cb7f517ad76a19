package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

func entry(act plan.Act, state apply.State, message string) apply.Entry {
	return apply.Entry{Step: plan.Step{Act: act}, State: state, Message: message}
}

// TestNoneAnswered: a move goes back only where ports were asked, and none answered.
func TestNoneAnswered(t *testing.T) {
	moved := entry(plan.SetSiteRoute{}, apply.Done, "")
	cases := map[string]struct {
		reason  string
		entries []apply.Entry
		want    string
	}{
		"none":           {"federation would stay down", []apply.Entry{moved, entry(plan.CheckPorts{}, apply.Failed, "refused"), entry(plan.CheckPorts{}, apply.Failed, "no answer")}, "refused"},
		"one":            {"partners can be led there", []apply.Entry{moved, entry(plan.CheckPorts{}, apply.Failed, "refused"), entry(plan.CheckPorts{}, apply.Done, "")}, ""},
		"not asked":      {"setup failed, and setup is tried again", []apply.Entry{moved, entry(plan.SetupEdgeServer{}, apply.Failed, "no"), entry(plan.CheckPorts{}, apply.Pending, "held by SetupEdgeServer")}, ""},
		"one not asked":  {"no address answered all the same", []apply.Entry{moved, entry(plan.CheckPorts{}, apply.Pending, "held"), entry(plan.CheckPorts{}, apply.Failed, "refused")}, "refused"},
		"something else": {"a zone that fails is its own part", []apply.Entry{moved, entry(plan.UpdateDNS{}, apply.Failed, "no")}, ""},
		"nothing at all": {"nothing moved", nil, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, status.NoneAnswered(c.entries)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestAMoveThatAnsweredIsNotUndone: status remembers that an address answered, also after the run
// in which it did, and forgets it with the next move.
func TestAMoveThatAnsweredIsNotUndone(t *testing.T) {
	f := inSync()
	f.Previous.Move = &v1alpha1.Move{EdgePool: "edge1.contoso.com", From: "edge2.contoso.com"}
	f.Run = &status.RunFacts{EdgePool: "edge1.contoso.com", Active: true, Entries: []apply.Entry{entry(plan.CheckPorts{}, apply.Done, "")}}
	f.Previous = status.Route(f)
	f.Run, f.Move = nil, &plan.Move{EdgePool: "edge1.contoso.com", From: "edge2.contoso.com"}
	f.Previous = status.Route(f)
	if diff := cmp.Diff(&v1alpha1.Move{EdgePool: "edge1.contoso.com", From: "edge2.contoso.com", Answered: true}, f.Previous.Move); diff != "" {
		t.Errorf("the same move (-want +got):\n%s", diff)
	}
	f.Move = &plan.Move{EdgePool: "edge2.contoso.com", From: "edge1.contoso.com"}
	if diff := cmp.Diff(&v1alpha1.Move{EdgePool: "edge2.contoso.com", From: "edge1.contoso.com"}, status.Route(f).Move); diff != "" {
		t.Errorf("the next move (-want +got):\n%s", diff)
	}
}
