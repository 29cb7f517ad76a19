package rfc2136

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

func lines(records []mdns.RR) []string {
	var list []string
	for _, rr := range records {
		list = append(list, strings.Join(strings.Fields(rr.String()), " "))
	}
	return list
}

func TestUpdateOf(t *testing.T) {
	host := dns.NewKey("sip.contoso.com", dns.A)
	of := func(ttl uint32, data ...string) dns.RRSet { return dns.RRSet{Key: host, TTL: ttl, Data: data} }
	tests := map[string]struct {
		reason        string
		change        dns.Change
		prerequisites []string
		updates       []string
	}{
		"create": {
			"must not exist, nor may an alias", dns.Change{From: of(0), To: of(60, "192.0.2.1")},
			[]string{"sip.contoso.com. 0 NONE A", "sip.contoso.com. 0 NONE CNAME"},
			[]string{"sip.contoso.com. 60 IN A 192.0.2.1"},
		},
		"change": {
			"exactly what was read, with TTL 0 as RFC 2136 wants", dns.Change{From: of(300, "192.0.2.1", "192.0.2.2"), To: of(60, "192.0.2.3")},
			[]string{"sip.contoso.com. 0 IN A 192.0.2.1", "sip.contoso.com. 0 IN A 192.0.2.2"},
			[]string{"sip.contoso.com. 0 CLASS255 A", "sip.contoso.com. 60 IN A 192.0.2.3"},
		},
		"delete": {
			"the whole set", dns.Change{From: of(300, "192.0.2.1"), To: of(0)},
			[]string{"sip.contoso.com. 0 IN A 192.0.2.1"},
			[]string{"sip.contoso.com. 0 CLASS255 A"},
		},
		"TTL only": {
			"the same value with another TTL", dns.Change{From: of(300, "192.0.2.1"), To: of(60, "192.0.2.1")},
			[]string{"sip.contoso.com. 0 IN A 192.0.2.1"},
			[]string{"sip.contoso.com. 0 CLASS255 A", "sip.contoso.com. 60 IN A 192.0.2.1"},
		},
		"any TTL": {
			"no wish about the TTL keeps what is there", dns.Change{From: of(300, "192.0.2.1"), To: of(0, "192.0.2.2")},
			[]string{"sip.contoso.com. 0 IN A 192.0.2.1"},
			[]string{"sip.contoso.com. 0 CLASS255 A", "sip.contoso.com. 300 IN A 192.0.2.2"},
		},
		"odd value": {
			"what is there can be replaced, even if nobody would be let write it",
			dns.Change{From: dns.RRSet{Key: dns.NewKey("sip.contoso.com", dns.AAAA), Data: []string{"::ffff:192.0.2.1"}}, To: dns.RRSet{Key: dns.NewKey("sip.contoso.com", dns.AAAA)}},
			[]string{"sip.contoso.com. 0 IN AAAA ::ffff:192.0.2.1"},
			[]string{"sip.contoso.com. 0 CLASS255 AAAA"},
		},
		"guard": {
			"what is as wanted is only guarded", dns.Change{From: of(300, "192.0.2.1"), To: of(300, "192.0.2.1")},
			[]string{"sip.contoso.com. 0 IN A 192.0.2.1"}, nil,
		},
		"absent guard": {
			"what shall not be there and is not", dns.Change{From: of(0), To: of(0)},
			[]string{"sip.contoso.com. 0 NONE A", "sip.contoso.com. 0 NONE CNAME"}, nil,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := updateOf("contoso.com", []dns.Change{tc.change})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.prerequisites, lines(m.Answer)); diff != "" {
				t.Errorf("%s: prerequisites (-want +got):\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.updates, lines(m.Ns)); diff != "" {
				t.Errorf("%s: updates (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestUpdateOfRejects(t *testing.T) {
	host := dns.RRSet{Key: dns.NewKey("sip.contoso.com", dns.A), TTL: 60, Data: []string{"192.0.2.1"}}
	key := func(name string, t dns.Type) dns.RRSet { return dns.RRSet{Key: dns.Key{Name: name, Type: t}} }
	tests := map[string]struct {
		reason  string
		changes []dns.Change
		want    fault.Kind
	}{
		"outside":   {"the name is in another zone", []dns.Change{{From: key("sip.fabrikam.com", dns.A), To: key("sip.fabrikam.com", dns.A)}}, fault.Invalid},
		"ending":    {"only looks like the zone", []dns.Change{{From: key("notcontoso.com", dns.A), To: key("notcontoso.com", dns.A)}}, fault.Invalid},
		"type":      {"no TXT records", []dns.Change{{From: key("sip.contoso.com", "TXT"), To: key("sip.contoso.com", "TXT")}}, fault.Invalid},
		"two keys":  {"read one thing, change another", []dns.Change{{From: key("a.contoso.com", dns.A), To: host}}, fault.Internal},
		"twice":     {"two wishes for one set", []dns.Change{{From: key("sip.contoso.com", dns.A), To: host}, {From: key("sip.contoso.com", dns.A), To: host}}, fault.Internal},
		"bad value": {"an unchecked value", []dns.Change{{From: key("sip.contoso.com", dns.A), To: dns.RRSet{Key: host.Key, Data: []string{"x"}}}}, fault.Invalid},
		"wildcard":  {"nobody writes wildcards", []dns.Change{{From: key("*.contoso.com", dns.A), To: key("*.contoso.com", dns.A)}}, fault.Invalid},
	}
	unreadable := []dns.Change{{From: dns.RRSet{Key: host.Key, Data: []string{"x"}}, To: host}}
	if m, err := updateOf("contoso.com", unreadable); err == nil || m != nil {
		t.Errorf("what was read cannot be written into a prerequisite, and the update is %v", m)
	}
	for name, tc := range tests {
		if _, err := updateOf("contoso.com", tc.changes); fault.KindOf(err) != tc.want {
			t.Errorf("%s, %s: got %v, want %s", name, tc.reason, err, tc.want)
		}
	}
}

// FuzzRecord: every accepted value can be sent as a record, and reads back as the same value.
func FuzzRecord(f *testing.F) {
	for _, seed := range []string{"192.0.2.1", "2001:db8::1", "0 0 5061 sip.contoso.com", "0 0 0 ."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, rrtype := range []dns.Type{dns.A, dns.AAAA, dns.SRV} {
			set, err := dns.NewSet("sip.contoso.com", rrtype, 60, value)
			if err != nil {
				continue
			}
			records, err := recordsOf(set, mdns.ClassINET, set.TTL)
			if err != nil {
				t.Fatalf("%s %q: %v", rrtype, value, err)
			}
			m := &mdns.Msg{Answer: records}
			m.Authoritative = true
			raw, err := m.Pack()
			if err != nil {
				t.Fatalf("%s %q: %v", rrtype, value, err)
			}
			back := new(mdns.Msg)
			if err := back.Unpack(raw); err != nil {
				t.Fatalf("%s %q: %v", rrtype, value, err)
			}
			r, err := replyTo("server", set.Key, back)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(set, r.set); diff != "" {
				t.Errorf("%s %q changed on the wire (-sent +read):\n%s", rrtype, value, diff)
			}
		}
	})
}
