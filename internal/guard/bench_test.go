package guard_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/guard"
)

// BenchmarkHolder looks for the holder among 1,000 older routes of 50 domains each. None of them
// claims what this route claims, so the search is as long as it can be.
func BenchmarkHolder(b *testing.B) {
	const routes, domains = 1000, 50
	claims := func(route int) guard.Claims {
		c := guard.Claims{Route: fmt.Sprintf("ns/route%d", route), Created: time.Unix(int64(route), 0)}
		for d := range domains {
			host := fmt.Sprintf("sip.route%d-domain%d.example", route, d)
			c.Switches = append(c.Switches, guard.Switch{Kind: "the A record of", Name: host}, guard.Switch{Kind: "the AAAA record of", Name: host},
				guard.Switch{Kind: "the SRV record of", Name: "_sipfederationtls._tcp." + host})
		}
		return c
	}
	var others []guard.Claims
	for i := range routes {
		others = append(others, claims(i))
	}
	mine := claims(routes)
	b.ReportAllocs()
	for b.Loop() {
		if holder, claim := guard.Holder(mine, others); holder != "" {
			b.Fatalf("%s holds %s", holder, claim)
		}
	}
}
