package controllers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/accounts"
	"github.com/fedroute/fedroute/internal/memory/circuits"
	"github.com/fedroute/fedroute/internal/memory/fleets"
	"github.com/fedroute/fedroute/internal/memory/looks"
	"github.com/fedroute/fedroute/internal/memory/ports"
	"github.com/fedroute/fedroute/internal/memory/runs"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/memory/signers"
	"github.com/fedroute/fedroute/internal/memory/since"
	"github.com/fedroute/fedroute/internal/memory/standings"
	"github.com/fedroute/fedroute/internal/memory/writes"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// +kubebuilder:rbac:groups=fedroute.io,resources=federationroutes,verbs=list;watch;patch
// +kubebuilder:rbac:groups=fedroute.io,resources=federationroutes/status,verbs=patch
// The lease of leader election, and the events that leader election writes about it,
// for which it still uses the older events API:
// +kubebuilder:rbac:groups=coordination.k8s.io,resources=leases,namespace=system,verbs=get;create;update
// +kubebuilder:rbac:groups="",resources=events,namespace=system,verbs=create;patch

// FederationRouteReconciler keeps federation on the Edge pool that a route names.
type FederationRouteReconciler struct {
	options Options
	fleets  *fleets.Memory
	sights  *sights.Memory
	// accounts are those that hosts have refused. A person's request lets them be tried again.
	accounts *accounts.Memory
	// circuits are the servers that let looks wait in vain.
	circuits *circuits.Memory
	runs     *runs.Memory
	kept     *keptSecrets
	// wishes holds the time since which a route's spec may change something.
	// requests holds the time since which a person asks to fail a Front End pool back.
	wishes   *since.Memory[memory.Edition]
	requests *since.Memory[failBackRequest]
	signers  *signers.Memory
	names    *standings.Memory
	ports    *ports.Memory
	// looks and measures are what is being looked at for a route: its records and the ports
	// that it may move to, and the ports that are published now.
	looks    *looks.Memory[view]
	measures *looks.Memory[measure]
	// heard holds the time since which a person's request is being answered.
	heard   *since.Memory[string]
	written *writes.Memory[v1alpha1.FederationRouteStatus]
	// wakeTopology asks for an observation of an organization; moved wakes a route when
	// the record of its run has changed.
	wakeTopology chan<- event.TypedGenericEvent[types.NamespacedName]
	moved        chan event.TypedGenericEvent[types.NamespacedName]
}

// scope is one reconcile of one route.
type scope struct {
	*FederationRouteReconciler
	route    *v1alpha1.FederationRoute
	run      *runs.Run             // the latest one as the reconcile begins, nil for none
	topology v1alpha1.LyncTopology // set by fetch
	facts    status.Facts
	again    time.Duration
	allowed  func(now time.Time) error // set by judge: whether a run may go on
	// parted: an object is being deleted, and nothing is left to finish, or no time.
	parted bool
	// unfinished: the organization is still to be looked at since the latest run changed
	// something.
	unfinished bool
}

