package rfc2136

import (
	"testing"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
)

// FuzzAnswer: whatever a server answers is judged without harm, and what is read
// can be written into a prerequisite or is refused there.
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
