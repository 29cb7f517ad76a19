package controllers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/fleets"
	"github.com/fedroute/fedroute/internal/memory/ports"
	"github.com/fedroute/fedroute/internal/memory/runs"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/memory/signers"
	"github.com/fedroute/fedroute/internal/memory/since"
	"github.com/fedroute/fedroute/internal/memory/writes"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// +kubebuilder:rbac:groups=fedroute.io,resources=federationroutes,verbs=list;watch
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
	runs    *runs.Memory
	// wishes holds the time since which a route's spec may change something.
	// requests holds the time since which a person asks to fail a Front End pool back.
	wishes   *since.Memory[memory.Edition]
	requests *since.Memory[failBackRequest]
	signers  *signers.Memory
	ports    *ports.Memory
	written  *writes.Memory[v1alpha1.FederationRouteStatus]
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
	if !route.DeletionTimestamp.IsZero() {
		r.forget(objectOf(&route))
		return ctrl.Result{}, nil
	}
	catchUp(r.written, &route, &route.Status)
	s := scope{FederationRouteReconciler: r, route: &route, again: jitter(route.Spec.Interval.Duration)}
	s.run = s.latest()
	s.facts = status.Facts{Now: r.options.Clock.Now(), Created: route.CreationTimestamp.Time, Limits: r.options.Limits, Generation: route.Generation, Spec: route.Spec,
		Previous: route.Status, RequestedAt: route.Annotations[v1alpha1.AnnotationRequestedAt]}
	s.facts.Err = contain.Run("reconcile FederationRoute", route.Name, func() error { return s.pursue(ctx) })
	s.again = whileYoung(s.again, &route, s.facts.Now, s.facts.Err)
	return ctrl.Result{RequeueAfter: s.again}, errors.Join(s.report(ctx), s.measurePorts(ctx))
}

// forget drops what is remembered of a route that is deleted or is being deleted.
func (r *FederationRouteReconciler) forget(route memory.Object) {
	r.runs.Forget(route)
	r.wishes.Forget(route)
	r.requests.Forget(route)
}

// pursue observes, plans, asks the guards and begins a run. Its error says why it could
// not do all of that.
func (s *scope) pursue(ctx context.Context) error {
	s.tellRun()
	if s.outdated() {
		s.run.Stop() // even when the organization cannot be observed
	}
	if s.running() && !s.finishing() {
		return nil
	}
	if s.requested() {
		s.look(s.facts.Now)
	}
	if err := s.fetch(ctx); err != nil {
		return err
	}
	now, err := s.sight()
	if err != nil {
		return err
	}
	if ended, unseen := s.unseen(now); unseen {
		s.facts.Run.Active = true // status shows the run until an observation is newer than its end
		if s.finishing() {
			s.wish() // the look that is asked for here is also the one before the first change
		}
		s.look(ended)
		return nil
	}
	s.facts.Desired, err = plan.Resolve(s.intent(now), now.Snapshot.Topology.Value)
	if err != nil {
		return err
	}
	s.hear(now)
	begins := s.owe(now)
	if err := s.observe(ctx, now); err != nil {
		return err
	}
	s.facts.Plan = plan.Compute(s.facts.Desired, s.facts.Observed)
	if len(s.facts.Plan.Steps) == 0 {
		return nil
	}
	if err := s.judge(ctx, now); err != nil {
		return err
	}
	if !s.facts.Verdict.Allows() {
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
	s.remember(begins)
	if owes(begins) {
		s.again = recorded
		return nil
	}
	return s.begin(ctx, now)
}

// fetch reads the LyncTopology of the route.
func (s *scope) fetch(ctx context.Context) error {
	key := s.topologyKey()
	err := s.options.Client.Get(ctx, key, &s.topology)
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

// observe adds what only this route needs (its DNS records and ports) to the observation
// of the organization.
func (s *scope) observe(ctx context.Context, now sights.Sight) error {
	open, err := readers(ctx, s.route.Spec.DNS, s.secrets())
	if err != nil {
		return err
	}
	ports, err := s.ports.Read(ctx, slices.Concat(s.facts.Desired.Targets, s.facts.Desired.FailBackTargets()), now.Snapshot.At)
	if err != nil {
		return err
	}
	s.facts.Observed = plan.Observed{
		Topology:    now.Snapshot.Topology.Value,
		EdgeServers: now.Snapshot.EdgeServers,
		NotStarted:  status.NotStarted(s.facts.Previous),
		Document:    now.Snapshot.Document,
		Published:   s.topology.Status.PublishedDocument,
		SimpleURLs:  s.topology.Status.SimpleURLs,
		Records:     lookUp(ctx, open, s.facts.Desired.Records),
		Ports:       ports,
	}
	return nil
}

// judge asks the guards about the plan.
func (s *scope) judge(ctx context.Context, now sights.Sight) error {
	in := guard.Input{Plan: s.facts.Plan, Spec: s.route.Spec, Now: s.facts.Now}
	if status.Continues(s.facts.Previous.Plan, in.Plan) {
		in.Plan.ID = s.facts.Previous.Plan.ID
	}
	s.facts.Plan.ID = in.Plan.ID
	if in.Spec.Mode == v1alpha1.ModeApprove && s.goingBack() {
		in.Spec.Mode = v1alpha1.ModeEnforce
	}
	if in.Spec.Mode != v1alpha1.ModeObserve {
		var err error
		if in.Holder, in.Claim, err = s.holder(ctx, now.Snapshot.Topology.Value); err != nil {
			return err
		}
	}
	s.facts.Verdict, s.allowed = guard.Guards.Evaluate(in), guard.Guards.DuringRun(in)
	s.again = s.facts.Verdict.Within(s.again, s.facts.Now)
	return nil
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
