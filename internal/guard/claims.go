package guard

import (
	"fmt"
	"slices"
	"time"

	"github.com/fedroute/fedroute/internal/plan"
)

// Claims are the switches that one route of an organization holds, by name.
type Claims struct {
	Route    string // namespace/name
	Created  time.Time
	Switches []string
}

// ClaimsOf lists the switches of a resolved route: a site's route of a protocol,
// a Front End pool's association, a DNS record.
func ClaimsOf(d plan.Desired) []string {
	var out []string
	for _, p := range d.Protocols {
		for _, site := range p.Sites {
			out = append(out, fmt.Sprintf("the %s route of site %s", p.Protocol, site))
		}
	}
	for _, fe := range d.FrontEnds {
		out = append(out, "the Edge association of Front End pool "+fe.FQDN)
	}
	for _, r := range d.Records {
		out = append(out, fmt.Sprintf("the %s record of %s", r.Type, r.Name))
	}
	return out
}

// Holder finds the oldest route among the others that is older than mine and
// claims one of my switches. The order of the others does not matter.
func Holder(mine Claims, others []Claims) (route, claim string) {
	wanted := map[string]bool{}
	for _, s := range mine.Switches {
		wanted[s] = true
	}
	oldest := mine
	for _, other := range others {
		if !Older(other, oldest) {
			continue
		}
		if i := slices.IndexFunc(other.Switches, func(s string) bool { return wanted[s] }); i >= 0 {
			oldest, route, claim = other, other.Route, other.Switches[i]
		}
	}
	return route, claim
}

// Older decides who holds a switch that two routes claim: age, then the name, so
// that both never do.
func Older(a, b Claims) bool {
	if !a.Created.Equal(b.Created) {
		return a.Created.Before(b.Created)
	}
	return a.Route < b.Route
}
