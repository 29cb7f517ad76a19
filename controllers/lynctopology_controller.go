package controllers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

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
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/accounts"
	"github.com/fedroute/fedroute/internal/memory/circuits"
	"github.com/fedroute/fedroute/internal/memory/fleets"
	"github.com/fedroute/fedroute/internal/memory/holds"
	"github.com/fedroute/fedroute/internal/memory/looks"
	"github.com/fedroute/fedroute/internal/memory/runs"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/memory/writes"
	"github.com/fedroute/fedroute/internal/status"
)

// +kubebuilder:rbac:groups=fedroute.io,resources=lynctopologies,verbs=list;watch;patch
// +kubebuilder:rbac:groups=fedroute.io,resources=lynctopologies/status,verbs=patch
// +kubebuilder:rbac:groups="",resources=secrets,verbs=get
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// LyncTopologyReconciler observes organizations. All routes of an organization share one
// observation.
type LyncTopologyReconciler struct {
	options Options
	fleets  *fleets.Memory
	holds   *holds.Memory
	runs    *runs.Memory
	sights  *sights.Memory
	// looks are the observations that are under way.
	looks *looks.Memory[sights.Sight]
	// accounts are those that hosts have refused.
	accounts *accounts.Memory
	// circuits are the servers that let looks wait in vain.
	circuits *circuits.Memory
	written  *writes.Memory[v1alpha1.LyncTopologyStatus]
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
			r.looks.Forget(gone)
			r.fleets.Forget(gone)
			r.sights.Forget(gone)
			r.written.Forget(gone)
			r.holds.Forget(gone)
			r.runs.Observed(gone, r.options.Clock.Now()) // nobody will observe it
			organizationSeries.forget(req.NamespacedName)
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	catchUp(r.written, &lt, &lt.Status)
	beginTopology(&lt, r.options.Clock.Now())
	r.hold(&lt).Lapse(ctx, r.ledger(&lt).through)
	asked := lt.DeepCopy() // the look may outlast this reconcile
	found := r.looks.Look(ctx, objectOf(&lt), editionOf(&lt), func(ctx context.Context) (sights.Sight, error) { return r.look(ctx, asked), nil })
	if !found.Ended {
		return ctrl.Result{}, r.release(ctx, &lt) // the end of the look wakes this organization
	}
	now := found.Value
	if found.Err != nil {
		now = sights.Sight{Edition: editionOf(&lt), Err: found.Err}
	}
	r.runs.Observed(objectOf(&lt), now.Snapshot.At)
	if r.sights.Put(memory.Object(req.NamespacedName), now) {
		r.fresh <- event.TypedGenericEvent[types.NamespacedName]{Object: req.NamespacedName}
	}
	again := whileYoung(r.options.jitter(lt.Spec.PollInterval.Duration), &lt, r.options.Clock.Now(), now.Err)
	return ctrl.Result{RequeueAfter: again}, errors.Join(r.writeStatus(ctx, &lt, now), r.release(ctx, &lt))
}

// release takes the finalizer away once no run needs the LyncTopology, or one that was
// deleted has waited long enough. A run that is about to begin may have seen the finalizer
// meanwhile and relied on it; it gets it back.
func (r *LyncTopologyReconciler) release(ctx context.Context, lt *v1alpha1.LyncTopology) error {
	if !attached(lt) || !deleted(lt) && r.runs.Working(objectOf(lt)) {
		return nil
	}
	if deleted(lt) && mayWait(lt, r.options.Clock.Now()) > 0 {
		if needed, err := r.needed(ctx, lt); err != nil || needed {
			return err
		}
	}
	if err := detach(ctx, r.options.Client, lt, "LyncTopology"); err != nil {
		return err
	}
	if deleted(lt) || !r.runs.Working(objectOf(lt)) {
		return nil
	}
	_, err := attach(ctx, r.options.Client, lt, "LyncTopology")
	return err
}

// needed reports whether a run works on the organization, or a route has to finish a move
// in it.
func (r *LyncTopologyReconciler) needed(ctx context.Context, lt *v1alpha1.LyncTopology) (bool, error) {
	var routes v1alpha1.FederationRouteList
	if err := r.options.Client.List(ctx, &routes, client.InNamespace(lt.Namespace), client.MatchingFields{topologyIndex: lt.Name}); err != nil {
		return false, err
	}
	return r.runs.Working(objectOf(lt)) || slices.ContainsFunc(routes.Items, func(o v1alpha1.FederationRoute) bool { return attached(&o) }), nil
}

// look reads the organization within the time that one observation may take.
func (r *LyncTopologyReconciler) look(ctx context.Context, lt *v1alpha1.LyncTopology) sights.Sight {
	ctx, cancel := context.WithTimeout(ctx, r.options.ObserveTimeout)
	defer cancel()
	ctx = eachSecretOnce(ctx)
	// The Secrets are read first: where one is missing, no server is called.
	from := secrets{reader: r.options.Secrets, namespace: lt.Namespace}
	if _, err := from.ofDomain(ctx, readerOf(lt.Spec.Management.Accounts)); err != nil {
		return sights.Sight{Edition: editionOf(lt), Err: err}
	}
	observer := patient{shell.NewObserver(r.fleet(lt)), r.circuits.Of(lt.Namespace).Turn, fmt.Sprint(objectOf(lt), editionOf(lt))}
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
	hold := r.hold(lt)
	return r.fleets.Open(objectOf(lt), editionOf(lt), connectionsOf(lt.Spec), func() *shell.Fleet {
		c := fleetConfig(lt, r.options)
		c.Dial = r.accounts.Dialer(lt.Namespace, c.Dial)
		c.Hold, c.Noted = hold, r.ledger(lt).through
		return shell.NewFleet(c)
	})
}

// hold is what the organization's fleets know, one after the other, of a publish whose end
// nobody saw.
func (r *LyncTopologyReconciler) hold(lt *v1alpha1.LyncTopology) *shell.Hold {
	return r.holds.Of(objectOf(lt), func() *shell.Hold {
		noted := cmp.Or(lt.Status.Publishing, &v1alpha1.PublishingStatus{})
		return shell.NewHold(noted.Endpoint, noted.Since.Time, r.options.Clock.Now)
	})
}

func (r *LyncTopologyReconciler) ledger(lt *v1alpha1.LyncTopology) ledger {
	return ledger{client: r.options.Client, topology: client.ObjectKeyFromObject(lt), uid: lt.UID, clock: r.options.Clock}
}

func (r *LyncTopologyReconciler) writeStatus(ctx context.Context, lt *v1alpha1.LyncTopology, now sights.Sight) error {
	facts := topologyFacts(lt, now, r.options)
	var err error
	if facts.Shared, err = r.others(ctx, lt); err != nil {
		return err
	}
	next := status.Topology(facts)
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

// others gives a function that says of a status of this LyncTopology whether any other
// LyncTopology, in any namespace that this manager serves, describes the same organization.
func (r *LyncTopologyReconciler) others(ctx context.Context, lt *v1alpha1.LyncTopology) (func(v1alpha1.LyncTopologyStatus) bool, error) {
	var all v1alpha1.LyncTopologyList
	if err := r.options.Client.List(ctx, &all, client.UnsafeDisableDeepCopy); err != nil {
		return nil, err
	}
	return func(s v1alpha1.LyncTopologyStatus) bool {
		mine := status.OrganizationOf(&v1alpha1.LyncTopology{Spec: lt.Spec, Status: s})
		for i := range all.Items {
			if other := &all.Items[i]; other.UID != lt.UID && mine.Same(status.OrganizationOf(other)) {
				return true
			}
		}
		return false
	}, nil
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
