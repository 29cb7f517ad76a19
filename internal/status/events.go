package status

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
)

// Event is one fact to report once, as a Kubernetes event.
type Event struct {
	Type   string // Normal or Warning
	Reason string
	Action string
	Note   string
}

// RouteEvents gives events for what is new in the next status: steps that ended, drift
// that appeared, what a plan says, a failback that waits, machines and fields that are left,
// and a new reason of Ready.
func RouteEvents(previous, next v1alpha1.FederationRouteStatus) []Event {
	var out []Event
	for _, h := range slices.Backward(next.History) {
		if !slices.ContainsFunc(previous.History, func(o v1alpha1.HistoryEntry) bool { return sameEntry(o, h) }) {
			out = append(out, stepEvent(h))
		}
	}
	if compared(previous, next.ObservedGeneration) {
		for _, d := range next.Drift {
			if slices.ContainsFunc(previous.Drift, func(o v1alpha1.Drift) bool { return o.Field == d.Field && o.Wanted == d.Wanted }) {
				continue
			}
			out = append(out, Event{corev1.EventTypeWarning, "DriftDetected", "Observe",
				clip(fmt.Sprintf("%s is %s, wanted %s", d.Field, d.Found, d.Wanted))})
		}
	}
	out = append(out, noticeEvents(previous.Plan, next.Plan)...)
	out = append(out, frontEndEvents(previous.Conditions, next.Conditions)...)
	for _, warning := range []string{v1alpha1.ConditionOtherPoolFederates, v1alpha1.ConditionStandbyMayBeRefused} {
		out = append(out, warningEvents(warning, previous.Conditions, next.Conditions)...)
	}
	out = append(out, absentEvents(previous, next)...)
	ready := readyEvent(previous.Conditions, next.Conditions)
	if len(ready) == 0 || ready[0].Reason != v1alpha1.ReasonContested {
		out = append(out, contestEvents(previous, next)...)
	}
	return together(append(out, ready...))
}

// warningEvents gives an event when a condition that warns becomes True, or says something else.
func warningEvents(kind string, previous, next []metav1.Condition) []Event {
	now, before := meta.FindStatusCondition(next, kind), meta.FindStatusCondition(previous, kind)
	if now == nil || now.Status != metav1.ConditionTrue || before != nil && before.Status == now.Status && before.Message == now.Message {
		return nil
	}
	return []Event{{corev1.EventTypeWarning, now.Reason, "Observe", clip(now.Message)}}
}

// noticeEvents gives events for what a plan says and the one before did not say.
func noticeEvents(previous, next *v1alpha1.Plan) []Event {
	if next == nil {
		return nil
	}
	var out []Event
	for _, n := range next.Notices {
		if previous == nil || !slices.Contains(previous.Notices, n) {
			out = append(out, Event{corev1.EventTypeNormal, "PlanNotice", "Plan", clip(n)})
		}
	}
	return out
}

// compared reports whether the organization was compared with this generation of the spec
// before. What differs at the first look in mode Observe is drift and is no news.
func compared(s v1alpha1.FederationRouteStatus, generation int64) bool {
	ports := meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionPortsOpen)
	return ports != nil && ports.ObservedGeneration == generation
}

// together joins the notes of events with the same type, reason and action. The recorder
// takes such events for repetitions of one event and keeps only the first note.
func together(all []Event) []Event {
	var out []Event
	for _, e := range all {
		i := slices.IndexFunc(out, func(o Event) bool { return o.Type == e.Type && o.Reason == e.Reason && o.Action == e.Action })
		if i < 0 {
			out = append(out, e)
			continue
		}
		out[i].Note = clip(out[i].Note + "; " + e.Note)
	}
	return out
}

func stepEvent(h v1alpha1.HistoryEntry) Event {
	if h.Result == v1alpha1.StepFailed {
		return Event{corev1.EventTypeWarning, "StepFailed", h.Kind, clip(fmt.Sprintf("%s %s failed: %s", h.Kind, h.Target, h.Message))}
	}
	note := fmt.Sprintf("%s %s", h.Kind, h.Target)
	if h.From != "" {
		note += fmt.Sprintf(": %s -> %s", h.From, h.To)
	}
	if h.Message != "" {
		note += "; " + h.Message
	}
	return Event{corev1.EventTypeNormal, "StepDone", h.Kind, clip(note)}
}

// unremarkable are reasons of Ready that need no event. A run has events for its steps,
// and the first observation is about to come.
var unremarkable = []string{v1alpha1.ReasonProgressing, v1alpha1.ReasonPlanned, v1alpha1.ReasonNotObserved}

// readyEvent gives an event when the status or the reason of Ready has changed.
func readyEvent(previous, next []metav1.Condition) []Event {
	before, now := meta.FindStatusCondition(previous, v1alpha1.ConditionReady), meta.FindStatusCondition(next, v1alpha1.ConditionReady)
	if now == nil || slices.Contains(unremarkable, now.Reason) {
		return nil
	}
	if before != nil && before.Status == now.Status && before.Reason == now.Reason {
		return nil
	}
	kind := corev1.EventTypeWarning
	if now.Status == metav1.ConditionTrue || now.Reason == v1alpha1.ReasonAwaitingApproval || now.Reason == v1alpha1.ReasonSuspended {
		kind = corev1.EventTypeNormal
	}
	return []Event{{kind, now.Reason, "Reconcile", clip(now.Message)}}
}

// clip keeps a note within the 1 kB that events.k8s.io/v1 allows, and its characters visible.
func clip(s string) string {
	s = fault.Visible(s)
	if len(s) <= 1000 {
		return s
	}
	cut := 997
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}

// TopologyEvents gives events for what is new about an organization: a new reason of
// Ready, Edge servers that stopped or began to answer, a topology that was published and
// never enabled, and another LyncTopology of the same organization. The reason of an event
// is that of the condition.
func TopologyEvents(previous, next v1alpha1.LyncTopologyStatus) []Event {
	out := readyEvent(previous.Conditions, next.Conditions)
	before := meta.FindStatusCondition(previous.Conditions, v1alpha1.ConditionEdgeServersReachable)
	now := meta.FindStatusCondition(next.Conditions, v1alpha1.ConditionEdgeServersReachable)
	if now != nil && (before == nil && now.Status != metav1.ConditionTrue || before != nil && before.Message != now.Message) {
		kind := corev1.EventTypeWarning
		if now.Status == metav1.ConditionTrue {
			kind = corev1.EventTypeNormal
		}
		out = append(out, Event{kind, now.Reason, "ReadEdgeServers", clip(now.Message)})
	}
	enabled := meta.FindStatusCondition(next.Conditions, v1alpha1.ConditionTopologyEnabled)
	if enabled != nil && enabled.Status == metav1.ConditionFalse && !meta.IsStatusConditionFalse(previous.Conditions, v1alpha1.ConditionTopologyEnabled) {
		out = append(out, Event{corev1.EventTypeWarning, enabled.Reason, "ReadTopology", clip(enabled.Message)})
	}
	return append(out, shareEvents(previous.Conditions, next.Conditions)...)
}
