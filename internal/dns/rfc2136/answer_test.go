package rfc2136

import (
	"testing"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// FuzzAnswer: whatever a server answers, the reader does not panic, and a zone that it finds holds
// the name. Records that were read can be written into a prerequisite, or are refused there.
func FuzzAnswer(f *testing.F) {
	for _, line := range []string{"sip.contoso.com. 60 A 192.0.2.1", "sip.contoso.com. 60 AAAA ::ffff:192.0.2.1", "sip.contoso.com. 60 CNAME a.contoso.com.", "contoso.com. 60 DNAME b.test."} {
		rr, err := mdns.NewRR(line)
		if err != nil {
			f.Fatal(err)
		}
		m := &mdns.Msg{Answer: []mdns.RR{rr}}
		m.Response, m.Authoritative = true, true
		raw, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := new(mdns.Msg)
		if m.Unpack(raw) != nil {
			return
		}
		st, err := standingOf("server", "sip.contoso.com", m)
		if err == nil && st.zone != "" && !dns.Within("sip.contoso.com", st.zone) {
			t.Errorf("the zone %q does not hold the name", st.zone)
		}
		for _, rrtype := range []dns.Type{dns.A, dns.AAAA, dns.SRV} {
			r, err := replyTo("server", dns.NewKey("sip.contoso.com", rrtype), m)
			if err != nil || !r.set.Exists() {
				continue
			}
			if _, err := prerequisites(r.set); err != nil && rrtype != dns.SRV {
				t.Errorf("read %v, and yet %v", r.set, err)
			}
		}
	})
}

func TestRecordWithoutValueIsNoAnswer(t *testing.T) {
	m := &mdns.Msg{Answer: []mdns.RR{&mdns.A{Hdr: mdns.RR_Header{Name: "sip.contoso.com.", Rrtype: mdns.TypeA, Class: mdns.ClassINET}}}}
	m.Authoritative = true
	r, err := replyTo("server", dns.NewKey("sip.contoso.com", dns.A), m)
	if err != nil || r.lame == "" || r.set.Exists() {
		t.Errorf("got %+v, %v", r, err)
	}
}

// TestAnswersThatDoNotCount: only the server of a zone says what is in it, and a referral leads to a
// zone that is not its own.
func TestAnswersThatDoNotCount(t *testing.T) {
	rr := func(line string) mdns.RR {
		out, err := mdns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	address := rr("sip.contoso.com. 60 A 192.0.2.1")
	cases := map[string]struct {
		reason        string
		authoritative bool
		rcode         int
		answer, ns    []mdns.RR
		set           string
		lame, cut     string
	}{
		"its own":                    {"it has the zone", true, 0, []mdns.RR{address}, nil, "192.0.2.1", "", ""},
		"remembered":                 {"a resolver says what it heard", false, 0, []mdns.RR{address}, nil, "none", "the server answers without authority", ""},
		"refused":                    {"it does not have the zone", false, mdns.RcodeRefused, nil, nil, "none", "the server refuses questions about it (REFUSED)", ""},
		"refused with a record":      {"what it refuses it does not say", true, mdns.RcodeRefused, []mdns.RR{address}, nil, "none", "the server refuses questions about it (REFUSED)", ""},
		"a referral":                 {"the zone lies elsewhere", false, 0, nil, []mdns.RR{rr("sip.contoso.com. 60 NS ns9.contoso.com.")}, "none", "the server answers without authority", "sip.contoso.com"},
		"a referral to another name": {"it is not about this one", false, 0, nil, []mdns.RR{rr("x.contoso.com. 60 NS ns9.contoso.com.")}, "none", "the server answers without authority", ""},
		"a referral to the root":     {"it knows nothing", false, 0, nil, []mdns.RR{rr(". 60 NS a.root-servers.net.")}, "none", "the server answers without authority", ""},
		"authority of another kind":  {"it names no zone cut", false, 0, nil, []mdns.RR{rr("contoso.com. 60 SOA ns1.contoso.com. h.contoso.com. 1 2 3 4 5")}, "none", "the server answers without authority", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := &mdns.Msg{Answer: c.answer, Ns: c.ns}
			m.Response, m.Authoritative, m.Rcode = true, c.authoritative, c.rcode
			raw, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Unpack(raw); err != nil {
				t.Fatal(err)
			}
			r, err := replyTo("server", dns.NewKey("sip.contoso.com", dns.A), m)
			if err != nil || r.set.String() != c.set || r.lame != c.lame || r.standing.cut != c.cut {
				t.Errorf("%s: %s, lame %q, cut %q, %v", c.reason, r.set.String(), r.lame, r.standing.cut, err)
			}
		})
	}
}

