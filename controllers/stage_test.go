package controllers

import (
	"context"
	"encoding/json"
	"net/netip"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/remote"
)

var (
	begin  = time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	orgKey = types.NamespacedName{Namespace: "lync", Name: "org"}
)

// manualClock moves only when a test moves it. Sleep returns when its context ends.
type manualClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *manualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *manualClock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *manualClock) Sleep(ctx context.Context, _ time.Duration) error {
	<-ctx.Done()
	return ctx.Err()
}

// proberFunc is a function that serves as a probe.Prober.
type proberFunc func(probe.Target) probe.Reading

func (f proberFunc) Probe(_ context.Context, t probe.Target) probe.Reading { return f(t) }

func allOpen(t probe.Target) probe.Reading {
	return probe.Reading{Target: t, Open: true, Spoke: true, Detail: "accepted"}
}

// hosts stands for all remote hosts of an organization. It records each call and lets answer
// reply to it.
type hosts struct {
	mu     sync.Mutex
	calls  []string
	answer func(ctx context.Context, script string) (json.RawMessage, error)
}

func (h *hosts) dial(context.Context, remote.Endpoint, remote.Credentials) (remote.Session, error) {
	return h, nil
}

func (h *hosts) Call(ctx context.Context, r remote.Request) (json.RawMessage, error) {
	if r.Name == "Read-EnablePermission" { // every account may
		return json.RawMessage(`[{"Account":"a","DomainAdmin":true,"ServerAdmin":true,"Containers":[]}]`), nil
	}
	h.mu.Lock()
	h.calls = append(h.calls, r.Name)
	h.mu.Unlock()
	return h.answer(ctx, r.Name)
}

func (*hosts) Healthy() bool               { return true }
func (*hosts) Expired() bool               { return false }
func (*hosts) Close(context.Context) error { return nil }

func (h *hosts) called() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.calls...)
}

// stage holds both reconcilers, with a fake API server and fake hosts.
type stage struct {
	*testing.T
	clock      *manualClock
	hosts      *hosts
	objects    client.WithWatch
	events     *events.FakeRecorder
	topologies *LyncTopologyReconciler
	routes     *FederationRouteReconciler
}

func newStage(t *testing.T, objects ...client.Object) *stage {
	t.Helper()
	s := &stage{T: t, clock: &manualClock{now: begin}, hosts: &hosts{}, events: events.NewFakeRecorder(100), objects: fakeObjects(t, objects...)}
	s.hosts.answer = func(context.Context, string) (json.RawMessage, error) {
		return nil, fault.New(fault.Unreachable, "call", "host", "nobody is at home")
	}
	o := Options{Client: s.objects, Secrets: s.objects, Recorder: s.events, Clock: s.clock, Dial: s.hosts.dial, Prober: proberFunc(allOpen),
		Limits: apply.DefaultLimits, ObserveTimeout: time.Minute, Patience: time.Minute}
	s.topologies, s.routes = reconcilers(o)
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // aborts at once the runs that a test left
		s.topologies.looks.Stop()
		s.routes.looks.Stop()
		s.routes.measures.Stop()
		s.routes.runs.Stop(ctx)
		s.topologies.fleets.Close()
	})
	return s
}

func fakeObjects(t *testing.T, objects ...client.Object) client.WithWatch {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	return fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).
		WithStatusSubresource(&v1alpha1.FederationRoute{}, &v1alpha1.LyncTopology{}).
		WithIndex(&v1alpha1.FederationRoute{}, topologyIndex, func(o client.Object) []string {
			return []string{o.(*v1alpha1.FederationRoute).Spec.TopologyRef.Name}
		}).WithInterceptorFuncs(interceptor.Funcs{Apply: applyFinalizers}).Build()
}

