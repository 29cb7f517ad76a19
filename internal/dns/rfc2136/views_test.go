package rfc2136

import (
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

const viewSecret = "c2VjcmV0LW9mLWEta2V5LXdpdGhvdXQtcmlnaHRz"

// views is a server that shows one address of sip.contoso.com to signed messages and
// another to the rest.
type views struct {
	signed, unsigned string // addresses; "" is none
	forgets          bool   // it does not sign its answers
}

func (v views) serve(w mdns.ResponseWriter, m *mdns.Msg) {
	shown, signed := v.unsigned, m.IsTsig() != nil && w.TsigStatus() == nil
	if signed {
		shown = v.signed
	}
	reply := new(mdns.Msg).SetReply(m)
	reply.Authoritative = true
	soa, _ := mdns.NewRR("contoso.com. 60 SOA ns1.contoso.com. hostmaster.contoso.com. 1 2 3 4 5")
	switch q := m.Question[0]; {
	case m.IsTsig() != nil && !signed:
		reply.Rcode = mdns.RcodeNotAuth
		reply.Extra = []mdns.RR{&mdns.TSIG{Hdr: mdns.RR_Header{Name: m.IsTsig().Hdr.Name, Rrtype: mdns.TypeTSIG, Class: mdns.ClassANY},
			Algorithm: mdns.HmacSHA256, OrigId: m.Id, Error: mdns.RcodeBadKey}}
		raw, _ := reply.Pack()
		_, _ = w.Write(raw)
		return
	case m.Opcode == mdns.OpcodeUpdate:
		if wanted := m.Answer[0]; wanted.Header().Class == mdns.ClassNONE && shown != "" {
			reply.Rcode = mdns.RcodeYXRrset
		} else if a, is := wanted.(*mdns.A); is && a.A.String() != shown {
			reply.Rcode = mdns.RcodeNXRrset
		}
	case q.Name == "sip.contoso.com." && q.Qtype == mdns.TypeA && shown != "":
		a, _ := mdns.NewRR("sip.contoso.com. 60 A " + shown)
		reply.Answer = []mdns.RR{a}
	case q.Name == "contoso.com." && q.Qtype == mdns.TypeSOA:
		reply.Answer = []mdns.RR{soa}
	default:
		reply.Rcode, reply.Ns = mdns.RcodeNameError, []mdns.RR{soa}
	}
	if signed && !v.forgets {
		reply.SetTsig("upd.", mdns.HmacSHA256, tsigFudge, time.Now().Unix())
	}
	_ = w.WriteMsg(reply)
}

func (v views) listen(t *testing.T) Config { return listenSigned(t, v.serve) }

// listenSigned starts a server that knows the key upd.
func listenSigned(t *testing.T, serve mdns.HandlerFunc) Config {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	s := &mdns.Server{Listener: l, Handler: serve, TsigSecret: map[string]string{"upd.": viewSecret},
		NotifyStartedFunc: func() { close(started) }, MsgAcceptFunc: func(mdns.Header) mdns.MsgAcceptAction { return mdns.MsgAccept }}
	go func() { _ = s.ActivateAndServe() }()
	<-started
	t.Cleanup(func() { _ = s.Shutdown() })
	return Config{Server: l.Addr().String(), Discovery: DiscoverNone, Timeout: time.Second}
}

func viewKey(t *testing.T, name string) Signer {
	t.Helper()
	signer, err := HMAC(TSIG{Name: name, Secret: viewSecret})
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

var sipAddress = dns.NewKey("sip.contoso.com", dns.A)

func TestSignedQueriesSeeTheKeysView(t *testing.T) {
	cases := map[string]struct {
		reason string
		server views
		key    string // "": the queries are not signed
		want   string
		kind   fault.Kind
		says   string
	}{
		"unsigned":        {"that is how partners ask", views{signed: "192.0.2.1", unsigned: "192.0.2.9"}, "", "192.0.2.9", "", ""},
		"signed":          {"the view that an update changes", views{signed: "192.0.2.1", unsigned: "192.0.2.9"}, "upd", "192.0.2.1", "", ""},
		"unknown key":     {"the server says so, and nothing was read", views{signed: "192.0.2.1"}, "other", "", fault.Denied, "does not know key other"},
		"answer unsigned": {"anybody may have sent it", views{signed: "192.0.2.1", forgets: true}, "upd", "", fault.Denied, "does not sign its answer"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config := c.server.listen(t)
			if c.key != "" {
				config.QueryKey = viewKey(t, c.key)
			}
			r, err := NewReader(config)
			if err != nil {
				t.Fatal(err)
			}
			found, err := r.Read(t.Context(), []dns.Key{sipAddress})
			if fault.KindOf(err) != c.kind || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%s: %v, want %q that says %q", c.reason, err, c.kind, c.says)
			}
			if err != nil && strings.Contains(err.Error(), " on ") { // only an update names the zone
				t.Errorf("%s: the fault of a question is about %v", c.reason, err)
			}
			if got := found[sipAddress].Set; err == nil && got.String() != c.want {
				t.Errorf("%s: read %s, want %s", c.reason, got, c.want)
			}
		})
	}
}

