package farm

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/refusal"
)

var (
	start  = time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)
	person = Actor{User: `CONTOSO\anna`, Machine: "fe1.contoso.com", Command: "test"}
)

const (
	edgeA = "edge-a.contoso.com"
	edgeB = "edge-b.contoso.com"
	poolA = "fe-a.contoso.com"
	poolB = "fe-b.contoso.com"
)

// twoSites is an organization with two sites. Each has an Edge and a Front End pool.
// Redmond's Edge pool federates.
func twoSites() Spec {
	server := func(fqdn, external string) MachineSpec {
		return MachineSpec{FQDN: fqdn, InternalAddress: netip.MustParseAddr("10.0.0.1"), ExternalAddress: netip.MustParseAddr(external)}
	}
	return Spec{
		Name: "contoso", Product: "LyncServer2013", SIPDomains: []string{"contoso.com"}, XMPPDomains: []string{"contoso.com"},
		Sites: []SiteSpec{
			{
				Name: "Redmond", FederationRoute: edgeA, XMPPFederationRoute: edgeA,
				EdgePools: []EdgePoolSpec{{
					FQDN: edgeA, ExternalFQDN: "sip-a.contoso.com", NextHop: poolA, Federation: true, XMPP: true,
					Servers: []MachineSpec{server("edge-a1.contoso.com", "127.0.1.1"), server("edge-a2.contoso.com", "127.0.1.2")},
				}},
				FrontEndPools: []FrontEndPoolSpec{{
					FQDN: poolA, EdgePool: edgeA, BackupPool: poolB, Users: 2000,
					Servers: []MachineSpec{{FQDN: "fe-a1.contoso.com"}},
				}},
			},
			{
				Name: "Dublin", FederationRoute: edgeA, XMPPFederationRoute: edgeA,
				EdgePools: []EdgePoolSpec{{
					FQDN: edgeB, ExternalFQDN: "sip-b.contoso.com", NextHop: poolB,
					Servers: []MachineSpec{server("edge-b1.contoso.com", "127.0.1.3")},
				}},
				FrontEndPools: []FrontEndPoolSpec{{
					FQDN: poolB, EdgePool: edgeB, BackupPool: poolA,
					Servers: []MachineSpec{{FQDN: "fe-b1.contoso.com"}},
				}},
			},
		},
		CentralManagement: poolB,
	}
}

func newFarm(t *testing.T, edit func(*Spec)) (*Farm, *ManualClock) {
	t.Helper()
	spec := twoSites()
	if edit != nil {
		edit(&spec)
	}
	clock := NewManualClock(start)
	f, err := New(spec, Options{Clock: clock, Seed: 1})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return f, clock
}

// reachable lists what a partner can reach: "edge-a1.contoso.com SIP", …
func reachable(f *Farm) []string {
	out := []string{}
	for _, l := range f.Reachable() {
		out = append(out, l.Machine+" "+string(l.Federation))
	}
	return out
}

// publishFlags edits the published document, and publishes and enables the result.
func publishFlags(t *testing.T, f *Farm, pool string, on bool) {
	t.Helper()
	doc := f.Truth().Published
	doc, err := doc.WithSIPFederation(pool, on)
	must(t, err)
	doc, err = doc.WithXMPPFederation(pool, on)
	must(t, err)
	_, err = f.Publish(t.Context(), person, doc.Bytes())
	must(t, err)
	must(t, f.Enable(t.Context(), person))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, err error, kind refusal.Kind) {
	t.Helper()
	if refusal.KindOf(err) != kind {
		t.Fatalf("got %v, want a fault of kind %s", err, kind)
	}
}

func wantReachable(t *testing.T, f *Farm, when string, want ...string) {
	t.Helper()
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, reachable(f)); diff != "" {
		t.Fatalf("%s: federation ports (-want +got):\n%s", when, diff)
	}
}

func TestFailOverByHand(t *testing.T) {
	f, _ := newFarm(t, nil)
	wantReachable(t, f, "at start", "edge-a1.contoso.com SIP", "edge-a1.contoso.com XMPP", "edge-a2.contoso.com SIP", "edge-a2.contoso.com XMPP")

	must(t, f.Kill(person, "edge-a1.contoso.com"))
	must(t, f.Kill(person, "edge-a2.contoso.com"))
	wantReachable(t, f, "with the pool dead")

	publishFlags(t, f, edgeB, true)
	for _, site := range []string{"Redmond", "Dublin"} {
		must(t, f.SetSiteRoute(person, site, SIP, edgeB))
		must(t, f.SetSiteRoute(person, site, XMPP, edgeB))
	}
	wantReachable(t, f, "before setup")

	must(t, f.Setup(t.Context(), person, "edge-b1.contoso.com"))
	wantReachable(t, f, "after setup the XMPP proxy is installed, not started", "edge-b1.contoso.com SIP")

	must(t, f.StartServices(t.Context(), person, ServicesRequest{Machine: "edge-b1.contoso.com"}))
	wantReachable(t, f, "after the services started", "edge-b1.contoso.com SIP", "edge-b1.contoso.com XMPP")

	if v := f.Violations(); len(v) != 0 {
		t.Errorf("violations: %+v", v)
	}
}