// Reconcile brings one route one step further and says in status where it stands.
func (r *FederationRouteReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var route v1alpha1.FederationRoute
	if err := r.options.Client.Get(ctx, req.NamespacedName, &route); err != nil {
		if apierrors.IsNotFound(err) {
			r.forget(memory.Object(req.NamespacedName))
			r.written.Forget(memory.Object(req.NamespacedName))
			routeSeries.forget(req.NamespacedName)
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if deleted(&route) && !attached(&route) {
		r.forget(objectOf(&route))
		return ctrl.Result{}, nil
	}
	catchUp(r.written, &route, &route.Status)
	s := scope{FederationRouteReconciler: r, route: &route, again: r.options.jitter(route.Spec.Interval.Duration)}
	s.run = s.latest()
	s.facts = status.Facts{Now: r.options.Clock.Now(), Created: route.CreationTimestamp.Time, Limits: r.options.Limits, Generation: route.Generation, Spec: route.Spec,
		Previous: route.Status, RequestedAt: status.Request(route.Annotations[v1alpha1.AnnotationRequestedAt])}
	s.facts.Err = contain.Run("reconcile FederationRoute", route.Name, func() error { return s.pursue(ctx) })
	if errors.Is(s.facts.Err, errLooking) {
		return ctrl.Result{}, s.release(ctx) // the end of the look wakes this route
	}
	s.again = whileYoung(s.again, &route, s.facts.Now, s.facts.Err)
	return ctrl.Result{RequeueAfter: s.again}, errors.Join(s.report(ctx), s.release(ctx), s.measurePorts(ctx))
}

// forget drops what is remembered of a route that is deleted or is being deleted.
func (r *FederationRouteReconciler) forget(route memory.Object) {
	r.runs.Forget(route)
	r.kept.forget(route)
	r.wishes.Forget(route)
	r.requests.Forget(route)
	r.heard.Forget(route)
	r.looks.Forget(route)
	r.measures.Forget(route)
	r.signers.Forget(route.Namespace)
}

// pursue observes, plans, asks the guards and begins a run. Its error says why it could
// not do all of that.
func (s *scope) pursue(ctx context.Context) error {
	missing := s.fetch(ctx)
	s.tellRun()
	if ends, err := s.attend(); ends || err != nil {
		return err
	}
	if s.parting() {
		defer s.wait()
	}
	s.hearRequest()
	if missing != nil {
		s.parted = s.parted || s.alone(missing)
		return missing
	}
	now, err := s.sight()
	if err != nil {
		return err
	}
	if now, err = s.seenWith(ctx, now); err != nil {
		return err
	}
	if ended, unseen := s.unseen(now); unseen {
		return s.unobserved(ended)
	}
	begins, err := s.compare(ctx, now)
	if err != nil {
		return err
	}
	if len(s.facts.Plan.Steps) == 0 {
		s.parted = s.parting()
		return nil
	}
	due, err := s.judge(ctx, now)
	if err != nil {
		return err
	}
	if s.parting() && s.arrived(due) {
		s.parted = true
		return nil
	}
	if len(due.Steps) == 0 {
		return nil
	}
	if pause := s.pause(ctx); pause > 0 {
		s.again = min(s.again, pause)
		return nil
	}
	s.wish()
	if wished := s.wished(); now.Snapshot.At.Before(wished) {
		s.look(wished) // a machine may have died since: observe once more before the first change
		return nil
	}
	if begins != nil { // once the routes have changed, only status shows that there was a move
		s.facts.Move = begins
		s.again = recorded
		return nil
	}
	return s.begin(ctx, now, due)
}

// attend deals with a run that is under way, and with a deletion. ends says that the
// reconcile has nothing else to do.
func (s *scope) attend() (ends bool, err error) {
	if s.running() && s.parting() {
		s.finishes()
		return true, nil
	}
	if s.outdated() && !s.goesOn() {
		s.run.Stop() // even when the organization cannot be observed
	}
	if s.running() && !s.finishing() {
		return true, nil
	}
	if !s.parting() {
		return false, nil
	}
	if !attached(s.route) {
		return true, s.goneTopology()
	}
	s.parted = s.overdue()
	return s.parted, nil
}

// unobserved asks for a look that is newer than the end of the latest run. Until then
// status shows the run.
func (s *scope) unobserved(ended time.Time) error {
	s.unfinished = true
	s.look(ended)
	if s.facts.Run == nil {
		return &status.Missing{Reason: v1alpha1.ReasonNotObserved, Message: "the organization has not been observed since the plan of an earlier route of this name ended; nothing is changed; this route goes on when it has been"}
	}
	s.facts.Run.Active = true
	if s.finishing() {
		s.wish() // the look that is asked for here is also the one before the first change
	}
	return nil
}

// compare makes the plan of what the spec wants and what was seen. It gives the move that
// begins with the plan; nil when none does.
func (s *scope) compare(ctx context.Context, now sights.Sight) (begins *plan.Move, err error) {
	intent := s.intent(now)
	if s.facts.Desired, err = plan.Resolve(intent, now.Snapshot.Topology.Value); err != nil {
		return nil, err
	}
	s.facts.Desired.Back = s.facts.Undone != nil
	if s.facts.Others, err = s.others(ctx); err != nil {
		return nil, err
	}
	s.hear(now)
	begins = s.owe(now)
	if err := s.observe(ctx, now, intent.Digest()); err != nil {
		return nil, err
	}
	if err := s.muster(now, intent); err != nil {
		return nil, err
	}
	s.drain(begins)
	s.compute()
	s.facts.Plan.Wish = intent.Digest()
	s.dropLeft(begins)
	return begins, nil
}

// fetch reads the LyncTopology of the route.
func (s *scope) fetch(ctx context.Context) error {
	key := s.topologyKey()
	err := s.options.Client.Get(ctx, key, &s.topology)
	s.facts.Shared = meta.IsStatusConditionTrue(s.topology.Status.Conditions, v1alpha1.ConditionSharedOrganization)
	if apierrors.IsNotFound(err) {
		return &status.Missing{Reason: v1alpha1.ReasonTopologyMissing,
			Message: fmt.Sprintf("LyncTopology %s does not exist in namespace %s; nothing is observed or changed; create it or correct spec.topologyRef", key.Name, key.Namespace)}
	}
	return err
}

// sight gives the organization's latest observation, or why there is none.
func (s *scope) sight() (sights.Sight, error) {
	key := s.topologyKey()
	now, ok := s.sights.Get(memory.Object(key))
	switch {
	case !ok:
		return sights.Sight{}, &status.Missing{Reason: v1alpha1.ReasonNotObserved,
			Message: fmt.Sprintf("LyncTopology %s has not been observed yet; nothing is changed; this route goes on when it has been", key.Name)}
	case now.Err != nil:
		return sights.Sight{}, now.Err
	}
	if len(now.Snapshot.Topology.Value.Unknown) > 0 {
		return now, nil // plan.Resolve and plan.Compute say what needs the unknown parts
	}
	return now, now.Snapshot.Topology.Err
}

// look asks for a fresh observation of the organization.
func (s *scope) look(after time.Time) { s.looker()(after) }

// looker gives a function that does what look does, at any time and from any goroutine. It
// does not use the route, into which the client decodes the API server's answers.
func (s *scope) looker() func(after time.Time) {
	key, seen, wake := s.topologyKey(), s.sights, s.wakeTopology
	return func(after time.Time) {
		seen.Await(memory.Object(key), after)
		wake <- event.TypedGenericEvent[types.NamespacedName]{Object: key}
	}
}

// judge asks the guards about the plan, and gives what may be carried out now: the plan,
// no step, or its owed steps while the others wait for an approval.
func (s *scope) judge(ctx context.Context, now sights.Sight) (due plan.Plan, err error) {
	s.facts.Plan.ID = status.PlanID(s.facts.Previous.Plan, s.facts.Plan, s.route.Spec.ApprovedPlan)
	in := guard.Input{Plan: s.facts.Plan, Spec: s.route.Spec, Now: s.facts.Now}
	if in.Spec.Mode == v1alpha1.ModeApprove && s.goingBack() {
		in.Spec.Mode = v1alpha1.ModeEnforce
	}
	if in.Spec.Mode != v1alpha1.ModeObserve {
		if in.Holder, in.Claim, err = s.holder(ctx, now.Snapshot.Topology.Value); err != nil {
			return due, err
		}
	}
	s.facts.Verdict = guard.Guards.Evaluate(in)
	s.again = s.facts.Verdict.Within(s.again, s.facts.Now)
	if s.facts.Verdict.Reason == guard.AwaitingApproval {
		in.Plan = in.Plan.Owed()
	}
	s.allowed = guard.Guards.DuringRun(in, s.holderDuringRun(ctx, now.Snapshot.Topology.Value))
	if !guard.Guards.Evaluate(in).Allows() {
		return due, nil
	}
	return in.Plan, nil
}

// report writes status when it has changed, and then records events for what is new.
func (s *scope) report(ctx context.Context) error {
	next := status.Route(s.facts)
	observeRoute(s.route, next)
	if equality.Semantic.DeepEqual(s.route.Status, next) {
		return nil
	}
	base := s.route.DeepCopy()
	s.route.Status = next
	if err := s.options.Client.Status().Patch(ctx, s.route, client.MergeFrom(base), client.FieldOwner(FieldOwner)); err != nil {
		return client.IgnoreNotFound(err)
	}
	s.written.Note(versionOf(base), versionOf(s.route), next)
	for _, e := range status.RouteEvents(s.facts.Previous, next) {
		s.options.Recorder.Eventf(s.route, nil, e.Type, e.Reason, e.Action, "%s", e.Note)
	}
	return nil
}

func (s *scope) topologyKey() types.NamespacedName {
	return types.NamespacedName{Namespace: s.route.Namespace, Name: s.route.Spec.TopologyRef.Name}
}
