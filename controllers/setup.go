package controllers

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/accounts"
	"github.com/fedroute/fedroute/internal/memory/circuits"
	"github.com/fedroute/fedroute/internal/memory/fleets"
	"github.com/fedroute/fedroute/internal/memory/holds"
	"github.com/fedroute/fedroute/internal/memory/looks"
	"github.com/fedroute/fedroute/internal/memory/ports"
	"github.com/fedroute/fedroute/internal/memory/runs"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/memory/signers"
	"github.com/fedroute/fedroute/internal/memory/since"
	"github.com/fedroute/fedroute/internal/memory/standings"
	"github.com/fedroute/fedroute/internal/memory/writes"
)

// topologyIndex finds routes by the name of their LyncTopology.
const topologyIndex = "spec.topologyRef.name"

// backlog is how many wake-ups may wait for a controller that is not ready yet.
const backlog = 4096

// stopWithin is how long running steps may take to end when the manager stops.
const stopWithin = 20 * time.Second

// Setup adds both controllers to the manager.
func Setup(mgr ctrl.Manager, o Options) error {
	topologies, routes := reconcilers(o)
	if err := fill(mgr.GetCache()); err != nil {
		return err
	}
	if err := topologies.setup(mgr); err != nil {
		return err
	}
	if err := routes.setup(mgr, topologies.fresh); err != nil {
		return err
	}
	if err := mgr.Add(arriving{mgr.GetClient(), o.Clock}); err != nil {
		return err
	}
	return mgr.Add(leaving{topologies, routes})
}

// reconcilers makes both, with the memory that they share.
func reconcilers(o Options) (*LyncTopologyReconciler, *FederationRouteReconciler) {
	kept := newKeptSecrets(o.Secrets)
	o.Secrets = kept
	wake := make(chan event.TypedGenericEvent[types.NamespacedName], backlog)
	working := runs.New(o.Limits)
	moved := make(chan event.TypedGenericEvent[types.NamespacedName], backlog)
	topologies := &LyncTopologyReconciler{options: o, looks: looks.New[sights.Sight]("observe LyncTopology", o.Patience, waker(wake)), runs: working, fleets: fleets.New(), holds: holds.New(), sights: sights.New(), accounts: accounts.New(o.Clock.Now), circuits: circuits.New(o.Clock.Now), written: writes.New[v1alpha1.LyncTopologyStatus](),
		wake: wake, fresh: make(chan event.TypedGenericEvent[types.NamespacedName], backlog)}
	routes := &FederationRouteReconciler{options: o, fleets: topologies.fleets, accounts: topologies.accounts, circuits: topologies.circuits, sights: topologies.sights, runs: working, kept: kept,
		wishes: since.New[memory.Edition](), requests: since.New[failBackRequest](), signers: signers.New(o.Clock.Now), names: standings.New(o.Clock.Now), ports: ports.New(o.Prober, o.Clock.Now),
		written: writes.New[v1alpha1.FederationRouteStatus](), wakeTopology: wake, moved: moved,
		looks: looks.New[view]("look for FederationRoute", o.Patience, waker(moved)), heard: since.New[string]()}
	routes.measures = looks.New[measure]("measure the ports of FederationRoute", o.Patience, func(of memory.Object) { routes.measures.Forget(of) }) // the metrics show them
	return topologies, routes
}

// waker gives a function that asks for a reconcile of an object.
func waker(wake chan<- event.TypedGenericEvent[types.NamespacedName]) func(memory.Object) {
	return func(o memory.Object) {
		wake <- event.TypedGenericEvent[types.NamespacedName]{Object: types.NamespacedName(o)}
	}
}

// fill caches objects of both kinds from the manager's start on and does not wait for the
// lease. So a standby that takes over knows every object already.
func fill(c cache.Cache) error {
	for _, kind := range []client.Object{&v1alpha1.LyncTopology{}, &v1alpha1.FederationRoute{}} {
		if _, err := c.GetInformer(context.Background(), kind, cache.BlockUntilSynced(false)); err != nil {
			return err
		}
	}
	return nil
}

func (r *FederationRouteReconciler) setup(mgr ctrl.Manager, fresh chan event.TypedGenericEvent[types.NamespacedName]) error {
	if err := mgr.GetFieldIndexer().IndexField(context.Background(), &v1alpha1.FederationRoute{}, topologyIndex, func(o client.Object) []string {
		return []string{o.(*v1alpha1.FederationRoute).Spec.TopologyRef.Name}
	}); err != nil {
		return err
	}
	ofTopology := func(ctx context.Context, key types.NamespacedName) []ctrl.Request { return r.routesOf(ctx, key) }
	exists := predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool { return e.ObjectNew.GetGeneration() != e.ObjectOld.GetGeneration() }}
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.FederationRoute{}, builder.WithPredicates(predicate.Or(predicate.GenerationChangedPredicate{}, predicate.AnnotationChangedPredicate{}))).
		Watches(&v1alpha1.LyncTopology{}, handler.EnqueueRequestsFromMapFunc(func(ctx context.Context, o client.Object) []ctrl.Request {
			return r.routesOf(ctx, client.ObjectKeyFromObject(o))
		}), builder.WithPredicates(exists)).
		WatchesRawSource(source.TypedChannel(fresh, handler.TypedEnqueueRequestsFromMapFunc(ofTopology))).
		WatchesRawSource(source.TypedChannel(r.moved, enqueueKey())).
		WithOptions(controller.Options{MaxConcurrentReconciles: r.options.RouteWorkers}).
		Named("federationroute").
		Complete(r)
}

func (r *FederationRouteReconciler) routesOf(ctx context.Context, topology types.NamespacedName) []ctrl.Request {
	var routes v1alpha1.FederationRouteList
	if err := r.options.Client.List(ctx, &routes, client.InNamespace(topology.Namespace), client.MatchingFields{topologyIndex: topology.Name}); err != nil {
		return nil // the cache is gone: the manager stops
	}
	requests := make([]ctrl.Request, len(routes.Items))
	for i := range routes.Items {
		requests[i] = ctrl.Request{NamespacedName: client.ObjectKeyFromObject(&routes.Items[i])}
	}
	return requests
}

// leaving ends what outlives a reconcile when the manager stops or loses the lease. It ends
// the looks, lets running steps end, begins no further step, writes down what the runs have done and
// removes the remote shells.
type leaving struct {
	topologies *LyncTopologyReconciler
	routes     *FederationRouteReconciler
}

var _ manager.LeaderElectionRunnable = leaving{}

// NeedLeaderElection is true: only the leader has anything to end.
func (leaving) NeedLeaderElection() bool { return true }

// Start waits for the manager to stop, then ends the runs and closes the sessions.
func (l leaving) Start(ctx context.Context) error {
	<-ctx.Done()
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	l.topologies.looks.Stop()
	l.routes.looks.Stop()
	l.routes.measures.Stop()
	l.routes.runs.Stop(bounded)
	l.routes.lastWords(context.WithoutCancel(ctx))
	l.routes.signers.Close()
	l.topologies.fleets.Close()
	return nil
}
