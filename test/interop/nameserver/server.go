// Package nameserver runs DNS servers that nobody here wrote: BIND, Knot, PowerDNS.
package nameserver

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/test/interop/program"
)

// The zone of the tests, and the secret of the keys upd and narrow. BIND lets narrow
// change little.
const (
	Secret = "c2VjcmV0LW9mLWEta2V5LXdpdGhvdXQtcmlnaHRz"
	Zone   = "contoso.test"
)

// records is a zone with everything that can be in the way. @NS2@ is a second
// server's address, left out when there is none.
const records = `$ORIGIN contoso.test.
$TTL 300
@ IN SOA ns1 hostmaster 1 3600 600 86400 60
@ NS ns1
ns1 A @NS1@
sip A 192.0.2.10
_sipfederationtls._tcp SRV 0 0 5061 sip
alias CNAME ns1
away CNAME www.fabrikam.test.
*.wild A 192.0.2.99
exact.wild A 192.0.2.99
*.aliased CNAME ns1
sub NS ns.sub
ns.sub A 127.0.0.9
`

// Server is a server program that runs for one test.
type Server struct {
	program.Place
	Addr string // host:port
	Stop func() // ends it before the test ends
}

// New gives a server its folder and a free address.
func New(t testing.TB, env ...string) Server {
	t.Helper()
	return Server{Place: program.In(t, env...), Addr: program.FreeAddr(t, "127.0.0.1")}
}

// Serve runs the server until it answers for the zone.
func (s Server) Serve(t testing.TB, name string, args ...string) (stop func()) {
	t.Helper()
	return s.Place.Serve(t, func() bool { return s.answers(t) }, name, args...)
}

func (s Server) answers(t testing.TB) bool {
	c := s.Config()
	c.Timeout = time.Second
	r, err := rfc2136.NewReader(c)
	if err != nil {
		t.Fatal(err)
	}
	key := dns.NewKey(Zone, dns.A)
	found, err := r.Read(context.Background(), []dns.Key{key})
	return err == nil && found[key].Obstacle == dns.ObstacleNone
}

// Config asks the server alone.
func (s Server) Config() rfc2136.Config {
	return rfc2136.Config{Server: s.Addr, Discovery: rfc2136.DiscoverNone}
}

// ByHand edits the zone as a person would, with nsupdate.
func (s Server) ByHand(t testing.TB, lines ...string) {
	t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	script := fmt.Sprintf("server %s %s\nzone %s\n%s\nsend\n", host, port, Zone, strings.Join(lines, "\n"))
	s.Run(t, script, "nsupdate", "-v", "-y", "hmac-sha256:upd:"+Secret)
}
