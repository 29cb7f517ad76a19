package rfc2136

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

var fakeMAC = []byte("signed")

// fakeContext is a security context whose signature is always fakeMAC.
type fakeContext struct{}

func beginFake(context.Context, string) (initiator, []byte, error) {
	return fakeContext{}, []byte("token"), nil
}

func (fakeContext) Finish([]byte) error         { return nil }
func (fakeContext) Sign([]byte) ([]byte, error) { return fakeMAC, nil }
func (fakeContext) Verify(_, mac []byte) error {
	if !bytes.Equal(mac, fakeMAC) {
		return errors.New("checksum mismatch")
	}
	return nil
}

// fixedMAC signs the replies of the fake server with fakeMAC.
type fixedMAC struct{}

func (fixedMAC) Generate([]byte, *mdns.TSIG) ([]byte, error) { return fakeMAC, nil }
func (fixedMAC) Verify([]byte, *mdns.TSIG) error             { return nil }

// gssServer answers queries, agrees on contexts and takes updates.
type gssServer struct {
	lifetime time.Duration
	tkeys    atomic.Int32
	updates  atomic.Int32
	forgot   atomic.Bool // the next update meets BADKEY
}

func (g *gssServer) serve(w mdns.ResponseWriter, m *mdns.Msg) {
	reply := new(mdns.Msg).SetReply(m)
	reply.Authoritative = true
	switch {
	case m.Opcode == mdns.OpcodeUpdate:
		g.updates.Add(1)
		t := m.IsTsig()
		reply.SetTsig(t.Hdr.Name, t.Algorithm, 300, time.Now().Unix())
		if g.forgot.Swap(false) {
			reply.Rcode, reply.IsTsig().Error = mdns.RcodeNotAuth, mdns.RcodeBadKey
		}
		raw, _, err := mdns.TsigGenerateWithProvider(reply, fixedMAC{}, t.MAC, false)
		if err != nil {
			return
		}
		_, _ = w.Write(raw)
		return
	case m.Question[0].Qtype == mdns.TypeTKEY:
		g.tkeys.Add(1)
		tkey := mdns.Copy(m.Extra[0]).(*mdns.TKEY)
		tkey.Expiration = uint32(time.Now().Add(g.lifetime).Unix())
		reply.Answer = []mdns.RR{tkey}
	default:
		soa, _ := mdns.NewRR("contoso.com. 60 SOA ns1.contoso.com. hostmaster.contoso.com. 1 2 3 4 5")
		reply.Rcode, reply.Ns = mdns.RcodeNameError, []mdns.RR{soa}
	}
	_ = w.WriteMsg(reply)
}

// startGSS starts the gssServer and gives a Writer that changes records on it.
func startGSS(t *testing.T, g *gssServer) *Writer {
	t.Helper()
	w, err := NewWriter(serveTCP(t, -1, g.serve), &gssSigner{host: "ns1.contoso.com", begin: beginFake})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func createHost() []dns.Change {
	key := dns.NewKey("sip.contoso.com", dns.A)
	return []dns.Change{{From: dns.RRSet{Key: key}, To: dns.RRSet{Key: key, TTL: 60, Data: []string{"192.0.2.1"}}}}
}

func TestContextIsKept(t *testing.T) {
	tests := map[string]struct {
		reason   string
		lifetime time.Duration
		want     int32
	}{
		"long":  {"three updates use one context", time.Hour, 1},
		"short": {"a context about to end is not used again", 30 * time.Second, 3},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			g := &gssServer{lifetime: tc.lifetime}
			w := startGSS(t, g)
			for range 3 {
				if err := w.Write(t.Context(), createHost(), dns.Always); err != nil {
					t.Fatal(fault.Sentence(err))
				}
			}
			if got := g.tkeys.Load(); got != tc.want {
				t.Errorf("%s: %d negotiations, want %d", tc.reason, got, tc.want)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if err := w.Write(t.Context(), createHost(), dns.Always); err != nil || g.tkeys.Load() != tc.want+1 {
				t.Errorf("%d negotiations (%v), want one more: a closed context is forgotten", g.tkeys.Load(), err)
			}
		})
	}
}

