package status

import (
	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/plan"
)

// Unwritten names the zones, by the target of their step, whose latest update since the last
// change of Ready failed. It reads that from history, so that a restart of the manager does
// not lose it.
func Unwritten(s v1alpha1.FederationRouteStatus) map[string]bool {
	seen, out := map[string]bool{}, map[string]bool{}
	for _, h := range lately(s) {
		if plan.Kind(h.Kind) == plan.KindUpdateDNS && !seen[h.Target] {
			seen[h.Target], out[h.Target] = true, h.Result == v1alpha1.StepFailed
		}
	}
	return out
}
