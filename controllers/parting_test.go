package controllers

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/memory"
)

// TestAnOverdueRouteIsGivenUp: a route is deleted while its publish hangs. It waits ten minutes
// for that, and no longer.
func TestAnOverdueRouteIsGivenUp(t *testing.T) {
	s, route, finish := failover(t)
	if !attached(route) {
		must(t, s.objects.Get(t.Context(), client.ObjectKeyFromObject(route), route))
	}
	if !attached(route) {
		t.Fatal("nothing keeps a route whose run is under way")
	}
	must(t, s.objects.Delete(t.Context(), route.DeepCopy()))
	there := func() bool {
		err := s.objects.Get(t.Context(), client.ObjectKeyFromObject(route), route)
		must(t, client.IgnoreNotFound(err))
		return !apierrors.IsNotFound(err)
	}
	there()
	s.clock.now = route.DeletionTimestamp.Time // the fake API server goes by its own clock
	if again := s.reconcile(route); again > partWithin {
		t.Errorf("it is looked at again after %s", again)
	}
	if run := s.latest(route); !there() || run.Stopping() {
		t.Errorf("the move was cut half-way")
	}
	s.clock.forward(partWithin)
	s.reconcile(route)
	if run := s.latest(route); there() || !run.Stopping() {
		t.Error("a deleted route waits for ever")
	}
	finish(json.RawMessage(`[{"Signature":"s2","BackupFile":"","ExportFile":"","ExportError":"","SimpleUrlsRestored":false}]`), nil)
}

// TestARouteOfNoOrganizationIsGivenUp: a route is deleted while its run is under way, and its
// LyncTopology is taken away. It waits for the run, and then for nothing.
func TestARouteOfNoOrganizationIsGivenUp(t *testing.T) {
	s, route, finish := failover(t)
	must(t, s.objects.Delete(t.Context(), route.DeepCopy()))
	lt := lyncTopology()
	must(t, s.objects.Get(t.Context(), orgKey, lt))
	must(t, detach(t.Context(), s.objects, lt, "LyncTopology"))
	must(t, s.objects.Delete(t.Context(), lt))
	must(t, s.objects.Get(t.Context(), client.ObjectKeyFromObject(route), route))
	s.clock.now = route.DeletionTimestamp.Time // the fake API server goes by its own clock
	s.reconcile(route)
	must(t, s.objects.Get(t.Context(), client.ObjectKeyFromObject(route), route)) // its run is under way
	finish(nil, fault.New(fault.Failed, "publish", "topology", "SQL said no"))
	deadline := time.Now().Add(10 * time.Second)
	for s.routes.runs.Working(objectOf(lt)) && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	s.reconcile(route)
	if err := s.objects.Get(t.Context(), client.ObjectKeyFromObject(route), route); !apierrors.IsNotFound(err) {
		t.Errorf("a deleted route without an organization waits for one (%v)", err)
	}
}

// TestTheFinalizerGoesWithItsRun: the LyncTopology keeps its finalizer while a run works on the
// organization, and loses it at the look after that.
func TestTheFinalizerGoesWithItsRun(t *testing.T) {
	s, _, finish := failover(t)
	lt := lyncTopology()
	must(t, s.objects.Get(t.Context(), orgKey, lt))
	if !attached(lt) {
		t.Fatal("nothing keeps a LyncTopology on which a run works")
	}
	must(t, s.topologies.release(t.Context(), lt))
	must(t, s.objects.Get(t.Context(), orgKey, lt))
	if !attached(lt) {
		t.Error("the finalizer went before the run had ended")
	}
	finish(nil, fault.New(fault.Failed, "publish", "topology", "SQL said no"))
	deadline := time.Now().Add(10 * time.Second)
	for s.routes.runs.Working(objectOf(lt)) && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	must(t, s.topologies.release(t.Context(), lt))
	must(t, s.objects.Get(t.Context(), orgKey, lt))
	if attached(lt) {
		t.Error("the finalizer stays after the run")
	}
}

