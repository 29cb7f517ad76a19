package tcp_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"io"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/probe/tcp"
)

// listen starts a server that takes one connection at a time. It gives a Prober that reaches this
// server whatever port it asks for.
func listen(t *testing.T, serve func(net.Conn)) tcp.Prober {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return tcp.Prober{Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, l.Addr().String())
	}}
}

func target(protocol lync.Protocol) probe.Target {
	return probe.Target{Address: netip.MustParseAddr("127.0.0.1"), Protocol: protocol, Domain: "contoso.com"}
}

// serveTLS answers the client's hello and completes the TLS handshake.
func serveTLS(config *tls.Config) func(net.Conn) {
	return func(c net.Conn) { _ = tls.Server(c, config).Handshake() }
}

// says waits for the end of the XML declaration in the stream header, and then sends the text.
func says(text string) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = bufio.NewReader(c).ReadString('>')
		_, _ = io.WriteString(c, text)
		_, _ = io.Copy(io.Discard, c)
	}
}

const streamHeader = "<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' from='contoso.com' id='1'>"

func TestProbe(t *testing.T) {
	ends, ended := time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC), time.Date(2020, 2, 29, 12, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		reason   string
		protocol lync.Protocol
		serve    func(net.Conn)
		want     probe.Reading
	}{
		"SIP": {"the certificate's name and end are told without trusting it", lync.SIP,
			serveTLS(&tls.Config{Certificates: []tls.Certificate{certificate(t, "sip.contoso.com", ends)}}),
			probe.Reading{Open: true, Spoke: true, CertificateEnds: ends, Detail: "TLS answered as sip.contoso.com until 2027-01-01, issued by sip.contoso.com"}},
		"SIP with mutual TLS": {"an Edge asks for a certificate that the probe does not have", lync.SIP,
			serveTLS(&tls.Config{Certificates: []tls.Certificate{certificate(t, "sip.contoso.com", ends)}, ClientAuth: tls.RequireAnyClientCert}),
			probe.Reading{Open: true, Spoke: true, CertificateEnds: ends, Detail: "TLS answered as sip.contoso.com until 2027-01-01, issued by sip.contoso.com"}},
		"SIP expired": {"a partner does not trust such a certificate; its end is told all the same", lync.SIP,
			serveTLS(&tls.Config{Certificates: []tls.Certificate{certificate(t, "sip.contoso.com", ended)}}),
			probe.Reading{Open: true, Spoke: true, CertificateEnds: ended, Detail: "TLS answered as sip.contoso.com until 2020-02-29, issued by sip.contoso.com"}},
		"SIP of 2010": {"old servers speak TLS 1.0 only", lync.SIP,
			serveTLS(&tls.Config{Certificates: []tls.Certificate{certificate(t, "", ends)}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}),
			probe.Reading{Open: true, Spoke: true, CertificateEnds: ends, Detail: "TLS answered as san.contoso.com until 2027-01-01"}},
		"SIP declined": {"an alert is TLS too", lync.SIP,
			serveTLS(&tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, io.EOF }}),
			probe.Reading{Open: true, Spoke: true, Detail: "TLS answered and declined (tls: internal error)"}},
		"SIP without TLS": {"something else listens there", lync.SIP,
			func(c net.Conn) {
				_, _ = io.WriteString(c, "220 mail.contoso.com ESMTP\r\n")
				_, _ = io.Copy(io.Discard, c)
			},
			probe.Reading{Open: true, Detail: "open, but what answers is not TLS"}},
		"SIP hung up": {"a load balancer without servers", lync.SIP,
			func(net.Conn) {},
			probe.Reading{Open: true, Detail: "open, but the other side hung up"}},
		"XMPP": {"the stream header and features are the answer", lync.XMPP,
			says(streamHeader + "<stream:features/>"),
			probe.Reading{Open: true, Spoke: true, Detail: "XMPP stream opened by contoso.com"}},
		"XMPP of few words": {"the stream header alone is an answer", lync.XMPP,
			says(streamHeader),
			probe.Reading{Open: true, Spoke: true, Detail: "XMPP stream opened by contoso.com"}},
		"XMPP of others": {"servers that do not serve the domain say so after the header", lync.XMPP,
			says(streamHeader + "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"),
			probe.Reading{Open: true, Detail: "open, but it does not serve contoso.com"}},
		"XMPP for friends": {"that a stranger is not welcome says nothing about partners", lync.XMPP,
			says(streamHeader + "<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"),
			probe.Reading{Open: true, Spoke: true, Detail: "XMPP stream opened by contoso.com"}},
		"XMPP that is mail": {"something else listens there", lync.XMPP,
			says("220 mail.contoso.com ESMTP\r\n<"),
			probe.Reading{Open: true, Detail: "open, but what answers is not XMPP"}},
		"XMPP that is a page": {"XML of another kind", lync.XMPP,
			says("<html>"),
			probe.Reading{Open: true, Detail: "open, but what answers is not XMPP"}},
		"XMPP that is broken": {"no XML at all", lync.XMPP,
			says("<<<<"),
			probe.Reading{Open: true, Detail: "open, but what answers is not XMPP"}},
		"XMPP that never begins": {"what is read is bounded", lync.XMPP,
			says(strings.Repeat(" ", 100_000)),
			probe.Reading{Open: true, Detail: "open, but what answers is not XMPP"}},
		"XMPP hung up": {"closed without a word", lync.XMPP,
			func(c net.Conn) { _, _ = bufio.NewReader(c).ReadString('>') },
			probe.Reading{Open: true, Detail: "open, but the other side hung up"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.want.Target = target(c.protocol)
			got := listen(t, c.serve).Probe(t.Context(), c.want.Target)
			if shown := !got.CertificateEnds.IsZero(); shown != (got.Thumbprint != "") {
				t.Errorf("a certificate that ends at %s has the thumbprint %q", got.CertificateEnds, got.Thumbprint)
			}
			got.Thumbprint = "" // TestAnswerShowsItsCertificate compares it
			if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestAnswerShowsItsCertificate: the reading names the certificate as Windows does.
func TestAnswerShowsItsCertificate(t *testing.T) {
	shown := certificate(t, "sip.contoso.com", time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC))
	got := listen(t, serveTLS(&tls.Config{Certificates: []tls.Certificate{shown}})).Probe(t.Context(), target(lync.SIP))
	sum := sha1.Sum(shown.Certificate[0])
	if want := strings.ToUpper(hex.EncodeToString(sum[:])); got.Thumbprint != want {
		t.Errorf("the thumbprint is %q, want %q", got.Thumbprint, want)
	}
}

func TestProbeNamesTheDomain(t *testing.T) {
	named := make(chan string, 1)
	p := listen(t, func(c net.Conn) {
		_ = tls.Server(c, &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			named <- hello.ServerName
			return nil, io.EOF
		}}).Handshake()
	})
	p.Probe(t.Context(), target(lync.SIP))
	if got := <-named; got != "contoso.com" {
		t.Errorf("TLS names %q", got)
	}
	p = listen(t, func(c net.Conn) {
		text := make([]byte, 256)
		n, _ := c.Read(text)
		named <- string(text[:n])
	})
	hostile := target(lync.XMPP)
	hostile.Domain = "contoso.com'/><x"
	p.Probe(t.Context(), hostile)
	if got := <-named; !strings.Contains(got, "to='contoso.com&#39;/&gt;&lt;x'") {
		t.Errorf("the stream opening is %s", got)
	}
}

