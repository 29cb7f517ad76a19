package status

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// FailBackRequest is a person's request with AnnotationFailBackRequestedAt that was not
// handled yet.
type FailBackRequest struct {
	Text string // the annotation's value
	// Pool is the Front End pool as the spec lists it. It is empty when the request cannot
	// be taken up, or not before a new observation.
	Pool string
	Err  error // why the request cannot be taken up
}

// move is what status remembers of the latest move. A pool that the present run has failed
// back is not owed any more, even if somebody fails it over again later.
func move(f Facts) *v1alpha1.Move {
	m := f.Previous.Move.DeepCopy()
	if f.Move != nil {
		answered := m != nil && m.Answered && lync.SameHost(m.EdgePool, f.Move.EdgePool)
		m = &v1alpha1.Move{EdgePool: f.Move.EdgePool, From: f.Move.From, Answered: answered, FailBackOwed: f.Move.FailBack,
			Leaves: f.Move.Leaves, LongestTTL: int64(f.Move.LongestTTL), Shown: seconds(f.Move.Shown), DrainsUntil: drainsUntil(f), LoweredFrom: int64(f.Move.LoweredFrom), Lowered: seconds(f.Move.Lowered)}
	}
	if m != nil && f.observed() {
		m.Undone = f.Undone
	}
	if m != nil && f.Run != nil && lync.SameHost(f.Run.EdgePool, m.EdgePool) && answered(*f.Run) {
		m.Answered = true
	}
	if m != nil && f.active() {
		m.FailBackOwed = slices.DeleteFunc(slices.Clone(m.FailBackOwed), func(pool string) bool { return failedBack(*f.Run, pool) })
		if len(m.FailBackOwed) == 0 {
			m.FailBackOwed = nil
		}
	}
	return m
}

// handledFailBack is the request that was handled last. A request is handled when its pool
// was failed back, or when an observation shows that the pool is not failed over.
func handledFailBack(f Facts) string {
	before := f.Previous.LastHandledFailBackAt
	switch asked := f.FailBack; {
	case asked.Pool == "":
		return before
	case f.active():
		if f.Run.FailBackRequest != asked.Text || !failedBack(*f.Run, asked.Pool) {
			return before
		}
	case !f.observed() || f.Observed.Topology.Unread(lync.PartServices, lync.PartPoolStates) != nil:
		return before
	default:
		if state := plan.PoolState(f.Observed.Topology, asked.Pool); state == lync.PoolFailedOver || state == lync.PoolFailingOver {
			return before
		}
	}
	return f.FailBack.Text
}

func failedBack(r RunFacts, pool string) bool {
	return slices.ContainsFunc(r.Entries, func(e apply.Entry) bool {
		act, ok := e.Step.Act.(plan.FailBackFrontEnd)
		return ok && e.State == apply.Done && lync.SameHost(act.Pool, pool)
	})
}

// frontEndsUse says which Edge pool the listed Front End pools use.
func frontEndsUse(spec v1alpha1.FederationRouteSpec) string {
	if slices.ContainsFunc(spec.FrontEndPools, func(p v1alpha1.FrontEndPoolRoute) bool { return p.EdgePool != "" }) {
		return "each listed Front End pool uses the Edge pool that the spec gives it"
	}
	return "the listed Front End pools use " + string(spec.EdgePool)
}

// frontEnds gives status, reason and message of the Front End pools' condition. It goes by
// their associations and by the failbacks that are still to come. A pool that was failed
// over on purpose is only mentioned.
func (f Facts) frontEnds(texts []string, reason, good string) (metav1.ConditionStatus, string, string) {
	for _, s := range f.Plan.Steps {
		if act, ok := s.Act.(plan.FailBackFrontEnd); ok {
			reason = cmp.Or(reason, v1alpha1.ReasonFailBackWaits)
			texts = append(texts, fmt.Sprintf("Front End pool %s is failed over; the plan fails it back; see status.plan", act.Pool))
		}
	}
	if failed := f.failure(plan.AspectFrontEnds); failed != nil && len(texts) > 0 {
		texts, reason = append(texts, failed.Message), byKind[failed.Fault].reason
	}
	for _, w := range f.waits(plan.AspectFrontEnds) {
		reason = cmp.Or(reason, v1alpha1.ReasonFailBackWaits)
		texts = append(texts, findingOf(w.Err).message+since(f, w))
	}
	if err := f.FailBack.Err; err != nil {
		why := findingOf(err)
		if fault.KindOf(err) == fault.Busy { // the time in the request has not come
			why.reason = v1alpha1.ReasonFailBackWaits
		}
		reason = cmp.Or(reason, why.reason)
		texts = append(texts, why.message)
	}
	left := ""
	if pools := f.Plan.LeftFailedOver; len(pools) > 0 {
		left = fmt.Sprintf("; failed over outside a move of the Edge pool and left so: %s; to fail one back set the annotation %s to <time> <pool>",
			strings.Join(pools, ", "), v1alpha1.AnnotationFailBackRequestedAt)
	}
	if len(texts) == 0 {
		return metav1.ConditionTrue, v1alpha1.ReasonInSync, good + left
	}
	return metav1.ConditionFalse, reason, strings.Join(texts, "; ") + left
}

// waits lists what of an aspect is not planned yet.
func (f Facts) waits(aspect plan.Aspect) []plan.Obstacle {
	return slices.DeleteFunc(slices.Clone(f.Plan.Waits), func(w plan.Obstacle) bool { return w.Aspect != aspect })
}

// owed adds to Ready's message what is still to come; "" for nothing. The conditions of the
// parts explain it.
func owed(f Facts) string {
	text := ""
	if len(f.waits(plan.AspectStandby)) > 0 {
		text = "; a pool of spec.prepare is not ready, see " + v1alpha1.ConditionStandbyPrepared
	}
	switch waits := f.waits(plan.AspectFrontEnds); {
	case len(waits) == 0:
		return text
	case !slices.ContainsFunc(waits, func(w plan.Obstacle) bool { return w.Lacks == "" }):
		return text + "; whether a Front End pool is to be failed back is unknown, see " + v1alpha1.ConditionFrontEndsAssociated
	}
	return text + "; a Front End pool is still to be failed back, see " + v1alpha1.ConditionFrontEndsAssociated
}

// frontEndEvents gives an event when a failback begins to wait, and one for each request
// that cannot be taken up.
func frontEndEvents(previous, next []metav1.Condition) []Event {
	before := meta.FindStatusCondition(previous, v1alpha1.ConditionFrontEndsAssociated)
	now := meta.FindStatusCondition(next, v1alpha1.ConditionFrontEndsAssociated)
	if now == nil || (now.Reason != v1alpha1.ReasonFailBackWaits && now.Reason != v1alpha1.ReasonInvalid) {
		return nil
	}
	if before != nil && before.Reason == now.Reason && (now.Reason == v1alpha1.ReasonFailBackWaits || before.Message == now.Message) {
		return nil
	}
	return []Event{{corev1.EventTypeWarning, now.Reason, "FailBack", clip(now.Message)}}
}