func TestForgottenContextIsAgreedAnew(t *testing.T) {
	g := &gssServer{lifetime: time.Hour}
	w := startGSS(t, g)
	for _, forgot := range []bool{false, true} {
		g.forgot.Store(forgot)
		if err := w.Write(t.Context(), createHost(), dns.Always); err != nil {
			t.Fatal(fault.Sentence(err))
		}
	}
	if g.tkeys.Load() != 2 || g.updates.Load() != 3 {
		t.Errorf("%d negotiations, %d updates; want 2, 3", g.tkeys.Load(), g.updates.Load())
	}
}

func TestSilentKDCIsAbandoned(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	signer, err := GSS(Kerberos{Realm: "R", Username: "u", Password: "p", Host: "ns1.contoso.com", Config: "[realms]\nR = {\n kdc = " + silent.Addr().String() + "\n}\n"})
	if err != nil {
		t.Fatal(err)
	}
	config := serveTCP(t, -1, (&gssServer{lifetime: time.Hour}).serve)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := signer.(*gssSigner).key(ctx, config); !fault.Is(err, fault.Unreachable) || !strings.Contains(err.Error(), "no KDC answered in time") {
		t.Errorf("got %v, want Unreachable", err)
	}
}

func TestReadTKEYRejects(t *testing.T) {
	good := func() *mdns.Msg {
		m := new(mdns.Msg)
		m.Id, m.Response = 7, true
		m.Answer = []mdns.RR{&mdns.TKEY{Hdr: mdns.RR_Header{Name: "k.", Rrtype: mdns.TypeTKEY, Class: mdns.ClassANY}, Algorithm: gssAlgorithm, Mode: gssMode}}
		return m
	}
	tests := map[string]struct {
		reason string
		spoil  func(m *mdns.Msg)
	}{
		"other id":   {"the answer to something else", func(m *mdns.Msg) { m.Id = 8 }},
		"refused":    {"no GSS-TSIG here", func(m *mdns.Msg) { m.Rcode = mdns.RcodeRefused }},
		"BADKEY":     {"the ticket is for another server", func(m *mdns.Msg) { m.Answer[0].(*mdns.TKEY).Error = mdns.RcodeBadKey }},
		"other name": {"another key", func(m *mdns.Msg) { m.Answer[0].Header().Name = "other." }},
		"no record":  {"no token", func(m *mdns.Msg) { m.Answer = nil }},
	}
	for name, tc := range tests {
		m := good()
		tc.spoil(m)
		raw, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readTKEY("server", 7, "k.", raw); !fault.Is(err, fault.Denied) {
			t.Errorf("%s, %s: got %v, want Denied", name, tc.reason, err)
		}
	}
	raw, err := good().Pack()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readTKEY("server", 7, "k.", raw); err != nil {
		t.Errorf("a good answer: %v", err)
	}
}

func TestServerName(t *testing.T) {
	soa := func(w mdns.ResponseWriter, m *mdns.Msg) {
		reply := new(mdns.Msg).SetReply(m)
		if m.Question[0].Name == "contoso.com." && m.Question[0].Qtype == mdns.TypeSOA {
			rr, _ := mdns.NewRR("contoso.com. 60 SOA DC1.corp.contoso.com. hostmaster.contoso.com. 1 2 3 4 5")
			reply.Answer = []mdns.RR{rr}
		}
		_ = w.WriteMsg(reply)
	}
	byAddress := serveTCP(t, -1, soa)
	tests := map[string]struct {
		reason              string
		given, server, zone string
		want                string // "" means Invalid
	}{
		"given":        {"what a person says counts", "ns1.contoso.com", byAddress.Server, "contoso.com", "ns1.contoso.com"},
		"by name":      {"the address tells the name", "", "ns2.contoso.com:53", "contoso.com", "ns2.contoso.com"},
		"by address":   {"the zone knows its primary", "", byAddress.Server, "contoso.com", "dc1.corp.contoso.com"},
		"not the zone": {"an answer without SOA names nobody", "", byAddress.Server, "fabrikam.com", ""},
		"no zone":      {"nobody to ask about", "", byAddress.Server, "", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := byAddress
			c.Server, c.Zone = tc.server, tc.zone
			c, err := c.complete()
			if err != nil {
				t.Fatal(err)
			}
			got, err := (&gssSigner{host: tc.given}).serverName(t.Context(), c)
			if got != tc.want || fault.Is(err, fault.Invalid) != (tc.want == "") {
				t.Errorf("%s: %q, %v; want %q", tc.reason, got, err, tc.want)
			}
		})
	}
}

