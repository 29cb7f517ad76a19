package status

import (
	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// deadPool judges a finding once more when partners are sent to ports that do not
// answer, and what the controller can do about it is done or has failed. Such a
// state is no progress: who waits for the route is told at once.
func deadPool(f Facts, found finding) finding {
	switch found.reason {
	case v1alpha1.ReasonPortsClosed, v1alpha1.ReasonUnreachable, v1alpha1.ReasonStepFailed, v1alpha1.ReasonDrifted:
	default:
		return found // a run is on its way or about to begin, or a person is told already
	}
	if f.active() || !partnersRefused(f) {
		return found
	}
	if found.reason != v1alpha1.ReasonPortsClosed {
		found.message += "; meanwhile " + closedPorts(f)
	}
	found.outlook = stuck
	return found
}

// partnersRefused tells whether a port was asked and did not answer whose protocol
// the Edge pool of the spec hosts already. Partners are not sent to it before that.
func partnersRefused(f Facts) bool {
	for _, p := range f.Desired.Protocols {
		if !lync.SameHost(plan.ActivePool(f.Observed.Topology, p), string(f.Spec.EdgePool)) {
			continue
		}
		for _, t := range f.Desired.Targets {
			if r, asked := f.Observed.Ports[t]; t.Protocol == p.Protocol && asked && !r.Open {
				return true
			}
		}
	}
	return false
}
