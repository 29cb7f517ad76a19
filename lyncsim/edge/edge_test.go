package edge_test

import (
	"bufio"
	"crypto/tls"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/edge"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/pki"
)

const (
	server = "edge1.contoso.com"
	pool   = "edge.contoso.com"
)

var person = farm.Actor{User: "anna", Machine: server, Command: "test"}

// bench is a one-site organization with its open ports.
type bench struct {
	farm  *farm.Farm
	edges *edge.Listeners
	ca    *pki.CA
	addr  netip.Addr
}

// at gives each test an address of its own, and each run of the tests a network of its own.
func at(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, byte(64 + os.Getpid()>>8%128), byte(os.Getpid()), byte(n)})
}

// frontEnd is the Front End server's address, next to an Edge server's.
func frontEnd(edge netip.Addr) netip.Addr {
	a := edge.As4()
	a[3] += 100
	return netip.AddrFrom4(a)
}

func newFarm(t *testing.T, addr netip.Addr) *farm.Farm {
	t.Helper()
	f, err := farm.New(farm.Spec{
		Name: "contoso", Product: "LyncServer2013", SIPDomains: []string{"contoso.com"}, XMPPDomains: []string{"contoso.com"},
		Sites: []farm.SiteSpec{{
			Name: "Redmond", FederationRoute: pool, XMPPFederationRoute: pool,
			EdgePools: []farm.EdgePoolSpec{{
				FQDN: pool, ExternalFQDN: "sip.contoso.com", NextHop: "fe.contoso.com", Federation: true, XMPP: true,
				Servers: []farm.MachineSpec{{FQDN: server, ExternalAddress: addr}},
			}},
			FrontEndPools: []farm.FrontEndPoolSpec{{FQDN: "fe.contoso.com", EdgePool: pool, Servers: []farm.MachineSpec{{FQDN: "fe.contoso.com", Address: frontEnd(addr)}}}},
		}},
	}, farm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func newBench(t *testing.T, n int) *bench {
	t.Helper()
	b := &bench{farm: newFarm(t, at(n)), addr: at(n)}
	var err error
	if b.ca, err = pki.New("Contoso CA", time.Now(), 2*365*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if b.edges, err = edge.Open(b.farm, edge.Config{Certificate: b.issue}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.edges.Close)
	return b
}

func (b *bench) issue(c farm.Certificate) (*tls.Certificate, error) {
	leaf, err := b.ca.Issue(pki.Request{CommonName: c.Subject, DNSNames: c.Names, NotBefore: c.NotBefore, NotAfter: c.NotAfter})
	if err != nil {
		return nil, err
	}
	cert, err := leaf.TLS()
	return &cert, err
}

func (b *bench) port(p uint16) string { return netip.AddrPortFrom(b.addr, p).String() }

func (b *bench) handshake(name string) error {
	conn, err := tls.Dial("tcp", b.port(5061), &tls.Config{RootCAs: b.ca.Pool(), ServerName: name})
	if err != nil {
		return err
	}
	return conn.Close()
}

func TestPortsFollowTheFarm(t *testing.T) {
	steps := []struct {
		reason string
		do     func(*farm.Farm) error
		sip    bool
		xmpp   bool
	}{
		{"a settled pool answers on both ports", func(*farm.Farm) error { return nil }, true, true},
		{"the XMPP proxy can stop alone", func(f *farm.Farm) error {
			return f.StopServices(t.Context(), person, farm.ServicesRequest{Machine: server, Names: []string{farm.ServiceXMPPProxy}})
		}, true, false},
		{"both ports need the Access Edge", func(f *farm.Farm) error {
			return f.StopServices(t.Context(), person, farm.ServicesRequest{Machine: server, Names: []string{farm.ServiceAccessEdge}})
		}, false, false},
		{"starting the services opens both", func(f *farm.Farm) error {
			return f.StartServices(t.Context(), person, farm.ServicesRequest{Machine: server})
		}, true, true},
		{"an XMPP route that is cleared closes 5269 alone", func(f *farm.Farm) error {
			return f.SetSiteRoute(person, "Redmond", farm.XMPP, "")
		}, true, false},
		{"the global switch closes everything", func(f *farm.Farm) error {
			return f.SetAccessEdge(person, func(a *farm.AccessEdge) { a.AllowFederatedUsers = false })
		}, false, false},
	}
	b := newBench(t, 1)
	for _, s := range steps {
		if err := s.do(b.farm); err != nil {
			t.Fatalf("%s: %v", s.reason, err)
		}
		if got := answers(b.port(5061)); got != s.sip {
			t.Errorf("%s: 5061 answers: %t, want %t", s.reason, got, s.sip)
		}
		if got := answers(b.port(5269)); got != s.xmpp {
			t.Errorf("%s: 5269 answers: %t, want %t", s.reason, got, s.xmpp)
		}
	}
}

func answers(address string) bool {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	return c.Close() == nil
}

func TestAccessEdgeCertificate(t *testing.T) {
	b := newBench(t, 2)
	for _, name := range []string{"sip.contoso.com", "contoso.com"} {
		if err := b.handshake(name); err != nil {
			t.Errorf("handshake as %s: %v", name, err)
		}
	}
	if err := b.handshake("sip.fabrikam.com"); err == nil {
		t.Error("the certificate was good for a name that it must not have")
	}
	if err := b.farm.AssignCertificate(person, server, farm.NewCertificate{Life: -time.Minute}); err != nil {
		t.Fatal(err)
	}
	if err := b.handshake("sip.contoso.com"); err == nil {
		t.Error("a certificate that has run out was accepted")
	}
}

func TestPowerOffCutsPartners(t *testing.T) {
	b := newBench(t, 3)
	c, err := net.Dial("tcp", b.port(5269))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := b.farm.Kill(person, server); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the connection outlived the machine")
	}
	if got := b.edges.Addresses(); len(got) != 0 {
		t.Errorf("open ports of a dead machine: %v", got)
	}
}

func TestAddressConflictIsNamed(t *testing.T) {
	holder, err := net.Listen("tcp", netip.AddrPortFrom(at(4), 5269).String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Close() }()
	_, err = edge.Open(newFarm(t, at(4)), edge.Config{})
	if err == nil || !strings.Contains(err.Error(), "another simulated organization or program has the address") {
		t.Errorf("got %v, want an error that says who may have the address", err)
	}
	if answers(netip.AddrPortFrom(at(4), 5061).String()) {
		t.Error("a failed start left 5061 open")
	}
}

// talk sends text on a new stream to 5269. It returns the received text once that contains
// the wanted text or the stream ends.
func talk(t *testing.T, c io.ReadWriter, send, until string) string {
	t.Helper()
	if _, err := io.WriteString(c, send); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	r := bufio.NewReader(c)
	for !strings.Contains(got.String(), until) {
		b, err := r.ReadByte()
		if err != nil {
			t.Fatalf("the stream ended after %q, waiting for %q", got.String(), until)
		}
		got.WriteByte(b)
	}
	return got.String()
}

func header(to string) string {
	return fmt.Sprintf(`<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' `+
		`xmlns:db='jabber:server:dialback' from='fabrikam.com' to='%s' version='1.0'>`, to)
}

func TestXMPPStream(t *testing.T) {
	b := newBench(t, 5)
	c, err := net.Dial("tcp", b.port(5269))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if got := talk(t, c, header("contoso.com"), "</stream:features>"); !strings.Contains(got, "urn:ietf:params:xml:ns:xmpp-tls") ||
		!strings.Contains(got, "from='contoso.com'") {
		t.Fatalf("features: %s", got)
	}
	talk(t, c, `<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
	secure := tls.Client(c, &tls.Config{RootCAs: b.ca.Pool(), ServerName: "contoso.com"})
	if got := talk(t, secure, header("contoso.com"), "</stream:features>"); strings.Contains(got, "starttls") {
		t.Errorf("STARTTLS offered under TLS: %s", got)
	}
	got := talk(t, secure, `<db:result from='fabrikam.com' to='contoso.com'>key</db:result>`, "/>")
	if err := xml.Unmarshal([]byte(strings.ReplaceAll(got, "db:", "")), new(struct{})); err != nil || !strings.Contains(got, "type='valid'") {
		t.Errorf("dialback answer %q: %v", got, err)
	}
	want := []edge.Visitor{{Visit: edge.Visit{Machine: server, Port: 5269, Partner: "fabrikam.com"}, Times: 2}}
	if diff := cmp.Diff(want, b.edges.Visitors()); diff != "" {
		t.Errorf("visitors (-want +got):\n%s", diff)
	}
}

func TestXMPPRefusals(t *testing.T) {
	cases := map[string]struct {
		reason, send, want string
	}{
		"other domain": {"a domain that is not ours gets the error of RFC 6120 4.9.3.6", header("tailspin.com"), "<host-unknown"},
		"no stream":    {"what is no stream gets no answer", "<hello/>", ""},
		"DTD":          {"a document type has no place in a stream", "<!DOCTYPE x [<!ENTITY a 'b'>]>" + header("contoso.com"), ""},
		"garbage":      {"what is no XML gets no answer", "GET / HTTP/1.1\r\n\r\n", ""},
	}
	b := newBench(t, 6)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", b.port(5269))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			if _, err := io.WriteString(c, tc.send); err != nil {
				t.Fatal(err)
			}
			got, _ := io.ReadAll(c)
			if !strings.Contains(string(got), tc.want) || tc.want == "" && len(got) > 0 {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

// TestFrontEndPortFollowsItsService: inside, port 5061 belongs to the Front End service and
// has the certificate of its pool. It is no federation port.
func TestFrontEndPortFollowsItsService(t *testing.T) {
	const machine = "fe.contoso.com"
	b := newBench(t, 20)
	address := netip.AddrPortFrom(frontEnd(b.addr), 5061).String()
	steps := []struct {
		reason string
		do     func(*farm.Farm) error
		open   bool
	}{
		{"a settled machine answers", func(*farm.Farm) error { return nil }, true},
		{"not without its service", func(f *farm.Farm) error {
			return f.StopServices(t.Context(), person, farm.ServicesRequest{Machine: machine, Names: []string{farm.ServiceFrontEnd}})
		}, false},
		{"again with it", func(f *farm.Farm) error {
			return f.StartServices(t.Context(), person, farm.ServicesRequest{Machine: machine})
		}, true},
		{"not without the network", func(f *farm.Farm) error { return f.Disconnect(person, machine) }, false},
		{"again with it", func(f *farm.Farm) error { return f.Return(person, machine, farm.ServicesStart) }, true},
		{"not without power", func(f *farm.Farm) error { return f.Kill(person, machine) }, false},
	}
	federation := b.edges.Addresses()
	for _, s := range steps {
		if err := s.do(b.farm); err != nil {
			t.Fatal(err)
		}
		conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: b.ca.Pool(), ServerName: machine})
		if err == nil {
			_ = conn.Close()
		}
		if (err == nil) != s.open {
			t.Errorf("%s: %v", s.reason, err)
		}
		if diff := cmp.Diff(federation, b.edges.Addresses(), cmp.Comparer(func(x, y netip.AddrPort) bool { return x == y })); diff != "" {
			t.Errorf("%s: the federation ports are others (-before +now):\n%s", s.reason, diff)
		}
	}
	if seen := b.edges.Visitors(); len(seen) > 0 {
		t.Errorf("who comes inside is no partner: %v", seen)
	}
}

func TestAnEmptyBalancerHangsUp(t *testing.T) {
	b := newBench(t, 1)
	if err := b.farm.AddFault(farm.Fault{Kind: farm.FaultEmptyBalancer, Target: server + "/5061"}); err != nil {
		t.Fatal(err)
	}
	if err := b.farm.Kill(person, server); err != nil {
		t.Fatal(err)
	}
	if !answers(b.port(5061)) || answers(b.port(5269)) {
		t.Error("want a connection on 5061, though the machine is off, and none on 5269")
	}
	if err := b.handshake("sip.contoso.com"); err == nil {
		t.Error("somebody speaks TLS behind a balancer without members")
	}
	b.farm.ClearFaults()
	if answers(b.port(5061)) {
		t.Error("5061 still answers")
	}
}
