package controllers

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

var sameAddress = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

func TestIntentOf(t *testing.T) {
	spec := v1alpha1.FederationRouteSpec{
		EdgePool: "edge1.contoso.com", StandbyEdgePools: []v1alpha1.Hostname{"edge2.contoso.com"}, TopologyFlags: v1alpha1.FlagsManage,
		SIP: &v1alpha1.ProtocolRoute{Sites: []string{"Redmond"}, Domains: []v1alpha1.Domain{{Name: "contoso.com", Host: "sip.contoso.com"}}},
		XMPP: &v1alpha1.ProtocolRoute{Domains: []v1alpha1.Domain{{Name: "contoso.com", Priority: 5, Weight: 1, Apex: true,
			Standby: []v1alpha1.StandbyRecord{{EdgePool: "edge2.contoso.com", Priority: 10, Weight: 2}, {Host: "xmpp3.contoso.com", Priority: 65535}}}}},
		FrontEndPools: []v1alpha1.FrontEndPoolRoute{{FQDN: "fe1.contoso.com", FailBack: true}},
		DNS:           &v1alpha1.DNS{TTL: 300, Adopt: "sha256-0123456789abcdef", Servers: []v1alpha1.DNSServer{{Zone: "contoso.com"}, {Zone: "emea.contoso.com"}}},
	}
	topology := v1alpha1.LyncTopologySpec{Management: v1alpha1.Management{Endpoints: []v1alpha1.ManagementEndpoint{
		{Endpoint: v1alpha1.Endpoint{URL: "https://198.51.100.30:5986/wsman", ServerName: "fe1.contoso.com"}}, {Endpoint: v1alpha1.Endpoint{URL: "https://fe2.contoso.com:5986/wsman"}}}}, EdgeServers: &v1alpha1.EdgeServers{Overrides: []v1alpha1.EdgeServerOverride{
		{FQDN: "edge1a.contoso.com", ExternalAddresses: []string{"198.51.100.7", "::ffff:198.51.100.8", "2001:db8::7"}},
		{FQDN: "edge1b.contoso.com", OutOfService: true}}}}
	full := plan.Intent{
		EdgePool: "edge1.contoso.com", Standby: []string{"edge2.contoso.com"}, ManageFlags: true,
		Protocols: []plan.ProtocolIntent{
			{Protocol: lync.SIP, Sites: []string{"Redmond"}, Domains: []plan.Domain{{Name: "contoso.com", Host: "sip.contoso.com"}}},
			{Protocol: lync.XMPP, Domains: []plan.Domain{{Name: "contoso.com", Priority: 5, Weight: 1, Apex: true,
				Standby: []plan.Standby{{EdgePool: "edge2.contoso.com", Priority: 10, Weight: 2}, {Host: "xmpp3.contoso.com", Priority: 65535}}}}}},
		FrontEnds: []plan.FrontEnd{{FQDN: "fe1.contoso.com", FailBack: true}},
		DNS:       &plan.DNSIntent{Zones: []string{"contoso.com", "emea.contoso.com"}, TTL: 300, Adopt: "sha256-0123456789abcdef"},
		Servers: map[lync.Host]plan.ServerOverride{
			"edge1a.contoso.com": {ExternalAddresses: []netip.Addr{netip.MustParseAddr("198.51.100.7"), netip.MustParseAddr("198.51.100.8"), netip.MustParseAddr("2001:db8::7")}},
			"edge1b.contoso.com": {OutOfService: true}},
		Hosts: map[lync.Host]string{"fe1.contoso.com": "198.51.100.30"},
	}
	cases := map[string]struct {
		reason string
		change func(*v1alpha1.FederationRouteSpec, *v1alpha1.LyncTopologySpec, *plan.Intent)
	}{
		"everything": {"each field has its word in the domain", func(*v1alpha1.FederationRouteSpec, *v1alpha1.LyncTopologySpec, *plan.Intent) {}},
		"without XMPP": {"a protocol left out is not managed", func(s *v1alpha1.FederationRouteSpec, _ *v1alpha1.LyncTopologySpec, in *plan.Intent) {
			s.XMPP, in.Protocols = nil, in.Protocols[:1]
		}},
		"without SIP": {"a protocol left out is not managed", func(s *v1alpha1.FederationRouteSpec, _ *v1alpha1.LyncTopologySpec, in *plan.Intent) {
			s.SIP, in.Protocols = nil, in.Protocols[1:]
		}},
		"without DNS": {"DNS left out is not managed", func(s *v1alpha1.FederationRouteSpec, _ *v1alpha1.LyncTopologySpec, in *plan.Intent) {
			s.DNS, in.DNS = nil, nil
		}},
		"a zone by cmdlets": {"steps say in which way a zone is changed, where it is not the usual one", func(s *v1alpha1.FederationRouteSpec, _ *v1alpha1.LyncTopologySpec, in *plan.Intent) {
			s.DNS, in.DNS = s.DNS.DeepCopy(), &plan.DNSIntent{Zones: in.DNS.Zones, TTL: in.DNS.TTL, Adopt: in.DNS.Adopt, Ways: map[string]string{"emea.contoso.com": "by DnsServer cmdlets"}}
			s.DNS.Servers[1].Provider = v1alpha1.DNSServerCmdlets
		}},
		"flags verified": {"a person sets the flags", func(s *v1alpha1.FederationRouteSpec, _ *v1alpha1.LyncTopologySpec, in *plan.Intent) {
			s.TopologyFlags, in.ManageFlags = v1alpha1.FlagsVerify, false
		}},
		"flags by default": {"the default of the schema is Manage", func(s *v1alpha1.FederationRouteSpec, _ *v1alpha1.LyncTopologySpec, _ *plan.Intent) {
			s.TopologyFlags = ""
		}},
		"ports that connect": {"a person says that accepting a connection is enough", func(s *v1alpha1.FederationRouteSpec, _ *v1alpha1.LyncTopologySpec, in *plan.Intent) {
			s.Ports, in.PortsConnect = v1alpha1.PortsConnect, true
		}},
		"no Edge section": {"without edgeServers nothing is overridden", func(_ *v1alpha1.FederationRouteSpec, t *v1alpha1.LyncTopologySpec, in *plan.Intent) {
			t.EdgeServers, in.Servers = nil, map[lync.Host]plan.ServerOverride{}
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s, org, want := spec, topology, full
			c.change(&s, &org, &want)
			if diff := cmp.Diff(want, intentOf(s, org), sameAddress); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
