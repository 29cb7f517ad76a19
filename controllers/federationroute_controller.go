package controllers

import (
	"context"
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
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// +kubebuilder:rbac:groups=fedroute.io,resources=federationroutes,verbs=get;list;watch
// +kubebuilder:rbac:groups=fedroute.io,resources=federationroutes/status,verbs=get;patch
// The lease, and the events that leader election still writes of it with the older API:
// +kubebuilder:rbac:groups=coordination.k8s.io,resources=leases,namespace=system,verbs=get;create;update
// +kubebuilder:rbac:groups="",resources=events,namespace=system,verbs=create;patch

// FederationRouteReconciler keeps federation on the Edge pool that a route names.
type FederationRouteReconciler struct {
	options       Options
	organizations *organizations
	snapshots     *snapshots
	runs          *runs
	signers       *signers
	ports         *ports
	written       *writes[v1alpha1.FederationRouteStatus]
	// wakeTopology asks for a look at an organization; moved tells that a run moved.
	wakeTopology chan<- event.TypedGenericEvent[types.NamespacedName]
	moved        chan event.TypedGenericEvent[types.NamespacedName]
}

// scope is one reconcile of one route.
type scope struct {
	*FederationRouteReconciler
	route    *v1alpha1.FederationRoute
	topology v1alpha1.LyncTopology // set by sight
	facts    status.Facts
	again    time.Duration
	allowed  func(now time.Time) error // set by judge: whether a run may go on
}

// Reconcile brings one route one step further and says in status where it stands.
func (r *FederationRouteReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var route v1alpha1.FederationRoute
	if err := r.options.Client.Get(ctx, req.NamespacedName, &route); err != nil {
		if apierrors.IsNotFound(err) {
			r.runs.forget(req.NamespacedName)
			r.written.forget(req.NamespacedName)
			forgetRoute(req.NamespacedName)
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !route.DeletionTimestamp.IsZero() {
		r.runs.forget(req.NamespacedName)
		return ctrl.Result{}, nil
	}
	r.written.catchUp(&route, &route.Status)
	s := scope{FederationRouteReconciler: r, route: &route, again: jitter(route.Spec.Interval.Duration)}
	s.facts = status.Facts{Now: r.options.Clock.Now(), Generation: route.Generation, Spec: route.Spec,
		Previous: route.Status, RequestedAt: route.Annotations[v1alpha1.AnnotationRequestedAt]}
	s.facts.Err = contain.Run("reconcile FederationRoute", route.Name, func() error { return s.pursue(ctx) })
	return ctrl.Result{RequeueAfter: s.again}, s.report(ctx)
}

// pursue observes, plans, asks the guards and begins a run. Its error is why it
// could not get that far.
func (s *scope) pursue(ctx context.Context) error {
	if s.running() {
		return nil
	}
	if s.requested() {
		s.look(s.facts.Now)
	}
	now, err := s.sight(ctx)
	if err != nil {
		return err
	}
	if s.unseen(now) {
		return nil
	}
	s.facts.Desired, err = plan.Resolve(intentOf(s.route.Spec, s.topology.Spec), now.snapshot.Topology.Value)
	if err != nil {
		return err
	}
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
	if !s.facts.Verdict.Allows() || s.tooEarly(ctx) {
		return nil
	}
	if wish := s.runs.wished(s.route, s.options.Clock.Now()); now.snapshot.At.Before(wish) {
		s.look(wish) // a machine may have died since: look once more before the first change
		return nil
	}
	if s.unrecorded(begins) {
		return nil
	}
	return s.begin(ctx, now)
}

// sight gives the organization's latest observation, or why there is none.
func (s *scope) sight(ctx context.Context) (sight, error) {
	key := s.topologyKey()
	if err := s.options.Client.Get(ctx, key, &s.topology); err != nil {
		if apierrors.IsNotFound(err) {
			return sight{}, &status.Missing{Reason: v1alpha1.ReasonTopologyMissing,
				Message: fmt.Sprintf("LyncTopology %s does not exist in namespace %s; nothing is observed or changed; create it or correct spec.topologyRef", key.Name, key.Namespace)}
		}
		return sight{}, err
	}
	now, ok := s.snapshots.get(key)
	switch {
	case !ok:
		return sight{}, &status.Missing{Reason: v1alpha1.ReasonNotObserved,
			Message: fmt.Sprintf("LyncTopology %s has not been observed yet; nothing is changed; this route goes on when it has been", key.Name)}
	case now.err != nil:
		return sight{}, now.err
	}
	return now, now.snapshot.Topology.Err
}

// running reports whether the latest run is under way; a run for another spec is
// told to stop, whether the organization can be seen or not.
func (s *scope) running() bool {
	have := s.runs.get(s.route)
	if have == nil {
		return false
	}
	s.facts.Run = have.facts()
	if have.of(s.route) {
		return s.facts.Run.Active
	}
	have.run.Stop()
	s.facts.Run.Err = nil // how an older wish ended is history
	return s.facts.Run.Active
}

// unseen reports whether nobody has looked at the organization since the latest
// run ended: until then the run has the word.
func (s *scope) unseen(now sight) bool {
	have := s.runs.get(s.route)
	if have == nil {
		return false
	}
	_, ended, _ := have.run.Ended()
	if !now.snapshot.At.Before(ended) {
		return false
	}
	s.facts.Run.Active = true
	s.look(ended)
	return true
}

// look asks for a fresh observation of the organization.
func (s *scope) look(after time.Time) {
	s.snapshots.await(s.topologyKey(), after)
	s.wakeTopology <- event.TypedGenericEvent[types.NamespacedName]{Object: s.topologyKey()}
}

// observe adds to the organization's observation what only this route looks at.
func (s *scope) observe(ctx context.Context, now sight) error {
	open, err := readers(s.route.Spec.DNS)
	if err != nil {
		return err
	}
	ports, err := s.ports.read(ctx, slices.Concat(s.facts.Desired.Targets, s.facts.Desired.FailBackTargets()), now.snapshot.At)
	if err != nil {
		return err
	}
	s.facts.Observed = plan.Observed{
		Topology:    now.snapshot.Topology.Value,
		EdgeServers: now.snapshot.EdgeServers,
		NotStarted:  status.NotStarted(s.facts.Previous),
		Document:    now.snapshot.Document,
		Published:   s.topology.Status.PublishedDocument,
		Records:     lookUp(ctx, open, s.facts.Desired.Records),
		Ports:       ports,
	}
	return nil
}

// judge asks the guards about the plan.
func (s *scope) judge(ctx context.Context, now sight) error {
	in := guard.Input{Plan: s.facts.Plan, Spec: s.route.Spec, Now: s.facts.Now}
	if status.Continues(s.facts.Previous.Plan, in.Plan) {
		in.Plan.ID = s.facts.Previous.Plan.ID
	}
	s.facts.Plan.ID = in.Plan.ID
	if in.Spec.Mode != v1alpha1.ModeObserve {
		var err error
		if in.Holder, in.Claim, err = s.holder(ctx, now.snapshot.Topology.Value); err != nil {
			return err
		}
	}
	s.facts.Verdict, s.allowed = guard.Guards.Evaluate(in), guard.Guards.DuringRun(in)
	s.again = s.facts.Verdict.Within(s.again, s.facts.Now)
	return nil
}

// tooEarly reports whether the last run failed so recently that another would
// only hurt, and sets when to come back. Other Secrets than it was begun with may
// be what it lacked.
func (s *scope) tooEarly(ctx context.Context) bool {
	have := s.runs.get(s.route)
	if have == nil || !have.of(s.route) || s.requested() {
		return false
	}
	_, ended, err := have.run.Ended()
	if err == nil {
		return false
	}
	wait := ended.Add(have.retryAfter()).Sub(s.options.Clock.Now())
	if wait <= 0 {
		return false
	}
	if now, err := s.secretPrint(ctx); err == nil && now != have.secrets {
		return false
	}
	s.again = min(s.again, wait)
	return true
}

// requested reports whether a person asked for a look that was not given yet: it
// is given at once, and a plan that failed is tried again without further wait.
func (s *scope) requested() bool {
	return s.facts.RequestedAt != "" && s.facts.RequestedAt != s.facts.Previous.LastHandledReconcileAt
}

// begin takes up the writers, which exist nowhere before this, and starts a run.
func (s *scope) begin(ctx context.Context, now sight) error {
	fleet, ok := s.organizations.connected(s.topologyKey(), now.edition)
	if !ok {
		return &status.Missing{Reason: v1alpha1.ReasonNotObserved, Message: "the organization has not been observed since its LyncTopology changed; nothing is changed; this route goes on when it has been"}
	}
	print, err := s.secretPrint(ctx) // before they are read: a change in between is seen the next time
	if err != nil {
		return err
	}
	w := zoneWriters{keys: s.secrets(), signers: s.signers, fleet: fleet, topology: s.topology.Spec}
	open, err := w.zones(ctx, s.route.Spec.DNS)
	if err != nil {
		return err
	}
	key := client.ObjectKeyFromObject(s.route)
	err = s.runs.begin(order{
		route: s.route, topology: s.topologyKey(),
		planID: s.facts.Plan.ID, secrets: print, plan: s.facts.Plan, base: s.facts.Observed.Topology, failBack: s.facts.FailBack.Text,
		hands: apply.Hands{Observer: shell.NewObserver(fleet), Operator: shell.NewOperator(fleet), Zones: open, Prober: s.options.Prober, Clock: s.options.Clock,
			Ledger: ledger{client: s.options.Client, topology: s.topologyKey(), uid: s.topology.UID}, Allowed: s.allowed},
		changed: func() { s.moved <- event.TypedGenericEvent[types.NamespacedName]{Object: key} },
	})
	if err != nil {
		s.again = min(s.again, 2*time.Second)
		return err
	}
	s.facts.Run = s.runs.get(s.route).facts()
	return nil
}

func (s *scope) secrets() secrets {
	return secrets{reader: s.options.Secrets, namespace: s.route.Namespace}
}

func (s *scope) secretPrint(ctx context.Context) (secretPrint, error) {
	return s.secrets().print(ctx, secretsOf(s.route.Spec, s.topology.Spec))
}

// report writes status when it changed, and then tells what is new.
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
	s.written.note(base, s.route, next)
	for _, e := range status.RouteEvents(s.facts.Previous, next) {
		s.options.Recorder.Eventf(s.route, nil, e.Type, e.Reason, e.Action, "%s", e.Note)
	}
	return nil
}

func (s *scope) topologyKey() types.NamespacedName {
	return types.NamespacedName{Namespace: s.route.Namespace, Name: s.route.Spec.TopologyRef.Name}
}
