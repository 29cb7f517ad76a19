package status

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// NotStarted names the machines whose services could not be
// started since the route was last Ready: the far side tried and failed, and
// nothing was done to the machine after that. History keeps it over a restart.
func NotStarted(s v1alpha1.FederationRouteStatus) map[lync.Host]bool {
	ready := meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		return nil
	}
	since := ready.LastTransitionTime.Truncate(time.Second) // history has no smaller part
	out, seen := map[lync.Host]bool{}, map[lync.Host]bool{}
	for _, h := range s.History { // newest first
		machine := lync.HostOf(h.Target)
		if !plan.Kind(h.Kind).Rules().Machine || seen[machine] || h.Time.Time.Before(since) {
			continue
		}
		seen[machine] = true
		if plan.Kind(h.Kind) == plan.KindStartEdgeServices && h.Reason == v1alpha1.ReasonStepFailed {
			out[machine] = true
		}
	}
	return out
}
