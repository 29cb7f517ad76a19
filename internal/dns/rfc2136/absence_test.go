package rfc2136

import (
	"testing"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
)

// TestAbsenceOfASet: resolvers remember that a set does not exist for the lower of two numbers of
// the SOA record (RFC 2308 section 5).
func TestAbsenceOfASet(t *testing.T) {
	cases := map[string]struct {
		reason string
		soa    string // "" for an answer without
		want   uint32
	}{
		"minimum is lower": {"the last field decides", "contoso.com. 3600 SOA ns1.contoso.com. hostmaster.contoso.com. 1 2 3 4 900", 900},
		"ttl is lower":     {"the record itself is forgotten before", "contoso.com. 60 SOA ns1.contoso.com. hostmaster.contoso.com. 1 2 3 4 900", 60},
		"no soa record":    {"nobody told", "", 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config := serveTCP(t, -1, func(w mdns.ResponseWriter, m *mdns.Msg) {
				reply := new(mdns.Msg).SetReply(m)
				reply.Authoritative = true
				switch {
				case m.Question[0].Name == "there.contoso.com.":
					rr, _ := mdns.NewRR("there.contoso.com. 60 A 192.0.2.10")
					reply.Answer = []mdns.RR{rr}
				case c.soa != "":
					rr, _ := mdns.NewRR(c.soa)
					reply.Ns, reply.Rcode = []mdns.RR{rr}, mdns.RcodeNameError
				}
				_ = w.WriteMsg(reply)
			})
			config.Discovery = DiscoverNone
			none, there := dns.NewKey("none.contoso.com", dns.A), dns.NewKey("there.contoso.com", dns.A)
			found, err := (&Reader{config: config}).Read(t.Context(), []dns.Key{none, there})
			if err != nil {
				t.Fatal(err)
			}
			if got := found[none].Absence; got != c.want {
				t.Errorf("%s: %d seconds, want %d", c.reason, got, c.want)
			}
			if got := found[there].Absence; got != 0 {
				t.Errorf("a set that exists is absent for %d seconds", got)
			}
		})
	}
}
