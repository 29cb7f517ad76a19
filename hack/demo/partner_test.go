package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

// certificate makes an authority that signs itself, with the names.
func certificate(t *testing.T, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: names, IsCA: true, BasicConstraintsValid: true}
	text, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	leaf, err := x509.ParseCertificate(text)
	must(t, err)
	return tls.Certificate{Certificate: [][]byte{text}, PrivateKey: key, Leaf: leaf}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// port serves each connection until the test ends, and gives its number.
func port(t *testing.T, serve func(net.Conn)) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); serve(c) }()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// resolver is a DNS server with these records.
func resolver(t *testing.T, records ...string) string {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	s := &dns.Server{PacketConn: socket, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
		reply := new(dns.Msg).SetReply(m)
		for _, text := range records {
			if rr, err := dns.NewRR(text); err == nil && rr.Header().Name == m.Question[0].Name && rr.Header().Rrtype == m.Question[0].Qtype {
				reply.Answer = append(reply.Answer, rr)
			}
		}
		_ = w.WriteMsg(reply)
	})}
	go func() { _ = s.ActivateAndServe() }()
	t.Cleanup(func() { _ = s.Shutdown() })
	return socket.LocalAddr().String()
}

// TestAPartnerIsServedOrNot: a port that accepts a connection does not serve a partner yet.
func TestAPartnerIsServedOrNot(t *testing.T) {
	good := certificate(t, fed, domain)
	roots := x509.NewCertPool()
	roots.AddCert(good.Leaf)
	sipWith := func(c tls.Certificate) func(net.Conn) {
		return func(n net.Conn) { _ = tls.Server(n, &tls.Config{Certificates: []tls.Certificate{c}}).Handshake() }
	}
	xmppWith := func(c tls.Certificate) func(net.Conn) {
		return func(n net.Conn) {
			const features = "<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams'><stream:features/>"
			for _, answer := range []string{features, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"} {
				_, _ = n.Read(make([]byte, 1024))
				_, _ = n.Write([]byte(answer))
			}
			secure := tls.Server(n, &tls.Config{Certificates: []tls.Certificate{c}})
			_, _ = secure.Read(make([]byte, 1024))
			_, _ = secure.Write([]byte(features))
		}
	}
	refuses := func(n net.Conn) {
		_, _ = n.Write([]byte("<stream:stream xmlns:stream='http://etherx.jabber.org/streams'><stream:error/>"))
	}
	cases := map[string]struct {
		reason string
		way    protocol
		serve  func(net.Conn) // nil: the port is closed
		lacks  string         // a record that is not there
		want   string         // in what was seen; "": served
	}{
		"SIP":                      {"TLS with the name of the host", protocols[0], sipWith(good), "", ""},
		"XMPP":                     {"a stream under TLS with the name of the domain", protocols[1], xmppWith(good), "", ""},
		"no SRV":                   {"nothing was published", protocols[0], sipWith(good), "SRV", "no SRV record"},
		"no address":               {"the host was deleted", protocols[0], sipWith(good), "IN A", "no address of " + fed},
		"closed":                   {"the pool is dead", protocols[0], nil, "", "connection refused"},
		"SIP of another host":      {"the certificate has another name", protocols[0], sipWith(certificate(t, "www.contoso.com")), "", "certificate"},
		"SIP of another CA":        {"the certificate has the name, and nobody vouches for it", protocols[0], sipWith(certificate(t, fed)), "", "certificate"},
		"accepts and says nothing": {"a load balancer without members", protocols[0], func(n net.Conn) { _, _ = io.Copy(io.Discard, n) }, "", "no answer"},
		"XMPP of another domain":   {"the certificate has only the name of the host", protocols[1], xmppWith(certificate(t, fed)), "", "certificate"},
		"XMPP does not know us":    {"the domain is not served there", protocols[1], refuses, "", "the stream was refused"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			number := 1 // nobody listens there
			if c.serve != nil {
				number = port(t, c.serve)
			}
			var records []string
			for _, r := range []string{c.way.srv + ". IN SRV 0 0 " + strconv.Itoa(number) + " " + fed + ".", fed + ". IN A 127.0.0.1"} {
				if c.lacks == "" || !strings.Contains(r, c.lacks) {
					records = append(records, r)
				}
			}
			p := &partner{resolver: resolver(t, records...), roots: roots, pool: func(string) string { return edge1 }}
			got := p.look(t.Context(), c.way)
			if c.want == "" {
				if diff := cmp.Diff(sight{true, edge1}, got, cmp.AllowUnexported(sight{})); diff != "" {
					t.Errorf("%s (-want +got):\n%s", c.reason, diff)
				}
			} else if got.served || !strings.Contains(got.what, c.want) {
				t.Errorf("%s: saw %+v, want %q", c.reason, got, c.want)
			}
		})
	}
}
