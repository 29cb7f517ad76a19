package rfc2136

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// domain gives the changes of one domain whose SRV record names the host: the record, and
// three addresses of the host.
func domain(n int, host string) []dns.Change {
	srv := dns.NewKey(fmt.Sprintf("_sipfederationtls._tcp.d%03d.state.example", n), dns.SRV)
	a := dns.NewKey(host, dns.A)
	return []dns.Change{
		{From: dns.RRSet{Key: srv}, To: dns.RRSet{Key: srv, TTL: 300, Data: []string{"0 0 5061 " + host}}},
		{From: dns.RRSet{Key: a, TTL: 300, Data: []string{"192.0.2.1", "192.0.2.2", "192.0.2.3"}}, To: dns.RRSet{Key: a, TTL: 300, Data: []string{"192.0.2.11", "192.0.2.12", "192.0.2.13"}}},
	}
}

func TestPartsOf(t *testing.T) {
	ownHosts := func(n int) (out []dns.Change) {
		for i := range n {
			out = append(out, domain(i, fmt.Sprintf("sip.d%03d.state.example", i))...)
		}
		return out
	}
	oneHost := func(n int) []dns.Change {
		out := domain(0, "sip.state.example")
		for i := 1; i < n; i++ {
			out = append(out, domain(i, "sip.state.example")[0])
		}
		return out
	}
	exactly := func(changes []dns.Change) int {
		whole, err := updateOf("state.example", changes)
		if err != nil {
			t.Fatal(err)
		}
		return whole.Len()
	}
	cases := map[string]struct {
		reason  string
		changes []dns.Change
		room    int
		parts   int
		says    string // of the fault
	}{
		"fits":                {"one update is atomic, so it is not divided without need", ownHosts(20), updateRoom, 1, ""},
		"fits to the octet":   {"what one update holds is not divided", ownHosts(20), exactly(ownHosts(20)), 1, ""},
		"an octet too many":   {"it is divided", ownHosts(20), exactly(ownHosts(20)) - 1, 3, ""},
		"500 domains":         {"with three addresses each they need more than one update holds", ownHosts(500), updateRoom, 4, ""},
		"domains of one host": {"they belong together and fit", oneHost(256), updateRoom, 1, ""},
		"too many of one host": {"a partner must not see the record without the address", oneHost(256), 4000, 0,
			"the 257 record sets around _sipfederationtls._tcp.d000.state.example belong together"},
		"a record that led elsewhere": {"what a record named before belongs to it too", []dns.Change{
			{From: dns.RRSet{Key: dns.NewKey("_x._tcp.a.example", dns.SRV), Data: []string{"0 0 5061 old.a.example"}}, To: dns.RRSet{Key: dns.NewKey("_x._tcp.a.example", dns.SRV), Data: []string{"0 0 5061 new.a.example"}}},
			{From: dns.RRSet{Key: dns.NewKey("old.a.example", dns.A), Data: []string{"192.0.2.1"}}, To: dns.RRSet{Key: dns.NewKey("old.a.example", dns.A)}},
		}, 120, 0, "the 2 record sets around"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			zone := "state.example"
			if strings.HasSuffix(c.changes[0].To.Name, ".a.example") {
				zone = "a.example"
			}
			parts, err := partsOf(zone, c.changes, c.room)
			if c.says != "" {
				if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
					t.Fatalf("%s: got %v, want Invalid that says %q", c.reason, err, c.says)
				}
				return
			}
			if err != nil || len(parts) != c.parts {
				t.Fatalf("%s: %d parts, %v, want %d", c.reason, len(parts), err, c.parts)
			}
			var all []dns.Change
			for _, part := range parts {
				m, err := updateOf(zone, part)
				if err != nil || m.Len() > c.room {
					t.Errorf("%s: an update of %d octets, %v", c.reason, m.Len(), err)
				}
				together(t, part, parts)
				all = append(all, part...)
			}
			if diff := cmp.Diff(c.changes, all); diff != "" {
				t.Errorf("%s: changes were lost or moved (-given +sent):\n%s", c.reason, diff)
			}
		})
	}
}

// together checks that no other part has a set of a name that this part names.
func together(t *testing.T, part []dns.Change, parts [][]dns.Change) {
	t.Helper()
	mine := map[string]bool{}
	for _, c := range part {
		for _, name := range namesOf(c) {
			mine[name] = true
		}
	}
	count := 0
	for _, other := range parts {
		for _, c := range other {
			if mine[c.To.Name] {
				count++
			}
		}
	}
	if count != len(part) {
		t.Errorf("%d sets of the names of an update of %d sets: some are in another update", count, len(part))
	}
}

func TestAfterOthers(t *testing.T) {
	refused := fault.New(fault.Refused, "change zone", "z", "policy").With("nothing was changed", "ask")
	cases := map[string]struct {
		reason string
		done   int
		err    error
		want   string
	}{
		"first":   {"nothing stands", 0, refused, "change zone z: policy; nothing was changed; ask"},
		"second":  {"what stands is told", 1, refused, "change zone z: policy; 1 of the zone's 3 updates were made and stand, this one and those after it were not; ask"},
		"unknown": {"its outcome is unknown, whatever stands", 1, fault.New(fault.OutcomeUnknown, "change zone", "z", "no answer"), "change zone z: no answer"},
	}
	for name, c := range cases {
		if got := fault.Sentence(afterOthers(c.done, 3, c.err)); got != c.want {
			t.Errorf("%s, %s:\n got %s\nwant %s", name, c.reason, got, c.want)
		}
	}
	if afterOthers(3, 3, nil) != nil || !errors.Is(afterOthers(1, 3, errors.ErrUnsupported), errors.ErrUnsupported) {
		t.Error("no error and a foreign error stay as they are")
	}
}
