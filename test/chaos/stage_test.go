package chaos_test

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/controllers"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/internal/kit/session"
	"github.com/fedroute/fedroute/internal/probe/tcp"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/reach"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/test/chaos/judge"
	"github.com/fedroute/fedroute/test/support/apistore"
	"github.com/fedroute/fedroute/test/support/memnet"
)

const root = "../.."

// began is when the clock of every bubble begins, and when a seed that is played live does.
var began = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// authority signs the certificates of all organizations. Its key is made once.
var authority = sync.OnceValues(func() (*pki.CA, error) { return pki.New("chaos CA", began, 20*365*24*time.Hour) })

// kinds are compiled once for all bubbles.
var kinds = sync.OnceValues(func() (*apistore.Kinds, error) { return apistore.ReadKinds(filepath.Join(root, "config/crd/bases")) })

var scheme = runtime.NewScheme()

// namespace holds the objects of a seed.
const namespace = "default"

// mapper knows the kinds of the API, so that no manager has to ask for them.
func mapper() apimeta.RESTMapper {
	m := apimeta.NewDefaultRESTMapper(nil)
	for _, k := range []string{"LyncTopology", "FederationRoute"} {
		m.Add(v1alpha1.GroupVersion.WithKind(k), apimeta.RESTScopeNamespace)
	}
	m.Add(corev1.SchemeGroupVersion.WithKind("Secret"), apimeta.RESTScopeNamespace)
	m.Add(corev1.SchemeGroupVersion.WithKind("Namespace"), apimeta.RESTScopeRoot)
	m.Add(eventsv1.SchemeGroupVersion.WithKind("Event"), apimeta.RESTScopeNamespace)
	m.Add(coordinationv1.SchemeGroupVersion.WithKind("Lease"), apimeta.RESTScopeNamespace)
	return m
}

// world is what one seed happens to: an organization on a network of its own, an API, and
// managers.
type world struct {
	*testing.T
	ctx     context.Context
	seed    uint64
	network *memnet.Network
	org     *sim.Organization
	api     server
	objects client.WithWatch // as people have it
	judge   *judge.Judge
	*apiTrouble

	// What people want and do. Only the goroutine that plays the script uses these.
	state     state
	due       []deed
	waiting   []waiting   // for a write of fedroute
	written   chan string // the steps that end with what fedroute writes
	collected time.Time
	tool      int
	over      bool
	passwords int
	secrets   []string
	managers  []*manager // those that run, the oldest first
	gone      []*manager // those that were stopped or have crashed
	hired     int
	claims    int
	kit       kit.Kit    // where fedroute works through one
	frontEnds []string   // the Front End pools that the route names
	colleague string     // the pool of a colleague's route, while there is one
	ruled     judge.Wish // what the judge was told last
}

// open starts the organization of a seed and its API. Where no seed is played live, it must be
// called in a bubble.
func open(t *testing.T, seed uint64, spec farm.Spec) *world {
	t.Helper()
	ca, err := authority()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, ctx: t.Context(), seed: seed, network: memnet.New(seed), apiTrouble: newTrouble(seed)}
	w.org, err = sim.Start(context.Background(), sim.Config{Spec: spec, CA: ca, Seed: seed, Listen: w.network.Listen, Base: netip.MustParsePrefix("127.40.1.0/24")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.org.Close)
	if w.byKit() {
		w.install()
	}
	w.api = serve(t, w.apiTrouble.faults())
	own := w.api.Config(person)
	own.Wrap(func(next http.RoundTripper) http.RoundTripper { return patient{next} })
	if w.objects, err = client.NewWithWatch(own, client.Options{Scheme: scheme, Mapper: mapper()}); err != nil {
		t.Fatal(err)
	}
	return w
}

// manager is one replica.
type manager struct {
	name    string
	at      netip.Addr
	stop    context.CancelFunc
	stopped chan struct{}
}

// leaseName is the lease of the managers.
const leaseName = "fedroute.fedroute.io"

// wiring changes how a replica is wired.
type wiring struct {
	manager     func(*ctrl.Options)
	controllers func(*controllers.Options)
}