// TestAFinalizerThatCannotBeSetSaysWhy: without it no run begins, and the route has to say
// what keeps the run, and who helps.
func TestAFinalizerThatCannotBeSetSaysWhy(t *testing.T) {
	routes := schema.GroupResource{Group: "fedroute.io", Resource: "federationroutes"}
	cases := map[string]struct {
		reason string
		err    error
		kind   fault.Kind
	}{
		"API server away": {"it is tried again", errors.New("connection refused"), fault.Unreachable},
		"forbidden":       {"the role is of an older version", apierrors.NewForbidden(routes, "r", nil), fault.Denied},
		"deleted":         {"there is nothing to carry out any more", apierrors.NewNotFound(routes, "r"), fault.WorldChanged},
		"created anew":    {"the run was made for another object", apierrors.NewConflict(routes, "r", errors.New("uid mismatch")), fault.WorldChanged},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			broken := interceptor.NewClient(fakeObjects(t, lyncTopology()), interceptor.Funcs{
				Apply: func(context.Context, client.WithWatch, runtime.ApplyConfiguration, ...client.ApplyOption) error {
					return c.err
				}})
			_, err := attach(t.Context(), broken, lyncTopology(), "LyncTopology")
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != c.kind || f.Effect == "" || f.Next == "" {
				t.Errorf("%s: %v", c.reason, err)
			}
		})
	}
}

// TestKeptSecrets: the Secrets of a run are there until run and route let them go, also where
// they were deleted meanwhile. A changed one counts at once.
func TestKeptSecrets(t *testing.T) {
	objects := fakeObjects(t, managerSecret())
	kept := newKeptSecrets(objects)
	from := secrets{reader: kept, namespace: orgKey.Namespace}
	password := func() string {
		data, err := from.get(t.Context(), "manager")
		if err != nil {
			return "none"
		}
		return string(data["password"])
	}
	first, second := kept.keep(t.Context(), memory.Object{Name: "a"}, from, []string{"manager", "missing"}), kept.keep(t.Context(), memory.Object{Name: "b"}, from, []string{"manager"})
	changed := managerSecret()
	must(t, objects.Get(t.Context(), client.ObjectKeyFromObject(changed), changed))
	changed.Data["password"] = []byte("trout")
	must(t, objects.Update(t.Context(), changed))
	if got := password(); got != "trout" {
		t.Errorf("after a rotation the run signs in with %q", got)
	}
	must(t, objects.Delete(t.Context(), &corev1.Secret{ObjectMeta: changed.ObjectMeta}))
	if got := password(); got != "swordfish" {
		t.Errorf("after the deletion the run signs in with %q", got)
	}
	first()
	kept.forget(memory.Object{Name: "a"})
	if got := password(); got != "swordfish" {
		t.Errorf("while another run needs it, it signs in with %q", got)
	}
	second()
	if got := password(); got != "swordfish" {
		t.Errorf("for the look after its run the route signs in with %q", got)
	}
	kept.forget(memory.Object{Name: "b"})
	if got := password(); got != "none" || len(kept.kept) != 0 {
		t.Errorf("after the runs %q is kept", got)
	}
}

// TestADeletedLyncTopologyIsLetGo: a LyncTopology that nobody needs any more goes at once. While
// nobody knows whether it is needed, it stays.
func TestADeletedLyncTopologyIsLetGo(t *testing.T) {
	kept := lyncTopology()
	kept.Finalizers = []string{v1alpha1.Finalizer}
	s := newStage(t, kept)
	must(t, s.objects.Delete(t.Context(), kept.DeepCopy()))
	must(t, s.objects.Get(t.Context(), orgKey, kept))
	s.clock.now = kept.DeletionTimestamp.Time // the fake API server goes by its own clock
	s.topologies.options.Client = unlistable{s.objects}
	if err := s.topologies.release(t.Context(), kept); err == nil {
		t.Error("nobody learns that the routes could not be listed")
	}
	must(t, s.objects.Get(t.Context(), orgKey, kept))
	s.topologies.options.Client = s.objects
	must(t, s.topologies.release(t.Context(), kept))
	if err := s.objects.Get(t.Context(), orgKey, kept); !apierrors.IsNotFound(err) {
		t.Errorf("a deleted LyncTopology that nobody needs waits (%v)", err)
	}
}

// unlistable is a client that cannot list.
type unlistable struct{ client.Client }

func (unlistable) List(context.Context, client.ObjectList, ...client.ListOption) error {
	return apierrors.NewServiceUnavailable("not now")
}
