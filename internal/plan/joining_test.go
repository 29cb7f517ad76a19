package plan_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// TestDue: the machine b joins the addresses of a pool with the machines a and b. What the zone
// shows by then decides what is changed.
func TestDue(t *testing.T) {
	a, aaaa, srv := dns.Key{Name: "sip.contoso.com", Type: dns.A}, dns.Key{Name: "sip.contoso.com", Type: dns.AAAA}, dns.Key{Name: "_sipfederationtls._tcp.contoso.com", Type: dns.SRV}
	set := func(key dns.Key, data ...string) dns.RRSet { return dns.RRSet{Key: key, TTL: 300, Data: data} }
	joins := plan.UpdateDNS{Joins: lync.EdgeServer{FQDN: "b", ExternalAddresses: []netip.Addr{netip.MustParseAddr("192.0.2.2")}}, Changes: []dns.Change{
		{From: set(a, "192.0.2.9"), To: set(a, "192.0.2.1", "192.0.2.2")},
		{From: set(aaaa, "2001:db8::9"), To: set(aaaa, "2001:db8::1")},
		{From: set(srv, "0 0 5061 old.contoso.com"), To: set(srv, "0 0 5061 sip.contoso.com")},
	}}
	cases := map[string]struct {
		reason string
		shown  []dns.RRSet
		want   []dns.Change
	}{
		"nobody joined yet": {"b is published alone, partners leave the old pool by IPv6, too, and the SRV record leads to the new one",
			[]dns.RRSet{set(a, "192.0.2.9"), set(aaaa, "2001:db8::9"), set(srv, "0 0 5061 old.contoso.com")}, []dns.Change{
				{From: set(a, "192.0.2.9"), To: set(a, "192.0.2.2")}, {From: set(aaaa, "2001:db8::9"), To: set(aaaa)}, joins.Changes[2]}},
		"a joined": {"its addresses stay", []dns.RRSet{set(a, "192.0.2.1"), set(aaaa, "2001:db8::1"), set(srv, "0 0 5061 sip.contoso.com")}, []dns.Change{
			{From: set(a, "192.0.2.1"), To: set(a, "192.0.2.1", "192.0.2.2")}}},
		"all joined": {"nothing is left to do", []dns.RRSet{set(a, "192.0.2.1", "192.0.2.2"), set(aaaa, "2001:db8::1"), set(srv, "0 0 5061 sip.contoso.com")}, nil},
		"somebody led partners elsewhere": {"the change of the plan is refused by the server, because the set is not as it was read",
			[]dns.RRSet{set(a, "192.0.2.1", "203.0.113.5"), set(aaaa), set(srv, "0 0 5061 sip.contoso.com")}, []dns.Change{
				{From: set(a, "192.0.2.9"), To: set(a, "192.0.2.1", "192.0.2.2")}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			found := map[dns.Key]dns.Lookup{}
			for _, s := range c.shown {
				found[s.Key] = dns.Lookup{Set: s}
			}
			got := joins.Due(found)
			if diff := cmp.Diff(c.want, got, cmp.Comparer(func(x, y dns.RRSet) bool { return x.Same(y) })); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestRolloutKeepsTheID: a plan in which machines join one by one brings about what the plan does
// that leads partners to all at once, and one approval is for both.
func TestRolloutKeepsTheID(t *testing.T) {
	for _, dead := range []bool{false, true} {
		var ids []string
		for _, rollout := range []plan.Rollout{plan.Rolling, plan.Parallel} {
			w := settled()
			w.intent.EdgePool, w.intent.Rollout = "edge2.contoso.com", rollout
			w.threeMachines("edge2.contoso.com")
			if dead {
				w.dead("edge1.contoso.com")
			}
			p, err := w.compute()
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, p.ID)
		}
		if ids[0] != ids[1] {
			t.Errorf("the ids of both rollouts are %v; old pool dead: %v", ids, dead)
		}
	}
}
