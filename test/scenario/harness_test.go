// Package scenario_test tells whole stories: a real API server, the controllers,
// and a simulated organization with its own DNS. Every story is named like the
// incident it is about.
package scenario_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/rand"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/controllers"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/probe/tcp"
	"github.com/fedroute/fedroute/internal/sim"
	"github.com/fedroute/fedroute/internal/sim/farm"
	"github.com/fedroute/fedroute/internal/winrm"
	"github.com/fedroute/fedroute/test/cluster"
)

const root = "../.."

// patience bounds every wait of a story. It is no expectation of speed.
const patience = 90 * time.Second

var (
	plane   *cluster.Cluster
	objects client.WithWatch
	scheme  = runtime.NewScheme()
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	ctrl.SetLogger(logr.Discard()) // a story's failure tells status and history
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir, err := os.MkdirTemp("", "fedroute-scenario")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if plane, err = cluster.Start(ctx, cluster.Bin(root), dir, filepath.Join(root, "config/crd/bases")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer plane.Stop()
	if objects, err = client.NewWithWatch(plane.Config, client.Options{Scheme: scheme}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	stopped, err := startManager(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	cancel()
	<-stopped
	return code
}

// startManager runs the controllers in this process, with short waits.
func startManager(ctx context.Context) (stopped <-chan struct{}, err error) {
	mgr, err := ctrl.NewManager(plane.Config, ctrl.Options{Scheme: scheme, Metrics: metricsserver.Options{BindAddress: "0"}, HealthProbeBindAddress: "0"})
	if err != nil {
		return nil, err
	}
	limits := apply.DefaultLimits
	limits.Poll, limits.Replication, limits.Ports, limits.Propagation = 20*time.Millisecond, 5*time.Second, 3*time.Second, 5*time.Second
	err = controllers.Setup(mgr, controllers.Options{
		Client: mgr.GetClient(), Secrets: mgr.GetAPIReader(), Recorder: mgr.GetEventRecorder("fedroute"),
		Clock: controllers.RealClock{}, Dial: shell.DialWith(winrm.Options{ConnectTimeout: 2 * time.Second}),
		Prober: tcp.Prober{}, Limits: limits, ObserveTimeout: 8 * time.Second, TopologyWorkers: 32, RouteWorkers: 16,
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := mgr.Start(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "manager:", err)
		}
	}()
	return done, err
}

// story is one organization with its namespace on the API server.
type story struct {
	*testing.T
	ctx       context.Context
	namespace string
	org       *sim.Organization
}

// sampleFarm reads one of the three sample organizations.
func sampleFarm(t *testing.T, name string) farm.Spec {
	t.Helper()
	spec, err := farm.Load(filepath.Join(root, "config/samples/farms", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// tell starts an organization and describes it to the API server.
func tell(t *testing.T, spec farm.Spec) *story {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*patience)
	t.Cleanup(cancel)
	org, err := sim.Start(context.Background(), sim.Config{Spec: spec})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(org.Close)
	s := &story{T: t, ctx: ctx, org: org, namespace: "story-" + rand.String(6)}
	s.create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}})
	s.secret("manager", map[string]string{"username": org.DomainAccount().Name, "password": org.DomainAccount().Password})
	s.secret("edge", map[string]string{"username": org.LocalAccount().Name, "password": org.LocalAccount().Password})
	key := org.DNSKeys()[0]
	s.secret("dns-key", map[string]string{"name": key.Name, "algorithm": key.Algorithm, "secret": key.Secret})
	s.create(s.topology())
	t.Cleanup(s.invariantsHeld)
	t.Cleanup(func() { // routes go first, so that nothing works on a closed organization
		_ = objects.DeleteAllOf(context.Background(), &v1alpha1.FederationRoute{}, client.InNamespace(s.namespace))
		_ = objects.DeleteAllOf(context.Background(), &v1alpha1.LyncTopology{}, client.InNamespace(s.namespace))
	})
	return s
}

// topology describes how to reach the organization.
func (s *story) topology() *v1alpha1.LyncTopology {
	lt := &v1alpha1.LyncTopology{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "org"}}
	lt.Spec.CABundle = string(s.org.CA().CertPEM())
	lt.Spec.PollInterval.Duration = 2 * time.Second
	lt.Spec.Management.Authentication = v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: "manager"}}
	lt.Spec.EdgeServers = &v1alpha1.EdgeServers{Authentication: v1alpha1.Authentication{Method: v1alpha1.AuthBasic, SecretRef: v1alpha1.LocalReference{Name: "edge"}}}
	for _, e := range s.org.Endpoints() {
		if e.Role == farm.RoleEdge {
			lt.Spec.EdgeServers.Overrides = append(lt.Spec.EdgeServers.Overrides, v1alpha1.EdgeServerOverride{
				FQDN: v1alpha1.Hostname(e.Machine), URL: v1alpha1.WSManURL(e.URL), ServerName: v1alpha1.Hostname(e.Machine)})
			continue
		}
		lt.Spec.Management.Endpoints = append(lt.Spec.Management.Endpoints, v1alpha1.Endpoint{URL: v1alpha1.WSManURL(e.URL), ServerName: v1alpha1.Hostname(e.Machine)})
	}
	return lt
}

