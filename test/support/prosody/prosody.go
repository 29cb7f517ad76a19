// Package prosody runs a Prosody XMPP server for one test. It plays another
// organization that federates; its resolver asks one name server only.
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
	Address netip.Addr // other servers reach it here at port 5269
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

// Options set which name server and which authorities Prosody trusts.
type Options struct {
	NameServer string // host:port, the only one that it asks
	// Trusted are the authorities, in PEM, of the servers with which it talks; it
	// closes connections to other servers. Its own authority when empty.
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

// Ping sends a ping from the domain to another one and waits up to some seconds for
// the answer. The answer may never come: the tests only need Prosody to look the
// domain up and connect to its server.
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

// freeAddress finds a loopback address whose port 5269 is free. The simulated
// organizations use another part of 127.0.0.0/8.
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
