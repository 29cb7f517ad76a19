package rfc2136

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
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
