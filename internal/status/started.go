package status

import (
	"slices"
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
	out := map[lync.Host]bool{}
	for machine, steps := range machineSteps(s) {
		if plan.Kind(steps[0].Kind) == plan.KindStartEdgeServices && steps[0].Reason == v1alpha1.ReasonStepFailed {
			out[machine] = true
		}
	}
	return out
}

// Stopped names the machines whose services a step of fedroute may have stopped and was not
// seen to start again. That is so where setup or a restart failed since the last change of
// Ready, or was under way in the plan that status shows. A step of the approved plan may
// have begun although status does not show it yet.
func Stopped(s v1alpha1.FederationRouteStatus, approved string) map[lync.Host]bool {
	out := map[lync.Host]bool{}
	for machine, steps := range machineSteps(s) {
		failed := slices.IndexFunc(steps, func(h v1alpha1.HistoryEntry) bool { return stops(h.Kind) })
		if failed >= 0 && !slices.ContainsFunc(steps[:failed+1], func(h v1alpha1.HistoryEntry) bool { return h.Result != v1alpha1.StepFailed }) {
			out[machine] = true
		}
	}
	if s.Plan == nil {
		return out
	}
	for _, step := range s.Plan.Steps {
		if step.State == v1alpha1.StepDone || step.State == v1alpha1.StepSkipped {
			continue
		}
		mayHaveBegun := step.State != v1alpha1.StepPending || s.Plan.ID == approved
		if stops(step.Kind) && mayHaveBegun || plan.Kind(step.Kind) == plan.KindStartEdgeServices && step.From == plan.StoppedByUs {
			out[lync.HostOf(step.Target)] = true
		}
	}
	return out
}

// stops reports whether a step of the kind stops services and starts them again.
func stops(kind string) bool {
	return plan.Kind(kind) == plan.KindRestartEdgeServices || plan.Kind(kind) == plan.KindSetupEdgeServer
}

// machineSteps gives the history of each Edge machine since the last change of Ready,
// newest first.
func machineSteps(s v1alpha1.FederationRouteStatus) map[lync.Host][]v1alpha1.HistoryEntry {
	out := map[lync.Host][]v1alpha1.HistoryEntry{}
	for _, h := range lately(s) {
		if plan.Kind(h.Kind).Rules().Machine {
			out[lync.HostOf(h.Target)] = append(out[lync.HostOf(h.Target)], h)
		}
	}
	return out
}

// lately gives the history since the last change of Ready, newest first.
func lately(s v1alpha1.FederationRouteStatus) []v1alpha1.HistoryEntry {
	ready := meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		return nil
	}
	since := ready.LastTransitionTime.Truncate(time.Second) // history has whole seconds only
	return slices.DeleteFunc(slices.Clone(s.History), func(h v1alpha1.HistoryEntry) bool { return h.Time.Time.Before(since) })
}
