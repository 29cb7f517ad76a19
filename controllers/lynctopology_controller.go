package controllers

import (
	"context"
	"net/netip"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/fleets"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/memory/writes"
	"github.com/fedroute/fedroute/internal/status"
)

// +kubebuilder:rbac:groups=fedroute.io,resources=lynctopologies,verbs=list;watch
// +kubebuilder:rbac:groups=fedroute.io,resources=lynctopologies/status,verbs=patch
// +kubebuilder:rbac:groups="",resources=secrets,verbs=get
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// LyncTopologyReconciler observes organizations. All routes of an organization share one
// observation.
type LyncTopologyReconciler struct {
	options Options
	fleets  *fleets.Memory
	sights  *sights.Memory
	written *writes.Memory[v1alpha1.LyncTopologyStatus]
	// wake asks for an observation now; fresh wakes the routes after a new observation.
	wake  chan event.TypedGenericEvent[types.NamespacedName]
	fresh chan event.TypedGenericEvent[types.NamespacedName]
}

// Reconcile observes one organization and writes what was seen into status.
func (r *LyncTopologyReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var lt v1alpha1.LyncTopology
	if err := r.options.Client.Get(ctx, req.NamespacedName, &lt); err != nil {
		if client.IgnoreNotFound(err) == nil {
			gone := memory.Object(req.NamespacedName)
			r.fleets.Forget(gone)
			r.sights.Forget(gone)
			r.written.Forget(gone)
			organizationSeries.forget(req.NamespacedName)
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	catchUp(r.written, &lt, &lt.Status)
	beginTopology(&lt, r.options.Clock.Now())
	now, err := contain.Value("observe LyncTopology", lt.Name, func() (sights.Sight, error) { return r.look(ctx, &lt), nil })
	if err != nil {
		now = sights.Sight{Edition: editionOf(&lt), Err: err}
	}
	if r.sights.Put(memory.Object(req.NamespacedName), now) {
		r.fresh <- event.TypedGenericEvent[types.NamespacedName]{Object: req.NamespacedName}
	}
	again := whileYoung(jitter(lt.Spec.PollInterval.Duration), &lt, r.options.Clock.Now(), now.Err)
	return ctrl.Result{RequeueAfter: again}, r.writeStatus(ctx, &lt, now)
}

// look reads the organization within the time that one observation may take.
func (r *LyncTopologyReconciler) look(ctx context.Context, lt *v1alpha1.LyncTopology) sights.Sight {
	ctx, cancel := context.WithTimeout(ctx, r.options.ObserveTimeout)
	defer cancel()
	// The Secrets are read first: where one is missing, no server is called.
	from := secrets{reader: r.options.Secrets, namespace: lt.Namespace}
	if _, err := from.credentials(ctx, readerOf(lt.Spec.Management.Accounts)); err != nil {
		return sights.Sight{Edition: editionOf(lt), Err: err}
	}
	observer := shell.NewObserver(r.fleet(lt))
	// A LyncTopology with another spec may describe another organization. The machines
	// of that organization are not asked with the accounts of this one.
	last, _ := r.sights.Get(objectOf(lt))
	if last.Edition != editionOf(lt) {
		last = sights.Sight{}
	}
	return sights.Sight{Edition: editionOf(lt), Snapshot: shell.Observe(ctx, observer, last.Snapshot, r.options.Clock.Now)}
}

// fleet gives the organization's remote workers.
func (r *LyncTopologyReconciler) fleet(lt *v1alpha1.LyncTopology) *shell.Fleet {
	return r.fleets.Open(objectOf(lt), editionOf(lt), func() *shell.Fleet { return shell.NewFleet(fleetConfig(lt, r.options)) })
}

func (r *LyncTopologyReconciler) writeStatus(ctx context.Context, lt *v1alpha1.LyncTopology, now sights.Sight) error {
	next := status.Topology(topologyFacts(lt, now, r.options))
	observeTopology(client.ObjectKeyFromObject(lt), now, next)
	if equality.Semantic.DeepEqual(lt.Status, next) {
		return nil
	}
	previous, base := lt.Status, lt.DeepCopy()
	lt.Status = next
	if err := r.options.Client.Status().Patch(ctx, lt, client.MergeFrom(base), client.FieldOwner(FieldOwner)); err != nil {
		return client.IgnoreNotFound(err)
	}
	r.written.Note(versionOf(base), versionOf(lt), next)
	for _, e := range status.TopologyEvents(previous, next) {
		r.options.Recorder.Eventf(lt, nil, e.Type, e.Reason, e.Action, "%s", e.Note)
	}
	return nil
}

func topologyFacts(lt *v1alpha1.LyncTopology, now sights.Sight, o Options) status.TopologyFacts {
	f := status.TopologyFacts{Now: o.Clock.Now(), Created: lt.CreationTimestamp.Time, Generation: lt.Generation, Previous: lt.Status, Err: now.Err, Snapshot: now.Snapshot,
		Overridden: map[lync.Host][]netip.Addr{}, OutOfService: map[lync.Host]bool{}}
	for _, e := range lt.Spec.Management.Endpoints {
		if string(e.URL) == now.Snapshot.Endpoint {
			f.Answered = endpointOf(e.Endpoint, nil).Name()
		}
	}
	for _, override := range overrides(lt.Spec) {
		name := lync.HostOf(string(override.FQDN))
		f.Overridden[name] = addresses(override.ExternalAddresses)
		f.OutOfService[name] = override.OutOfService
	}
	return f
}

func (r *LyncTopologyReconciler) setup(mgr ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.LyncTopology{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		WatchesRawSource(source.TypedChannel(r.wake, enqueueKey())).
		WithOptions(controller.Options{MaxConcurrentReconciles: r.options.TopologyWorkers}).
		Named("lynctopology").
		Complete(r)
}

func enqueueKey() handler.TypedEventHandler[types.NamespacedName, ctrl.Request] {
	return handler.TypedEnqueueRequestsFromMapFunc(func(_ context.Context, key types.NamespacedName) []ctrl.Request {
		return []ctrl.Request{{NamespacedName: key}}
	})
}