// TestPrimaryOf: the principal of a server that is named by its address is that of the zone's
// primary, as the server itself says.
func TestPrimaryOf(t *testing.T) {
	cases := map[string]struct {
		reason string
		answer string
		want   string
		kind   fault.Kind
	}{
		"the zone's":        {"its primary", "contoso.com. 60 SOA NS1.contoso.com. h.contoso.com. 1 2 3 4 5", "ns1.contoso.com", ""},
		"another zone's":    {"nobody asked for it", "fabrikam.com. 60 SOA ns1.fabrikam.com. h.fabrikam.com. 1 2 3 4 5", "", fault.Invalid},
		"no name":           {"no principal has such a name", "contoso.com. 60 SOA . h.contoso.com. 1 2 3 4 5", "", fault.Invalid},
		"something else":    {"no primary is named", "contoso.com. 60 NS ns1.contoso.com.", "", fault.Invalid},
		"nothing":           {"no primary is named", "", "", fault.Invalid},
		"closed connection": {"nobody knows", "close", "", fault.Unreachable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config := serveTCP(t, -1, func(w mdns.ResponseWriter, m *mdns.Msg) {
				if c.answer == "close" {
					_ = w.Close()
					return
				}
				reply := new(mdns.Msg).SetReply(m)
				if c.answer != "" {
					rr, _ := mdns.NewRR(c.answer)
					reply.Answer = []mdns.RR{rr}
				}
				_ = w.WriteMsg(reply)
			})
			config.Zone = "contoso.com"
			got, err := (&gssSigner{}).serverName(t.Context(), config)
			if got != c.want || fault.KindOf(err) != c.kind {
				t.Errorf("%s: %q, %v", c.reason, got, err)
			}
		})
	}
	for server, want := range map[string]string{"DC1.contoso.com:53": "dc1.contoso.com", "192.0.2.1:53": ""} {
		got, err := (&gssSigner{}).serverName(t.Context(), Config{Server: server})
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%s is named %q, %v", server, got, err)
		}
	}
	if got, err := (&gssSigner{host: "NS2.contoso.com"}).serverName(t.Context(), Config{Server: "dc1:53"}); got != "ns2.contoso.com" || err != nil {
		t.Errorf("a configured name gives %q, %v", got, err)
	}
}

// TestOnlyRecordsOfTheKeyCount: a server adds the records at the end of an alias chain, and may
// add others of the name.
func TestOnlyRecordsOfTheKeyCount(t *testing.T) {
	m := new(mdns.Msg)
	m.Authoritative = true
	for _, line := range []string{"sip.contoso.com. 60 A 192.0.2.1", "sip.contoso.com. 60 AAAA 2001:db8::1", "edge.contoso.com. 60 A 192.0.2.2", "edge.contoso.com. 60 AAAA 2001:db8::2", "SIP.contoso.com. 60 A 192.0.2.3"} {
		rr, err := mdns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Unpack(raw); err != nil {
		t.Fatal(err)
	}
	r, err := replyTo("server", dns.NewKey("sip.contoso.com", dns.A), m)
	if got := r.set.String(); err != nil || got != "192.0.2.1, 192.0.2.3" {
		t.Errorf("read %s, %v", got, err)
	}
}

// TestOldWildcardRules: some servers let a wildcard answer below existing names. The records of
// those names must still count as their own, not as the wildcard's.
func TestOldWildcardRules(t *testing.T) {
	records := map[string]string{
		"sip.contoso.com.": "192.0.2.10", "x.contoso.com.": "192.0.2.99", "*.contoso.com.": "192.0.2.99",
	}
	config := serveTCP(t, -1, func(w mdns.ResponseWriter, m *mdns.Msg) {
		reply := new(mdns.Msg).SetReply(m)
		reply.Authoritative = true
		if value := records[m.Question[0].Name]; value != "" && m.Question[0].Qtype == mdns.TypeA {
			rr, _ := mdns.NewRR(m.Question[0].Name + " 60 A " + value)
			reply.Answer = []mdns.RR{rr}
		} else {
			soa, _ := mdns.NewRR("contoso.com. 60 SOA ns1.contoso.com. hostmaster.contoso.com. 1 2 3 4 5")
			reply.Ns = []mdns.RR{soa}
		}
		_ = w.WriteMsg(reply)
	})
	config.Discovery = DiscoverNone
	r := &Reader{config: config}
	own, wild := dns.NewKey("sip.contoso.com", dns.A), dns.NewKey("x.contoso.com", dns.A)
	found, err := r.Read(t.Context(), []dns.Key{own, wild})
	if err != nil {
		t.Fatal(err)
	}
	if l := found[own]; l.Barrier != dns.BarrierNone || l.Set.String() != "192.0.2.10" {
		t.Errorf("a record of its own: %+v", l)
	}
	if l := found[wild]; l.Barrier != dns.BarrierWildcard {
		t.Errorf("the wildcard's value: %+v", l)
	}
}
