// Package hostile_test leads the shipped manager to servers that mean harm, all at once, and
// watches a neighbour: an organization in another namespace that fails over meanwhile.
package hostile_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/test/support/cluster"
	"github.com/fedroute/fedroute/test/support/hostile"
)

const (
	root = "../.."
	// patience bounds each wait. It does not measure speed: make bench does.
	patience = time.Minute
	oldPool  = "edge1.contoso.com"
	newPool  = "edge2.contoso.com"
	// memory is the limit of the shipped manager's container, and resident what it may use of it.
	memory, resident = 256 << 20, 200
)

// scene is an API server, a manager of its own process, and two organizations.
type scene struct {
	*testing.T
	objects client.Client
	manager *exec.Cmd
	log     string
	metrics string
}

func open(t *testing.T) *scene {
	t.Helper()
	s := &scene{T: t, log: filepath.Join(t.TempDir(), "manager.log")}
	dir := t.TempDir()
	plane, err := cluster.Start(t.Context(), cluster.Bin(root), dir, filepath.Join(root, "config/crd/bases"))
	s.must(err)
	t.Cleanup(plane.Stop)
	scheme := runtime.NewScheme()
	s.must(clientgoscheme.AddToScheme(scheme))
	s.must(v1alpha1.AddToScheme(scheme))
	s.objects, err = client.New(plane.Config, client.Options{Scheme: scheme})
	s.must(err)
	log, err := os.Create(s.log)
	s.must(err)
	s.metrics = freeAddress(s)
	s.manager = exec.Command(filepath.Join(cluster.Bin(root), "manager"), "--health-probe-bind-address=0", "--metrics-bind-address="+s.metrics, "--poll=100ms", "--kube-api-qps=200",
		"--allow-cidr=127.0.0.0/8", "--allow-port=1-65535")
	s.manager.Env = append(os.Environ(), "KUBECONFIG="+plane.Kubeconfig, fmt.Sprint("FEDROUTE_MEMORY_LIMIT=", memory))
	s.manager.Stdout, s.manager.Stderr = log, log
	s.must(s.manager.Start())
	t.Cleanup(func() {
		_ = s.manager.Process.Signal(syscall.SIGTERM)
		_ = s.manager.Wait()
		_ = log.Close()
	})
	return s
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *scene) create(all ...client.Object) {
	s.Helper()
	for _, o := range all {
		s.must(s.objects.Create(s.Context(), o))
	}
}

// until waits for a state.
func (s *scene) until(what string, is func() (bool, string)) {
	s.Helper()
	end, said := time.Now().Add(patience), ""
	for time.Now().Before(end) {
		var yes bool
		if yes, said = is(); yes {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.Fatalf("after %s it is not so that %s: %s", patience, what, said)
}

// organization starts a simulated organization and describes it in a namespace of its own.
func (s *scene) organization(namespace string) *sim.Organization {
	s.Helper()
	spec, err := farm.Load(filepath.Join(root, "lyncsim/samples/one-site-two-pools.yaml"))
	s.must(err)
	spec.ADReadableFromNetworkLogon, spec.SQLReachableFromNetworkLogon = true, true
	org, err := sim.Start(context.Background(), sim.Config{Spec: spec})
	s.must(err)
	s.Cleanup(org.Close)
	key := org.DNSKeys()[0]
	lt := &v1alpha1.LyncTopology{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "org"}}
	lt.Spec.CABundle, lt.Spec.Twin, lt.Spec.PollInterval.Duration = string(org.CA().CertPEM()), true, 5*time.Second
	lt.Spec.Management.Authentication = signIn("manager")
	lt.Spec.EdgeServers = &v1alpha1.EdgeServers{Accounts: v1alpha1.Accounts{Authentication: signIn("edge")}}
	for _, e := range org.Endpoints() {
		url, name := v1alpha1.WSManURL(e.URL), v1alpha1.Hostname(e.Machine)
		if e.Role == farm.RoleEdge {
			lt.Spec.EdgeServers.Overrides = append(lt.Spec.EdgeServers.Overrides, v1alpha1.EdgeServerOverride{FQDN: name, URL: url, ServerName: name})
		} else {
			lt.Spec.Management.Endpoints = append(lt.Spec.Management.Endpoints, v1alpha1.ManagementEndpoint{Endpoint: v1alpha1.Endpoint{URL: url, ServerName: name}})
		}
	}
	s.create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}},
		secret(namespace, "manager", map[string]string{"username": org.DomainAccount().Name, "password": org.DomainAccount().Password}),
		secret(namespace, "edge", map[string]string{"username": org.LocalAccount().Name, "password": org.LocalAccount().Password}),
		secret(namespace, "dns", map[string]string{"name": key.Name, "algorithm": key.Algorithm, "secret": key.Secret}), lt)
	return org
}

func signIn(secret string) v1alpha1.Authentication {
	return v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: secret}}
}

func secret(namespace, name string, data map[string]string) client.Object {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, StringData: data}
}