func TestAPanicOfTheKerberosLibraryIsContained(t *testing.T) {
	w := startGSS(t, &gssServer{lifetime: time.Hour})
	w.signer.(*gssSigner).begin = func(context.Context, string) (initiator, []byte, error) { panic("swordfish") }
	for range 2 { // the second Write would hang if the first had kept the lock
		err := w.Write(t.Context(), createHost(), dns.Always)
		if !fault.Is(err, fault.Internal) || strings.Contains(fault.Sentence(err), "swordfish") {
			t.Errorf("got %s: %v", fault.KindOf(err), err)
		}
	}
}

func TestGSSRejects(t *testing.T) {
	const config = "[realms]"
	tests := map[string]struct {
		reason string
		who    Kerberos
	}{
		"no realm":        {"nobody to ask", Kerberos{Username: "u", Password: "p", Config: config}},
		"no user":         {"nobody to be", Kerberos{Realm: "R", Password: "p", Config: config}},
		"no secret":       {"nothing to prove it with", Kerberos{Realm: "R", Username: "u", Config: config}},
		"no KDC":          {"a krb5.conf that names none and does not ask DNS", Kerberos{Realm: "R", Username: "u", Password: "p", Config: "[libdefaults]"}},
		"bad realm":       {"a realm is one word", Kerberos{Realm: "R\n[x]", Username: "u", Password: "p"}},
		"realm on a line": {"the library's parser panics", Kerberos{Realm: "R", Username: "u", Password: "p", Config: "[realms]\nR = { kdc = dc1 }"}},
		"cut keytab":      {"the library's error shows the keys", Kerberos{Realm: "R", Username: "u", Keytab: []byte("\x05\x02\x00\x00\x00\x50swordfish"), Config: config}},
		"bad host":        {"no such name", Kerberos{Realm: "R", Username: "u", Password: "p", Config: config, Host: "ns1..contoso.com"}},
	}
	for name, tc := range tests {
		if _, err := GSS(tc.who); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s, %s: got %v, want Invalid", name, tc.reason, err)
		} else if strings.Contains(fault.Sentence(err), "swordfish") {
			t.Errorf("%s, %s: %v", name, tc.reason, err)
		}
	}
	if _, err := GSS(Kerberos{Realm: "R", Username: "u", Password: "p"}); err != nil {
		t.Errorf("without krb5.conf DNS names the KDCs: %v", err)
	}
}

// TestOnlyTheNamedContextIsForgotten: two updates may meet a key that the server has forgotten. The
// second one must not forget what the first has agreed since.
func TestOnlyTheNamedContextIsForgotten(t *testing.T) {
	s := &gssSigner{agreed: &gssContext{name: "new."}}
	if s.forget("old."); s.agreed == nil {
		t.Error("the context of another name is forgotten")
	}
	if s.forget("new."); s.agreed != nil {
		t.Error("the context is kept")
	}
	s.forget("new.") // nothing is left to forget
}

// TestNegotiationWithSomethingElse: what answers is no DNS server, and it may be told what it is.
func TestNegotiationWithSomethingElse(t *testing.T) {
	for name, answer := range map[string]string{"another service": "\x00\x0cSSH-2.0-Open\r", "another message": "\x00\x0c\x00\x01\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = conn.Write([]byte(answer))
			}
		}()
		c, err := Config{Server: l.Addr().String(), Timeout: time.Second}.complete()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := exchangeTKEY(t.Context(), c, "key.", []byte{1}); !fault.Is(err, fault.Denied) || !strings.Contains(err.Error(), "its answer cannot be read") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
