package controllers

import (
	"cmp"
	"context"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fingerprint"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/runs"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// tellRun puts the route's latest run into the facts. The error of a run for an older spec
// is left out: only history shows it.
func (s *scope) tellRun() {
	if s.run == nil || !s.run.IsOfObject(string(s.route.UID)) && s.run.Over() {
		return // what an earlier object of the name did is not of interest
	}
	s.facts.Run = runFacts(s.run)
	if s.outdated() {
		s.facts.Run.Err = nil
	}
	s.facts.Earlier = nil
	for _, run := range s.run.Before {
		s.facts.Earlier = append(s.facts.Earlier, *runFacts(run))
	}
}

// runFacts is what status needs to know of a run; nil for none.
func runFacts(run *runs.Run) *status.RunFacts {
	if run == nil {
		return nil
	}
	over, _, err := run.Ended()
	return &status.RunFacts{PlanID: run.PlanID, Wish: run.Plan.Wish, EdgePool: run.EdgePool, Entries: run.Entries(), Active: !over, Err: err, FailBackRequest: run.FailBack}
}

// outdated reports whether the latest run was begun for another spec, or for an earlier
// object of the same name.
func (s *scope) outdated() bool { return s.run != nil && !s.run.IsOf(editionOf(s.route)) }

// goesOn reports whether a run for an older spec goes on to the nearest point where
// federation works. It does where the newer spec takes away a part of what the run works
// for, or its approval, and asks for nothing in its place. Another Edge pool passes, and a
// person who suspends the route wants a stop.
func (s *scope) goesOn() bool {
	if !s.run.IsOfObject(string(s.route.UID)) || s.route.Spec.Suspend || s.route.Spec.Mode == v1alpha1.ModeObserve || !s.run.Halfway() {
		return false
	}
	wanted := worksFor(s.route.Spec)
	taken := func(name string) bool { return !slices.Contains(wanted, name) }
	return !taken(s.run.For[0]) && slices.ContainsFunc(s.run.For, taken)
}

// worksFor names what a spec asks for, its Edge pool first.
func worksFor(spec v1alpha1.FederationRouteSpec) []string {
	out := []string{"Edge pool " + string(lync.HostOf(string(spec.EdgePool))), "LyncTopology " + spec.TopologyRef.Name}
	protocol := func(name string, p *v1alpha1.ProtocolRoute) {
		if p == nil {
			return
		}
		out = append(out, name)
		for _, d := range p.Domains {
			out = append(out, name+" domain "+string(d.Name))
		}
		for _, site := range p.Sites {
			out = append(out, name+" site "+site)
		}
	}
	for _, pool := range spec.Prepare {
		out = append(out, "standby Edge pool "+string(pool))
	}
	protocol("SIP", spec.SIP)
	protocol("XMPP", spec.XMPP)
	for _, server := range cmp.Or(spec.DNS, &v1alpha1.DNS{}).Servers {
		out = append(out, "zone "+string(server.Zone))
	}
	if spec.Mode == v1alpha1.ModeApprove {
		out = append(out, "approval of "+spec.ApprovedPlan)
	}
	return out
}

// running reports whether the latest run is under way.
func (s *scope) running() bool { return s.facts.Run != nil && s.facts.Run.Active }

// finishing reports whether the latest run was stopped by a newer wish and only ends changes
// that the next plan need not wait for.
func (s *scope) finishing() bool { return s.outdated() && s.run.Finishing() }

// unseen reports whether the organization has not been observed since the latest run
// changed something. It also gives the time of that.
func (s *scope) unseen(now sights.Sight) (latest time.Time, unseen bool) {
	if s.run == nil {
		return time.Time{}, false
	}
	latest = s.run.Latest()
	return latest, now.Snapshot.At.Before(latest)
}

// pause is how long to wait before another run, because the last one failed; 0 when the
// next may begin now. It may begin at once when a Secret has changed since the last run
// began: the failure may have come from the old Secret.
func (s *scope) pause(ctx context.Context) time.Duration {
	if s.run == nil || s.outdated() || s.requested() || !lync.SameHost(s.run.EdgePool, s.facts.Desired.Pool.FQDN) {
		return 0 // in the last case the failed run's move is undone
	}
	_, ended, err := s.run.Ended()
	if err == nil {
		return 0
	}
	wait := ended.Add(s.run.RetryAfter()).Sub(s.options.Clock.Now())
	if wait <= 0 {
		return 0
	}
	if now, err := s.secretsPrint(ctx); err == nil && now != s.run.Secrets {
		return 0
	}
	return wait
}

// wish remembers when the route's present spec was first allowed to change something.
func (s *scope) wish() {
	s.wishes.Note(objectOf(s.route), editionOf(s.route), s.options.Clock.Now())
}

// wished gives the time that wish remembers.
func (s *scope) wished() time.Time { return s.wishes.When(objectOf(s.route), editionOf(s.route)) }

// requested reports whether a person asked for a reconcile that has not been made yet. The
// organization is then observed at once, and a plan that failed is tried again at once.
func (s *scope) requested() bool {
	return s.facts.RequestedAt != "" && s.facts.RequestedAt != s.facts.Previous.LastHandledReconcileAt
}

// begin makes the writers and starts a run. No writer exists before that.
func (s *scope) begin(ctx context.Context, now sights.Sight, due plan.Plan) error {
	fleet, ok := s.fleets.Connected(memory.Object(s.topologyKey()), now.Edition)
	if !ok {
		return &status.Missing{Reason: v1alpha1.ReasonNotObserved, Message: "the organization has not been observed since its LyncTopology changed; nothing is changed; this route goes on when it has been"}
	}
	print, err := s.secretsPrint(ctx) // before the run reads them: a later change is then noticed
	if err != nil {
		return err
	}
	w := zoneWriters{keys: s.secrets(), signers: s.signers, names: s.names, fleet: fleet, topology: s.topology.Spec, clock: s.options.Clock}
	open, err := w.zones(ctx, s.route.Spec.DNS)
	if err != nil {
		return err
	}
	key := client.ObjectKeyFromObject(s.route)
	letGo, look := s.kept.keep(ctx, objectOf(s.route), s.secrets(), secretsOf(s.route.Spec, s.topology.Spec)), s.looker()
	err = s.runs.Begin(runs.Order{
		For: worksFor(s.route.Spec), Rest: s.goingBack() || s.facts.Plan.LeftHalfway(s.facts.Desired, s.facts.Observed), Prepare: func() error { return s.attach(ctx) },
		Route: objectOf(s.route), Edition: editionOf(s.route), Topology: memory.Object(s.topologyKey()),
		PlanID: due.ID, Secrets: print, Plan: due, Base: s.facts.Observed.Topology, EdgePool: s.facts.Desired.Pool.FQDN, FailBack: s.facts.FailBack.Text,
		Hands: apply.Hands{Observer: shell.NewObserver(fleet), Operator: shell.NewOperator(fleet), Zones: open, Prober: s.options.Prober, Clock: s.options.Clock,
			Ledger: ledger{client: s.options.Client, topology: s.topologyKey(), uid: s.topology.UID, clock: s.options.Clock}, Allowed: s.allowed,
			Log: logOf(s.route).With("plan", due.ID), Why: s.why(), Meter: meter{}},
		Changed: func() { s.moved <- event.TypedGenericEvent[types.NamespacedName]{Object: key} },
		Left:    func(ended time.Time) { letGo(); look(ended) }, // it wakes every route of the organization, also one that this run holds up
	})
	if err != nil {
		letGo()
		if !s.parting() { // a route that is parting needs them for its next try
			s.kept.forget(objectOf(s.route))
		}
		return err
	}
	s.run = s.latest()
	s.tellRun()
	return nil
}

// latest is the route's latest run; nil when there was none.
func (s *scope) latest() *runs.Run {
	return s.runs.Latest(objectOf(s.route))
}

func (s *scope) secrets() secrets {
	return secrets{reader: s.options.Secrets, namespace: s.route.Namespace, reach: s.options.Reach}
}

func (s *scope) secretsPrint(ctx context.Context) (fingerprint.Print, error) {
	return s.secrets().print(ctx, secretsOf(s.route.Spec, s.topology.Spec))
}
