// Package prosody runs a Prosody XMPP server for one test: another organization
// that federates, with a resolver that asks one name server.
package prosody

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/test/support/program"
)

// Server is a running Prosody with one domain.
type Server struct {
	program.Place
	Domain  string
	Address netip.Addr // it serves other servers at port 5269 here
}

const config = `run_as_root = true
pidfile = "%[1]s/prosody.pid"
certificates = "%[1]s"
data_path = "%[1]s/data"
admin_socket = "%[1]s/prosody.sock"
log = { { levels = { min = "debug" }, to = "file", filename = "%[1]s/prosody.log" } }
interfaces = { "%[2]s" }
local_interfaces = { "%[2]s" }
s2s_ports = { 5269 }
c2s_ports = {}
c2s_direct_tls_ports = {}
s2s_direct_tls_ports = {}
http_ports = {}
https_ports = {}
component_ports = {}
s2s_secure_auth = true
unbound = { resolvconf = false, hoststxt = false, forward = { "%[3]s" } }
modules_enabled = { "tls", "dialback", "disco", "ping", "posix", "admin_shell" }
VirtualHost "%[4]s"
 ssl = { key = "%[1]s/key.pem", certificate = "%[1]s/cert.pem", cafile = "%[1]s/trusted.pem" }
`

// Options say whom Prosody relies on.
type Options struct {
	NameServer string // host:port, all that it asks
	// Trusted are the authorities, in PEM, of the servers that it talks to: others
	// are hung up on. Its own when empty.
	Trusted []byte
}

// Start runs Prosody for a domain until the test ends.
func Start(t testing.TB, domain string, o Options) *Server {
	t.Helper()
	s := &Server{Place: program.In(t), Domain: domain, Address: freeAddress(t)}
	ca, err := pki.New(domain+" CA", time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ca.Issue(pki.Request{CommonName: domain, DNSNames: []string{domain}})
	if err != nil {
		t.Fatal(err)
	}
	s.Write(t, "cert.pem", string(leaf.CertPEM))
	s.Write(t, "key.pem", string(leaf.KeyPEM))
	s.Write(t, "trusted.pem", string(append(ca.CertPEM(), o.Trusted...)))
	if err := os.Mkdir(s.File("data"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.Write(t, "prosody.cfg.lua", fmt.Sprintf(config, s.Folder, s.Address, strings.Replace(o.NameServer, ":", "@", 1), domain))
	port := netip.AddrPortFrom(s.Address, 5269).String()
	s.Serve(t, func() bool { return program.Listens(port) }, "prosody", "-F", "--config", s.File("prosody.cfg.lua"))
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("prosody.log:\n%s", s.Log())
		}
	})
	return s
}

// Ping has the domain send a ping to another one and waits up to some seconds for
// the answer, which may never come: what counts is that the domain is looked up
// and its server connected to.
func (s *Server) Ping(t testing.TB, to string, seconds int) string {
	t.Helper()
	said, _ := s.Try(t, "", "prosodyctl", "--config", s.File("prosody.cfg.lua"), "shell",
		fmt.Sprintf(`xmpp:ping("%s", "%s", %d)`, s.Domain, to, seconds))
	return said
}

// Log is what Prosody wrote so far, everything included.
func (s *Server) Log() string {
	text, _ := os.ReadFile(s.File("prosody.log"))
	return string(text)
}

// freeAddress finds a loopback address with a free port 5269. The simulated
// organizations take theirs from another part of 127.0.0.0/8.
func freeAddress(t testing.TB) netip.Addr {
	t.Helper()
	for range 100 {
		a := netip.AddrFrom4([4]byte{127, byte(96 + rand.IntN(32)), byte(rand.IntN(256)), byte(1 + rand.IntN(250))})
		l, err := net.Listen("tcp", netip.AddrPortFrom(a, 5269).String())
		if err == nil {
			_ = l.Close()
			return a
		}
	}
	t.Fatal("no loopback address has a free port 5269")
	return netip.Addr{}
}