// applyFinalizers does for finalizers what a server-side apply does. The fake client's own
// empties fields of a custom resource that it does not know.
func applyFinalizers(ctx context.Context, c client.WithWatch, wanted runtime.ApplyConfiguration, _ ...client.ApplyOption) error {
	text, err := json.Marshal(wanted)
	if err != nil {
		return err
	}
	var bare unstructured.Unstructured
	if err := bare.UnmarshalJSON(text); err != nil {
		return err
	}
	var o client.Object = &v1alpha1.FederationRoute{}
	if bare.GetKind() == "LyncTopology" {
		o = &v1alpha1.LyncTopology{}
	}
	if err := c.Get(ctx, client.ObjectKeyFromObject(&bare), o); err != nil {
		return err
	}
	before := o.DeepCopyObject().(client.Object)
	controllerutil.RemoveFinalizer(o, v1alpha1.Finalizer)
	for _, name := range bare.GetFinalizers() {
		controllerutil.AddFinalizer(o, name)
	}
	return c.Patch(ctx, o, client.MergeFrom(before))
}

// lyncTopology is an organization with one management server.
func lyncTopology() *v1alpha1.LyncTopology {
	lt := &v1alpha1.LyncTopology{ObjectMeta: metav1.ObjectMeta{Namespace: orgKey.Namespace, Name: orgKey.Name, UID: "lt", Generation: 1}}
	lt.Spec.PollInterval.Duration = time.Minute
	lt.Spec.Management = v1alpha1.Management{Endpoints: []v1alpha1.ManagementEndpoint{{Endpoint: v1alpha1.Endpoint{URL: "https://fe1.contoso.com:5986/wsman"}}},
		Accounts: v1alpha1.Accounts{Authentication: v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: "manager"}}}}
	return lt
}

func secret(name string, data map[string]string) *corev1.Secret {
	s := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: orgKey.Namespace, Name: name}, Data: map[string][]byte{}}
	for k, v := range data {
		s.Data[k] = []byte(v)
	}
	return s
}

func managerSecret() *corev1.Secret {
	return secret("manager", map[string]string{"username": `CONTOSO\manager`, "password": "swordfish"})
}

// federationRoute is a route that sends the organization's SIP federation over the Edge pool.
func federationRoute(name, pool string) *v1alpha1.FederationRoute {
	r := &v1alpha1.FederationRoute{ObjectMeta: metav1.ObjectMeta{Namespace: orgKey.Namespace, Name: name, UID: types.UID(name), Generation: 1,
		CreationTimestamp: metav1.NewTime(begin)}}
	r.Spec = v1alpha1.FederationRouteSpec{TopologyRef: v1alpha1.LocalReference{Name: orgKey.Name}, EdgePool: v1alpha1.Hostname(pool), Strategy: v1alpha1.StrategyProcedure,
		SIP: &v1alpha1.ProtocolRoute{Domains: []v1alpha1.Domain{{Name: "contoso.com"}}}}
	r.Spec.Interval.Duration = time.Minute
	return r
}

// twoPools is an observation of two Edge pools with both flags set. The site's route leads over the
// first.
func twoPools(at time.Time) sights.Sight {
	s := sights.Sight{Edition: memory.Edition{UID: "lt", Generation: 1}, Snapshot: lync.Snapshot{At: at, EdgeServers: map[lync.Host]lync.Part[lync.EdgeServerState]{}}}
	t := &s.Snapshot.Topology.Value
	t.Signature, t.FederatedUsersAllowed, t.ServerTime = "s1", true, at
	t.Product = lync.Product{Name: "Lync Server 2013", XMPP: true}
	t.Sites = []lync.Site{{Name: "Redmond", SIPRoute: "edge1.contoso.com"}}
	t.Replicas = map[lync.Host]lync.Replica{}
	for i, name := range []string{"edge1.contoso.com", "edge2.contoso.com"} {
		a := netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)})
		t.EdgePools = append(t.EdgePools, lync.EdgePool{FQDN: name, Site: "Redmond", ExternalFQDN: "sip.contoso.com", SIPEnabled: true,
			Servers: []lync.EdgeServer{{FQDN: name, ExternalAddresses: []netip.Addr{a}, InterfaceAddresses: []netip.Addr{a}}}})
		t.Replicas[lync.HostOf(name)] = lync.Replica{UpToDate: true, LastUpdate: at}
		s.Snapshot.EdgeServers[lync.HostOf(name)] = lync.Part[lync.EdgeServerState]{Value: lync.EdgeServerState{LocalSignature: "s1",
			Services: []lync.Service{{Name: "RTCSRV", State: lync.ServiceRunning}}, Listening: []netip.AddrPort{netip.AddrPortFrom(a, 5061)}}}
	}
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
