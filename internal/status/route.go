package status

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// Facts are what one reconcile of a FederationRoute learned. Err ends the story
// early: nothing was observed and nothing planned.
type Facts struct {
	Now         time.Time
	Generation  int64
	Spec        v1alpha1.FederationRouteSpec
	Previous    v1alpha1.FederationRouteStatus
	RequestedAt string

	Err error

	Desired  plan.Desired
	Observed plan.Observed
	Plan     plan.Plan
	Verdict  guard.Verdict

	Run *RunFacts // nil when no run belongs to this generation
}

// RunFacts are the record of the latest run.
type RunFacts struct {
	PlanID  string
	Entries []apply.Entry
	Active  bool
	Err     error
}

// Route computes the whole status, once.
func Route(f Facts) v1alpha1.FederationRouteStatus {
	s := *f.Previous.DeepCopy()
	s.ObservedGeneration = f.Generation
	s.LastHandledReconcileAt = f.RequestedAt
	c := conditions{list: &s.Conditions, generation: f.Generation, now: metav1.NewTime(f.Now)}
	if f.Run != nil {
		s.History = history(f.Previous.History, *f.Run)
	}
	if f.Err != nil {
		c.summary(of(f.Err))
		return s
	}
	if f.Run != nil && f.Run.Active {
		s.Plan = runPlan(*f.Run)
		c.summary(progressing(*f.Run))
		return s
	}
	s.SIPEdgePool, s.XMPPEdgePool = activePools(f)
	s.Plan = pendingPlan(f)
	s.Drift = drift(f)
	c.parts(f)
	c.summary(conclude(f))
	return s
}

// conclude is the one answer to "is federation as the spec says, and if not, why".
func conclude(f Facts) finding {
	steps := len(f.Plan.Steps) > 0
	switch {
	case steps && !f.Verdict.Allows() && f.Verdict.Reason != guard.Obstructed:
		return ofVerdict(f.Verdict)
	case len(f.Plan.Obstacles) > 0:
		return obstructed(f.Plan.Obstacles)
	case steps && f.Run != nil && f.Run.Err != nil:
		return of(f.Run.Err)
	case steps:
		return finding{v1alpha1.ReasonPlanned, fmt.Sprintf("%d steps are to be taken to host federation on %s; they begin now", len(f.Plan.Steps), f.Spec.EdgePool), passing}
	case closedPorts(f) != "":
		return finding{v1alpha1.ReasonPortsClosed, closedPorts(f) + "; partners may not get through; look at the Edge server's services and its firewall", passing}
	case late(f) != "":
		return finding{v1alpha1.ReasonPropagating, late(f), passing}
	}
	return finding{v1alpha1.ReasonInSync, "federation is hosted by " + string(f.Spec.EdgePool) + " as the spec says", settled}
}

func obstructed(all []plan.Obstacle) finding {
	first := of(all[0].Err)
	if all[0].Part == plan.PartDNS && first.reason == v1alpha1.ReasonRefused {
		first.reason = v1alpha1.ReasonNameBlocked
	}
	if (all[0].Part == plan.PartSIP || all[0].Part == plan.PartXMPP) && first.reason == v1alpha1.ReasonRefused {
		first.reason, first.outlook = v1alpha1.ReasonAwaitingPerson, waiting
	}
	if len(all) > 1 {
		first.message = fmt.Sprintf("%s (and %d more)", first.message, len(all)-1)
	}
	return first
}

func progressing(r RunFacts) finding {
	done := 0
	var now []string
	for _, e := range r.Entries {
		switch e.State {
		case apply.Done, apply.Skipped:
			done++
		case apply.Running:
			text := fmt.Sprintf("%s %s", e.Step.Kind, e.Step.Target)
			if e.Message != "" {
				text += " (" + e.Message + ")"
			}
			now = append(now, text)
		}
	}
	return finding{v1alpha1.ReasonProgressing, fmt.Sprintf("%d of %d steps are done; now: %s", done, len(r.Entries), strings.Join(now, ", ")), passing}
}

func activePools(f Facts) (sip, xmpp string) {
	for _, p := range f.Desired.Protocols {
		active := plan.ActivePool(f.Observed.Topology, p)
		if p.Protocol == lync.XMPP {
			xmpp = active
		} else {
			sip = active
		}
	}
	return sip, xmpp
}

