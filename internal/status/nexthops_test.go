package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// TestNextHopsAreRemembered: status remembers a next hop from the moment on at which a step begins
// to change it, until an observation shows that it is not as fedroute set it any more.
func TestNextHopsAreRemembered(t *testing.T) {
	hop := func(before, now string) v1alpha1.ChangedNextHop {
		return v1alpha1.ChangedNextHop{EdgePool: "edge1.contoso.com", Before: before, Now: now}
	}
	led := []v1alpha1.ChangedNextHop{hop("fe1.contoso.com", "fe2.contoso.com")}
	other := v1alpha1.ChangedNextHop{EdgePool: "edge2.contoso.com", Before: "fe1.contoso.com", Now: "fe2.contoso.com"}
	step := func(state apply.State, act plan.SetNextHop) func(*status.Facts) {
		return func(f *status.Facts) {
			f.Run = &status.RunFacts{PlanID: "sha256-1", Active: true, Entries: []apply.Entry{{Step: plan.Step{Act: plan.UpdateDNS{}}, State: apply.Done}, {Step: plan.Step{Act: act}, State: state}}}
		}
	}
	there := plan.SetNextHop{Hop: plan.Hop{EdgePool: "edge1.contoso.com", Before: "fe1.contoso.com", Now: "fe2.contoso.com"}}
	further := plan.SetNextHop{Hop: plan.Hop{EdgePool: "Edge1.contoso.com", Before: "fe2.contoso.com", Now: "fe3.contoso.com"}}
	back := plan.SetNextHop{Hop: plan.Hop{EdgePool: "edge1.contoso.com", Before: "fe2.contoso.com", Now: "fe1.contoso.com"}, Back: true}
	shows := func(name string) func(*status.Facts) {
		return func(f *status.Facts) { f.Observed.Topology.EdgePools[0].NextHop = name }
	}
	cases := map[string]struct {
		reason string
		before []v1alpha1.ChangedNextHop
		change func(*status.Facts)
		want   []v1alpha1.ChangedNextHop
	}{
		"never changed": {"most routes", nil, shows("fe1.contoso.com"), nil},
		"as it was set": {"it is still to be set back", led, shows("FE2.contoso.com"), led},
		"set back":      {"nothing is owed any more", led, shows("fe1.contoso.com"), nil},
		"somebody's":    {"what a person has set since stays", led, shows("fe9.contoso.com"), nil},
		"the pool left": {"an Edge pool that is gone has no next hop", []v1alpha1.ChangedNextHop{{EdgePool: "edge9.contoso.com", Before: "fe1.contoso.com", Now: "fe2.contoso.com"}}, shows(""), nil},
		"cannot be seen": {"what is unknown is not forgotten", led, func(f *status.Facts) {
			f.Observed, f.Err = plan.Observed{}, fault.New(fault.Unreachable, "read", "it", "no answer")
		}, led},
		"not begun":       {"nothing is changed yet", nil, step(apply.Pending, there), nil},
		"under way":       {"a manager that dies now has changed it perhaps", nil, step(apply.Running, there), led},
		"failed":          {"it may have been changed all the same", nil, step(apply.Failed, there), led},
		"changed again":   {"an Edge pool has one next hop", led, step(apply.Running, further), []v1alpha1.ChangedNextHop{{EdgePool: "Edge1.contoso.com", Before: "fe2.contoso.com", Now: "fe3.contoso.com"}}},
		"another pool's":  {"each Edge pool has its own", []v1alpha1.ChangedNextHop{other}, step(apply.Done, there), append([]v1alpha1.ChangedNextHop{other}, led...)},
		"being set back":  {"it is not back before an observation shows that", led, step(apply.Done, back), led},
		"a run has ended": {"an observation decides", led, func(f *status.Facts) { step(apply.Done, there)(f); f.Run.Active = false; shows("fe1.contoso.com")(f) }, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			f.Previous.NextHops = c.before
			c.change(&f)
			got := status.Route(f)
			if diff := cmp.Diff(c.want, got.NextHops); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			var kept []v1alpha1.ChangedNextHop
			for _, h := range status.NextHops(got) {
				kept = append(kept, v1alpha1.ChangedNextHop{EdgePool: h.EdgePool, Before: h.Before, Now: h.Now})
			}
			if diff := cmp.Diff(c.want, kept); diff != "" {
				t.Errorf("the next plan knows other next hops (-want +got):\n%s", diff)
			}
		})
	}
}
