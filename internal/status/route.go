package status

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// Facts are what one reconcile of a FederationRoute learned. Err says why the reconcile
// could not go on; status also shows what it learned before that.
type Facts struct {
	Now         time.Time
	Created     time.Time // when the route was created
	Generation  int64
	Spec        v1alpha1.FederationRouteSpec
	Previous    v1alpha1.FederationRouteStatus
	RequestedAt string

	Err error

	Desired  plan.Desired
	Observed plan.Observed
	Plan     plan.Plan
	// Left are the steps that the plan would have if no field were left to somebody else.
	Left    []plan.Step
	Verdict guard.Verdict

	// Undone says that the latest move was given up. The spec's Edge pool is then the one
	// that it left.
	Undone *v1alpha1.UndoneMove

	// Move is what status remembers of the latest move from now on; nil keeps what status
	// has.
	Move     *plan.Move
	FailBack FailBackRequest

	Run *RunFacts // the route's latest run; nil when there was none
	// Earlier are stopped runs that had not ended when the latest began, the latest first.
	Earlier []RunFacts
	Limits  apply.Limits // of runs

	// Others lists, by protocol, the Edge pools that other routes of the LyncTopology let
	// federate.
	Others map[lync.Protocol][]string

	// Shared: another LyncTopology describes the same organization.
	Shared bool

	// Absent is what is remembered from now on of machines that do not answer; nil keeps what
	// status has.
	Absent map[lync.Host]plan.Absence

	reversals []v1alpha1.Reversal        // set by Route
	set       map[plan.Setting]time.Time // set by Reversals
}

// RunFacts are the record of the latest run.
type RunFacts struct {
	PlanID   string
	Wish     string // that the plan was made for
	EdgePool string // that the plan leads federation to
	Entries  []apply.Entry
	Active   bool
	Err      error
	// FailBackRequest is the annotation's value that the run began with.
	FailBackRequest string
}

// Route computes the whole status, once.
func Route(f Facts) v1alpha1.FederationRouteStatus {
	s := *f.Previous.DeepCopy()
	s.ObservedGeneration = f.Generation
	s.LastHandledReconcileAt = f.RequestedAt
	s.Move, s.LastHandledFailBackAt = move(f), handledFailBack(f)
	s.Left = left(f, leavesOf(f.Previous.Move), leavesOf(s.Move))
	c := conditions{list: &s.Conditions, generation: f.Generation, now: metav1.NewTime(f.Now)}
	for _, r := range slices.Backward(f.Earlier) {
		s.History = history(s.History, r)
	}
	if f.Run != nil {
		s.History = history(s.History, *f.Run)
	}
	f.reversals = Reversals(f)
	s.Reversals = f.reversals
	s.Adopted = adopted(f)
	s.NextHops = nextHops(f)
	if f.observed() {
		s.SIPEdgePool, s.XMPPEdgePool = activePools(f)
		s.Plan, s.Drift, s.Owed = pendingPlan(f), drift(f), owes(f)
		c.aspects(f, s.History)
		c.contest(f)
		s.Absent = absent(f)
		c.degrade(f)
		c.share(f.Shared)
		c.tellOthers(f)
		c.tellCandidates(f)
	}
	if f.active() {
		s.Plan = runPlan(f)
		s.SIPEdgePool, s.XMPPEdgePool = moved(*f.Run, lync.SIP, s.SIPEdgePool), moved(*f.Run, lync.XMPP, s.XMPPEdgePool)
	}
	c.summary(suspended(f, deadPool(f, arriving(conclude(f), f.Created, f.Now))).and(fitRoute(&s)))
	return s
}

// observed reports whether this reconcile got as far as comparing the spec with an
// observation. Such an observation has Edge pools: the route's own was found in it.
func (f Facts) observed() bool { return len(f.Observed.Topology.EdgePools) > 0 }

func (f Facts) active() bool { return f.Run != nil && f.Run.Active }

