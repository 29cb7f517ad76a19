package apistore_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/controllers"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/probe/tcp"
	"github.com/fedroute/fedroute/internal/reach"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/test/support/apistore"
)

const root = "../../.."

var kinds = sync.OnceValues(func() (*apistore.Kinds, error) { return apistore.ReadKinds(filepath.Join(root, "config/crd/bases")) })

var scheme = func() *runtime.Scheme {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(s); err != nil {
			panic(err)
		}
	}
	return s
}()

// replica is a manager with both controllers, whose every connection to a machine is refused.
type replica struct {
	crash   context.CancelFunc
	stopped <-chan error
	leads   <-chan struct{} // closed once it does
}

func hire(t *testing.T, s *apistore.Store, name string) replica {
	t.Helper()
	mgr, err := ctrl.NewManager(s.Config(name), ctrl.Options{Scheme: scheme, HealthProbeBindAddress: "0",
		Metrics:        metricsserver.Options{BindAddress: "0"},
		LeaderElection: true, LeaderElectionID: "fedroute.fedroute.io", LeaderElectionNamespace: "default",
		// A process has one set of controller names, and here several managers.
		Controller: config.Controller{SkipNameValidation: new(true)}})
	if err != nil {
		t.Fatal(err)
	}
	within := reach.New(reach.Denied(), reach.CIDRs{}, reach.Known())
	err = controllers.Setup(mgr, controllers.Options{
		Client: mgr.GetClient(), Secrets: mgr.GetAPIReader(), Recorder: mgr.GetEventRecorder("fedroute"), Clock: controllers.RealClock{},
		Dial: func(context.Context, remote.Endpoint, remote.Credentials) (remote.Session, error) {
			return nil, errors.New("connection refused")
		},
		Reach: within, Prober: tcp.Prober{Reach: within}, Limits: apply.DefaultLimits,
		ObserveTimeout: 12 * time.Second, Patience: controllers.Patience, TopologyWorkers: 4, RouteWorkers: 4,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, crash := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- mgr.Start(ctx) }()
	return replica{crash, stopped, mgr.Elected()}
}

func TestManagersTakeOverFromEachOther(t *testing.T) {
	k, err := kinds()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second bubble uses what the first has compiled
		synctest.Test(t, func(t *testing.T) { takeOver(t, k) })
	}
}

func takeOver(t *testing.T, k *apistore.Kinds) {
	s, err := k.NewStore(apistore.Faults{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	person, err := client.New(s.Config("person"), client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	first := hire(t, s, "first")
	time.Sleep(time.Second)
	second := hire(t, s, "second")
	create := func(o client.Object) {
		t.Helper()
		if err := person.Create(ctx, o); err != nil {
			t.Fatal(err)
		}
	}
	create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "account"},
		StringData: map[string]string{"username": "CONTOSO\\reader", "password": "secret"}})
	contoso := &v1alpha1.LyncTopology{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "contoso"}}
	contoso.Spec.Management.Endpoints = []v1alpha1.ManagementEndpoint{{Endpoint: v1alpha1.Endpoint{URL: "https://fe1.contoso.com:5986/wsman"}}}
	contoso.Spec.Management.Authentication = v1alpha1.Authentication{Method: "NTLM", SecretRef: v1alpha1.LocalReference{Name: "account"}}
	create(contoso)
	time.Sleep(time.Minute)
	observed := condition(t, person, contoso)
	if observed.Status != metav1.ConditionFalse {
		t.Errorf("a minute after a topology was made that nobody can reach: condition %+v, want False", observed)
	}
	before := holder(t, person)
	first.crash()
	if err := <-first.stopped; err != nil {
		t.Error(err)
	}
	time.Sleep(time.Minute)
	if after := holder(t, person); after == before || after == "" {
		t.Errorf("a minute after the first replica's end, %q has the lease; before it was %q", after, before)
	}
	patch := []byte(`{"spec":{"management":{"endpoints":[{"url":"https://fe2.contoso.com:5986/wsman"}]}}}`)
	if err := person.Patch(ctx, contoso, client.RawPatch("application/merge-patch+json", patch)); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Minute)
	if c := condition(t, person, contoso); c.ObservedGeneration != 2 {
		t.Errorf("a minute after an edit, the second replica says %+v, want generation 2", c)
	}
	second.crash()
	if err := <-second.stopped; err != nil {
		t.Error(err)
	}
}

func TestTwoLeaders(t *testing.T) {
	k, err := kinds()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) { twoLeaders(t, k) })
}

// twoLeaders takes the lease away from a replica, which does not notice for a while.
func twoLeaders(t *testing.T, k *apistore.Kinds) {
	var away atomic.Bool
	s, err := k.NewStore(apistore.Faults{Refuse: func(r apistore.Request) error {
		if away.Load() && r.Client == "first" && r.Resource == "leases" {
			return errors.New("no route to host")
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	person, err := client.New(s.Config("person"), client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	first := hire(t, s, "first")
	time.Sleep(time.Minute)
	second := hire(t, s, "second")
	time.Sleep(time.Minute)
	before := holder(t, person)
	select {
	case <-second.leads:
		t.Fatal("the second replica leads although the first one has the lease")
	default:
	}
	away.Store(true)
	if err := s.GiveLease("default", "fedroute.fedroute.io", ""); err != nil {
		t.Fatal(err)
	}
	select {
	case <-second.leads:
	case <-time.After(5 * time.Second):
		t.Error("five seconds after the lease was free, the second replica does not lead")
	}
	select {
	case err := <-first.stopped:
		t.Errorf("the first replica stopped at once (%v), so there never were two leaders", err)
	default:
	}
	if after := holder(t, person); after == before {
		t.Errorf("%s has the lease still", after)
	}
	select {
	case err := <-first.stopped:
		if err == nil {
			t.Error("the first replica stopped without an error")
		}
	case <-time.After(time.Minute):
		t.Error("the first replica still leads a minute after it lost the lease")
	}
	second.crash()
	<-second.stopped
}

func condition(t *testing.T, c client.Client, o *v1alpha1.LyncTopology) metav1.Condition {
	t.Helper()
	if err := c.Get(t.Context(), client.ObjectKeyFromObject(o), o); err != nil {
		t.Fatal(err)
	}
	found := apimeta.FindStatusCondition(o.Status.Conditions, v1alpha1.ConditionReady)
	if found == nil {
		t.Fatalf("no condition: %+v", o.Status)
	}
	return *found
}

func holder(t *testing.T, c client.Client) string {
	t.Helper()
	var lease coordinationv1.Lease
	if err := c.Get(t.Context(), client.ObjectKey{Namespace: "default", Name: "fedroute.fedroute.io"}, &lease); err != nil {
		t.Fatal(err)
	}
	return *lease.Spec.HolderIdentity
}
