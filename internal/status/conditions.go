package status

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/plan"
)

// conditions sets conditions, all with the same generation and time.
type conditions struct {
	list       *[]metav1.Condition
	generation int64
	now        metav1.Time
}

func (c conditions) set(kind string, state metav1.ConditionStatus, reason, message string) {
	meta.SetStatusCondition(c.list, metav1.Condition{Type: kind, Status: state, Reason: reason,
		Message: shorten(message), ObservedGeneration: c.generation, LastTransitionTime: c.now})
}

// tell sets a condition that is there only while it is true, or removes it where there is no
// message.
func (c conditions) tell(kind, reason, message string) {
	if message == "" {
		meta.RemoveStatusCondition(c.list, kind)
		return
	}
	c.set(kind, metav1.ConditionTrue, reason, message)
}

// summary sets Ready, and Reconciling or Stalled as the finding's outlook says.
func (c conditions) summary(f finding) {
	ready := metav1.ConditionFalse
	if f.outlook == settled {
		ready = metav1.ConditionTrue
	}
	c.set(v1alpha1.ConditionReady, ready, f.reason, f.message)
	for kind, present := range map[string]bool{v1alpha1.ConditionReconciling: f.outlook == passing, v1alpha1.ConditionStalled: f.outlook == stuck} {
		if present {
			c.set(kind, metav1.ConditionTrue, f.reason, f.message)
		} else {
			meta.RemoveStatusCondition(c.list, kind)
		}
	}
}

// aspects sets one condition for each managed aspect and removes the others.
func (c conditions) aspects(f Facts, history []v1alpha1.HistoryEntry) {
	pool := string(f.Spec.EdgePool)
	managed := map[plan.Aspect]bool{plan.AspectPorts: true, plan.AspectDNS: f.Spec.DNS != nil, plan.AspectFrontEnds: len(f.Spec.FrontEndPools) > 0 || f.FailBack.Err != nil,
		plan.AspectSIP: f.Spec.SIP != nil, plan.AspectXMPP: f.Spec.XMPP != nil, plan.AspectStandby: len(f.Spec.Prepare) > 0, plan.AspectServices: false} // services have no condition of their own
	for _, p := range []struct {
		aspect plan.Aspect
		kind   string
		good   string
	}{
		{plan.AspectSIP, v1alpha1.ConditionSIPRouted, "flags and site routes of SIP name " + pool},
		{plan.AspectXMPP, v1alpha1.ConditionXMPPRouted, "flags and site routes of XMPP name " + pool},
		{plan.AspectDNS, v1alpha1.ConditionDNSPublished, "every authoritative server shows the records" + doubts(f, history) + farHosts(f)},
		{plan.AspectPorts, v1alpha1.ConditionPortsOpen, "every external address of " + pool + " answers" + otherCertificates(f)},
		{plan.AspectFrontEnds, v1alpha1.ConditionFrontEndsAssociated, frontEndsUse(f.Spec)},
		{plan.AspectStandby, v1alpha1.ConditionStandbyPrepared, "the Edge pools of spec.prepare are ready to take federation over" + exceptCertificates(f)},
	} {
		if !managed[p.aspect] {
			meta.RemoveStatusCondition(c.list, p.kind)
			continue
		}
		state, reason, message := f.aspect(p.aspect, p.good)
		c.set(p.kind, state, reason, message)
	}
}

// aspect gives status, reason and message of one aspect's condition. It goes by the
// aspect's first obstacle, else by its differences.
func (f Facts) aspect(aspect plan.Aspect, good string) (metav1.ConditionStatus, string, string) {
	o, held := f.obstacleOf(aspect)
	switch closed := closedPorts(f); {
	case held && aspect == plan.AspectPorts && closed != "":
		return metav1.ConditionFalse, v1alpha1.ReasonPortsClosed, closed + "; " + obstructed([]plan.Obstacle{o}).message + since(f, o)
	case held:
		why := obstructed([]plan.Obstacle{o})
		return stateUnder(o), why.reason, why.message + since(f, o)
	}
	differ, reason := f.differ(aspect)
	switch {
	case aspect == plan.AspectFrontEnds:
		return f.frontEnds(differ, reason, good)
	case aspect == plan.AspectStandby:
		return f.standby(differ, reason, good)
	case aspect == plan.AspectPorts && closedPorts(f) != "":
		return metav1.ConditionFalse, v1alpha1.ReasonPortsClosed, closedPorts(f)
	case aspect == plan.AspectDNS && len(differ) > 0 && f.Desired.Rollout == plan.Rolling && partly(f) != "":
		return metav1.ConditionFalse, reason, strings.Join(differ, "; ") + partly(f)
	case len(differ) > 0 && f.failure(aspect) != nil:
		failed := f.failure(aspect)
		return metav1.ConditionFalse, byKind[failed.Fault].reason, failed.Message
	case len(differ) > 0:
		return metav1.ConditionFalse, reason, strings.Join(differ, "; ")
	case aspect == plan.AspectDNS && late(f) != "":
		return metav1.ConditionFalse, v1alpha1.ReasonPropagating, late(f)
	case aspect == plan.AspectDNS:
		good += unasked(f)
	}
	return metav1.ConditionTrue, v1alpha1.ReasonInSync, good
}

// stateUnder is the status of a condition under an obstacle: unknown where the obstacle is
// that something could not be read.
func stateUnder(o plan.Obstacle) metav1.ConditionStatus {
	switch kind := fault.KindOf(o.Err); {
	case o.Lacks != "", kind == fault.Unreachable, kind == fault.Denied, kind == fault.SecondHop, kind == fault.RightsMissing:
		return metav1.ConditionUnknown
	}
	return metav1.ConditionFalse
}
