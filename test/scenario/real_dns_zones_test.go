//go:build interop

package scenario_test

import (
	"strings"
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/test/support/nameserver"
)

// onPair puts the zone on a primary and a secondary and makes the route.
func onPair(t *testing.T, v nameserver.Visibility) (*realStory, nameserver.Pair) {
	t.Helper()
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	pair := nameserver.StartPair(t, realZone, v)
	told := onServer(s, realServer{Server: pair.Primary, key: tsigKey()})
	told.route = told.publish("edge1.contoso.com", pair.Secondary.Addr)
	return told, pair
}

func TestRealSecondaryLags(t *testing.T) {
	t.Attr("case", "The controller names a secondary that lags behind, and is Ready once it has caught up")
	t.Attr("with", "bind9 knot")
	s, pair := onPair(t, nameserver.PublicPrimary)
	late := pair.Secondary.Addr + " does not show"
	s.says(s.route, v1alpha1.ReasonPropagating, "the primary has the records", late, "some partners see the old ones")
	pair.Restart()
	s.readyAt("edge1.contoso.com")

	s.moveTo(s.route, "edge2.contoso.com")
	s.says(s.route, v1alpha1.ReasonPropagating, late)
	s.led("SIP", "edge2.contoso.com")
	s.led("XMPP", "edge2.contoso.com")
	s.serves(s.server.Server, "edge2.contoso.com")
	s.federates("edge1.contoso.com", true) // the secondary still leads partners there
	s.serves(pair.Secondary, "edge1.contoso.com")
	pair.Restart()
	s.readyAt("edge2.contoso.com")
	s.serves(pair.Secondary, "edge2.contoso.com")
}

func TestRealHiddenPrimary(t *testing.T) {
	t.Attr("case", "The controller writes to a hidden primary and is Ready when the public server shows it")
	t.Attr("with", "bind9 knot")
	s, pair := onPair(t, nameserver.HiddenPrimary)
	s.says(s.route, v1alpha1.ReasonPropagating, pair.Secondary.Addr+" does not show")
	pair.Restart()
	s.readyAt("edge1.contoso.com")
	s.serves(pair.Secondary, "edge1.contoso.com")
	if public := pair.Secondary.Dig(t, realZone, "NS"); !sameSet(public, []string{"ns2.contoso.com."}) {
		t.Errorf("the zone names %v, so the primary is not hidden", public)
	}
}

func TestRealSignedZone(t *testing.T) {
	t.Attr("case", "The controller on a zone with inline signing: each new record set gets its signature")
	t.Attr("with", "bind9 bind9-dnsutils")
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	server := nameserver.StartBIND(t, nameserver.BINDOptions{Options: nameserver.Options{Zone: realZone}, ZoneStatements: "dnssec-policy default; inline-signing yes;"})
	told := onServer(s, realServer{Server: server, key: tsigKey()})
	told.route = told.publish("edge1.contoso.com", server.Addr)
	for _, pool := range []string{"edge1.contoso.com", "edge2.contoso.com"} {
		s.moveTo(told.route, pool)
		told.readyAt(pool)
		for name, rrtype := range map[string]string{"fed.contoso.com": "A", "_sipfederationtls._tcp.contoso.com": "SRV", "_xmpp-server._tcp.contoso.com": "SRV"} {
			if answer := server.Dig(t, name, rrtype, "+dnssec"); len(answer) != 2 || !strings.Contains(strings.Join(answer, "\n"), rrtype+" 13 ") {
				t.Errorf("%s %s is not signed: %v", name, rrtype, answer)
			}
		}
	}
}

// TestRealTwoZones carries out a plan whose zones are on different servers.
func TestRealTwoZones(t *testing.T) {
	t.Attr("case", "The controller moves two zones on two servers of different make in one failover")
	t.Attr("with", "bind9 knot")
	s := tell(t, sampleFarm(t, "three-sites-four-pools"))
	servers := map[v1alpha1.ZoneName]nameserver.Server{
		"northwind.com": nameserver.StartBIND(t, nameserver.BINDOptions{Options: nameserver.Options{Zone: "northwind.com"}}),
		"tailspin.com":  nameserver.StartKnot(t, nameserver.Options{Zone: "tailspin.com"}),
	}
	for _, server := range servers { // the zones of the other cases have a record of somebody else
		server.ByHand(t, "update delete _sipfederationtls._tcp."+server.Zone+". SRV")
	}
	s.secret("real-key", tsigKey())
	r := s.route("edge-ams.northwind.com", func(r *v1alpha1.FederationRoute) {
		for i, zone := range r.Spec.DNS.Servers {
			at := servers[zone.Zone].Addr
			r.Spec.DNS.Servers[i].Address, r.Spec.DNS.Servers[i].ReadBackFrom = at, []string{at}
			r.Spec.DNS.Servers[i].TSIGSecretRef.Name = "real-key"
		}
	})
	for _, pool := range []string{"edge-ams.northwind.com", "edge-fra.northwind.com"} {
		s.moveTo(r, pool)
		s.settled(r)
		for zone, server := range servers {
			if got, want := server.Dig(t, "fed."+string(zone), "A"), s.publicAddresses(pool); !sameSet(got, want) {
				t.Errorf("fed.%s has addresses %v, want %v", zone, got, want)
			}
		}
	}
}

func tsigKey() map[string]string {
	return map[string]string{"name": "upd", "algorithm": "hmac-sha256", "secret": nameserver.Secret}
}
