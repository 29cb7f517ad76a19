package controllers

import (
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/ports"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

func TestPublishedPorts(t *testing.T) {
	seen := []v1alpha1.EdgePoolStatus{
		{FQDN: "Edge1.contoso.com", Servers: []v1alpha1.EdgeServerStatus{
			{FQDN: "a.contoso.com", ExternalAddresses: []string{"192.0.2.1", "2001:db8::1"}}, {FQDN: "b.contoso.com", ExternalAddresses: []string{"192.0.2.1"}}}},
		{FQDN: "edge2.contoso.com", Servers: []v1alpha1.EdgeServerStatus{{FQDN: "edge2.contoso.com", ExternalAddresses: []string{"192.0.2.9"}}, {FQDN: "new.contoso.com"}}},
	}
	both := []plan.ProtocolIntent{{Protocol: lync.SIP, Domains: []plan.Domain{{Name: "contoso.com"}, {Name: "fabrikam.com"}}}, {Protocol: lync.XMPP}}
	cases := map[string]struct {
		reason string
		active map[lync.Protocol]string
		want   []string
	}{
		"one for each machine and address": {"machines behind a load balancer share an address", map[lync.Protocol]string{lync.SIP: "edge1.contoso.com"},
			[]string{"SIP a.contoso.com 192.0.2.1 contoso.com", "SIP a.contoso.com 2001:db8::1 contoso.com", "SIP b.contoso.com 192.0.2.1 contoso.com"}},
		"protocols apart":           {"each may be on a pool of its own", map[lync.Protocol]string{lync.XMPP: "edge2.contoso.com"}, []string{"XMPP edge2.contoso.com 192.0.2.9 "}},
		"sites use different pools": {"which addresses partners need is unknown", map[lync.Protocol]string{}, nil},
		"pool is gone":              {"nothing is known of its machines", map[lync.Protocol]string{lync.SIP: "edge3.contoso.com"}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range publishedPorts(plan.Intent{Protocols: both}, c.active, seen) {
				got = append(got, string(p.protocol)+" "+p.server+" "+p.target.Where()+" "+p.target.Domain)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestPublishedPortsAreMeasured lets an organization go dark: its management servers and then its
// Edge pool. The route asks the ports of the pool that hosts federation all the same, also while
// its spec wants another pool, and after a restart.
func TestPublishedPortsAreMeasured(t *testing.T) {
	lt, route := lyncTopology(), federationRoute("measured", "edge2.contoso.com")
	lt.Status.EdgePools = []v1alpha1.EdgePoolStatus{
		{FQDN: "edge1.contoso.com", Servers: []v1alpha1.EdgeServerStatus{{FQDN: "edge1.contoso.com", ExternalAddresses: []string{"192.0.2.1"}}}},
		{FQDN: "edge2.contoso.com", Servers: []v1alpha1.EdgeServerStatus{{FQDN: "edge2.contoso.com", ExternalAddresses: []string{"192.0.2.2"}}}}}
	route.Spec.Mode = v1alpha1.ModeApprove
	key := client.ObjectKeyFromObject(route)
	t.Cleanup(func() { routeSeries.forget(key) })
	s := newStage(t, lt, managerSecret(), route)
	ends := begin.Add(24 * time.Hour)
	answer, asked := probe.Reading{Open: true, Spoke: true, CertificateEnds: ends}, 0
	s.routes.ports = ports.New(proberFunc(func(p probe.Target) probe.Reading {
		asked++
		r := answer
		r.Target = p
		if p.Address != netip.MustParseAddr("192.0.2.1") {
			r.Spoke, r.CertificateEnds = true, ends.Add(time.Hour)
		}
		return r
	}), s.clock.Now)
	expect := func(when, answers string) {
		t.Helper()
		labels := `{address="192.0.2.1",edge_pool="edge1.contoso.com",edge_server="edge1.contoso.com",namespace="lync",protocol="SIP",route="measured"} `
		expectSeries(t, when, `fedroute_(federation|edge).*route="measured"`, `fedroute_edge_certificate_expiration_timestamp_seconds`+labels+strconv.FormatFloat(float64(ends.Unix()), 'g', -1, 64),
			`fedroute_federation_port_answers`+labels+answers)
	}
	s.seen()
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonAwaitingApproval, "")
	expect("the spec wants edge2, partners are still led to edge1", "1")

	answer = probe.Reading{Open: true, Detail: "the other side hung up"}
	s.clock.forward(time.Minute)
	s.topologies.sights.Put(memory.Object(orgKey), sights.Sight{Edition: memory.Edition{UID: "lt", Generation: 1}, Err: fault.New(fault.Unreachable, "call", "fe1", "dead")})
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonUnreachable, "")
	expect("a dead site: no look, no answer, and the certificate that was seen last", "0")

	routeSeries.forget(key) // as a restart does
	before := asked
	s.clock.forward(time.Minute)
	s.reconcile(route)
	if got := scraped(t, `fedroute_federation_port_answers.*route="measured"`); len(got) != 1 || asked == before {
		t.Errorf("after a restart in the dark the ports are asked %d times and shown as %v", asked-before, got)
	}
	route.Spec.Ports = v1alpha1.PortsConnect
	must(t, s.objects.Update(t.Context(), route))
	s.clock.forward(time.Minute)
	s.reconcile(route)
	if got := scraped(t, `fedroute_federation_port_answers.*route="measured".* 1$`); len(got) != 1 {
		t.Errorf("a port that accepts connections does not answer, and the spec asks no more of it")
	}
	must(t, s.objects.Delete(t.Context(), route))
	s.reconcile(route)
	expectSeries(t, "a route that is gone has none", `fedroute_.*route="measured"`)
}
