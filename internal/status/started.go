package status

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// NotStarted names the machines whose services could not be started since the last change
// of Ready: the machine tried and failed, and no later step worked on it. It reads that
// from history, so that a restart of the manager does not lose it.
func NotStarted(s v1alpha1.FederationRouteStatus) map[lync.Host]bool {
	ready := meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		return nil
	}
	since := ready.LastTransitionTime.Truncate(time.Second) // history has whole seconds only
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
