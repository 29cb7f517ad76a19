package chaos_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/controllers"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/test/support/apistore"
	"github.com/fedroute/fedroute/test/support/memnet"
)

// tenant is an organization of the soak. All tenants share the network, the API and the
// manager; each has a namespace of its own.
type tenant struct {
	*world
	number int
	cast   cast
	dice   dice
}

// soaked is what a soak happens to.
type soaked struct {
	*world
	tenants []*tenant
	manager *manager
	wiring  wiring
	broken  *leak
}

// every is how often the manager looks at an organization and its records when nothing happens.
const every = time.Hour

// openSoak starts the organizations, the API and the manager. It must be called in a bubble.
func openSoak(t *testing.T, seed uint64, organizations int, broken *leak) *soaked {
	t.Helper()
	s := &soaked{world: &world{T: t, ctx: t.Context(), seed: seed, network: memnet.New(seed), apiTrouble: newTrouble(seed)}, broken: broken}
	s.api = serve(t, apistore.Faults{})
	var err error
	if s.objects, err = client.NewWithWatch(s.api.Config(person), client.Options{Scheme: scheme, Mapper: mapper()}); err != nil {
		t.Fatal(err)
	}
	for n := range organizations {
		s.tenants = append(s.tenants, s.tenant(n))
	}
	s.wiring = wiring{
		// A lease that is renewed every two seconds would be most of the API's work. One
		// manager needs none.
		manager:     func(o *ctrl.Options) { o.LeaderElection = false },
		controllers: func(o *controllers.Options) { s.broken.plant(s, o) },
	}
	s.employ()
	return s
}

// tenant starts an organization and describes it to the API.
func (s *soaked) tenant(n int) *tenant {
	s.Helper()
	w := &world{T: s.T, ctx: s.ctx, seed: s.seed + uint64(n), network: s.network, api: s.api, apiTrouble: s.apiTrouble}
	ca, err := authority()
	s.must(err)
	spec := s.spec(n)
	w.org, err = sim.Start(context.Background(), sim.Config{Spec: spec, CA: ca, Seed: w.seed, Listen: s.network.Listen,
		Base: netip.PrefixFrom(netip.AddrFrom4([4]byte{127, 40, byte(n + 1), 0}), 24)})
	s.must(err)
	s.Cleanup(w.org.Close)
	name := fmt.Sprintf("organization-%02d", n+1)
	s.must(s.objects.Create(s.ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}))
	w.objects = inside(s.objects, name)
	t := &tenant{world: w, number: n, cast: castOf(spec), dice: diceFor(w.seed, "soak")}
	w.state.pool = t.cast.pools[0]
	w.describe()
	w.route(w.state.pool, func(r *v1alpha1.FederationRoute) { r.Spec.Interval.Duration = every })
	t.past()
	return t
}

// past gives the route the history of one that has lived for long. History holds the last 40
// changes and the last 40 failures: while it fills, status grows by design.
func (t *tenant) past() {
	var r v1alpha1.FederationRoute
	t.must(t.objects.Get(t.ctx, client.ObjectKey{Namespace: namespace, Name: "federation"}, &r))
	for n := range 80 {
		h := v1alpha1.HistoryEntry{Time: metav1.NewTime(began.Add(-time.Duration(n) * time.Hour)), Plan: fmt.Sprintf("sha256-%016x", n),
			Kind: "UpdateDNS", Target: "zone " + t.cast.sip[0], From: "fed." + t.cast.sip[0] + " A 127.40.1.15 (ttl 300)", To: "fed." + t.cast.sip[0] + " A 127.40.1.13 (ttl 300)"}
		h.Result = v1alpha1.StepDone
		if n%2 == 1 {
			h.Result, h.Reason = v1alpha1.StepFailed, v1alpha1.ReasonUnreachable
			h.Message = fmt.Sprintf("the DNS server 127.40.1.3:53 did not answer within 20 seconds (%d): nothing was changed; fedroute tries again", n)
		}
		r.Status.History = append(r.Status.History, h)
	}
	t.must(t.objects.Status().Update(t.ctx, &r))
}

// spec is the sample organization under a name of its own: fedroute refuses one that claims
// another's domain.
func (s *soaked) spec(n int) farm.Spec {
	s.Helper()
	text, err := os.ReadFile(filepath.Join(root, "lyncsim/samples/one-site-two-pools.yaml"))
	s.must(err)
	spec, err := farm.Decode([]byte(strings.ReplaceAll(string(text), "contoso", fmt.Sprintf("contoso%02d", n+1))))
	s.must(err)
	spec.Durations.Profile = "lifelike"
	spec.ADReadableFromNetworkLogon, spec.SQLReachableFromNetworkLogon = true, true
	return spec
}

// inside shows a person one namespace as the one that the scripts of seeds write to.
func inside(all client.WithWatch, name string) client.WithWatch {
	there := func(o client.Object) {
		if o.GetNamespace() == namespace {
			o.SetNamespace(name)
		}
	}
	return interceptor.NewClient(all, interceptor.Funcs{
		Create: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.CreateOption) error {
			there(o)
			if lt, is := o.(*v1alpha1.LyncTopology); is {
				lt.Spec.PollInterval.Duration = every
			}
			return c.Create(ctx, o, opts...)
		},
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
			key.Namespace = name
			return c.Get(ctx, key, o, opts...)
		},
	})
}

// employ starts the manager.
func (s *soaked) employ() {
	s.hired++
	at := netip.AddrFrom4([4]byte{127, 99, 0, byte(s.hired)})
	s.manager = s.start(fmt.Sprint("manager-", s.hired), at, s.wiring)
}

// redeploy stops the manager and starts another when it has ended.
func (s *soaked) redeploy() {
	s.manager.stop()
	<-s.manager.stopped
	s.employ()
}

// orders moves federation, as a person does who edits the route.
func (t *tenant) orders(pool string) {
	t.state.pool = pool
	t.apply()
}

// other is the pool that federation is not wished on.
func (t *tenant) other() string {
	if t.state.pool == t.cast.pools[0] {
		return t.cast.pools[1]
	}
	return t.cast.pools[0]
}

// ready reports whether the route does what people want.
func (t *tenant) ready() bool {
	var r v1alpha1.FederationRoute
	t.must(t.objects.Get(t.ctx, client.ObjectKey{Namespace: namespace, Name: "federation"}, &r))
	for _, c := range r.Status.Conditions {
		if c.Type == v1alpha1.ConditionReady {
			return c.Status == metav1.ConditionTrue
		}
	}
	return false
}

// leave ends everything, so that the bubble can end.
func (s *soaked) leave() {
	s.manager.stop()
	<-s.manager.stopped
	s.broken.mend(s)
	s.network.Cut(netip.Addr{}, netip.Addr{})
	for _, t := range s.tenants {
		t.org.Close()
	}
	s.api.Close()
	time.Sleep(5 * time.Minute)
}
