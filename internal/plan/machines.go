package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// services starts the stopped services on the machines of the Edge pool, except where
// only setup can start them.
func (c comparison) services() Plan {
	var p Plan
	for _, s := range c.d.Pool.Servers {
		state := c.o.server(s)
		if !state.Known() || state.Value.Running() {
			continue
		}
		found := "stopped"
		if state.Value.Disabled() {
			found = "disabled"
		}
		p.differ(AspectServices, "services of Edge server "+s.FQDN, "running", found)
		if c.unset(s, state.Value) {
			continue
		}
		p.step(Step{Target: s.FQDN, From: "stopped", To: "running", Act: StartEdgeServices{Server: s}})
	}
	return p
}

// unset reports whether only setup, which starts services at its end, can make the
// machine's services run. That is so where they are disabled or could not be started.
// Where the machine does not replicate, its services are started all the same: setup needs
// the replica.
func (c comparison) unset(s lync.EdgeServer, state lync.EdgeServerState) bool {
	if state.Running() {
		return false
	}
	return state.Disabled() || c.o.NotStarted[lync.HostOf(s.FQDN)] && state.Replicates()
}

// activation decides which machines run setup or a restart again, and waits for
// replication whenever one of them, a flag or a route depends on it.
func (c comparison) activation(changed change) Plan {
	var p Plan
	wait := len(changed.flags) > 0 || len(changed.moved) > 0
	for _, s := range c.d.Pool.Servers {
		state := c.o.server(s)
		if !state.Known() {
			continue
		}
		setup, restart := c.takeUp(changed, s, state.Value)
		if len(setup) > 0 {
			wait = true
			p.step(Step{Target: s.FQDN, From: "not set up", To: "set up", Act: SetupEdgeServer{Server: s, Ports: setup}}) // no ports in its words: the rest of a plan must have the same words
		}
		if len(restart) > 0 {
			wait = true // the proxy reads its route from the local replica
			p.step(Step{Target: s.FQDN, From: "XMPP route of before", To: "listening on " + portList(restart), Act: RestartEdgeServices{Server: s, Ports: restart}})
		}
	}
	enabling := c.enable(changed, wait)
	p = join(p, enabling)
	if wait || len(enabling.Steps) > 0 {
		for _, s := range c.d.Pool.Servers {
			p.step(Step{Target: s.FQDN, From: "replica of before", To: "replica newer than the change", Act: AwaitReplication{Server: s, Pool: c.d.Pool.FQDN}})
		}
	}
	return p
}

// takeUp gives the ports for which the machine needs setup, and those for which its
// services must be restarted. Setup installs what a flag asks for. The XMPP proxy also
// has to read the site's route; the failover procedure restarts the services for that.
func (c comparison) takeUp(changed change, s lync.EdgeServer, state lync.EdgeServerState) (setup, restart []uint16) {
	unset := c.unset(s, state)
	for _, p := range c.d.Protocols {
		port := p.Protocol.Port()
		flagged := slices.ContainsFunc(changed.flags, func(f lync.Flag) bool { return f.On && f.Protocol == p.Protocol })
		silent := state.Running() && !state.Listens(port, s.InterfaceAddresses)
		switch {
		case unset, flagged, p.Protocol == lync.SIP && silent, p.Protocol == lync.XMPP && !state.HasXMPPProxy():
			setup = append(setup, port)
		}
		if p.Protocol == lync.XMPP && (changed.moved[lync.XMPP] || silent) {
			restart = append(restart, port)
		}
	}
	return setup, restart
}

// unknownServers holds the steps on machines of the Edge pool that cannot be read: what is
// safe there depends on whether the machine runs, is set up and has replicated. It also
// holds the routes and flags in two cases. One is that no machine of the pool can be read.
// The other is a move from a pool that works: DNS follows only to addresses that all
// answer, so the old pool would lose its flag while partners are still led to it.
func (c comparison) unknownServers(steps []Step) Plan {
	var p Plan
	if len(steps) == 0 {
		return p
	}
	unknown := slices.DeleteFunc(slices.Clone(c.d.Pool.Servers), func(s lync.EdgeServer) bool { return c.o.server(s).Known() })
	all := len(unknown) == len(c.d.Pool.Servers) || c.leavesWorkingPool() && slices.ContainsFunc(steps, func(s Step) bool { return s.Kind() == KindUpdateDNS })
	for _, s := range unknown {
		var also []Resource
		if all {
			also = append(also, theStore)
		}
		p.obstruct(AspectServices, unread(s, c.o.server(s).Err, all), machine(s), also...)
	}
	return p
}

// leavesWorkingPool reports whether a managed site is led away from an Edge pool of which a
// machine runs.
func (c comparison) leavesWorkingPool() bool {
	for _, p := range c.d.Protocols {
		for _, site := range p.Sites {
			pool, found := findPool(c.o.Topology, c.o.route(site, p.Protocol))
			if found && !lync.SameHost(pool.FQDN, c.d.Pool.FQDN) && slices.ContainsFunc(pool.Servers, func(s lync.EdgeServer) bool {
				state := c.o.server(s)
				return state.Known() && state.Value.Running()
			}) {
				return true
			}
		}
	}
	return false
}

// unread says which machine could not be read, what is held by that, and how to go on
// without the machine. It names the machine even where the error names only an address.
func unread(s lync.EdgeServer, err error, all bool) error {
	cause := err.Error()
	if f, ok := errors.AsType[*fault.Error](err); ok && lync.SameHost(f.Target, s.FQDN) {
		cause = f.Cause // the target of the new error names the machine
	}
	effect := "whether it runs and has replicated is unknown; what needs it waits, and the rest goes on"
	if all {
		effect = "whether it runs and has replicated is unknown and nothing was changed"
	}
	return &fault.Error{Kind: fault.KindOf(err), Op: "read Edge server", Target: s.FQDN, Cause: cause, Err: err, Effect: effect,
		Next: "repair it, or set outOfService for it under spec.edgeServers.overrides of the LyncTopology to do without it"}
}

func portList(ports []uint16) string {
	var out []string
	for _, p := range ports {
		out = append(out, fmt.Sprintf("port %d", p))
	}
	return strings.Join(out, " and ")
}
