package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// Strategy is the order of a move between two Edge pools.
type Strategy string

// The strategies.
const (
	// PrepareFirst makes the new pool ready while the old one serves. The old pool stops
	// federating when partners have left it. A pool that is dead is left at once.
	PrepareFirst Strategy = ""
	// Procedure is Microsoft's order: one publish clears the old pool's flags and sets
	// those of the new one, and the new pool is set up afterwards.
	Procedure Strategy = "Procedure"
)

// prepares reports whether the plan makes the Edge pool ready before federation is led to
// it.
func (c comparison) prepares() bool { return c.d.Strategy == PrepareFirst && c.leavesWorkingPool() }

// stage is the stage of the steps that make the Edge pool ready.
func (c comparison) stage() Stage {
	if c.prepares() {
		return Preparing
	}
	return Moving
}

// leftBehind lists the Edge pools that federation leaves or left: those that the move
// remembers, and those that a managed site's route names now. A pool that is kept prepared
// goes on federating.
func leftBehind(d Desired, t lync.Topology) []string {
	left := slices.Clone(d.Leaves)
	for _, p := range d.Protocols {
		for _, name := range p.Sites {
			site, _ := t.Site(name) // an unknown site has no route
			if found := site.Route(p.Protocol); !d.leaves(routeSetting(p.Protocol, name, found)) {
				left = append(left, found)
			}
		}
	}
	var out []string
	for _, name := range left {
		if pool, found := t.EdgePool(name); found && !d.keeps(pool.FQDN) && !slices.Contains(out, pool.FQDN) {
			out = append(out, pool.FQDN)
		}
	}
	return out
}

// staysForNow reports whether a pool keeps its flags until partners have left it. A pool
// that is dead has nobody to serve.
func (c comparison) staysForNow(name string) bool {
	pool, found := c.o.Topology.EdgePool(name)
	return found && c.d.Strategy == PrepareFirst && slices.Contains(leftBehind(c.d, c.o.Topology), pool.FQDN) && c.o.works(c.d, pool)
}

// leaving ends federation on the pools that federation left: it clears their flags, and
// setup takes the ports away on the machines that run. All of it pauses while partners may
// still remember the records of before. The procedure has no such end.
func (c comparison) leaving(changed change) Plan {
	var p Plan
	if len(changed.later) > 0 {
		clear := publish(changed.later)
		clear.Stage = Leaving
		p.step(clear)
	}
	for _, name := range leftBehind(c.d, c.o.Topology) {
		pool, _ := c.o.Topology.EdgePool(name)
		ports := c.cleanUp(pool, changed)
		if len(ports.Steps) > 0 || c.flagged(pool) || c.unread(pool) {
			p.Leaves = append(p.Leaves, pool.FQDN)
		}
		p = join(p, ports)
	}
	if !c.o.Drain.Over && c.servesYet(p.Steps, changed) {
		p.Pauses = append(p.Pauses, Pause{Stage: Leaving, Until: c.o.Drain.Ends, Err: drains(p.Leaves, c.o.Drain.Ends)})
	}
	return p
}

// servesYet reports whether one of the steps ends something that partners may still use: on
// a machine that runs, or a flag of a pool that works.
func (c comparison) servesYet(steps []Step, changed change) bool {
	return slices.ContainsFunc(steps, func(s Step) bool { return s.Kind() != KindPublishFlags }) ||
		slices.ContainsFunc(changed.later, func(f lync.Flag) bool { return c.staysForNow(f.Pool) })
}

// flagged reports whether the pool still has a flag of a managed protocol.
func (c comparison) flagged(pool lync.EdgePool) bool {
	return slices.ContainsFunc(c.d.Protocols, func(p DesiredProtocol) bool {
		return pool.Enabled(p.Protocol) && !c.o.servesOthers(pool.FQDN, p, c.d.Left)
	})
}

// unread reports whether a machine of a pool that the move remembers could not be read. Nobody
// knows then whether setup is still to take ports away there.
func (c comparison) unread(pool lync.EdgePool) bool {
	return c.d.Strategy != Procedure && lync.ContainsHost(c.d.Leaves, pool.FQDN) &&
		slices.ContainsFunc(pool.Servers, func(s lync.EdgeServer) bool { return !c.d.outOfService(s) && !c.o.server(s).Known() })
}

