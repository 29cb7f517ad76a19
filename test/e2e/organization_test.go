//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/test/support/lyncsim"
)

const (
	edge1 = "edge1.contoso.com"
	edge2 = "edge2.contoso.com"
	fed   = "fed.contoso.com"
)

// brisk makes remote work last long enough that a test can interrupt it.
const brisk = `
durations: {powershellStart: 150ms, moduleImport: 300ms, cmdlet: 10ms, publish: 600ms, enable: 400ms, replicationNotice: 100ms,
  replication: 1200ms, setup: 1200ms, serviceStart: 300ms, serviceStop: 200ms}
`

// story is the organization Contoso with the objects that describe it in one namespace, and
// its route.
type story struct {
	namespace string
	org       *lyncsim.Organization
	route     *v1alpha1.FederationRoute
}

// tell starts the organization and applies the objects that describe it, as a person does.
// They differ from usual objects only in how often the organization is observed.
func tell(t *testing.T, namespace string) *story {
	t.Helper()
	s := &story{namespace: namespace, org: lyncsim.Start(t, root, lyncsim.Options{Farm: "one-site-two-pools", Extra: brisk})}
	s.describe(t, namespace)
	s.route = s.sample(t, namespace)
	return s
}

// describe applies the organization's LyncTopology and Secrets. It deletes them, and the
// routes, before the managers end that the test started.
func (s *story) describe(t *testing.T, namespace string) {
	t.Helper()
	must(t, client.IgnoreAlreadyExists(objects.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})))
	t.Cleanup(func() {
		for _, kind := range []client.Object{&v1alpha1.FederationRoute{}, &v1alpha1.LyncTopology{}} {
			if err := objects.DeleteAllOf(context.Background(), kind, client.InNamespace(namespace)); err != nil {
				t.Error(err)
			}
		}
	})
	must(t, kubectl(t.Context(), "apply", "-n", namespace, "-f", s.org.File("organization.yaml")))
	must(t, kubectl(t.Context(), "patch", "-n", namespace, "lt", "contoso", "--type=merge", "-p", `{"spec":{"pollInterval":"2s"}}`))
}

// sample is config/samples/contoso.yaml with the DNS servers of this run.
func (s *story) sample(t *testing.T, namespace string) *v1alpha1.FederationRoute {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "config/samples/contoso.yaml"))
	must(t, err)
	r := new(v1alpha1.FederationRoute)
	must(t, yaml.UnmarshalStrict(text, r))
	r.Namespace, r.Spec.Interval.Duration = namespace, 5*time.Second
	for i := range r.Spec.DNS.Servers {
		r.Spec.DNS.Servers[i].Address, r.Spec.DNS.Servers[i].ReadBackFrom = s.org.DNS[0], s.org.DNS
	}
	return r
}

// change edits the route's spec.
func (s *story) change(t *testing.T, edit func(*v1alpha1.FederationRouteSpec)) {
	t.Helper()
	s.look(t)
	base := s.route.DeepCopy()
	edit(&s.route.Spec)
	must(t, objects.Patch(t.Context(), s.route, client.MergeFrom(base)))
}

// moveTo changes the one line that fails federation over.
func (s *story) moveTo(t *testing.T, pool string) {
	t.Helper()
	s.change(t, func(spec *v1alpha1.FederationRouteSpec) { spec.EdgePool = v1alpha1.Hostname(pool) })
}

func (s *story) look(t *testing.T) {
	t.Helper()
	must(t, objects.Get(t.Context(), client.ObjectKeyFromObject(s.route), s.route))
}

// says waits until the route has one of the reasons for the present generation of its spec.
func (s *story) says(t *testing.T, status metav1.ConditionStatus, reasons ...string) {
	t.Helper()
	var seen []string
	defer func() {
		if t.Failed() {
			t.Logf("the route said: %s", strings.Join(slices.Compact(seen), "\n"))
		}
	}()
	eventually(t, "the route says "+strings.Join(reasons, " or "), func() bool {
		s.look(t)
		c := meta.FindStatusCondition(s.route.Status.Conditions, v1alpha1.ConditionReady)
		if c == nil || s.route.Status.ObservedGeneration != s.route.Generation {
			return false
		}
		seen = append(seen, c.Reason+": "+c.Message)
		return c.Status == status && slices.Contains(reasons, c.Reason)
	})
}

// hosts asks from outside, as a partner and an administrator would, whether the pool has
// federation and all routes and records point to it.
func (s *story) hosts(t *testing.T, pool string) {
	t.Helper()
	s.says(t, metav1.ConditionTrue, v1alpha1.ReasonInSync, v1alpha1.ReasonDraining)
	state := s.org.State(t)
	address := s.address(t, pool)
	want := []string{address, "0 0 5061 " + fed + ".", "0 0 5269 " + fed + ".", "open", "open", pool, pool, pool}
	got := []string{s.dig(fed, dns.TypeA), s.dig("_sipfederationtls._tcp.contoso.com", dns.TypeSRV), s.dig("_xmpp-server._tcp.contoso.com", dns.TypeSRV),
		port(address, 5061), port(address, 5269), state.Sites[0].SIPRoute, state.Sites[0].XMPPRoute, state.FrontEndPools[0].Registrar}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("DNS, ports and the organization (-want +got):\n%s", diff)
	}
}

// address is the address where partners reach the pool's first machine.
func (s *story) address(t *testing.T, pool string) string {
	t.Helper()
	for _, m := range s.org.Machines {
		if m.Pool == pool && m.PublicAddress.IsValid() {
			return m.PublicAddress.String()
		}
	}
	t.Fatalf("pool %s has no public address", pool)
	return ""
}

func (s *story) dig(name string, rrtype uint16) string {
	m := new(dns.Msg)
	m.SetQuestion(dns.Fqdn(name), rrtype)
	reply, err := dns.Exchange(m, s.org.DNS[0])
	if err != nil {
		return err.Error()
	}
	var out []string
	for _, rr := range reply.Answer {
		out = append(out, strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	return strings.Join(out, ", ")
}

func port(address string, number int) string {
	c, err := net.DialTimeout("tcp", net.JoinHostPort(address, fmt.Sprint(number)), 2*time.Second)
	if err != nil {
		return "closed"
	}
	_ = c.Close()
	return "open"
}

// hears waits for an event about the route.
func (s *story) hears(t *testing.T, reason, text string) {
	t.Helper()
	eventually(t, "an event "+reason+" with "+text, func() bool {
		var all eventsv1.EventList
		must(t, objects.List(t.Context(), &all, client.InNamespace(s.namespace)))
		return slices.ContainsFunc(all.Items, func(e eventsv1.Event) bool {
			return e.Regarding.Name == s.route.Name && e.Reason == reason && strings.Contains(e.Note, text)
		})
	})
}

// unchanged checks that nothing is written while the organization is observed some more
// times.
func (s *story) unchanged(t *testing.T) {
	t.Helper()
	const cmdlet = "Get-CsSite" // each reading of the topology runs this cmdlet
	before, looks := len(s.org.Writes(t)), s.org.Counters(t).Cmdlets[cmdlet]
	eventually(t, "further looks at the organization", func() bool { return s.org.Counters(t).Cmdlets[cmdlet] >= looks+2 })
	if now := s.org.Writes(t); len(now) != before {
		t.Errorf("something was written: %v", now[before:])
	}
}
