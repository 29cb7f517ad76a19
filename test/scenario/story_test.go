package scenario_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/rand"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// story is one organization with its namespace on the API server.
type story struct {
	*testing.T
	ctx       context.Context
	namespace string
	org       *sim.Organization
	// labels are set on every object. secrets may appear only in Secrets.
	labels  map[string]string
	secrets []string
	way     string // how fedroute works on the organization
	// unwatched: the story does not check the simulator's invariants for this organization.
	unwatched bool
}

// nora is the administrator who works beside the controller.
var nora = farm.Actor{User: `CONTOSO\nora`, Machine: "her desk", Command: "by hand"}

// sampleFarm reads one of the three sample organizations, in the version that this run
// tests.
func sampleFarm(t *testing.T, name string) farm.Spec {
	t.Helper()
	spec, err := farm.Load(filepath.Join(root, "lyncsim/samples", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return ofThisRun(t, spec)
}

// tell starts an organization and describes it to the API server.
func tell(t *testing.T, spec farm.Spec) *story {
	t.Helper()
	return tellWith(t, sim.Config{Spec: spec})
}

// tellWith is tell with more settings of the organization.
func tellWith(t *testing.T, c sim.Config) *story {
	t.Helper()
	s := openWith(t, c)
	s.credentials()
	s.create(s.topology())
	return s
}

// open starts an organization that the API server does not know yet. From here on the story
// runs side by side with the others.
func open(t *testing.T, spec farm.Spec) *story {
	t.Helper()
	return openWith(t, sim.Config{Spec: spec})
}

// openWith is open with more settings of the organization.
func openWith(t *testing.T, c sim.Config) *story {
	t.Helper()
	t.Parallel()
	return begin(t, c)
}

// beside starts a second organization in a story.
func beside(s *story, spec farm.Spec) *story {
	s.Helper()
	other := begin(s.T, sim.Config{Spec: spec})
	other.credentials()
	other.create(other.topology())
	return other
}

func begin(t *testing.T, c sim.Config) *story {
	t.Helper()
	return beginBy(t, c, wayOf(t))
}

// beginBy is begin in a way of its own.
func beginBy(t *testing.T, c sim.Config, way string) *story {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*patience)
	t.Cleanup(cancel)
	if way != byHand {
		c.Spec.ADReadableFromNetworkLogon, c.Spec.SQLReachableFromNetworkLogon = way == byWorker, way == byWorker
	}
	org, err := sim.Start(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(org.Close)
	s := &story{T: t, ctx: ctx, org: org, namespace: "story-" + rand.String(8), way: way}
	if way == byKit {
		s.install(kitOf(s))
	}
	s.create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}})
	for _, a := range org.Accounts() {
		if a.Password != "" { // nobody knows that of a service account
			s.secrets = append(s.secrets, a.Password)
		}
	}
	for _, k := range org.DNSKeys() {
		s.secrets = append(s.secrets, k.Secret)
	}
	t.Cleanup(func() { // objects go first, so that nothing works on a closed organization
		for _, kind := range []client.Object{&v1alpha1.FederationRoute{}, &v1alpha1.LyncTopology{}} {
			if err := objects.DeleteAllOf(context.Background(), kind, client.InNamespace(s.namespace)); err != nil {
				t.Error(err)
			}
		}
	})
	t.Cleanup(s.secretsKept)
	t.Cleanup(s.invariantsHeld)
	return s
}

// credentials stores the credentials that the organization accepts.
func (s *story) credentials() {
	s.Helper()
	s.secret("dns-key", s.dnsSecret())
	s.signIns("")
}

// signIns stores the accounts of the organization's servers, in Secrets whose names have the
// ending.
func (s *story) signIns(ending string) {
	s.Helper()
	s.secret("manager"+ending, s.managerSecret())
	s.secret("edge"+ending, s.edgeSecret())
	if s.way == byKit {
		s.secret("manager-operator"+ending, s.accountSecret(operator, false))
		s.secret("edge-operator"+ending, s.accountSecret(operator, true))
	}
}

// managerSecret is the account that reads on management servers; by the worker it also
// changes.
func (s *story) managerSecret() map[string]string {
	if s.way == byKit {
		return s.accountSecret(reader, false)
	}
	a := s.org.DomainAccount()
	return map[string]string{"username": a.Name, "password": a.Password}
}

// edgeSecret is the same on Edge machines.
func (s *story) edgeSecret() map[string]string {
	if s.way == byKit {
		return s.accountSecret(reader, true)
	}
	a := s.org.LocalAccount()
	return map[string]string{"username": a.Name, "password": a.Password}
}

func (s *story) dnsSecret() map[string]string {
	k := s.org.DNSKeys()[0]
	return map[string]string{"name": k.Name, "algorithm": k.Algorithm, "secret": k.Secret}
}

