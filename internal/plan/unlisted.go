package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
)

// unlisted compares the names of the route with those that the endpoint kit accepts, also
// while nothing is to be done: on the day of a failover it would be too late.
func (c comparison) unlisted() Plan {
	var p Plan
	kit := c.o.Topology.Kit
	if kit == nil {
		return p
	}
	missing := func(list []string, names ...string) (out []string) {
		for _, name := range names {
			if !slices.Contains(list, strings.ToLower(name)) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
		return out
	}
	refused := func(what string, names []string) error {
		return fault.New(fault.Invalid, "look into the endpoint kit on", kit.Host, fmt.Sprintf("it does not list %s %s", what, strings.Join(names, ", "))).
			With("its functions refuse to name them", "write the kit anew with kubectl fedroute kit and install it there")
	}
	for _, protocol := range c.d.Protocols {
		if sites := missing(kit.Sites, protocol.Sites...); len(sites) > 0 {
			p.obstruct(aspectOf(protocol.Protocol), refused("the sites", sites), theStore)
		}
		if pools := missing(kit.Pools, slices.Concat([]string{c.d.Pool.FQDN}, c.d.Standby, names(c.d.Prepare, nameOf))...); len(pools) > 0 {
			p.obstruct(aspectOf(protocol.Protocol), refused("the Edge pools", pools), theStore)
		}
	}
	for _, fe := range c.d.FrontEnds {
		names := []string{fe.FQDN}
		if fe.EdgePool != "" && fe.EdgePool != Local {
			names = append(names, fe.EdgePool)
		}
		if pools := missing(kit.Pools, names...); len(pools) > 0 {
			p.obstruct(AspectFrontEnds, refused("the Front End pool", pools), frontEnd(fe.FQDN))
		}
	}
	return p
}
