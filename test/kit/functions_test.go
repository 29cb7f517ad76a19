package kit_test

import (
	"context"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/internal/kit/session"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// reach is the product's fleet with the kit on every machine.
func reach(t *testing.T, o *organization, open func(*organization, kit.Machine) runspace) *shell.Fleet {
	t.Helper()
	account := shell.Account{
		Management: func(context.Context) (remote.Credentials, error) { return remote.Credentials{Method: remote.NTLM}, nil },
		Edge: func(context.Context, string) (remote.Credentials, error) {
			return remote.Credentials{Method: remote.NTLM}, nil
		},
	}
	at := func(fqdn string) remote.Endpoint {
		return remote.Endpoint{URL: "https://" + fqdn, Configuration: kit.ConfigurationName}
	}
	fleet := shell.NewFleet(shell.Config{
		Management: []remote.Endpoint{at(fe1)}, EdgeServer: at, Reader: account, Operator: account,
		Dial: func(ctx context.Context, endpoint remote.Endpoint, _ remote.Credentials) (remote.Session, error) {
			u, err := url.Parse(endpoint.URL)
			if err != nil {
				return nil, err
			}
			return session.Open(ctx, open(o, machines[u.Host]), u.Host)
		},
	})
	t.Cleanup(func() { fleet.Close(context.Background()) })
	return fleet
}

// TestKitFailsOver carries out a failover through the functions of the kit: every function
// that the product calls, with the product's own clients of it.
func TestKitFailsOver(t *testing.T) {
	engines(t, "its functions fail over", func(t *testing.T, open func(*organization, kit.Machine) runspace) {
		o := start(t)
		fleet := reach(t, o, open)
		observer, operator := shell.NewObserver(fleet), shell.NewOperator(fleet)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()

		topology, _, err := observer.ReadTopology(ctx)
		must(t, err)
		if diff := cmp.Diff([]lync.Site{{Name: "Redmond", SIPRoute: edge1, XMPPRoute: edge1}}, topology.Sites); diff != "" {
			t.Errorf("sites (-farm +read):\n%s", diff)
		}
		kitSeen := &lync.Kit{Host: "https://" + fe1, Version: kit.Version, Sites: []string{"redmond"}, Pools: []string{edge1, edge2, "fe1.contoso.com", "fe2.contoso.com"}}
		if diff := cmp.Diff(kitSeen, topology.Kit); diff != "" {
			t.Errorf("the kit as it is installed (-want +read):\n%s", diff)
		}
		signature, digest, err := observer.ReadDocument(ctx)
		must(t, err)
		state, err := observer.ReadEdgeServer(ctx, edge1)
		must(t, err)
		certificate, err := observer.ReadEdgeCertificate(ctx, edge1)
		must(t, err)
		if certificate.Thumbprint == "" || !slices.Contains(certificate.Names, "fed.contoso.com") {
			t.Errorf("certificate %+v", certificate)
		}
		if signature != topology.Signature || digest == "" || state.LocalSignature != signature || !state.Running() {
			t.Errorf("document %s %s, Edge server %+v", signature, digest, state)
		}

		change := lync.FlagChange{Signature: signature, Flags: []lync.Flag{
			{Pool: edge2, Protocol: lync.SIP, On: true}, {Pool: edge2, Protocol: lync.XMPP, On: true}, {Pool: edge1, Protocol: lync.SIP},
		}}
		if _, err = operator.ProposeFlags(ctx, change); err != nil || o.Truth().Published.Signature != signature {
			t.Errorf("a proposal published, or failed: %v", err)
		}
		published, err := operator.PublishFlags(ctx, change)
		must(t, err)
		if !published.SimpleURLsRestored || o.LostSimpleURLs() != nil {
			t.Errorf("the simple URLs were not put back: %+v", published)
		}
		for _, p := range []lync.Protocol{lync.SIP, lync.XMPP} {
			route, err := operator.SetSiteRoute(ctx, "Redmond", p, edge2)
			must(t, err)
			if route != edge2 {
				t.Errorf("the %s route reads back as %q", p, route)
			}
		}
		must(t, operator.Setup(ctx, edge2, published.Signature))
		must(t, operator.RestartServices(ctx, edge2))
		must(t, operator.StartServices(ctx, edge2))
		hop, under, err := operator.SetNextHop(ctx, edge2, "fe2.contoso.com")
		must(t, err)
		if hop != "fe2.contoso.com" || under == "" {
			t.Errorf("the next hop is %s under %s", hop, under)
		}
		_, err = operator.Associate(ctx, fe1, edge2)
		must(t, err)
		var got []string
		for _, l := range o.Reachable() {
			got = append(got, l.Machine+" "+string(l.Federation))
		}
		if diff := cmp.Diff([]string{edge2 + " SIP", edge2 + " XMPP"}, got); diff != "" {
			t.Errorf("after the failover (-want +got):\n%s", diff)
		}
		for _, e := range o.Journal() {
			if e.Actor.User != `CONTOSO\fedroute$` {
				t.Errorf("%+v was done by somebody else than the run-as account", e)
			}
		}
	})
}

// TestKitFailsBack brings a pool's users back.
func TestKitFailsBack(t *testing.T) {
	engines(t, "a pool is failed back", func(t *testing.T, open func(*organization, kit.Machine) runspace) {
		o := start(t)
		must(t, o.FailOver(t.Context(), farm.Actor{User: "anna"}, "fe2.contoso.com", farm.Planned))
		must(t, shell.NewOperator(reach(t, o, open)).FailBack(t.Context(), "fe2.contoso.com"))
	})
}

// TestKitWritesRecords changes a zone set by set.
func TestKitWritesRecords(t *testing.T) {
	set := func(name string, kind dns.Type, ttl uint32, values ...string) dns.RRSet {
		s, err := dns.NewSet(name, kind, ttl, values...)
		must(t, err)
		return s
	}
	engines(t, "records of a zone are written, set by set", func(t *testing.T, open func(*organization, kit.Machine) runspace) {
		o := start(t)
		zone := shell.NewZoneWriter(reach(t, o, open), shell.ZoneAccess{Zone: "contoso.com", Endpoint: remote.Endpoint{URL: "https://" + dc1, Configuration: kit.ConfigurationName},
			Credentials: func(context.Context) (remote.Credentials, error) { return remote.Credentials{Method: remote.NTLM}, nil }})
		changes := []dns.Change{
			{From: set("_sipfederationtls._tcp.contoso.com", dns.SRV, 300, "0 0 5061 fed.contoso.com"), To: set("_sipfederationtls._tcp.contoso.com", dns.SRV, 300, "0 0 5061 new.contoso.com")},
			{From: set("fed.contoso.com", dns.A, 300, "192.0.2.1", "192.0.2.2"), To: set("fed.contoso.com", dns.A, 0)},
			{From: set("new.contoso.com", dns.A, 0), To: set("new.contoso.com", dns.A, 60, "192.0.2.3")},
			{From: set("new.contoso.com", dns.AAAA, 0), To: set("new.contoso.com", dns.AAAA, 60, "2001:db8::3")},
		}
		must(t, zone.Check(t.Context(), changes))
		must(t, zone.Write(t.Context(), changes, dns.Always))
		var done []string
		for _, e := range o.zones.Journal() {
			done = append(done, e.Changes...)
		}
		want := []string{"+new.contoso.com 60 A 192.0.2.3", "+new.contoso.com 60 AAAA 2001:db8::3",
			"+_sipfederationtls._tcp.contoso.com 300 SRV 0 0 5061 new.contoso.com.", "-_sipfederationtls._tcp.contoso.com 300 SRV 0 0 5061 fed.contoso.com.",
			"-fed.contoso.com 300 A 192.0.2.1", "-fed.contoso.com 300 A 192.0.2.2"}
		if diff := cmp.Diff(want, done); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if err := zone.Write(t.Context(), changes[:2], dns.Always); !fault.Is(err, fault.WorldChanged) {
			t.Errorf("the same again: %v, want to be told that the zone has changed", err)
		}
	})
}
