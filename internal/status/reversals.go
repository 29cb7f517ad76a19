package status

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/plan"
)

// A field that was changed back so many times within the span is left. It is set again
// after a span in which nobody changed it.
const (
	contestedAfter = 5
	contestedSpan  = time.Hour
)

// Reversals gives the fields that somebody else changed back within the last hour. It goes
// by what status remembered, by the steps of the route's runs, and by what was seen now.
// A route in mode Observe sets nothing that could be changed back.
func Reversals(f Facts) []v1alpha1.Reversal {
	if f.Spec.Mode == v1alpha1.ModeObserve {
		return nil
	}
	f.set = f.settings()
	var out []v1alpha1.Reversal
	for _, r := range f.Previous.Reversals {
		r = *r.DeepCopy()
		if f.Generation != f.Previous.ObservedGeneration || f.requested() {
			r.Times, r.LeftSince = nil, nil
		}
		if f.setAt(r.Field, r.Wanted).After(r.Changed.Time) {
			r.Restored = true
		}
		out = append(out, r)
	}
	if f.observed() {
		out = f.reversed(out)
	}
	begin := f.Now.Add(-contestedSpan)
	for i := range out {
		if out[i].LeftSince == nil {
			out[i].Times = slices.DeleteFunc(out[i].Times, func(t metav1.MicroTime) bool { return !t.After(begin) })
		}
	}
	return slices.DeleteFunc(out, func(r v1alpha1.Reversal) bool { return !r.Changed.After(begin) })
}

// reversed adds what this look found changed back, and what it found restored.
func (f Facts) reversed(out []v1alpha1.Reversal) []v1alpha1.Reversal {
	differs := make(map[string]bool, len(f.Plan.Differences))
	for _, d := range f.Plan.Differences {
		if !d.Settable || differs[d.Field] {
			continue
		}
		differs[d.Field] = true
		out = slices.DeleteFunc(out, func(r v1alpha1.Reversal) bool { return r.Field == d.Field && r.Wanted != shorten(d.Wanted) })
		i := slices.IndexFunc(out, func(r v1alpha1.Reversal) bool { return r.Field == d.Field })
		switch {
		case i < 0 && f.firstReversal(d):
			out = append(out, v1alpha1.Reversal{Field: d.Field, Wanted: shorten(d.Wanted), Restored: true})
			f.reverse(&out[len(out)-1])
		case i >= 0 && out[i].Restored:
			f.reverse(&out[i])
		case i >= 0 && f.foundOtherwise(d):
			out[i].Changed = f.changed(out[i])
		}
	}
	for i, r := range out {
		// With an obstacle, a field may be missing among the differences because it is unknown.
		if !r.Restored && !differs[r.Field] && len(f.Plan.Obstacles) == 0 {
			out[i].Restored, out[i].Changed = true, f.changed(r)
		}
	}
	return out
}

// reverse counts that a field was changed back.
func (f Facts) reverse(r *v1alpha1.Reversal) {
	r.Changed, r.Restored = f.changed(*r), false
	r.Times = append(r.Times, r.Changed)
	if len(r.Times) > contestedAfter {
		r.Times = slices.Delete(r.Times, 0, len(r.Times)-contestedAfter)
	}
	if r.LeftSince == nil && len(r.Times) == contestedAfter && r.Changed.Sub(r.Times[0].Time) < contestedSpan {
		since := metav1.NewTime(f.Now).Rfc3339Copy()
		r.LeftSince = &since
	}
}

// changed is when a change that was seen now was made at the earliest: after the step that
// set the field. The next step that sets the field ends later than that.
func (f Facts) changed(r v1alpha1.Reversal) metav1.MicroTime {
	at := f.Now
	if set := f.setAt(r.Field, r.Wanted); set.After(at) {
		at = set
	}
	return metav1.NewMicroTime(at.Truncate(time.Microsecond))
}

