package status

import (
	"slices"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// deadPool judges a finding once more. Where partners are led to ports that do not answer,
// and the controller has done what it can or has failed, the route is Stalled and not
// Reconciling. So a person or a tool that waits for the route learns of it at once.
func deadPool(f Facts, found finding) finding {
	switch found.reason {
	case v1alpha1.ReasonPortsClosed, v1alpha1.ReasonUnreachable, v1alpha1.ReasonStepFailed, v1alpha1.ReasonDrifted:
	default:
		return found // a run is under way or about to begin, or a person is asked already
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

// partnersRefused reports whether a port of the spec's Edge pool was asked and did not
// answer. It counts only the protocols that the pool hosts already: for the others
// partners are not led to the pool yet.
func partnersRefused(f Facts) bool {
	return slices.ContainsFunc(f.Desired.Targets, func(t probe.Target) bool {
		r, asked := f.Observed.Ports[t]
		return asked && !r.Answers() && hosted(f, t.Protocol)
	})
}

// hosted reports whether the spec's Edge pool hosts the protocol already: partners are led
// to it.
func hosted(f Facts, protocol lync.Protocol) bool {
	return slices.ContainsFunc(f.Desired.Protocols, func(p plan.DesiredProtocol) bool {
		return p.Protocol == protocol && lync.SameHost(f.activePool(p), string(f.Spec.EdgePool))
	})
}
