// Package nameserver runs DNS servers that other projects wrote: BIND, Knot,
// PowerDNS and Samba.
package nameserver

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/test/support/program"
)

// Zone is the usual zone. Secret is the secret of the keys upd and narrow. BIND and
// Knot let narrow change only the A records of sip; PowerDNS lets it change nothing.
const (
	Secret = "c2VjcmV0LW9mLWEta2V5LXdpdGhvdXQtcmlnaHRz"
	Zone   = "contoso.test"
)

// obstacles is the text of a zone with every kind of record that can prevent a
// change.
const obstacles = `$ORIGIN @ZONE@.
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

// Records is the text of a zone whose name server is at the address.
func Records(zone, addr string) string {
	host, _, _ := net.SplitHostPort(addr)
	return strings.NewReplacer("@ZONE@", zone, "@NS1@", host).Replace(obstacles)
}

// Options set which zone is served, and at which address.
type Options struct {
	Addr    string // "": a free one
	Zone    string // "": the usual one
	Records string // the zone's text; "": Records
}

// Server is a server program that runs for one test.
type Server struct {
	program.Place
	Addr string // host:port
	Zone string
	Stop func() // ends it before the test ends
	// Sign are the arguments of nsupdate with which a person can edit the zone.
	Sign []string
	// Unverifiable reports that nsupdate cannot verify the server's signatures.
	Unverifiable bool
}

// New makes a folder for a server and writes the zone's text to the file zone in it.
func New(t testing.TB, o Options, env ...string) Server {
	t.Helper()
	s := Server{Place: program.In(t, env...), Addr: o.Addr, Zone: o.Zone, Sign: []string{"-y", "hmac-sha256:upd:" + Secret}}
	if s.Addr == "" {
		s.Addr = program.FreeAddr(t, "127.0.0.1")
	}
	if s.Zone == "" {
		s.Zone = Zone
	}
	if o.Records == "" {
		o.Records = Records(s.Zone, s.Addr)
	}
	s.Write(t, "zone", o.Records)
	return s
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
	key := dns.NewKey(s.Zone, dns.A)
	found, err := r.Read(context.Background(), []dns.Key{key})
	return err == nil && found[key].Barrier == dns.BarrierNone
}

// Config is the configuration for reading and changing the zone on this server
// alone.
func (s Server) Config() rfc2136.Config {
	return rfc2136.Config{Server: s.Addr, Discovery: rfc2136.DiscoverNone}
}

// ByHand edits the zone as a person would, with nsupdate.
func (s Server) ByHand(t testing.TB, lines ...string) {
	t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	script := fmt.Sprintf("server %s %s\nzone %s\n%s\nsend\n", host, port, s.Zone, strings.Join(lines, "\n"))
	said, err := s.Try(t, script, "nsupdate", append([]string{"-v"}, s.Sign...)...)
	if err != nil && !(s.Unverifiable && strings.Contains(said, "tsig verify failure")) {
		t.Fatalf("nsupdate: %v\n%s\n%s", err, script, said)
	}
}

// Dig asks the server with dig, without a key, and gives the values of a name,
// sorted.
func (s Server) Dig(t testing.TB, name, rrtype string, more ...string) []string {
	t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	args := append([]string{"@" + host, "-p", port, "+tcp", "+norec", "+short", name, rrtype}, more...)
	return slices.Sorted(strings.FieldsFuncSeq(s.Run(t, "", "dig", args...), func(r rune) bool { return r == '\n' }))
}

// DigMany asks n questions, each a name and a type, and gives the values in order,
// one a line.
func (s Server) DigMany(t testing.TB, question func(int) string, n int) string {
	t.Helper()
	var questions strings.Builder
	for i := range n {
		questions.WriteString(question(i) + "\n")
	}
	s.Write(t, "questions", questions.String())
	host, port, _ := net.SplitHostPort(s.Addr)
	return s.Run(t, "", "dig", "@"+host, "-p", port, "+tcp", "+norec", "+short", "-f", "questions")
}