func drift(f Facts) []v1alpha1.Drift {
	var out []v1alpha1.Drift
	for _, d := range f.Plan.Differences {
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

func closedPorts(f Facts) string {
	var closed []string
	for _, t := range f.Desired.Targets {
		if r, ok := f.Observed.Ports[t]; !ok || !r.Open {
			closed = append(closed, fmt.Sprintf("port %d of %s: %s", t.Protocol.Port(), t.Address, r.Detail))
		}
	}
	return strings.Join(closed, ", ")
}

// late names the authoritative servers that do not show a record that the
// primary has.
func late(f Facts) string {
	var out []string
	for _, want := range f.Desired.Records {
		l := f.Observed.Records[want.Key].Value
		for _, v := range l.Servers {
			text := ""
			switch {
			case v.Err != nil:
				text = fmt.Sprintf("%s cannot be asked (%v)", v.Server, v.Err)
			case !v.Set.Same(want.RRSet):
				text = fmt.Sprintf("%s does not show %s %s yet", v.Server, want.Name, want.Type)
			}
			if text != "" && !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	if len(out) == 0 {
		return ""
	}
	more := ""
	if len(out) > 3 {
		more = fmt.Sprintf(" and %d more", len(out)-3)
		out = out[:3]
	}
	return "the primary has the records, " + strings.Join(out, ", ") + more + "; some partners see the old ones; it is looked at again"
}

// conditions writes conditions with one generation and one time.
type conditions struct {
	list       *[]metav1.Condition
	generation int64
	now        metav1.Time
}

func (c conditions) set(kind string, state metav1.ConditionStatus, reason, message string) {
	meta.SetStatusCondition(c.list, metav1.Condition{Type: kind, Status: state, Reason: reason,
		Message: shorten(message), ObservedGeneration: c.generation, LastTransitionTime: c.now})
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

// parts sets one condition for each managed part and removes the others.
func (c conditions) parts(f Facts) {
	pool := string(f.Spec.EdgePool)
	managed := map[plan.Part]bool{plan.PartPorts: true, plan.PartDNS: f.Spec.DNS != nil, plan.PartFrontEnds: len(f.Spec.FrontEndPools) > 0,
		plan.PartSIP: f.Spec.SIP != nil, plan.PartXMPP: f.Spec.XMPP != nil}
	for _, p := range []struct {
		part plan.Part
		kind string
		good string
	}{
		{plan.PartSIP, v1alpha1.ConditionSIPRouted, "flags and site routes of SIP name " + pool},
		{plan.PartXMPP, v1alpha1.ConditionXMPPRouted, "flags and site routes of XMPP name " + pool},
		{plan.PartDNS, v1alpha1.ConditionDNSPublished, "every authoritative server shows the records"},
		{plan.PartPorts, v1alpha1.ConditionPortsOpen, "every external address of " + pool + " answers"},
		{plan.PartFrontEnds, v1alpha1.ConditionFrontEndsAssociated, "the listed Front End pools use " + pool},
	} {
		if !managed[p.part] {
			meta.RemoveStatusCondition(c.list, p.kind)
			continue
		}
		state, reason, message := c.part(f, p.part, p.good)
		c.set(p.kind, state, reason, message)
	}
}

// Spec2Pool is the Edge pool that the spec names.
func (f Facts) Spec2Pool() string { return string(f.Spec.EdgePool) }

func (c conditions) part(f Facts, part plan.Part, good string) (metav1.ConditionStatus, string, string) {
	for _, o := range f.Plan.Obstacles {
		if o.Part != part {
			continue
		}
		state := metav1.ConditionFalse
		if k := fault.KindOf(o.Err); k == fault.Unreachable || k == fault.Denied {
			state = metav1.ConditionUnknown
		}
		why := obstructed([]plan.Obstacle{o})
		return state, why.reason, why.message
	}
	var differ []string
	for _, d := range f.Plan.Differences {
		if d.Part == part {
			differ = append(differ, fmt.Sprintf("%s is %s, wanted %s", d.Field, d.Found, d.Wanted))
		}
	}
	switch {
	case len(differ) > 0 && part == plan.PartPorts:
		return metav1.ConditionFalse, v1alpha1.ReasonPortsClosed, strings.Join(differ, "; ")
	case len(differ) > 0:
		return metav1.ConditionFalse, v1alpha1.ReasonDrifted, strings.Join(differ, "; ")
	case part == plan.PartDNS && late(f) != "":
		return metav1.ConditionFalse, v1alpha1.ReasonPropagating, late(f)
	}
	return metav1.ConditionTrue, v1alpha1.ReasonInSync, good
}
