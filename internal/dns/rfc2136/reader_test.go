package rfc2136

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// TestProbesOnlyWhatIsOpen: the reader sends a second question only where the first answer leaves
// something open. An answer without records names the zone in its SOA. Records may come from a
// wildcard, and an answer without SOA names no zone.
func TestProbesOnlyWhatIsOpen(t *testing.T) {
	var mu sync.Mutex
	probed := map[string]bool{}
	config := serveTCP(t, -1, func(w mdns.ResponseWriter, m *mdns.Msg) {
		reply := new(mdns.Msg).SetReply(m)
		reply.Authoritative = true
		q := m.Question[0]
		name, probe := strings.CutPrefix(dns.Canonical(q.Name), probeLabels)
		if probe {
			mu.Lock()
			probed[name] = true
			mu.Unlock()
			reply.Rcode = mdns.RcodeNameError
		}
		if name == "there.contoso.com" && q.Qtype == mdns.TypeA {
			rr, _ := mdns.NewRR("there.contoso.com. 60 A 192.0.2.10")
			reply.Answer = []mdns.RR{rr}
		} else if probe || name != "silent.contoso.com" {
			soa, _ := mdns.NewRR("contoso.com. 60 SOA ns1.contoso.com. hostmaster.contoso.com. 1 2 3 4 5")
			reply.Ns = []mdns.RR{soa}
		}
		_ = w.WriteMsg(reply)
	})
	config.Discovery = DiscoverNone
	var keys []dns.Key
	for _, host := range []string{"there", "silent", "new", "other"} {
		keys = append(keys, dns.NewKey(host+".contoso.com", dns.A), dns.NewKey(host+".contoso.com", dns.AAAA))
	}
	found, err := (&Reader{config: config}).Read(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		l := found[key]
		if l.Zone != "contoso.com" || l.Barrier != dns.BarrierNone {
			t.Errorf("%s: %+v", key, l)
		}
	}
	want := map[string]bool{"there.contoso.com": true, "silent.contoso.com": true}
	if diff := cmp.Diff(want, probed); diff != "" {
		t.Errorf("probed (-want +got):\n%s", diff)
	}
}

// TestSecondaries: each further server is asked once, however often it is named. What it refuses is
// unknown, and not an empty set.
func TestSecondaries(t *testing.T) {
	answer := func(rcode int, address string) mdns.HandlerFunc {
		return func(w mdns.ResponseWriter, m *mdns.Msg) {
			reply := new(mdns.Msg).SetReply(m)
			reply.Authoritative, reply.Rcode = true, rcode
			soa, _ := mdns.NewRR("contoso.com. 60 SOA ns1.contoso.com. hostmaster.contoso.com. 1 2 3 4 5")
			rr, _ := mdns.NewRR("sip.contoso.com. 60 A " + address)
			switch q := m.Question[0]; {
			case rcode != mdns.RcodeSuccess:
			case q.Name == "sip.contoso.com." && q.Qtype == mdns.TypeA:
				reply.Answer = []mdns.RR{rr}
			default:
				reply.Rcode, reply.Ns = mdns.RcodeNameError, []mdns.RR{soa}
			}
			_ = w.WriteMsg(reply)
		}
	}
	config := serveTCP(t, -1, answer(mdns.RcodeSuccess, "192.0.2.10"))
	second, refuses := serveTCP(t, -1, answer(mdns.RcodeSuccess, "192.0.2.9")).Server, serveTCP(t, -1, answer(mdns.RcodeRefused, "192.0.2.9")).Server
	config.Discovery, config.Secondaries = DiscoverNone, []string{second, config.Server, refuses, second}
	found, err := (&Reader{config}).Read(t.Context(), []dns.Key{sipAddress})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{config.Server: "primary", second: "second", refuses: "refuses"}
	var got []string
	for _, view := range found[sipAddress].Servers {
		said := names[view.Server] + " " + view.Set.String()
		if view.Err != nil {
			said = names[view.Server] + " " + string(fault.KindOf(view.Err))
		}
		got = append(got, said)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"primary 192.0.2.10", "refuses Invalid", "second 192.0.2.9"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestIsApex: only a server of the zone itself shows that a domain is one.
func TestIsApex(t *testing.T) {
	soa, ns := "contoso.com. 60 SOA ns1.contoso.com. hostmaster.contoso.com. 1 2 3 4 5", "contoso.com. 60 NS ns1.contoso.com."
	cases := map[string]struct {
		reason        string
		line          string
		authoritative bool
		rcode         int
		want          bool
	}{
		"its SOA":         {"it begins there", soa, true, mdns.RcodeSuccess, true},
		"in capitals":     {"names mean the same in any case", "Contoso.COM. 60 SOA ns1.contoso.com. h.contoso.com. 1 2 3 4 5", true, mdns.RcodeSuccess, true},
		"of a resolver":   {"it heard so from another", soa, false, mdns.RcodeSuccess, false},
		"of no such name": {"the name is not there", soa, true, mdns.RcodeNameError, false},
		"of another name": {"another domain begins there", "emea.contoso.com. 60 SOA ns1.contoso.com. h.contoso.com. 1 2 3 4 5", true, mdns.RcodeSuccess, false},
		"something else":  {"it is no SOA record", ns, true, mdns.RcodeSuccess, false},
		"an empty answer": {"the domain lies within a zone", "", true, mdns.RcodeSuccess, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := new(mdns.Msg)
			m.Authoritative, m.Rcode = c.authoritative, c.rcode
			if c.line != "" {
				rr, err := mdns.NewRR(c.line)
				if err != nil {
					t.Fatal(err)
				}
				m.Answer = []mdns.RR{rr}
			}
			if got := isApex(m, "contoso.com"); got != c.want {
				t.Errorf("%s: the zone begins there: %v", c.reason, got)
			}
		})
	}
}