// firstReversal reports whether a field that differs now was as wanted before: it was seen
// so, or a step set it. What fedroute itself set is nobody else's change.
func (f Facts) firstReversal(d plan.Difference) bool {
	set := f.setAt(d.Field, shorten(d.Wanted))
	if f.setAt(d.Field, shorten(d.Found)).After(set) {
		return false
	}
	if f.Now.Sub(set) < contestedSpan {
		return true
	}
	known := slices.ContainsFunc(f.Previous.Drift, func(p v1alpha1.Drift) bool { return p.Field == d.Field && p.Wanted == shorten(d.Wanted) })
	return !known && f.drifted(d)
}

// foundOtherwise reports whether a field has another value than at the last look, and is
// still not as wanted.
func (f Facts) foundOtherwise(d plan.Difference) bool {
	return slices.ContainsFunc(f.Previous.Drift, func(p v1alpha1.Drift) bool {
		return p.Field == d.Field && p.Found != shorten(d.Found)
	})
}

// setAt is when a step of the route's latest runs last set the field to the value; zero for
// never.
func (f Facts) setAt(field, value string) time.Time {
	return f.set[plan.Setting{Field: field, Value: value}]
}

// settings gives the time at which a step of the route's latest runs last set each field to
// a value, whether it was kept or not.
func (f Facts) settings() map[plan.Setting]time.Time {
	runs := f.Earlier
	if f.Run != nil {
		runs = append(slices.Clone(runs), *f.Run)
	}
	out := map[plan.Setting]time.Time{}
	for _, run := range runs {
		for _, e := range run.Entries {
			if e.State != apply.Done && !e.NotKept {
				continue
			}
			for _, s := range e.Step.Settings() {
				s.Value = shorten(s.Value)
				if e.Ended.After(out[s]) {
					out[s] = e.Ended
				}
			}
		}
	}
	return out
}

// requested reports whether a person asked for a reconcile that was not made yet.
func (f Facts) requested() bool {
	return f.RequestedAt != "" && f.RequestedAt != f.Previous.LastHandledReconcileAt
}

// Left gives the fields that are left as they are, and the time at which the first of them
// is to be set again if nobody changes it; zero for none.
func Left(all []v1alpha1.Reversal) (fields map[string]bool, until time.Time) {
	for _, r := range all {
		if r.LeftSince == nil {
			continue
		}
		if fields == nil {
			fields = make(map[string]bool, len(all))
		}
		fields[r.Field] = true
		if end := r.Changed.Add(contestedSpan); until.IsZero() || end.Before(until) {
			until = end
		}
	}
	return fields, until
}

// leaves reports whether a field that differs is left as it is.
func (f Facts) leaves(d plan.Difference) bool { return d.Settable && f.Desired.Left[d.Field] }

// contested says which fields are left; "" for none.
func contested(f Facts) string {
	var fields []string
	for _, d := range f.Plan.Differences {
		if f.leaves(d) {
			fields = append(fields, fmt.Sprintf("%s is %s, wanted %s", d.Field, d.Found, d.Wanted))
		}
	}
	if len(fields) == 0 {
		return ""
	}
	return fmt.Sprintf("somebody else changed back %d times within an hour: %s; that is left as it is, and the rest goes on; find out who sets it; "+
		"it is set again after an hour in which nobody changed it, when the spec changes, or by kubectl fedroute reconcile", contestedAfter, strings.Join(fields, "; "))
}

// contest sets or removes the condition that names the fields that are left.
func (c conditions) contest(f Facts) {
	c.tell(v1alpha1.ConditionContested, v1alpha1.ReasonContested, contested(f))
}

// contestEvents gives an event when another field is left.
func contestEvents(previous, next v1alpha1.FederationRouteStatus) []Event {
	before, _ := Left(previous.Reversals)
	now, _ := Left(next.Reversals)
	told := meta.FindStatusCondition(next.Conditions, v1alpha1.ConditionContested)
	for field := range now {
		if told != nil && !before[field] {
			return []Event{{corev1.EventTypeWarning, told.Reason, "Reconcile", clip(told.Message)}}
		}
	}
	return nil
}
