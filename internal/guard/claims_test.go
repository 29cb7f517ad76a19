package guard_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

var (
	sipOfRedmond  = guard.Switch{Kind: "the SIP route of", Name: "site Redmond"}
	xmppOfRedmond = guard.Switch{Kind: "the XMPP route of", Name: "site Redmond"}
	sipOfAll      = guard.Switch{Kind: "the SIP route of"}
	record        = guard.Switch{Kind: "the A record of", Name: "fed.contoso.com"}
)

func day(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }

func TestHolder(t *testing.T) {
	mine := guard.Claims{Route: "ns/b", Created: day(2), Switches: []guard.Switch{sipOfRedmond, record}}
	claims := func(route string, created int, all ...guard.Switch) guard.Claims {
		return guard.Claims{Route: route, Created: day(created), Switches: all}
	}
	cases := map[string]struct {
		reason string
		other  guard.Claims
		want   string
	}{
		"older with the same switch":     {"age decides", claims("ns/z", 1, sipOfRedmond), "ns/z"},
		"younger":                        {"the younger gives way, not we", claims("ns/a", 3, sipOfRedmond), ""},
		"same age, smaller name":         {"names settle what age cannot", claims("ns/a", 2, sipOfRedmond), "ns/a"},
		"same age, larger name":          {"and only one of the two gives way", claims("ns/c", 2, sipOfRedmond), ""},
		"older with other switches":      {"routes that share nothing do not meet", claims("ns/z", 1, xmppOfRedmond), ""},
		"older with every site":          {"all sites are this one too", claims("ns/z", 1, sipOfAll), "ns/z"},
		"older with every site of XMPP":  {"of the same protocol only", claims("ns/z", 1, guard.Switch{Kind: "the XMPP route of"}), ""},
		"older, written in another case": {"names are compared as the organization and DNS compare them", claims("ns/z", 1, guard.Switch{Kind: record.Kind, Name: "FED.contoso.com."}), "ns/z"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got, _ := guard.Holder(mine, []guard.Claims{c.other}); got != c.want {
				t.Errorf("%s: held by %q, want %q", c.reason, got, c.want)
			}
		})
	}
}

func TestEverySiteIsHeldByWhoeverHoldsOne(t *testing.T) {
	mine := guard.Claims{Route: "ns/b", Created: day(2), Switches: []guard.Switch{sipOfAll}}
	older := guard.Claims{Route: "ns/a", Created: day(1), Switches: []guard.Switch{sipOfRedmond}}
	route, claim := guard.Holder(mine, []guard.Claims{older})
	if route != "ns/a" || claim != "the SIP route of site Redmond" {
		t.Errorf("%q holds %q: the sentence should name the site that both want", route, claim)
	}
	older.Switches = []guard.Switch{sipOfAll}
	if _, claim = guard.Holder(mine, []guard.Claims{older}); claim != "the SIP route of every central site" {
		t.Errorf("both want every site of an organization that nobody has seen, and the sentence names %q", claim)
	}
}

// TestRoutesThatAgreeShareASite: more domains than one route holds are two routes of one
// site. Both lead it to the same Edge pool.
func TestRoutesThatAgreeShareASite(t *testing.T) {
	to := func(s guard.Switch, pool string) guard.Switch { s.Value = pool; return s }
	mine := guard.Claims{Route: "ns/b", Created: day(2), Switches: []guard.Switch{to(sipOfRedmond, "edge1.contoso.com"), record}}
	cases := map[string]struct {
		reason string
		shares bool
		other  guard.Switch
		want   string
	}{
		"same pool":                {"either may lead the site there", true, to(sipOfRedmond, "Edge1.contoso.com"), ""},
		"same pool, every site":    {"this site is one of them", true, to(sipOfAll, "edge1.contoso.com"), ""},
		"another pool":             {"two pools cannot both have the site", true, to(sipOfRedmond, "edge2.contoso.com"), "the SIP route of site Redmond"},
		"another pool, every site": {"nor where all sites are meant", true, to(sipOfAll, "edge2.contoso.com"), "the SIP route of site Redmond"},
		"same pool, held":          {"an older route that is suspended or waits for approval is not passed by", false, to(sipOfRedmond, "edge1.contoso.com"), "the SIP route of site Redmond"},
		"a record":                 {"one route alone writes a record", true, record, record.String()},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			older := guard.Claims{Route: "ns/a", Created: day(1), Shares: c.shares, Switches: []guard.Switch{c.other}}
			if _, got := guard.Holder(mine, []guard.Claims{older}); got != c.want {
				t.Errorf("%s: held is %q, want %q", c.reason, got, c.want)
			}
		})
	}
}

func TestHolderIsTheOldest(t *testing.T) {
	mine := guard.Claims{Route: "ns/mine", Created: day(9), Switches: []guard.Switch{sipOfRedmond, record}}
	others := []guard.Claims{
		{Route: "ns/b", Created: day(2), Switches: []guard.Switch{xmppOfRedmond, record}},
		{Route: "ns/a", Created: day(1), Switches: []guard.Switch{xmppOfRedmond}},
		{Route: "ns/c", Created: day(3), Switches: []guard.Switch{sipOfRedmond}},
	}
	for range len(others) {
		others = append(others[1:], others[0])
		if route, claim := guard.Holder(mine, others); route != "ns/b" || claim != record.String() {
			t.Errorf("among %v: held by %q for %q, want ns/b for the record: status must not change with the order of a list", others, route, claim)
		}
	}
}

