package status_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// largePlan has more steps than status has room for: one for each site.
func largePlan(wish string, from, to int) plan.Plan {
	var all []plan.Step
	for i := from; i < to; i++ {
		all = append(all, plan.Step{Act: plan.SetSiteRoute{Site: fmt.Sprint("site", i)}, Target: fmt.Sprint("SIP route of site site", i), From: strings.Repeat("edge", 100), To: "edge1.contoso.com"})
	}
	return planOf(wish, all...)
}

// TestAPlanThatStatusHasNoRoomForKeepsItsApproval: the rest of a plan is told by the plan's steps
// in status, and status does not show them all.
func TestAPlanThatStatusHasNoRoomForKeepsItsApproval(t *testing.T) {
	const sites = 1_500
	whole := largePlan("w", 0, sites)
	before := func(change func(*status.Facts)) *v1alpha1.Plan {
		f := inSync()
		drifted(&f)
		f.Plan, f.Verdict = whole, guard.Verdict{Reason: guard.AwaitingApproval}
		f.Previous = status.Route(f)
		if change != nil {
			change(&f)
			f.Previous = status.Route(f)
		}
		text, err := json.Marshal(f.Previous)
		if err != nil {
			t.Fatal(err)
		}
		var read v1alpha1.FederationRouteStatus // as the API server keeps it
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		if len(text) > 1_000_000 || len(read.Plan.Steps) == sites {
			t.Fatalf("the status has %d bytes and %d steps", len(text), len(read.Plan.Steps))
		}
		return read.Plan
	}
	run := func(done int, end error) func(*status.Facts) {
		return func(f *status.Facts) {
			r := &status.RunFacts{PlanID: whole.ID, Wish: "w", Active: end == nil, Err: end}
			for i, s := range whole.Steps {
				e := apply.Entry{Step: s, State: apply.Pending}
				switch {
				case i < done:
					e.State, e.Started, e.Ended = apply.Done, now, now
				case i == sites-1 && end != nil:
					e.State, e.Message = apply.Failed, end.Error()
				}
				r.Entries = append(r.Entries, e)
			}
			f.Run = r
		}
	}
	failed := fault.New(fault.Failed, "set", "route", "x")
	foreign := largePlan("w", sites-1, sites+1)
	changed := largePlan("w", sites-2, sites)
	changed.Steps[0].From = "edge9"
	cases := map[string]struct {
		reason  string
		earlier *v1alpha1.Plan
		now     plan.Plan
		keeps   bool
	}{
		"the first steps are done":                  {"a person approved the others, too", before(nil), largePlan("w", 100, sites), true},
		"only steps are left that were never shown": {"they are of the plan", before(nil), largePlan("w", sites-5, sites), true},
		"while it is carried out":                   {"the manager died meanwhile", before(run(800, nil)), largePlan("w", 800, sites), true},
		"it failed":                                 {"it is tried again", before(run(800, failed)), largePlan("w", 800, sites), true},
		"a step that was done is due again":         {"nobody approved to take it twice", before(run(800, failed)), largePlan("w", 799, sites), false},
		"one step more":                             {"nobody approved it", before(nil), foreign, false},
		"a step from another value":                 {"nobody approved it", before(nil), changed, false},
		"another wish":                              {"the spec asks for something else", before(nil), largePlan("v", 100, sites), false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			want := c.now.ID
			if c.keeps {
				want = whole.ID
			}
			if got := status.PlanID(c.earlier, c.now, whole.ID); got != want {
				t.Errorf("%s: the id is %s, want %s", c.reason, got, want)
			}
		})
	}
}

// TestWhatIsNotDoneIsShownFirst: of a plan that status has no room for, people see what fails, and
// what is still to be done before what is done.
func TestWhatIsNotDoneIsShownFirst(t *testing.T) {
	whole := largePlan("w", 0, 1_500)
	f := inSync()
	drifted(&f)
	f.Run = &status.RunFacts{PlanID: whole.ID, Wish: "w", Active: true}
	for i, s := range whole.Steps {
		e := apply.Entry{Step: s, State: apply.Pending}
		switch {
		case i < 1_490 && i != 700:
			e.State, e.Started, e.Ended = apply.Done, now, now
		case i == 700:
			e.State, e.Message = apply.Failed, "no"
		case i == 1_499:
			e.State = apply.Running
		}
		f.Run.Entries = append(f.Run.Entries, e)
	}
	shown := status.Route(f).Plan
	count := map[v1alpha1.StepState]int{}
	for _, s := range shown.Steps {
		count[s.State]++
	}
	if count[v1alpha1.StepFailed] != 1 || count[v1alpha1.StepRunning] != 1 || count[v1alpha1.StepPending] != 9 || count[v1alpha1.StepDone] < 100 || len(shown.Omitted) > 0 {
		t.Errorf("shown are %v, and %d bytes are kept of the others", count, len(shown.Omitted))
	}
	places := func(s v1alpha1.Step) int {
		return slices.IndexFunc(whole.Steps, func(o plan.Step) bool { return o.Target == s.Target })
	}
	if !slices.IsSortedFunc(shown.Steps, func(a, b v1alpha1.Step) int { return places(a) - places(b) }) {
		t.Error("the steps do not stand in the order of the plan")
	}
}

// TestAStepWaitsForStepsThatAreShown: the numbers in after are those of the steps that are shown.
func TestAStepWaitsForStepsThatAreShown(t *testing.T) {
	whole := largePlan("w", 0, 1_500)
	zone := plan.Step{Act: plan.UpdateDNS{Zone: "contoso.com"}, Target: "zone contoso.com", From: "x", To: "y"}
	f := inSync()
	drifted(&f)
	f.Plan, f.Verdict = planOf("w", append(slices.Clone(whole.Steps), zone)...), guard.Verdict{Reason: guard.AwaitingApproval}
	shown := status.Route(f).Plan.Steps
	last := shown[len(shown)-1]
	if last.Kind != string(plan.KindUpdateDNS) {
		t.Fatalf("the last step is %s, and of a zone one machine after the other may join: its step must be shown", last.Kind)
	}
	for i, s := range shown {
		for _, n := range s.After {
			if n < 1 || int(n) > i {
				t.Errorf("step %d waits for step %d", i+1, n)
			}
		}
	}
}