// cleanUp sets up the machines of a pool on which setup installed more than the pool's
// flags ask for, once these are cleared. A machine that does not run is left as it is, and
// so is every machine of a pool that the move does not remember.
func (c comparison) cleanUp(pool lync.EdgePool, changed change) Plan {
	var p Plan
	if c.d.Strategy == Procedure || !lync.ContainsHost(c.d.Leaves, pool.FQDN) {
		return p
	}
	stays := protocolsOf(pool, slices.Concat(changed.flags, changed.later))
	for _, s := range pool.Servers {
		state := c.o.server(s)
		if c.d.outOfService(s) || !state.Known() || !state.Value.Running() || !c.removes(pool, s, state.Value, stays) {
			continue
		}
		p.step(Step{Stage: Leaving, Target: s.FQDN, From: "replica of before", To: "replica newer than the cleared flags", Act: AwaitReplication{Server: s, Pool: pool.FQDN}})
		p.step(Step{Stage: Leaving, Target: s.FQDN, From: "set up for federation", To: "set up without it", Act: SetupEdgeServer{Server: s, Removes: true, Installs: stays}})
	}
	return p
}

// removes reports whether setup has something of a managed protocol to take away from the
// machine when the pool's flags ask only for the protocols of stays.
func (c comparison) removes(pool lync.EdgePool, s lync.EdgeServer, state lync.EdgeServerState, stays []lync.Protocol) bool {
	installed, known := c.o.installed(pool, s)
	return slices.ContainsFunc(c.d.Protocols, func(p DesiredProtocol) bool {
		switch {
		case slices.Contains(stays, p.Protocol):
			return false
		case known:
			return slices.Contains(installed, p.Protocol)
		case pool.Enabled(p.Protocol): // its flag is cleared first
			return true
		}
		return state.Listens(p.Protocol.Port(), s.InterfaceAddresses) || p.Protocol == lync.XMPP && state.HasXMPPProxy()
	})
}

// protocolsOf lists the protocols that a pool federates over once the flags are published.
func protocolsOf(pool lync.EdgePool, flags []lync.Flag) []lync.Protocol {
	out := []lync.Protocol{}
	for _, p := range []lync.Protocol{lync.SIP, lync.XMPP} {
		on := pool.Enabled(p)
		for _, f := range flags {
			if f.Protocol == p && lync.SameHost(f.Pool, pool.FQDN) {
				on = f.On
			}
		}
		if on {
			out = append(out, p)
		}
	}
	return out
}

// Drain says how long partners may still remember the records of before.
type Drain struct {
	// Ends is zero while some authoritative server does not show the new records.
	Ends time.Time
	Over bool
}

// Drains gives the move as it is to be remembered after an observation, and how far
// partners have left the old pools. The time counts from the first observation in which
// every authoritative server that could be asked shows the records. The longest TTL is that
// of the records that differed since the move began. Addresses of no Edge pool do not count:
// who is led there is not served by the old pool.
func (m Move) Drains(d Desired, o Observed, now time.Time) (Move, Drain) {
	var wanted []dns.RRSet
	found := make(map[dns.Key]dns.Lookup, len(d.Records))
	for _, want := range d.Records {
		part, asked := o.Records[want.Key]
		elsewhere := asked && part.Known() && d.leadsElsewhere(want.RRSet, part.Value)
		if elsewhere && !m.Shown.IsZero() {
			continue // somebody has set it since: nobody is led back
		}
		wanted = append(wanted, want.RRSet)
		if asked && part.Known() {
			found[want.Key] = part.Value
			if !elsewhere && !part.Value.Set.Same(want.RRSet) {
				m.LongestTTL = max(m.LongestTTL, part.Value.Set.TTL)
			}
		}
	}
	if shown, _ := dns.Published(found, wanted); !shown {
		m.Shown = time.Time{}
		return m, Drain{}
	}
	if m.Shown.IsZero() {
		m.Shown = now
	}
	ends := m.Shown.Add(time.Duration(m.LongestTTL) * time.Second)
	return m, Drain{Ends: ends, Over: !now.Before(ends)}
}

// leadsElsewhere reports whether an address set differs from the wanted one, and no server
// shows an address of an Edge pool that is not wanted.
func (d Desired) leadsElsewhere(want dns.RRSet, found dns.Lookup) bool {
	if want.Type == dns.SRV || found.Set.Same(want) {
		return false
	}
	shown := slices.Clone(found.Set.Data)
	for _, server := range found.Servers {
		shown = append(shown, server.Set.Data...)
	}
	return !slices.ContainsFunc(shown, func(address string) bool {
		return !slices.Contains(want.Data, address) && slices.ContainsFunc(d.Outsides, func(o Outside) bool { return slices.Contains(o.Addresses, address) })
	})
}

// drains says why the old pools keep their flags for now.
func drains(pools []string, ends time.Time) error {
	cause := "partners are still led there"
	if !ends.IsZero() {
		cause = "partners may remember the old records until " + ends.UTC().Format(time.RFC3339)
	}
	return fault.New(fault.Busy, "end federation on", strings.Join(pools, ", "), cause).
		With("it serves them meanwhile", "its flags are cleared afterwards")
}