// start starts a replica on a host of its own.
func (w *world) start(name string, at netip.Addr, changes ...wiring) *manager {
	w.Helper()
	stop := 36 * time.Second
	ctx, cancel := context.WithCancel(context.Background())
	options := ctrl.Options{Scheme: scheme, HealthProbeBindAddress: "0", Metrics: metricsserver.Options{BindAddress: "0"},
		MapperProvider:          func(*rest.Config, *http.Client) (apimeta.RESTMapper, error) { return mapper(), nil },
		GracefulShutdownTimeout: &stop,
		NewCache: func(c *rest.Config, o cache.Options) (cache.Cache, error) {
			filled, err := cache.New(c, o)
			return leaving{filled, ctx}, err
		},
		LeaderElection: true, LeaderElectionID: leaseName, LeaderElectionNamespace: namespace, LeaderElectionReleaseOnCancel: true,
		Controller: config.Controller{SkipNameValidation: new(true)}}
	for _, c := range changes {
		c.manager(&options)
	}
	mgr, err := ctrl.NewManager(w.api.Config(name), options)
	if err != nil {
		w.Fatal(err)
	}
	allow, ports := reach.CIDRs{}, reach.Known()
	_ = allow.Set("127.0.0.0/8")
	_ = ports.Set("1-65535")
	within := reach.New(reach.Denied(), allow, ports).Over(func(ctx context.Context, network, address string, check func(context.Context, string) error) (net.Conn, error) {
		if err := check(ctx, address); err != nil {
			return nil, err
		}
		return w.network.Dial(ctx, at, network, address)
	})
	wired := controllers.Options{
		Client: mgr.GetClient(), Secrets: mgr.GetAPIReader(), Recorder: mgr.GetEventRecorder("fedroute"),
		Clock: controllers.RealClock{}, Dial: dialer(winrm.Options{Reach: within}), Reach: within, Prober: tcp.Prober{Reach: within},
		Limits: apply.DefaultLimits, ObserveTimeout: 2 * time.Minute, Patience: controllers.Patience, TopologyWorkers: 4, RouteWorkers: 4, Dice: w.dice(name),
	}
	for _, c := range changes {
		c.controllers(&wired)
	}
	if err := controllers.Setup(mgr, wired); err != nil {
		w.Fatal(err)
	}
	m := &manager{name: name, at: at, stop: cancel, stopped: make(chan struct{})}
	go func() {
		defer close(m.stopped)
		if err := mgr.Start(ctx); err != nil {
			w.Log(name, err)
		}
	}()
	return m
}

// leaving is a cache that nobody waits for once its manager is told to stop. The program's process
// ends then. A bubble cannot end a manager, which would ask without a pause whether the cache
// is filled.
type leaving struct {
	cache.Cache
	told context.Context
}

func (l leaving) WaitForCacheSync(ctx context.Context) bool {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.told, cancel)()
	return l.Cache.WaitForCacheSync(ctx) || l.told.Err() != nil
}

// dialer opens sessions as the program does: through the endpoint kit where the endpoint names
// its configuration, otherwise in remote shells.
func dialer(o winrm.Options) remote.Dialer {
	worker, kit := winrm.Dialer(o), session.Dialer(psrp.Options{Options: o})
	return func(ctx context.Context, endpoint remote.Endpoint, credentials remote.Credentials) (remote.Session, error) {
		if endpoint.Configuration != "" {
			return kit(ctx, endpoint, credentials)
		}
		return worker(ctx, endpoint, credentials)
	}
}

// dice gives numbers that follow from the seed, the manager and the moment.
func (w *world) dice(manager string) func(int64) int64 {
	return func(below int64) int64 {
		return int64(memnet.Draw(w.seed, manager, time.Now().UnixNano()) % uint64(below))
	}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func named(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: namespace, Name: name} }

func (w *world) secret(name string, values map[string]string) {
	w.Helper()
	w.must(w.objects.Create(w.ctx, &corev1.Secret{ObjectMeta: named(name), StringData: values}))
}

