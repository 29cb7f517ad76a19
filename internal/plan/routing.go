package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// routing compares the global switch, the flags and the site routes. All flags
// change in one publish.
func (c comparison) routing() (Plan, change) {
	var p Plan
	all := change{moved: make(map[lync.Protocol]bool)}
	for _, protocol := range c.d.Protocols {
		all.flags = append(all.flags, c.flags(&p, protocol)...)
		if c.routes(&p, protocol) {
			all.moved[protocol.Protocol] = true
		}
	}
	if len(all.flags) > 0 {
		p.step(publish(all.flags))
	}
	return p, all
}

// everywhere lists the store and all zones. Nobody knows which pool hosts federation of a
// site that leads to no Edge pool, so no pool may lose its flag and no partner be led
// elsewhere.
func (c comparison) everywhere() []Resource {
	out := []Resource{theStore}
	for _, r := range c.d.Records {
		if on := zone(r.Zone); !slices.Contains(out, on) {
			out = append(out, on)
		}
	}
	return out
}

// flags compares the switches of a protocol and gives the flags to publish. Where the spec
// leaves flags to a person, it adds an obstacle that says what the person has to set.
func (c comparison) flags(p *Plan, protocol DesiredProtocol) []lync.Flag {
	aspect := aspectOf(protocol.Protocol)
	if !c.o.Topology.FederatedUsersAllowed {
		p.differ(aspect, "AllowFederatedUsers of the Access Edge configuration", "True", "False")
		p.obstruct(aspect, fault.New(fault.Refused, "route", string(protocol.Protocol), "the organization does not allow federated users").
			With("no partner can be reached and nothing was changed", "run Set-CsAccessEdgeConfiguration -AllowFederatedUsers $true if federation is wanted"), theStore)
	}
	changed := flagsOf(c.d, c.o, protocol)
	var ticks []string
	for _, f := range changed {
		p.differ(aspect, flagField(f), onOff(f.On), onOff(!f.On))
		ticks = append(ticks, fmt.Sprintf("%s %s", flagField(f), onOff(f.On)))
	}
	if len(changed) == 0 || c.d.ManageFlags {
		return changed
	}
	p.obstruct(aspect, fault.New(fault.Refused, "verify the federation flags of", c.d.Pool.FQDN, "they are not as the route needs them").
		With("nothing else was changed", "set in Topology Builder and publish: "+strings.Join(ticks, ", ")), theStore)
	return nil
}

func publish(flags []lync.Flag) Step {
	var from, to []string
	for _, f := range flags {
		name := fmt.Sprintf("%s %s", f.Pool, f.Protocol)
		from, to = append(from, name+" "+onOff(!f.On)), append(to, name+" "+onOff(f.On))
	}
	return Step{Target: "topology", From: strings.Join(from, ", "), To: strings.Join(to, ", "), Act: PublishFlags{Flags: flags}}
}

// elsewhere is the error for a site whose route names something else than an Edge pool, such
// as a Director. Which Edge pool federation takes from there is unknown.
func elsewhere(protocol lync.Protocol, site, found string) error {
	return fault.New(fault.Refused, "read the "+string(protocol)+" route of site", site, "it leads to "+found+", which is no Edge pool of the topology; it may be a Director").
		With("which Edge pool hosts federation for the site is unknown, and nothing was changed",
			"lead the site to an Edge pool by hand, or list under sites of the protocol only the sites that this route is for")
}

// routes compares the site routes of a protocol and reports whether one changes.
func (c comparison) routes(p *Plan, protocol DesiredProtocol) (moved bool) {
	aspect, pool := aspectOf(protocol.Protocol), c.d.Pool.FQDN
	for _, site := range protocol.Sites {
		found := c.o.route(site, protocol.Protocol)
		if lync.SameHost(found, pool) {
			continue
		}
		if _, edge := findPool(c.o.Topology, found); found != "" && !edge {
			p.obstruct(aspect, elsewhere(protocol.Protocol, site, found), Resource{SortSite, site}, c.everywhere()...)
			continue
		}
		moved = true
		p.differ(aspect, fmt.Sprintf("%s federation route of site %s", protocol.Protocol, site), pool, orNone(found))
		p.step(Step{Target: fmt.Sprintf("%s route of site %s", protocol.Protocol, site), From: orNone(found), To: pool,
			Act: SetSiteRoute{Site: site, Protocol: protocol.Protocol, EdgePool: pool}})
	}
	return moved
}