func TestProbeIsBounded(t *testing.T) {
	cases := map[string]struct {
		reason   string
		protocol lync.Protocol
		serve    func(net.Conn)
	}{
		"SIP is silent":  {"an answer may never come", lync.SIP, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }},
		"XMPP is silent": {"an answer may never come", lync.XMPP, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := listen(t, c.serve)
			p.Timeout = 30 * time.Millisecond
			got := p.Probe(t.Context(), target(c.protocol))
			if !got.Open || got.Spoke || got.Detail != "open, but no answer within 30ms" {
				t.Errorf("%s: got %+v", c.reason, got)
			}
		})
	}
}

func TestProbeClosedPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	p := tcp.Prober{Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, l.Addr().String())
	}}
	got := p.Probe(t.Context(), target(lync.SIP))
	if got.Open || got.Spoke || got.Detail != "connection refused" {
		t.Errorf("got %+v", got)
	}
}

func TestProbeBlackHole(t *testing.T) {
	p := tcp.Prober{
		Timeout: 20 * time.Millisecond,
		Dial: func(ctx context.Context, _, address string) (net.Conn, error) {
			if address != "127.0.0.1:5269" {
				t.Errorf("asked %s", address)
			}
			<-ctx.Done()
			return nil, ctx.Err()
		},
	}
	if got := p.Probe(t.Context(), target(lync.XMPP)); got.Open || got.Detail != "no answer within 20ms" {
		t.Errorf("got %+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := p.Probe(ctx, target(lync.XMPP)); got.Open || got.Detail != "the probe was cancelled" {
		t.Errorf("got %+v", got)
	}
}

// certificate makes a self-signed certificate with the name as its subject and san.contoso.com as
// its alternative name.
func certificate(t *testing.T, name string, ends time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     []string{"san.contoso.com"},
		NotBefore:    ends.AddDate(-1, 0, 0),
		NotAfter:     ends,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestMachineIsAskedByName: an internal machine is dialed by its name, because it has no published
// address.
func TestMachineIsAskedByName(t *testing.T) {
	at := ""
	p := tcp.Prober{Dial: func(_ context.Context, _, address string) (net.Conn, error) {
		at = address
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "fe1.contoso.com", Server: "192.0.2.53:41234", IsNotFound: true}}
	}}
	got := p.Probe(t.Context(), probe.Target{Host: "fe1.contoso.com", Protocol: lync.SIP, Domain: "fe1.contoso.com"})
	if at != "fe1.contoso.com:5061" || got.Open || got.Detail != "DNS does not know its name" {
		t.Errorf("asked %q, got %+v: a resolver's own words change with every question", at, got)
	}
	p.Dial = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "read udp 192.0.2.1:55555->192.0.2.53:53: i/o timeout"}}
	}
	if got = p.Probe(t.Context(), probe.Target{Host: "fe1.contoso.com", Protocol: lync.SIP}); got.Detail != "its name could not be resolved" {
		t.Errorf("got %+v", got)
	}
}
