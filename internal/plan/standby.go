package plan

import (
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// prepared resolves the pools that are kept ready. The pool that hosts federation may be
// listed, too; it is kept ready anyway.
func prepared(in Intent, active lync.EdgePool, t lync.Topology) ([]lync.EdgePool, error) {
	var out []lync.EdgePool
	for _, name := range in.Prepare {
		pool, ok := t.EdgePool(name)
		if !ok {
			return nil, unknownName("Edge pool to prepare", name, poolNames(t))
		}
		if lync.SameHost(pool.FQDN, active.FQDN) {
			continue
		}
		pool.Servers = inService(in, pool.Servers)
		out = append(out, pool)
	}
	return out, nil
}

// Prepares reports whether the pool is kept ready beside the one that hosts federation.
func (d Desired) Prepares(name string) bool {
	return slices.ContainsFunc(d.Prepare, func(p lync.EdgePool) bool { return lync.SameHost(p.FQDN, name) })
}

// keeps reports whether the pool keeps its flags: it hosts federation, or is kept ready.
func (d Desired) keeps(name string) bool {
	return lync.SameHost(name, d.Pool.FQDN) || d.Prepares(name)
}

// standbyFlags gives the flags that the pools that are kept ready lack. Where a person sets
// the flags, it only says which are missing: no move waits for a standby pool.
func (c comparison) standbyFlags(p *Plan) []lync.Flag {
	var out []lync.Flag
	for _, pool := range c.d.Prepare {
		var ticks []string
		for _, protocol := range c.d.Protocols {
			f := lync.Flag{Pool: pool.FQDN, Protocol: protocol.Protocol, On: true}
			s := flagSetting(f)
			switch {
			case pool.Enabled(protocol.Protocol):
			case !c.d.ManageFlags:
				p.differ(AspectStandby, s.Field, s.Value, onOff(false))
				ticks = append(ticks, s.Field+" "+s.Value)
			default:
				p.toSet(AspectStandby, s, onOff(false))
				if !c.d.leaves(s) {
					out = append(out, f)
				}
			}
		}
		if len(ticks) > 0 {
			p.wait(AspectStandby, edgePool(pool.FQDN), fault.New(fault.Refused, "prepare Edge pool", pool.FQDN, "its federation flags are not set, and spec.topologyFlags leaves them to a person").
				With("a move there begins with them, and nothing else waits", "set in Topology Builder and publish: "+strings.Join(ticks, ", ")))
		}
	}
	return out
}

// standby keeps the machines of pools ready that host no federation now: their services
// run, and setup has installed what the flags ask for. Nothing of a move waits for them. A
// machine that cannot be read is told, and what is safe there is unknown.
func (c comparison) standby(changed change) Plan {
	var p Plan
	for _, pool := range c.d.Prepare {
		for _, s := range pool.Servers {
			state := c.o.server(s)
			if !state.Known() {
				p.wait(AspectStandby, machine(s), unreadStandby(s, pool.FQDN, state.Err))
				continue
			}
			p = join(p, c.ready(pool, s, state.Value, changed))
		}
	}
	return p
}

// ready makes a machine of a standby pool ready.
func (c comparison) ready(pool lync.EdgePool, s lync.EdgeServer, state lync.EdgeServerState, changed change) Plan {
	var p Plan
	if !state.Running() {
		p.differ(AspectStandby, "services of Edge server "+s.FQDN, "running", "stopped")
		if !c.unset(s, state) {
			p.step(c.start(s, Moving))
		}
	}
	if ports := c.setUp(changed, pool, s, state); len(ports) > 0 {
		p.differ(AspectStandby, "setup of Edge server "+s.FQDN, portList(ports), "not installed")
		p.step(Step{Target: s.FQDN, From: "replica of before", To: "replica newer than the flags", Act: AwaitReplication{Server: s, Pool: pool.FQDN}})
		p.step(Step{Target: s.FQDN, From: "not set up", To: "set up", Act: SetupEdgeServer{Server: s, Ports: ports, Installs: protocolsOf(pool, changed.flags)}})
	}
	return p
}

// unreadStandby says which machine could not be read, and that nothing else waits for it.
func unreadStandby(s lync.EdgeServer, pool string, err error) error {
	f := fault.Of(err, "read Edge server", s.FQDN)
	out := *f
	out.Op, out.Target, out.Err = "prepare Edge server", s.FQDN, err
	return out.With("whether "+pool+" can take federation over is unknown, and nothing else waits for it",
		"repair it, set outOfService for it under spec.edgeServers.overrides of the LyncTopology, or take its pool out of spec.prepare")
}
