package plan

import (
	"slices"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
)

// LeftTargets lists the federation ports by which a look tells whether the Edge pools that
// federation leaves still serve partners. Only the machines of a pool are asked of which none
// is known to run: a machine that fedroute cannot read may serve all the same.
func (d Desired) LeftTargets(t lync.Topology, servers map[lync.Host]lync.Part[lync.EdgeServerState]) []probe.Target {
	if t.Unread(lync.PartSites, lync.PartServices) != nil {
		return nil
	}
	o, left := Observed{Topology: t, EdgeServers: servers}, leftBehind(d, t)
	var out []probe.Target
	for _, pool := range t.EdgePools {
		leaves := slices.ContainsFunc(d.Protocols, func(p DesiredProtocol) bool { return pool.Enabled(p.Protocol) }) &&
			slices.Contains(left, pool.FQDN)
		if !leaves && !d.ledAwayFrom(pool, o) || o.works(d, pool) {
			continue
		}
		for _, s := range pool.Servers {
			if !o.server(s).Known() {
				out = append(out, d.FederationPorts[lync.HostOf(s.FQDN)]...)
			}
		}
	}
	return out
}

// federationPorts lists the federation ports of each Edge machine.
func federationPorts(in Intent, t lync.Topology) map[lync.Host][]probe.Target {
	out := map[lync.Host][]probe.Target{}
	for _, pool := range t.EdgePools {
		for _, s := range pool.Servers {
			one := lync.EdgePool{Servers: []lync.EdgeServer{in.addressed(s)}}
			for _, p := range in.Protocols {
				out[lync.HostOf(s.FQDN)] = append(out[lync.HostOf(s.FQDN)], targets(p, one, in.PortsConnect)...)
			}
		}
	}
	return out
}

// leavesWorkingPool reports whether a managed site is led away from an Edge pool that works.
func (c comparison) leavesWorkingPool() bool {
	return slices.ContainsFunc(c.o.Topology.EdgePools, func(p lync.EdgePool) bool { return c.d.ledAwayFrom(p, c.o) && c.o.works(c.d, p) })
}

// ledAwayFrom reports whether a managed site is led from the Edge pool to another one.
func (d Desired) ledAwayFrom(pool lync.EdgePool, o Observed) bool {
	return !lync.SameHost(pool.FQDN, d.Pool.FQDN) && slices.ContainsFunc(d.Protocols, func(p DesiredProtocol) bool {
		return slices.ContainsFunc(p.Sites, func(site string) bool {
			return lync.SameHost(o.route(site, p.Protocol), pool.FQDN) && !d.leaves(routeSetting(p.Protocol, site, pool.FQDN))
		})
	})
}

// works reports whether a machine of the pool runs, or cannot be read and answers as a
// federation port.
func (o Observed) works(d Desired, pool lync.EdgePool) bool {
	return slices.ContainsFunc(pool.Servers, func(s lync.EdgeServer) bool {
		state := o.server(s)
		if state.Known() {
			return state.Value.Running()
		}
		return slices.ContainsFunc(d.FederationPorts[lync.HostOf(s.FQDN)], func(t probe.Target) bool { return o.Ports[t].Answers() })
	})
}

// Works reports whether the Edge pool serves partners, as far as that is known.
func (o Observed) Works(d Desired, name string) bool {
	pool, found := o.Topology.EdgePool(name)
	return found && o.works(d, pool)
}
