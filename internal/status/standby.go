package status

import (
	"cmp"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/plan"
)

// standby gives status, reason and message of the condition of the pools that are kept
// prepared. It goes by their differences, then by what could not be read or is a person's.
// Ready does not wait for a standby pool that is dead: federation runs without it.
func (f Facts) standby(texts []string, reason, good string) (metav1.ConditionStatus, string, string) {
	state := metav1.ConditionTrue
	if len(texts) > 0 {
		state = metav1.ConditionFalse
	}
	if failed := f.failure(plan.AspectStandby); failed != nil && len(texts) > 0 {
		texts, reason = append(texts, failed.Message), byKind[failed.Fault].reason
	}
	for _, w := range f.waits(plan.AspectStandby) {
		why := findingOf(w.Err)
		if state == metav1.ConditionTrue {
			state, reason = stateUnder(w), why.reason
		}
		texts = append(texts, why.message+since(f, w))
	}
	if len(texts) == 0 {
		return state, v1alpha1.ReasonInSync, good
	}
	return state, cmp.Or(reason, v1alpha1.ReasonPlanned), strings.Join(texts, "; ")
}
