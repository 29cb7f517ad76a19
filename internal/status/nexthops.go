package status

import (
	"slices"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// nextHops are the next hops that fedroute changed and that are to be set back. One that a
// step is changing now is among them, so that a manager that dies meanwhile forgets nothing.
// One that an observation shows otherwise is somebody's, or is set back.
func nextHops(f Facts) []v1alpha1.ChangedNextHop {
	out := slices.Clone(f.Previous.NextHops)
	if f.observed() && !f.active() {
		out = slices.DeleteFunc(out, func(hop v1alpha1.ChangedNextHop) bool {
			pool, found := f.Observed.Topology.EdgePool(hop.EdgePool)
			return !found || !lync.SameHost(pool.NextHop, hop.Now)
		})
	}
	if f.Run != nil && f.Run.Active {
		for _, e := range f.Run.Entries {
			act, is := e.Step.Act.(plan.SetNextHop)
			if !is || act.Back || e.State == apply.Pending {
				continue
			}
			out = slices.DeleteFunc(out, func(hop v1alpha1.ChangedNextHop) bool { return lync.SameHost(hop.EdgePool, act.EdgePool) })
			out = append(out, v1alpha1.ChangedNextHop{EdgePool: act.EdgePool, Before: act.Before, Now: act.Now})
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// NextHops gives the next hops that status remembers.
func NextHops(s v1alpha1.FederationRouteStatus) []plan.Hop {
	var out []plan.Hop
	for _, hop := range s.NextHops {
		out = append(out, plan.Hop{EdgePool: hop.EdgePool, Before: hop.Before, Now: hop.Now})
	}
	return out
}