// describe tells the API of the organization.
func (w *world) describe() {
	w.Helper()
	k := w.org.DNSKeys()[0]
	w.secret("dns-key", map[string]string{"name": k.Name, "algorithm": k.Algorithm, "secret": k.Secret})
	lt := &v1alpha1.LyncTopology{ObjectMeta: named("org")}
	lt.Spec.CABundle = string(w.org.CA().CertPEM())
	lt.Spec.PollInterval.Duration = time.Minute
	w.signIns(lt)
	for _, e := range w.org.Endpoints() {
		if e.Role == farm.RoleEdge {
			lt.Spec.EdgeServers.Overrides = append(lt.Spec.EdgeServers.Overrides, v1alpha1.EdgeServerOverride{
				FQDN: v1alpha1.Hostname(e.Machine), URL: v1alpha1.WSManURL(e.URL), ServerName: v1alpha1.Hostname(e.Machine)})
			continue
		}
		lt.Spec.Management.Endpoints = append(lt.Spec.Management.Endpoints, v1alpha1.ManagementEndpoint{Endpoint: v1alpha1.Endpoint{URL: v1alpha1.WSManURL(e.URL), ServerName: v1alpha1.Hostname(e.Machine)}})
		if w.byKit() {
			lt.Spec.Management.Endpoints[len(lt.Spec.Management.Endpoints)-1].Configuration = kit.ConfigurationName
		}
	}
	managing := lt.Spec.Management.Endpoints // in any order: the first does not always hold the store
	diceFor(w.seed, "order").Shuffle(len(managing), func(i, j int) { managing[i], managing[j] = managing[j], managing[i] })
	w.must(w.objects.Create(w.ctx, lt))
}

// route makes a route over the Edge pool for every SIP and XMPP domain.
func (w *world) route(pool string, changes ...func(*v1alpha1.FederationRoute)) *v1alpha1.FederationRoute {
	w.Helper()
	r := &v1alpha1.FederationRoute{ObjectMeta: named("federation")}
	r.Spec.TopologyRef.Name = "org"
	r.Spec.EdgePool = v1alpha1.Hostname(pool)
	r.Spec.Interval.Duration = time.Minute
	spec := w.org.Farm().Spec()
	r.Spec.DNS = &v1alpha1.DNS{TTL: 300, OnBlocked: "Wait"}
	r.Spec.Strategy, r.Spec.Rollout, r.Spec.NextHop, r.Spec.Mode = "PrepareFirst", "Rolling", "Keep", "Enforce"
	r.Spec.TopologyFlags, r.Spec.Ports, r.Spec.OnFailure, r.Spec.DeletionPolicy = "Manage", "Speak", "Undo", "Orphan"
	for _, domain := range spec.SIPDomains {
		r.Spec.DNS.Servers = append(r.Spec.DNS.Servers, v1alpha1.DNSServer{Zone: v1alpha1.ZoneName(domain), Address: w.org.DNSServers()[0],
			ReadBackFrom: w.org.DNSServers(), TSIGSecretRef: &v1alpha1.LocalReference{Name: "dns-key"}})
	}
	r.Spec.SIP = protocol(spec.SIPDomains)
	if w.org.Farm().Product().XMPP && len(spec.XMPPDomains) > 0 {
		r.Spec.XMPP = protocol(spec.XMPPDomains)
	}
	for _, f := range changes {
		f(r)
	}
	w.must(w.objects.Create(w.ctx, r))
	return r
}

func protocol(domains []string) *v1alpha1.ProtocolRoute {
	p := &v1alpha1.ProtocolRoute{}
	for _, d := range domains {
		p.Domains = append(p.Domains, v1alpha1.Domain{Name: v1alpha1.Hostname(d), Host: v1alpha1.Hostname("fed." + d)})
	}
	return p
}

// sample reads one of the sample organizations. Accounts need no second hop.
func sample(t *testing.T, name string) farm.Spec {
	t.Helper()
	spec, err := farm.Load(filepath.Join(root, "lyncsim/samples", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	spec.Durations.Profile = "lifelike"
	spec.ADReadableFromNetworkLogon, spec.SQLReachableFromNetworkLogon = true, true
	return spec
}

func init() {
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
}
