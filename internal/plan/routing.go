package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// routing compares the global switch, the flags and the site routes. All flags change in
// one publish, except those of pools that keep theirs until partners have left them.
func (c comparison) routing() (Plan, change) {
	var p Plan
	all := change{moved: make(map[lync.Protocol]bool)}
	if c.o.Topology.Unread(lync.PartSites) != nil {
		return p, all // which pools the sites lead to decides about flags, too
	}
	for _, protocol := range c.d.Protocols {
		now, later := c.flags(&p, protocol)
		all.flags, all.later = append(all.flags, now...), append(all.later, later...)
		if c.routes(&p, protocol) {
			all.moved[protocol.Protocol] = true
		}
	}
	all.flags = append(all.flags, c.standbyFlags(&p)...)
	if c.clearsOnly(all) {
		all.flags, all.later = nil, append(all.later, all.flags...)
	}
	if len(all.flags) > 0 {
		sets := publish(all.flags)
		sets.Stage = c.stage()
		p.step(sets)
	}
	return p, all
}

// clearsOnly reports whether a publish before the routes would only clear flags, while a pool
// that is dead is left. Nobody needs that publish to be served again, and it takes longer than
// all else that has to be done: so it comes when federation has moved.
func (c comparison) clearsOnly(all change) bool {
	left := leftBehind(c.d, c.o.Topology)
	return c.d.Strategy == PrepareFirst && !c.prepares() && slices.ContainsFunc(all.flags, func(f lync.Flag) bool { return lync.ContainsHost(left, f.Pool) }) &&
		!slices.ContainsFunc(all.flags, func(f lync.Flag) bool { return f.On })
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

// flags compares the switches of a protocol and gives the flags to publish now, and those
// to clear when partners have left. Where a person sets the flags, it adds an obstacle that
// says what the person has to set.
func (c comparison) flags(p *Plan, protocol DesiredProtocol) (now, later []lync.Flag) {
	aspect := aspectOf(protocol.Protocol)
	if c.o.Topology.Unread(lync.PartAccessEdge) == nil && !c.o.Topology.FederatedUsersAllowed {
		p.differ(aspect, "AllowFederatedUsers of the Access Edge configuration", "True", "False")
		p.obstruct(aspect, fault.New(fault.Refused, "route", string(protocol.Protocol), "the organization does not allow federated users").
			With("no partner can be reached and nothing was changed", "run Set-CsAccessEdgeConfiguration -AllowFederatedUsers $true if federation is wanted"), theStore)
	}
	for _, f := range flagsOf(c.d, c.o, protocol) {
		if !f.On && c.staysForNow(f.Pool) {
			later = append(later, f)
			continue
		}
		now = append(now, f)
	}
	if c.o.Drain.Over && !c.d.ManageFlags {
		now, later = append(now, later...), nil // a person's turn has come for these, too
	}
	var ticks []string
	for _, f := range now {
		s := flagSetting(f)
		if c.d.ManageFlags {
			p.toSet(aspect, s, onOff(!f.On))
			continue
		}
		p.differ(aspect, s.Field, s.Value, onOff(!f.On))
		ticks = append(ticks, s.Field+" "+s.Value)
	}
	if c.d.ManageFlags {
		isLeft := func(f lync.Flag) bool { return c.d.leaves(flagSetting(f)) }
		return slices.DeleteFunc(now, isLeft), slices.DeleteFunc(later, isLeft)
	}
	if len(now) == 0 {
		return nil, nil
	}
	p.obstruct(aspect, fault.New(fault.Refused, "verify the federation flags of", c.d.Pool.FQDN, "they are not as the route needs them").
		With("nothing else was changed", "set in Topology Builder and publish: "+strings.Join(ticks, ", ")), theStore)
	return nil, nil
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
		if _, edge := c.o.Topology.EdgePool(found); found != "" && !edge {
			p.obstruct(aspect, elsewhere(protocol.Protocol, site, found), Resource{SortSite, site}, c.everywhere()...)
			continue
		}
		s := routeSetting(protocol.Protocol, site, pool)
		p.toSet(aspect, s, orNone(found))
		if c.d.leaves(s) {
			continue
		}
		if c.flagLeftOff(protocol.Protocol) { // a site is led only to a pool that carries the flag
			p.obstruct(aspect, needs("set the "+string(protocol.Protocol)+" route of site", site, c.d.flag(protocol.Protocol).Field), Resource{SortSite, site})
			continue
		}
		moved = true
		p.step(Step{Target: fmt.Sprintf("%s route of site %s", protocol.Protocol, site), From: orNone(found), To: pool,
			Act: SetSiteRoute{Site: site, Protocol: protocol.Protocol, EdgePool: pool}})
	}
	return moved
}
