package plan

import (
	"errors"
	"testing"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// TestWhereServicesLead: partners may still be led to the old pool by a set of SRV records whose
// first host has one of its addresses, or addresses that are unknown.
func TestWhereServicesLead(t *testing.T) {
	srv, address := dns.NewKey("_sipfederationtls._tcp.contoso.com", dns.SRV), dns.NewKey("sip.contoso.com", dns.A)
	known := func(addresses ...string) lync.Part[dns.Lookup] {
		return lync.Part[dns.Lookup]{Value: dns.Lookup{Set: dns.RRSet{Key: address, TTL: 60, Data: addresses}}}
	}
	unknown := lync.Part[dns.Lookup]{Err: errors.New("unread")}
	cases := map[string]struct {
		reason  string
		found   []string
		host    lync.Part[dns.Lookup]
		written map[dns.Key]bool
		want    bool
	}{
		"elsewhere":        {"nobody of the organization is there", []string{"0 0 5061 sip.contoso.com"}, known("203.0.113.9"), nil, false},
		"unknown":          {"it may be the old pool", []string{"0 0 5061 sip.contoso.com"}, unknown, nil, true},
		"the old pool":     {"its address says so", []string{"0 0 5061 sip.contoso.com"}, known("203.0.113.9", "192.0.2.1"), nil, true},
		"its own name":     {"whatever its addresses", []string{"0 0 5061 old.contoso.com"}, known(), nil, true},
		"it is written":    {"it will be the new pool's", []string{"0 0 5061 sip.contoso.com"}, known("192.0.2.1"), map[dns.Key]bool{address: true}, false},
		"behind the first": {"partners go there only when the first is silent", []string{"0 0 5061 else.contoso.com", "1 0 5061 sip.contoso.com"}, known("192.0.2.1"), nil, false},
		"beside the first": {"partners go to either", []string{"0 0 5061 else.contoso.com", "0 0 5061 sip.contoso.com"}, known("192.0.2.1"), nil, true},
		"as wanted":        {"partners are led to the new pool", []string{"0 0 5061 new.contoso.com"}, unknown, nil, false},
		"no readable":      {"nobody can follow such a record", []string{"sip.contoso.com"}, known("192.0.2.1"), nil, false},
		"no service":       {"nobody is led anywhere", nil, known("192.0.2.1"), nil, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			by := comparison{d: Desired{Leaves: []string{"edge1.contoso.com"}, Outsides: []Outside{{Host: "old.contoso.com", Addresses: []string{"192.0.2.1"}}}}}
			by.o.Topology.EdgePools = []lync.EdgePool{{FQDN: "edge1.contoso.com"}}
			by.o.Records = map[dns.Key]lync.Part[dns.Lookup]{address: c.host, srv: {Value: dns.Lookup{Set: dns.RRSet{Key: srv, TTL: 60, Data: c.found}}}}
			want := Record{RRSet: dns.RRSet{Key: srv, TTL: 60, Data: []string{"0 0 5061 new.contoso.com"}}}
			if got := by.leadsBack(want, c.written); got != c.want {
				t.Errorf("%s: partners are led back: %t", c.reason, got)
			}
		})
	}
}

// TestWhatAWaitAdds: an obstacle keeps its own words, and one without words gets only those of the
// wait.
func TestWhatAWaitAdds(t *testing.T) {
	by := comparison{d: Desired{}}
	by.d.Pool.FQDN = "edge2.contoso.com"
	refused := fault.New(fault.Denied, "read zone", "contoso.com", "it is refused")
	for _, c := range []struct {
		err          error
		effect, next string
	}{
		{refused, "federation stays where it is while edge2.contoso.com is made ready", "the move goes on; or set spec.dns.onBlocked to Leave to move without these records"},
		{refused.With("its records stay", "give another key"), "its records stay, and federation stays where it is while edge2.contoso.com is made ready", "give another key, and the move goes on; or set spec.dns.onBlocked to Leave to move without these records"},
	} {
		f := fault.Of(by.waitsFor(c.err), "", "")
		if f.Effect != c.effect || f.Next != c.next {
			t.Errorf("%v: %q, %q", c.err, f.Effect, f.Next)
		}
	}
}
