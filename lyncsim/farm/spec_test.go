package farm

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRefusedDescriptions(t *testing.T) {
	cases := map[string]struct {
		reason string
		edit   func(*Spec)
		want   string
	}{
		"product":       {"products are a closed list", func(s *Spec) { s.Product = "Teams" }, `product "Teams" does not exist`},
		"profile":       {"profiles are a closed list", func(s *Spec) { s.Durations.Profile = "slow" }, `profile "slow" does not exist`},
		"no site":       {"an organization has a site", func(s *Spec) { s.Sites = nil }, "sites: at least one"},
		"same server":   {"a machine exists once", func(s *Spec) { s.Sites[1].FrontEndPools[0].Servers[0].FQDN = "fe-a1.contoso.com" }, "occurs twice"},
		"no server":     {"a pool has a server", func(s *Spec) { s.Sites[0].EdgePools[0].Servers = nil }, "at least one server"},
		"no external":   {"an Edge pool has an external name", func(s *Spec) { s.Sites[0].EdgePools[0].ExternalFQDN = "" }, "externalFQDN"},
		"route":         {"a route names an Edge pool", func(s *Spec) { s.Sites[0].FederationRoute = poolA }, "is no Edge pool"},
		"backup":        {"a backup is a Front End pool", func(s *Spec) { s.Sites[0].FrontEndPools[0].BackupPool = edgeA }, "backupPool"},
		"next hop":      {"a next hop is a Front End pool", func(s *Spec) { s.Sites[0].EdgePools[0].NextHop = "x" }, "does not exist"},
		"association":   {"an association names an Edge pool", func(s *Spec) { s.Sites[0].FrontEndPools[0].EdgePool = "x" }, "does not exist"},
		"CMS":           {"the CMS is on a Front End pool", func(s *Spec) { s.CentralManagement = edgeA }, "centralManagement"},
		"parameter":     {"there are two names of the parameter", func(s *Spec) { s.XMPPRouteParameter = "Route" }, "xmppRouteParameter"},
		"host word":     {"settings of Windows are closed lists", func(s *Spec) { s.Hosts = []HostSpec{{LanguageMode: "Latin"}} }, `languageMode "Latin"`},
		"host machine":  {"settings are for a machine that is there", func(s *Spec) { s.Hosts = []HostSpec{{Machines: []string{"x"}}} }, "no machine x"},
		"language":      {"languages are a closed list", func(s *Spec) { s.Language = "la" }, `language: "la"`},
		"fault machine": {"a fault strikes a machine that is there", func(s *Spec) { s.Faults = []Fault{{Kind: FaultStuckReplica, Target: "x"}} }, "no such machine"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			spec := twoSites()
			tc.edit(&spec)
			_, err := New(spec, Options{})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s: got %v, want an error with %q", tc.reason, err, tc.want)
			}
		})
	}
}

func TestDecode(t *testing.T) {
	cases := map[string]struct {
		reason, text, want string
	}{
		"unknown field": {"a misspelt field is not ignored", "name: x\nprodukt: y\n", "produkt"},
		"duration":      {"durations are text", "durations: {publish: 5}\n", "90s"},
		"negative":      {"time does not run backwards", "durations: {publish: -5s}\n", "negative"},
		"address":       {"addresses are addresses", "managementServers: [{fqdn: x, address: here}]\n", "here"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Decode([]byte(tc.text))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s: got %v, want an error with %q", tc.reason, err, tc.want)
			}
		})
	}
	s, err := Decode([]byte("durations: {profile: lifelike, publish: 2s}\n"))
	must(t, err)
	d, err := s.Durations.resolve()
	must(t, err)
	if d.Publish != Duration(2*time.Second) || d.Setup != lifelike.Setup {
		t.Errorf("a profile with one duration replaced: %+v", d)
	}
}