func TestClaimsOf(t *testing.T) {
	seen := lync.Topology{Sites: []lync.Site{{Name: "Redmond"}},
		EdgePools: []lync.EdgePool{{FQDN: "edge1.contoso.com", ExternalFQDN: "ae1.contoso.com"}, {FQDN: "edge2.contoso.com", ExternalFQDN: "ae2.contoso.com"}}}
	intent := func(change func(*plan.Intent)) plan.Intent {
		in := plan.Intent{EdgePool: "edge1.contoso.com", DNS: &plan.DNSIntent{},
			Protocols: []plan.ProtocolIntent{{Protocol: lync.SIP, Domains: []plan.Domain{{Name: "contoso.com", Host: "fed.contoso.com"}}}},
			FrontEnds: []plan.FrontEnd{{FQDN: "fe1.contoso.com"}}}
		change(&in)
		return in
	}
	routes, frontEnd := []string{"the SIP route of site Redmond", "the SIP route of every central site"}, "the Edge association of Front End pool fe1.contoso.com"
	records := func(hosts ...string) []string {
		out := []string{"the SRV record of _sipfederationtls._tcp.contoso.com"}
		for _, h := range hosts {
			out = append(out, "the A record of "+h, "the AAAA record of "+h)
		}
		return out
	}
	all := func(parts ...[]string) (out []string) {
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	whole := all(routes, []string{frontEnd}, records("fed.contoso.com"))
	cases := map[string]struct {
		reason   string
		intent   plan.Intent
		topology lync.Topology
		want     []string
	}{
		"as seen": {"without sites every site is claimed, by name and as a whole", intent(func(*plan.Intent) {}), seen, whole},
		"sites named": {"sites are claimed as the spec names them, there or not", intent(func(in *plan.Intent) { in.Protocols[0].Sites = []string{"redmond", "Tokyo"} }), seen,
			all([]string{"the SIP route of site redmond", "the SIP route of site Tokyo", frontEnd}, records("fed.contoso.com"))},
		"typo in a Front End pool": {"one wrong name takes nothing else away", intent(func(in *plan.Intent) { in.FrontEnds = append(in.FrontEnds, plan.FrontEnd{FQDN: "fe9.contoso.com"}) }), seen,
			all(routes, []string{frontEnd, "the Edge association of Front End pool fe9.contoso.com"}, records("fed.contoso.com"))},
		"typo in the Edge pool": {"nor does a pool that does not exist", intent(func(in *plan.Intent) { in.EdgePool = "edge9.contoso.com" }), seen, whole},
		"all out of service": {"nor a pool without a machine", intent(func(in *plan.Intent) {
			in.Servers = map[lync.Host]plan.ServerOverride{"edge1.contoso.com": {OutOfService: true}}
		}), seen, whole},
		"unlisted zone": {"a record is claimed by its name; its zone may be anywhere", intent(func(in *plan.Intent) { in.DNS.Zones = []string{"fabrikam.com"} }), seen, whole},
		"host left out": {"the Edge pool's name is meant", intent(func(in *plan.Intent) { in.Protocols[0].Domains[0].Host = "" }), seen,
			all(routes, []string{frontEnd}, records("ae1.contoso.com"))},
		"host left out, pool unknown": {"any pool's name may be meant", intent(func(in *plan.Intent) { in.EdgePool, in.Protocols[0].Domains[0].Host = "edge9.contoso.com", "" }), seen,
			all(routes, []string{frontEnd}, records("ae1.contoso.com", "ae2.contoso.com"))},
		"never seen": {"an organization that nobody has seen is claimed as the spec names it", intent(func(*plan.Intent) {}), lync.Topology{},
			all(routes[1:], []string{frontEnd}, records("fed.contoso.com"))},
		"DNS not managed": {"records are left to others", intent(func(in *plan.Intent) { in.DNS = nil }), seen, all(routes, []string{frontEnd})},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range guard.ClaimsOf(c.intent, c.topology) {
				got = append(got, s.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestOneOfTwoIsOlder: of two routes one holds what both claim, and no route is older than itself.
func TestOneOfTwoIsOlder(t *testing.T) {
	at := time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	first, second, later := guard.Claims{Route: "a/a", Created: at}, guard.Claims{Route: "a/b", Created: at}, guard.Claims{Route: "a/0", Created: at.Add(time.Second)}
	for _, c := range []struct {
		older, younger guard.Claims
	}{{first, second}, {first, later}, {second, later}} {
		if !guard.Older(c.older, c.younger) || guard.Older(c.younger, c.older) {
			t.Errorf("%s is to be older than %s, and the other way round it is not", c.older.Route, c.younger.Route)
		}
	}
	if guard.Older(first, first) {
		t.Error("a route is older than itself")
	}
}