// TestKeyLeadsToAnotherView: an update that can never succeed is not a race.
func TestKeyLeadsToAnotherView(t *testing.T) {
	read := func(address string) dns.RRSet {
		s := dns.RRSet{Key: sipAddress}
		if address != "" {
			s.TTL, s.Data = 60, []string{address}
		}
		return s
	}
	cases := map[string]struct {
		reason string
		server views
		signs  bool
		from   dns.RRSet
		kind   fault.Kind
		says   string
	}{
		"other records":  {"what is shown and what is changed differ for good", views{signed: "192.0.2.1", unsigned: "192.0.2.9"}, false, read("192.0.2.9"), fault.Refused, "set signQueries"},
		"no records":     {"so do they where one view lacks the name", views{signed: "192.0.2.1"}, false, read(""), fault.Refused, "set signQueries"},
		"changed since":  {"somebody changed the records, and a new plan reads them", views{signed: "192.0.2.1", unsigned: "192.0.2.1"}, false, read("192.0.2.9"), fault.WorldChanged, "no longer those that were read"},
		"one view":       {"nothing is in the way", views{signed: "192.0.2.9", unsigned: "192.0.2.9"}, false, read("192.0.2.9"), "", ""},
		"signed queries": {"the view that is read is the one that is changed", views{signed: "192.0.2.1", unsigned: "192.0.2.9"}, true, read("192.0.2.1"), "", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config := c.server.listen(t)
			if c.signs {
				config.QueryKey = viewKey(t, "upd")
			}
			w, err := NewWriter(config, viewKey(t, "upd"))
			if err != nil {
				t.Fatal(err)
			}
			changes := []dns.Change{{From: c.from, To: dns.RRSet{Key: sipAddress, TTL: 60, Data: []string{"192.0.2.77"}}}}
			for _, err := range []error{w.Check(t.Context(), changes), w.Write(t.Context(), changes, dns.Always)} {
				if fault.KindOf(err) != c.kind || err != nil && !strings.Contains(fault.Sentence(err), c.says) {
					t.Errorf("%s: %v, want %q that says %q", c.reason, err, c.kind, c.says)
				}
			}
		})
	}
}

// TestNobodyKnowsWhatIsShown: an update is refused because the records differ, and they cannot be
// read again. Whether there is another view is unknown, and a new plan reads anew.
func TestNobodyKnowsWhatIsShown(t *testing.T) {
	var refused atomic.Bool
	shown := views{unsigned: "192.0.2.9", signed: "192.0.2.1"}
	config := listenSigned(t, func(w mdns.ResponseWriter, m *mdns.Msg) {
		if m.Opcode == mdns.OpcodeUpdate {
			refused.Store(true)
		} else if refused.Load() {
			_ = w.Close()
			return
		}
		shown.serve(w, m)
	})
	w, err := NewWriter(config, viewKey(t, "upd"))
	if err != nil {
		t.Fatal(err)
	}
	from := dns.RRSet{Key: sipAddress, TTL: 60, Data: []string{"192.0.2.9"}}
	err = w.Write(t.Context(), []dns.Change{{From: from, To: dns.RRSet{Key: sipAddress, TTL: 60, Data: []string{"192.0.2.77"}}}}, dns.Always)
	if !fault.Is(err, fault.WorldChanged) {
		t.Errorf("got %v, want WorldChanged", err)
	}
}

// TestAWriteThatCannotBeMadeSendsNothing: a change that fits in no update, or that is none, is an
// error and no success.
func TestAWriteThatCannotBeMadeSendsNothing(t *testing.T) {
	updates := 0
	shown := views{unsigned: "192.0.2.9", signed: "192.0.2.9"}
	config := listenSigned(t, func(w mdns.ResponseWriter, m *mdns.Msg) {
		if m.Opcode == mdns.OpcodeUpdate {
			updates++
		}
		shown.serve(w, m)
	})
	w, err := NewWriter(config, viewKey(t, "upd"))
	if err != nil {
		t.Fatal(err)
	}
	from := dns.RRSet{Key: sipAddress, TTL: 60, Data: []string{"192.0.2.9"}}
	for _, err := range []error{
		w.Write(t.Context(), []dns.Change{{From: from, To: dns.RRSet{Key: sipAddress, TTL: 60, Data: []string{"no address"}}}}, dns.Always),
		w.Check(t.Context(), []dns.Change{{From: from, To: dns.RRSet{Key: sipAddress, TTL: 60, Data: []string{"no address"}}}}),
		w.Write(t.Context(), []dns.Change{{From: from, To: from}}, func() error { return fault.New(fault.Unreachable, "check", "the ports", "they fell silent") }),
	} {
		if err == nil || updates > 0 {
			t.Errorf("%d updates were sent, and the error is %v", updates, err)
		}
	}
}