// neighbour creates the neighbour's route and waits until it is Ready.
func (s *scene) neighbour() *v1alpha1.FederationRoute {
	s.Helper()
	org := s.organization("neighbour")
	domain := org.Farm().Spec().SIPDomains[0]
	r := &v1alpha1.FederationRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "neighbour", Name: "federation"}}
	r.Spec.TopologyRef.Name, r.Spec.EdgePool, r.Spec.Interval.Duration = "org", oldPool, 5*time.Second
	r.Spec.SIP = &v1alpha1.ProtocolRoute{Domains: []v1alpha1.Domain{{Name: v1alpha1.Hostname(domain), Host: v1alpha1.Hostname("fed." + domain)}}}
	r.Spec.DNS = &v1alpha1.DNS{TTL: 1, Servers: []v1alpha1.DNSServer{{Zone: v1alpha1.ZoneName(domain), Address: org.DNSServers()[0],
		ReadBackFrom: org.DNSServers(), TSIGSecretRef: &v1alpha1.LocalReference{Name: "dns"}}}}
	s.create(r)
	s.ready(r)
	return r
}

// ready waits until the route is Ready for its present spec.
func (s *scene) ready(r *v1alpha1.FederationRoute) {
	s.Helper()
	s.until("the neighbour's route is Ready", func() (bool, string) {
		s.must(s.objects.Get(s.Context(), client.ObjectKeyFromObject(r), r))
		return r.Status.ObservedGeneration == r.Generation && meta.IsStatusConditionTrue(r.Status.Conditions, v1alpha1.ConditionReady), fmt.Sprint(r.Status.Conditions)
	})
}

// move leads the neighbour's federation to a pool. It gives when the first step began and
// when the route was Ready.
func (s *scene) move(r *v1alpha1.FederationRoute, pool string) (began, took time.Duration) {
	s.Helper()
	from, base := time.Now(), r.DeepCopy()
	r.Spec.EdgePool = v1alpha1.Hostname(pool)
	s.must(s.objects.Patch(s.Context(), r, client.MergeFrom(base)))
	s.until("the neighbour's move has begun", func() (bool, string) {
		s.must(s.objects.Get(s.Context(), client.ObjectKeyFromObject(r), r))
		return r.Status.Move != nil && r.Status.Move.EdgePool == pool, fmt.Sprint(r.Status.Conditions)
	})
	began = time.Since(from)
	s.ready(r)
	return began, time.Since(from)
}

// process gives a value of the manager's process in MiB.
func (s *scene) process(name string) int {
	s.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.manager.Process.Pid))
	s.must(err)
	for line := range strings.Lines(string(text)) {
		kib := 0
		if n, _ := fmt.Sscanf(line, name+": %d kB", &kib); n == 1 {
			return kib >> 10
		}
	}
	s.Fatalf("the manager has ended: %s", text)
	return 0
}

// TestEveryHostileServerAtOnce: 64 routes with DNS servers that answer slowly, and a route or a
// LyncTopology for each other server that means harm. The neighbour's failover begins and ends
// while they wait, the manager stays within its memory, and what led to the servers can be
// deleted: then nobody asks them any more.
func TestEveryHostileServerAtOnce(t *testing.T) {
	s := open(t)
	route := s.neighbour()
	s.move(route, newPool)
	_, alone := s.move(route, oldPool)
	quiet := s.goroutines()

	tenant := hostile.Tenant{Namespace: "tenant", Organization: "org", Pool: oldPool}
	s.organization(tenant.Namespace)
	s.create(tenant.Secret())
	var slow []*hostile.NameServer
	for i := range 64 {
		server, err := hostile.SlowNameServer()
		s.must(err)
		t.Cleanup(server.Close)
		slow = append(slow, server)
		s.create(tenant.Route(fmt.Sprint("slow-", i), server.Address()))
	}
	names, err := hostile.NameServers()
	s.must(err)
	for _, server := range names {
		t.Cleanup(server.Close)
		s.create(tenant.Route(server.Kind, server.Address()))
	}
	hosts := hostile.Hosts()
	for _, h := range hosts {
		t.Cleanup(func() { h.CloseClientConnections(); h.Close() })
		s.create(tenant.Topology(h.Kind, h))
	}
	s.until("every server was asked", func() (bool, string) {
		for _, server := range append(slow[:len(slow):len(slow)], names...) {
			if server.Asked.Load() == 0 {
				return false, server.Kind
			}
		}
		for _, h := range hosts {
			if h.Asked.Load() == 0 {
				return false, h.Kind
			}
		}
		return true, ""
	})
	began, beside := s.move(route, newPool)
	busy := s.goroutines()
	t.Logf("the neighbour's move took %s alone; beside all hostile servers it began after %s and took %s", alone.Round(time.Millisecond), began.Round(time.Millisecond), beside.Round(time.Millisecond))

	for _, kind := range []client.Object{&v1alpha1.FederationRoute{}, &v1alpha1.LyncTopology{}} {
		s.must(s.objects.DeleteAllOf(s.Context(), kind, client.InNamespace(tenant.Namespace)))
	}
	s.until("nobody asks a DNS server any more", func() (bool, string) {
		for _, server := range append(slow[:len(slow):len(slow)], names...) {
			if n := server.Asking.Load(); n > 0 {
				return false, fmt.Sprintf("%d connections to %s", n, server.Kind)
			}
		}
		return true, ""
	})
	after := 0
	s.until("the goroutines have ended", func() (bool, string) {
		after = s.goroutines()
		return after < quiet+50, fmt.Sprintf("%d of %d are left, and there were %d before", after, busy, quiet)
	})
	peak := s.process("VmHWM")
	t.Logf("goroutines before, during, after: %d, %d, %d; peak of resident memory: %d MiB", quiet, busy, after, peak)
	if peak > resident {
		t.Errorf("the manager had %d MiB at its peak, want %d at most", peak, resident)
	}
	if busy > quiet+4000 {
		t.Errorf("%d goroutines, %d before", busy, quiet)
	}
}