// route makes a route over the Edge pool for every SIP and XMPP domain.
func (s *story) route(pool string, change ...func(*v1alpha1.FederationRoute)) *v1alpha1.FederationRoute {
	r := &v1alpha1.FederationRoute{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "federation"}}
	r.Spec.TopologyRef.Name = "org"
	r.Spec.EdgePool = v1alpha1.Hostname(pool)
	r.Spec.Interval.Duration = 5 * time.Second
	spec := s.org.Farm().Spec()
	r.Spec.DNS = &v1alpha1.DNS{TTL: 300}
	for _, domain := range spec.SIPDomains {
		r.Spec.DNS.Servers = append(r.Spec.DNS.Servers, v1alpha1.DNSServer{Zone: v1alpha1.Hostname(domain), Address: s.org.DNSServers()[0],
			ReadBackFrom: s.org.DNSServers(), TSIGSecretRef: v1alpha1.LocalReference{Name: "dns-key"}})
	}
	r.Spec.SIP = protocol(spec.SIPDomains)
	if s.org.Farm().Product().XMPP && len(spec.XMPPDomains) > 0 {
		r.Spec.XMPP = protocol(spec.XMPPDomains)
	}
	for _, f := range change {
		f(r)
	}
	s.create(r)
	return r
}

func protocol(domains []string) *v1alpha1.ProtocolRoute {
	p := &v1alpha1.ProtocolRoute{}
	for _, d := range domains {
		p.Domains = append(p.Domains, v1alpha1.Domain{Name: v1alpha1.Hostname(d), Host: v1alpha1.Hostname("fed." + d)})
	}
	return p
}

func (s *story) create(o client.Object) {
	s.Helper()
	if err := objects.Create(s.ctx, o); err != nil {
		s.Fatal(err)
	}
}

func (s *story) secret(name string, values map[string]string) {
	s.Helper()
	s.create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name}, StringData: values})
}

// change edits an object as kubectl apply would.
func change[T client.Object](s *story, o T, edit func(T)) {
	s.Helper()
	if err := objects.Get(s.ctx, client.ObjectKeyFromObject(o), o); err != nil {
		s.Fatal(err)
	}
	base := o.DeepCopyObject().(client.Object)
	edit(o)
	if err := objects.Patch(s.ctx, o, client.MergeFrom(base)); err != nil {
		s.Fatal(err)
	}
}

// until watches the route until it is as asked. What it last looked like is
// told when patience ends.
func (s *story) until(r *v1alpha1.FederationRoute, what string, ok func(*v1alpha1.FederationRoute) bool) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	w, err := objects.Watch(ctx, &v1alpha1.FederationRouteList{}, client.InNamespace(r.Namespace), client.MatchingFieldsSelector{Selector: fields.OneTermEqualSelector("metadata.name", r.Name)})
	if err != nil {
		s.Fatal(err)
	}
	defer w.Stop()
	for e := range w.ResultChan() {
		if now, is := e.Object.(*v1alpha1.FederationRoute); is {
			now.DeepCopyInto(r)
			if ok(r) {
				return
			}
		}
	}
	s.Fatalf("%s did not happen; the route says:\n%s", what, describe(r))
}

// settled waits until the route's present generation is Ready.
func (s *story) settled(r *v1alpha1.FederationRoute) {
	s.Helper()
	s.until(r, "getting ready", func(r *v1alpha1.FederationRoute) bool {
		return r.Status.ObservedGeneration == r.Generation && meta.IsStatusConditionTrue(r.Status.Conditions, v1alpha1.ConditionReady)
	})
}