// topology describes how to reach the organization. The stories that run side by side tell of
// copies of one organization.
func (s *story) topology() *v1alpha1.LyncTopology {
	lt := &v1alpha1.LyncTopology{ObjectMeta: s.named("org")}
	lt.Spec.CABundle, lt.Spec.Twin = string(s.org.CA().CertPEM()), true
	lt.Spec.PollInterval.Duration = 2 * time.Second
	lt.Spec.Management.Authentication = v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: "manager"}}
	lt.Spec.EdgeServers = &v1alpha1.EdgeServers{Accounts: v1alpha1.Accounts{Authentication: v1alpha1.Authentication{Method: v1alpha1.AuthBasic, SecretRef: v1alpha1.LocalReference{Name: "edge"}}}}
	for _, e := range s.org.Endpoints() {
		if e.Role == farm.RoleEdge {
			lt.Spec.EdgeServers.Overrides = append(lt.Spec.EdgeServers.Overrides, v1alpha1.EdgeServerOverride{
				FQDN: v1alpha1.Hostname(e.Machine), URL: v1alpha1.WSManURL(e.URL), ServerName: v1alpha1.Hostname(e.Machine)})
			continue
		}
		lt.Spec.Management.Endpoints = append(lt.Spec.Management.Endpoints, v1alpha1.ManagementEndpoint{Endpoint: v1alpha1.Endpoint{URL: v1alpha1.WSManURL(e.URL), ServerName: v1alpha1.Hostname(e.Machine)}})
	}
	if s.way == byKit {
		lt.Spec.Management.Accounts = accounts("manager", "manager-operator")
		for i := range lt.Spec.Management.Endpoints {
			lt.Spec.Management.Endpoints[i].Configuration = kit.ConfigurationName
		}
		lt.Spec.EdgeServers.Accounts, lt.Spec.EdgeServers.Configuration = accounts("edge", "edge-operator"), kit.ConfigurationName
	}
	return lt
}

// route makes a route over the Edge pool for every SIP and XMPP domain.
func (s *story) route(pool string, changes ...func(*v1alpha1.FederationRoute)) *v1alpha1.FederationRoute {
	s.Helper()
	r := &v1alpha1.FederationRoute{ObjectMeta: s.named("federation")}
	r.Spec.TopologyRef.Name = "org"
	r.Spec.EdgePool = v1alpha1.Hostname(pool)
	r.Spec.Interval.Duration = 5 * time.Second
	spec := s.org.Farm().Spec()
	r.Spec.DNS = &v1alpha1.DNS{TTL: 1} // the old pool of a move drains for that long
	for _, domain := range spec.SIPDomains {
		r.Spec.DNS.Servers = append(r.Spec.DNS.Servers, v1alpha1.DNSServer{Zone: v1alpha1.ZoneName(domain), Address: s.org.DNSServers()[0],
			ReadBackFrom: s.org.DNSServers(), TSIGSecretRef: &v1alpha1.LocalReference{Name: "dns-key"}})
	}
	r.Spec.SIP = protocol(spec.SIPDomains)
	if s.org.Farm().Product().XMPP && len(spec.XMPPDomains) > 0 {
		r.Spec.XMPP = protocol(spec.XMPPDomains)
	}
	for _, f := range changes {
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

func (s *story) named(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: s.namespace, Name: name, Labels: s.labels}
}

func key(o client.Object) client.ObjectKey { return client.ObjectKeyFromObject(o) }

func (s *story) create(o client.Object) {
	s.Helper()
	if err := objects.Create(s.ctx, o); err != nil {
		s.Fatal(err)
	}
}

func (s *story) delete(o client.Object) {
	s.Helper()
	if err := objects.Delete(s.ctx, o); err != nil {
		s.Fatal(err)
	}
}

func (s *story) secret(name string, values map[string]string) {
	s.Helper()
	s.create(&corev1.Secret{ObjectMeta: s.named(name), StringData: values})
}

// store replaces the contents of a Secret, as a rotation does.
func (s *story) store(name string, values map[string]string) {
	s.Helper()
	change(s, &corev1.Secret{ObjectMeta: s.named(name)}, func(o *corev1.Secret) { o.StringData = values })
}

// organization returns the story's LyncTopology, for a test to change.
func (s *story) organization() *v1alpha1.LyncTopology {
	return &v1alpha1.LyncTopology{ObjectMeta: s.named("org")}
}

// change edits an object as kubectl edit would.
func change[T client.Object](s *story, o T, edit func(T)) {
	s.Helper()
	if err := objects.Get(s.ctx, key(o), o); err != nil {
		s.Fatal(err)
	}
	base := o.DeepCopyObject().(client.Object)
	edit(o)
	if err := objects.Patch(s.ctx, o, client.MergeFrom(base)); err != nil {
		s.Fatal(err)
	}
}

// moveTo changes the one line that fails federation over.
func (s *story) moveTo(r *v1alpha1.FederationRoute, pool string) {
	s.Helper()
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.EdgePool = v1alpha1.Hostname(pool) })
}

// must ends the story when an act of a person fails.
func (s *story) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// rehearse asks the simulator's admin endpoint for a fault.
func (s *story) rehearse(method, path string, body any) {
	s.Helper()
	text, err := json.Marshal(body)
	s.must(err)
	request, err := http.NewRequestWithContext(s.ctx, method, s.org.AdminURL()+path, bytes.NewReader(text))
	s.must(err)
	response, err := http.DefaultClient.Do(request)
	s.must(err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		s.Fatalf("%s %s: %s", method, path, response.Status)
	}
}