func TestAllocate(t *testing.T) {
	spec := twoSites()
	spec.Sites[0].EdgePools[0].Servers[0].ExternalAddress = netip.MustParseAddr("10.45.16.10")
	spec.Sites[0].EdgePools[0].Servers[1].ExternalAddress = netip.Addr{}
	spec.DNS.Servers = 2
	got, err := spec.Allocate(netip.MustParsePrefix("127.20.1.0/24"))
	must(t, err)
	want := Addresses{
		Base: netip.MustParsePrefix("127.20.1.0/24"), Admin: netip.MustParseAddr("127.20.1.1"),
		DNS: []netip.Addr{netip.MustParseAddr("127.20.1.2"), netip.MustParseAddr("127.20.1.3")},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	servers := spec.Sites[0].EdgePools[0].Servers
	if servers[0].NATAddress.String() != "127.20.1.12" || servers[0].ExternalAddress.String() != "10.45.16.10" {
		t.Errorf("a private external address gets a NAT address: %+v", servers[0])
	}
	if servers[1].ExternalAddress.String() != "127.20.1.14" || servers[1].NATAddress.IsValid() {
		t.Errorf("a server without an external address gets one: %+v", servers[1])
	}
}

func TestRefusedAddresses(t *testing.T) {
	cases := map[string]struct {
		reason, base string
		edit         func(*Spec)
		want         string
	}{
		"no loopback": {"only loopback can be listened on", "10.0.0.0/24", nil, "loopback prefix"},
		"too small": {"every machine needs an address", "127.20.1.0/28", func(s *Spec) {
			for range 5 {
				s.ManagementServers = append(s.ManagementServers, MachineSpec{FQDN: "m"})
			}
		}, "too few addresses"},
		"double": {"an address belongs to one machine", "127.20.1.0/24", func(s *Spec) {
			s.Sites[0].FrontEndPools[0].Servers[0].Address = netip.MustParseAddr("127.0.1.1")
		}, "the same address"},
		"public NAT": {"partners cannot reach an address outside", "127.20.1.0/24", func(s *Spec) {
			s.Sites[0].EdgePools[0].Servers[0].NATAddress = netip.MustParseAddr("131.107.155.10")
		}, "only loopback"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			spec := twoSites()
			if tc.edit != nil {
				tc.edit(&spec)
			}
			_, err := spec.Allocate(netip.MustParsePrefix(tc.base))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s: got %v, want an error with %q", tc.reason, err, tc.want)
			}
		})
	}
}

func TestSeedFromADocument(t *testing.T) {
	source, _ := newFarm(t, func(s *Spec) {
		s.Sites[0].EdgePools[0].Servers[0].ExternalAddress = netip.MustParseAddr("10.45.16.10")
		s.Sites[0].EdgePools[0].Servers[0].NATAddress = netip.MustParseAddr("131.107.155.10")
	})
	spec := Spec{Name: "seeded", Product: "SkypeForBusinessServer2015", Sites: []SiteSpec{{Name: "Redmond", FederationRoute: edgeA}}}
	must(t, spec.Seed(source.Truth().Published.Bytes()))
	_, err := spec.Allocate(netip.MustParsePrefix("127.20.2.0/24"))
	must(t, err)
	f, err := New(spec, Options{Clock: NewManualClock(start)})
	must(t, err)

	if got, want := f.Truth().Published.Signature, source.Truth().Published.Signature; got != want {
		t.Errorf("signature %s, want the document's %s", got, want)
	}
	if diff := cmp.Diff([]string{"contoso.com"}, f.Spec().SIPDomains); diff != "" {
		t.Errorf("SIP domains (-want +got):\n%s", diff)
	}
	wantReachable(t, f, "seeded, with the described SIP route only", "edge-a1.contoso.com SIP", "edge-a2.contoso.com SIP")
	e, _ := f.Truth().EdgePool(edgeA)
	m, err := f.Machine("edge-a1.contoso.com")
	must(t, err)
	if got := e.Machines[0].Interfaces[1].ConfiguredAddress; got != m.PublicAddress.String() || !m.PublicAddress.IsLoopback() {
		t.Errorf("the document says %s, the simulation listens on %s", got, m.PublicAddress)
	}
}
