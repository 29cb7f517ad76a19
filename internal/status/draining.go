package status

import (
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// draining concludes about a route that is as the spec says, while the Edge pool that it
// left serves the partners who remember the old records.
func draining(f Facts) finding {
	until := "every authoritative server shows the new records and they have forgotten the old ones"
	if ends := f.Observed.Drain.Ends; !ends.IsZero() {
		until = ends.UTC().Format(time.RFC3339)
	}
	return finding{v1alpha1.ReasonDraining, fmt.Sprintf("federation is hosted by %s as the spec says; partners who remember the old records are served by %s until %s; then its flags are cleared and setup runs there%s",
		f.Spec.EdgePool, strings.Join(f.Plan.Leaves, ", "), until, owed(f)), settled}
}

// lowering concludes about a planned move that waits until partners have forgotten the TTL that
// the records had before it was lowered for the move.
func lowering(f Facts) finding {
	until := "every authoritative server shows the lower TTL and they have forgotten the old one"
	if ends := f.Observed.Lowering.Ends; !ends.IsZero() {
		until = ends.UTC().Format(time.RFC3339)
	}
	return stillServed(f, finding{v1alpha1.ReasonProgressing, fmt.Sprintf("the TTL of the records was lowered to %d seconds; partners may remember the old records for their old TTL until %s; federation moves to %s then",
		f.Desired.MoveTTL, until, f.Spec.EdgePool), passing})
}

// stillServed adds to a finding the Edge pool that serves partners while the move from it
// does not go on.
func stillServed(f Facts, found finding) finding {
	for _, p := range f.Desired.Protocols {
		active := plan.ActivePool(f.Observed.Topology, p)
		if active != "" && !lync.SameHost(active, string(f.Spec.EdgePool)) && f.Observed.Works(f.Desired, active) {
			found.message += fmt.Sprintf("; %s federation still runs on %s", p.Protocol, active)
		}
	}
	return found
}

// drainsUntil is when the drain of a move ends; nil while that is unknown or nothing drains.
func drainsUntil(f Facts) *metav1.Time {
	if len(f.Plan.Pauses) == 0 {
		return nil
	}
	return seconds(f.Observed.Drain.Ends)
}
