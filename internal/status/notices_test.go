package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// TestPlanSaysWhatNoStepChanges: status and one event have what a plan says, and status goes on
// to have it while the plan is carried out.
func TestPlanSaysWhatNoStepChanges(t *testing.T) {
	f := inSync()
	drifted(&f)
	f.Plan.Notices = []string{"partners remember"}
	shown := status.Route(f)
	if diff := cmp.Diff([]string{"partners remember"}, shown.Plan.Notices); diff != "" {
		t.Errorf("before the run (-want +got):\n%s", diff)
	}
	if n := notices(status.RouteEvents(f.Previous, shown)); n != 1 {
		t.Errorf("%d events, want one", n)
	}
	begun := f
	ran(&begun, nil, apply.Running, apply.Pending, apply.Pending)
	if diff := cmp.Diff(shown.Plan.Notices, status.Route(begun).Plan.Notices); diff != "" {
		t.Errorf("a plan that is carried out at once (-want +got):\n%s", diff)
	}
	f.Previous = shown
	ran(&f, nil, apply.Running, apply.Pending, apply.Pending)
	f.Plan = plan.Plan{} // nothing is compared while a run is under way
	during := status.Route(f)
	if diff := cmp.Diff(shown.Plan.Notices, during.Plan.Notices); diff != "" {
		t.Errorf("while it is carried out (-want +got):\n%s", diff)
	}
	if n := notices(status.RouteEvents(shown, during)); n != 0 {
		t.Errorf("%d more events for what was said before", n)
	}
}

func notices(events []status.Event) int {
	n := 0
	for _, e := range events {
		if e.Reason == "PlanNotice" {
			n++
		}
	}
	return n
}