// conclude says whether federation is as the spec says and, if not, why. Ready shows its
// answer.
func conclude(f Facts) finding {
	steps := len(f.Plan.Steps) > 0 && !f.Plan.Idle()
	switch {
	case f.Err != nil:
		return findingOf(f.Err)
	case f.active():
		return progressing(*f.Run)
	case steps && !f.Verdict.Allows() && f.Verdict.Reason != guard.Obstructed:
		found := ofVerdict(f.Verdict)
		found.message += cannotBeDone(f)
		return found
	case len(uncontested(f.Plan.Obstacles)) > 0:
		return stillServed(f, obstructed(uncontested(f.Plan.Obstacles)))
	case steps && !f.Verdict.Allows(): // what is left holds every step
		return finding{v1alpha1.ReasonContested, contested(f), stuck}
	case steps && f.Run != nil && f.Run.Err != nil:
		return stillServed(f, findingOf(f.Run.Err))
	case steps:
		return finding{v1alpha1.ReasonPlanned, fmt.Sprintf("%d steps are to be taken to host federation on %s; they begin now", len(f.Plan.Steps), f.Spec.EdgePool), passing}
	case f.Undone != nil:
		return moveUndone(f)
	case contested(f) != "":
		return finding{v1alpha1.ReasonContested, contested(f), stuck}
	case f.Plan.PausesIn(plan.Moving):
		return lowering(f)
	case closedPorts(f) != "":
		return finding{v1alpha1.ReasonPortsClosed, closedPorts(f), passing}
	case late(f) != "":
		return finding{v1alpha1.ReasonPropagating, late(f), passing}
	case len(f.Plan.Pauses) > 0:
		return draining(f)
	}
	return finding{v1alpha1.ReasonInSync, "federation is hosted by " + string(f.Spec.EdgePool) + " as the spec says" + owed(f), settled}
}

// uncontested leaves out the obstacles that come from fields that are left.
func uncontested(all []plan.Obstacle) []plan.Obstacle {
	return slices.DeleteFunc(slices.Clone(all), func(o plan.Obstacle) bool { return errors.Is(o.Err, plan.ErrContested) })
}

func obstructed(all []plan.Obstacle) finding {
	first := findingOf(all[0].Err)
	switch {
	case errors.Is(all[0].Err, plan.ErrContested):
		first.reason = v1alpha1.ReasonContested
	case errors.Is(all[0].Err, plan.ErrHosted):
		first.reason = v1alpha1.ReasonHostedFederation
	case errors.Is(all[0].Err, plan.ErrForeign):
		first.reason = v1alpha1.ReasonForeignRecords
	}
	if all[0].Aspect == plan.AspectDNS && first.reason == v1alpha1.ReasonRefused {
		first.reason = v1alpha1.ReasonNameBlocked
	}
	if (all[0].Aspect == plan.AspectSIP || all[0].Aspect == plan.AspectXMPP) && first.reason == v1alpha1.ReasonRefused {
		first.reason = v1alpha1.ReasonAwaitingPerson
	}
	var parts []string
	for _, o := range all {
		if !slices.Contains(parts, o.Part()) {
			parts = append(parts, o.Part())
		}
	}
	if others := len(parts) - 1; others > 0 {
		first.message = fmt.Sprintf("%s (and %d more)", first.message, others)
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
			text := fmt.Sprintf("%s %s", e.Step.Kind(), e.Step.Target)
			if e.Message != "" {
				text += " (" + e.Message + ")"
			}
			now = append(now, text)
		case apply.Pending, apply.Failed: // such a step is neither done nor under way
		}
	}
	if len(now) == 0 {
		now = append(now, "looking at the organization again")
	}
	return finding{v1alpha1.ReasonProgressing, fmt.Sprintf("%d of %d steps are done; now: %s", done, len(r.Entries), strings.Join(now, ", ")) + joined(r), passing}
}

func activePools(f Facts) (sip, xmpp string) {
	for _, p := range f.Desired.Protocols {
		active := f.activePool(p)
		if p.Protocol == lync.XMPP {
			xmpp = active
		} else {
			sip = active
		}
	}
	return sip, xmpp
}

// activePool is the Edge pool that all sites of a protocol use. While the routes of the sites
// are unknown, it is the one that was seen last.
func (f Facts) activePool(p plan.DesiredProtocol) string {
	switch {
	case f.Observed.Topology.Unread(lync.PartSites) == nil:
		return plan.ActivePool(f.Observed.Topology, p)
	case p.Protocol == lync.XMPP:
		return f.Previous.XMPPEdgePool
	}
	return f.Previous.SIPEdgePool
}

// moved is the Edge pool that all sites of a protocol use while a run is under way: the one
// before the run, the one that the run sets, and none as long as the sites differ.
func moved(r RunFacts, protocol lync.Protocol, before string) string {
	done, open, pool := 0, 0, before
	for _, e := range r.Entries {
		act, ok := e.Step.Act.(plan.SetSiteRoute)
		switch {
		case !ok || act.Protocol != protocol:
		case e.State == apply.Done || e.State == apply.Skipped:
			done, pool = done+1, act.EdgePool
		default:
			open++
		}
	}
	if done > 0 && open > 0 {
		return ""
	}
	return pool
}

// suspended says of a suspended route that it is, whatever else is to be said of it. Where
// nothing else is, that is the reason.
func suspended(f Facts, found finding) finding {
	if !f.Spec.Suspend || found.reason == v1alpha1.ReasonSuspended {
		return found
	}
	if found.reason == v1alpha1.ReasonInSync {
		found.reason = v1alpha1.ReasonSuspended
	}
	found.message += "; spec.suspend is true, and no change begins before it is false"
	return found
}
