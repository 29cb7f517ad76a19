package status

import (
	"cmp"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/plan"
)

// partOf names the condition of each aspect. Stopped services have none of their own; they
// show in the ports.
var partOf = map[plan.Aspect]string{
	plan.AspectSIP: v1alpha1.ConditionSIPRouted, plan.AspectXMPP: v1alpha1.ConditionXMPPRouted, plan.AspectDNS: v1alpha1.ConditionDNSPublished,
	plan.AspectPorts: v1alpha1.ConditionPortsOpen, plan.AspectServices: v1alpha1.ConditionPortsOpen, plan.AspectFrontEnds: v1alpha1.ConditionFrontEndsAssociated, plan.AspectStandby: v1alpha1.ConditionStandbyPrepared,
}

// drifted reports whether a difference is drift: it came up by itself after its part had
// been as the present spec wants it, and the same is wanted still. Every other difference
// is a change that the spec asks for. Mode Observe asks for none.
func (f Facts) drifted(d plan.Difference) bool {
	if f.Spec.Mode == v1alpha1.ModeObserve {
		return true
	}
	if d.Kept {
		return false // a machine that is left out, or taken in again, changes what is wanted
	}
	noted := slices.ContainsFunc(f.Previous.Drift, func(p v1alpha1.Drift) bool { return p.Field == d.Field && p.Wanted == shorten(d.Wanted) })
	if noted && !f.onlyObserved() {
		return true
	}
	if slices.ContainsFunc(f.reversals, func(r v1alpha1.Reversal) bool { return r.Field == d.Field && r.Wanted == shorten(d.Wanted) }) {
		return true
	}
	part := meta.FindStatusCondition(f.Previous.Conditions, partOf[d.Aspect])
	return part != nil && part.ObservedGeneration == f.Generation && (part.Status == metav1.ConditionTrue ||
		part.Reason == v1alpha1.ReasonDrifted || part.Reason == v1alpha1.ReasonPropagating || part.Reason == v1alpha1.ReasonFailBackWaits)
}

// onlyObserved reports whether status is of mode Observe, where every difference counts as
// drift. From the change of the mode on it is a change that the spec asks for.
func (f Facts) onlyObserved() bool {
	ready := meta.FindStatusCondition(f.Previous.Conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Reason == v1alpha1.ReasonDrifted
}

func drift(f Facts) []v1alpha1.Drift {
	var out []v1alpha1.Drift
	for _, d := range f.Plan.Differences {
		if d.Aspect == plan.AspectPorts || !f.drifted(d) {
			continue // nobody changed a port that does not answer; PortsOpen tells of it
		}
		since := metav1.NewTime(f.Now)
		if i := slices.IndexFunc(f.Previous.Drift, func(p v1alpha1.Drift) bool { return p.Field == d.Field && p.Wanted == shorten(d.Wanted) }); i >= 0 {
			since = f.Previous.Drift[i].Since
		}
		if !slices.ContainsFunc(out, func(o v1alpha1.Drift) bool { return o.Field == d.Field }) {
			out = append(out, v1alpha1.Drift{Field: d.Field, Wanted: shorten(d.Wanted), Found: shorten(d.Found), Since: since})
		}
	}
	return out
}

// differ gives a text for each difference of an aspect, and the reason of the aspect's
// condition: Drifted where one of them is drift, Contested where all are left as they are,
// else Planned. While a run is under way the texts speak of the time at which it began;
// nobody has looked since.
func (f Facts) differ(aspect plan.Aspect) (texts []string, reason string) {
	text := "%s is %s, wanted %s"
	if f.active() {
		text = "%s was %s when the plan began, wanted %s"
	}
	left := 0
	for _, d := range f.Plan.Differences {
		if d.Aspect != aspect {
			continue
		}
		texts = append(texts, fmt.Sprintf(text, d.Field, d.Found, d.Wanted))
		switch {
		case f.leaves(d):
			left++
		case f.drifted(d):
			reason = v1alpha1.ReasonDrifted
		}
	}
	switch {
	case left > 0 && left == len(texts):
		reason = v1alpha1.ReasonContested
	case len(texts) > 0:
		reason = cmp.Or(reason, v1alpha1.ReasonPlanned)
	}
	return texts, reason
}