// says waits until the route's present generation is not Ready for the reason
// and tells so in words that name each text.
func (s *story) says(r *v1alpha1.FederationRoute, reason string, texts ...string) {
	s.Helper()
	s.until(r, "saying "+reason+" "+strings.Join(texts, ", "), func(r *v1alpha1.FederationRoute) bool {
		c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionReady)
		if c == nil || r.Status.ObservedGeneration != r.Generation || c.Status == metav1.ConditionTrue || c.Reason != reason {
			return false
		}
		for _, text := range texts {
			if !strings.Contains(c.Message, text) {
				return false
			}
		}
		return true
	})
}

func describe(r *v1alpha1.FederationRoute) string {
	var b strings.Builder
	fmt.Fprintf(&b, "generation %d, observed %d\n", r.Generation, r.Status.ObservedGeneration)
	for _, c := range r.Status.Conditions {
		fmt.Fprintf(&b, "%s=%s %s: %s\n", c.Type, c.Status, c.Reason, c.Message)
	}
	if r.Status.Plan != nil {
		fmt.Fprintf(&b, "plan %s\n", r.Status.Plan.ID)
		for _, step := range r.Status.Plan.Steps {
			fmt.Fprintf(&b, "  %s %s: %s -> %s [%s] %s\n", step.Kind, step.Target, step.From, step.To, step.State, step.Message)
		}
	}
	for _, h := range r.Status.History {
		fmt.Fprintf(&b, "history %s %s %s %s\n", h.Kind, h.Target, h.Result, h.Message)
	}
	return b.String()
}

// invariantsHeld looks at what the simulator watched during the story.
func (s *story) invariantsHeld() {
	for _, v := range s.org.Farm().Violations() {
		s.Errorf("invariant broken: %+v", v)
	}
}

// publicAddresses are where partners reach the pool.
func (s *story) publicAddresses(pool string) []string {
	var out []string
	for _, e := range s.org.Endpoints() {
		if e.Pool == pool {
			out = append(out, e.PublicAddress.String())
		}
	}
	return out
}

// published reads the records of a name on the primary.
func (s *story) published(name, rrtype string) []string { return s.org.Zones().Lookup(name, rrtype) }

// writes counts what was written to the organization so far.
func (s *story) writes() int { return len(s.org.Farm().Journal()) + len(s.org.Zones().Journal()) }

// hosts checks, on the organization and not in status, that the pool hosts the
// protocols for every site and domain.
func (s *story) hosts(pool string) {
	s.Helper()
	spec := s.org.Farm().Spec()
	xmpp := s.org.Farm().Product().XMPP && len(spec.XMPPDomains) > 0
	state := s.org.State()
	for _, site := range state.Sites {
		if site.SIPRoute != pool || (xmpp && site.XMPPRoute != pool) {
			s.Errorf("site %s routes SIP to %q and XMPP to %q, want %s", site.Name, site.SIPRoute, site.XMPPRoute, pool)
		}
	}
	for _, p := range state.EdgePools {
		if on := p.FQDN == pool; p.SIP != on || (xmpp && p.XMPP != on) {
			s.Errorf("pool %s has flags SIP %v, XMPP %v", p.FQDN, p.SIP, p.XMPP)
		}
	}
	for _, domain := range spec.SIPDomains {
		if got, want := s.published("fed."+domain, "A"), s.publicAddresses(pool); !sameSet(got, want) {
			s.Errorf("fed.%s has addresses %v, want %v", domain, got, want)
		}
		if got := s.published("_sipfederationtls._tcp."+domain, "SRV"); len(got) != 1 || !strings.Contains(got[0], "5061 fed."+domain) {
			s.Errorf("SRV of %s is %v", domain, got)
		}
	}
	for _, address := range s.publicAddresses(pool) {
		for _, port := range []uint16{5061, 5269} {
			if port == 5269 && !xmpp {
				continue
			}
			if at := netip.AddrPortFrom(netip.MustParseAddr(address), port).String(); !slices.Contains(state.OpenPorts, at) {
				s.Errorf("%s does not answer; open are %v", at, state.OpenPorts)
			}
		}
	}
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
