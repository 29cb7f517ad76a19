package nameserver

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/test/support/program"
)

// Pair is a BIND primary and a Knot secondary. They have two addresses but the same
// port, because a zone's NS records name no ports. BIND can listen on no 127.x
// address but the first.
type Pair struct {
	Primary, Secondary Server
	Restart            func() // restarts the secondary, which then transfers the zone anew
}

// Visibility says whether the zone's NS records name the primary.
type Visibility string

// The ways to run a primary.
const (
	PublicPrimary Visibility = "public"
	HiddenPrimary Visibility = "hidden"
)

const knotSecondary = `
server:
    rundir: "."
    listen: 127.0.0.2@%[1]s
remote:
  - id: primary
    address: 127.0.0.1@%[1]s
log:
  - target: stderr
    any: info
database:
    storage: "."
zone:
  - domain: %[2]s
    master: primary
    zonefile-load: none
    zonefile-sync: -1
    journal-content: none
`

// StartPair starts a primary and a secondary. The secondary learns of changes only
// when it starts.
func StartPair(t testing.TB, zone string, v Visibility) Pair {
	t.Helper()
	addr := program.FreeAddr(t, "127.0.0.1")
	_, port, _ := net.SplitHostPort(addr)
	both := "@ NS ns1\n@ NS ns2\nns2 A 127.0.0.2"
	records := strings.Replace(Records(zone, addr), "@ NS ns1", both, 1)
	if v == HiddenPrimary {
		records = strings.Replace(records, "@ NS ns1\n", "", 1)
	}
	p := Pair{Primary: StartBIND(t, BINDOptions{Options: Options{Addr: addr, Zone: zone, Records: records}, ZoneStatements: `allow-transfer { any; };`})}
	p.Secondary = New(t, Options{Addr: net.JoinHostPort("127.0.0.2", port), Zone: zone})
	p.Secondary.Write(t, "knot.conf", fmt.Sprintf(knotSecondary, port, zone))
	run := func() func() { return p.Secondary.Serve(t, "knotd", "-c", "knot.conf") }
	stop := run()
	p.Restart = func() { stop(); stop = run() }
	return p
}
