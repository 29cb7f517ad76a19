package status_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// TestAPlannedChangeIsNoDrift tells a change that the spec asks for from one that came up by
// itself.
func TestAPlannedChangeIsNoDrift(t *testing.T) {
	fine := func(f *status.Facts) {}
	moved := func(f *status.Facts) { f.Generation++; drifted(f) }
	observe := func(f *status.Facts) { f.Spec.Mode = v1alpha1.ModeObserve; drifted(f) }
	observed := func(f *status.Facts) {
		observe(f)
		f.Verdict = guard.Verdict{Reason: guard.Observing, Message: "mode Observe changes nothing"}
	}
	lost := func(f *status.Facts) { *f = bare(fault.New(fault.Unreachable, "read", "fe1", "no answer")) }
	approved := func(f *status.Facts) { f.Generation++; drifted(f) }
	cases := map[string]struct {
		reason string
		before []func(*status.Facts) // the looks before, the oldest first
		now    func(*status.Facts)
		why    string
		drift  int
	}{
		"first look":              {"a new route asks for something", nil, drifted, v1alpha1.ReasonPlanned, 0},
		"moved":                   {"the person who changed the spec knows", []func(*status.Facts){fine}, moved, v1alpha1.ReasonPlanned, 0},
		"moved, not begun yet":    {"it stays what it is", []func(*status.Facts){fine, moved}, moved, v1alpha1.ReasonPlanned, 0},
		"edited by hand":          {"nobody changed the spec", []func(*status.Facts){fine}, drifted, v1alpha1.ReasonDrifted, 2},
		"edited, not repaired":    {"it stays what it is", []func(*status.Facts){fine, drifted}, drifted, v1alpha1.ReasonDrifted, 2},
		"edited while unread":     {"a look that failed said nothing", []func(*status.Facts){fine, lost}, drifted, v1alpha1.ReasonDrifted, 2},
		"moved while unread":      {"a look that failed said nothing", []func(*status.Facts){fine, func(f *status.Facts) { lost(f); f.Generation++ }}, moved, v1alpha1.ReasonPlanned, 0},
		"edited, approved":        {"to approve its repair wants nothing new", []func(*status.Facts){fine, drifted}, approved, v1alpha1.ReasonDrifted, 2},
		"first look in Observe":   {"the mode asks for nothing", nil, observe, v1alpha1.ReasonDrifted, 2},
		"Observe, then Enforce":   {"from now on the spec asks for it", []func(*status.Facts){observed}, moved, v1alpha1.ReasonPlanned, 0},
		"edited while ports shut": {"a closed port is another part", []func(*status.Facts){closed}, drifted, v1alpha1.ReasonDrifted, 2},
		"port closed": {"a pool that dies was not changed by anybody", []func(*status.Facts){fine}, func(f *status.Facts) {
			closed(f)
			f.Plan.Differences = []plan.Difference{{Aspect: plan.AspectPorts, Field: "port 5061 of 192.0.2.1", Wanted: "answers", Found: "connection refused"}}
		}, v1alpha1.ReasonInSync, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var s v1alpha1.FederationRouteStatus
			for _, look := range append(c.before, c.now) {
				f := inSync()
				look(&f)
				f.Previous = s
				s = status.Route(f)
			}
			if got := condition(s.Conditions, v1alpha1.ConditionSIPRouted); got.Reason != c.why || len(s.Drift) != c.drift {
				t.Errorf("%s: SIPRouted %s, %d fields of drift; want %s and %d", c.reason, got.Reason, len(s.Drift), c.why, c.drift)
			}
		})
	}
}
