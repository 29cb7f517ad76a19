package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// StoppedByUs is how a step names services that a step of fedroute stopped and did not
// start again.
const StoppedByUs = "stopped by fedroute"

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
		p.step(c.start(s, c.stage()))
	}
	return p
}

// start starts the services of a machine. What a run of fedroute has stopped, it owes.
func (c comparison) start(s lync.EdgeServer, stage Stage) Step {
	from, owed := "stopped", c.o.Stopped[lync.HostOf(s.FQDN)]
	if owed {
		from = StoppedByUs
	}
	return Step{Stage: stage, Target: s.FQDN, From: from, To: "running", Act: StartEdgeServices{Server: s, Owed: owed}}
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
// replication whenever one of them, a flag or a route depends on it. Where the pool is
// prepared first, its flags and setup are waited for before the routes are.
func (c comparison) activation(changed change) Plan {
	var p Plan
	flags, routes := len(changed.flags) > 0 || changed.hops, len(changed.moved) > 0
	for _, s := range c.d.Pool.Servers {
		state := c.o.server(s)
		if !state.Known() {
			continue
		}
		if setup := c.setUp(changed, c.d.Pool, s, state.Value); len(setup) > 0 {
			flags = true
			from, anew := "not set up", c.o.Returning[lync.HostOf(s.FQDN)]
			if anew {
				from = "left out before"
			}
			p.step(Step{Stage: c.stage(), Target: s.FQDN, From: from, To: "set up", // no ports in its words: the rest of a plan must have the same words
				Act: SetupEdgeServer{Server: s, Ports: setup, Anew: anew, Installs: protocolsOf(c.d.Pool, changed.flags)}})
		}
		if restart := c.restart(changed, s, state.Value); len(restart) > 0 {
			routes = true // the proxy reads its route from the local replica
			p.step(Step{Target: s.FQDN, From: "XMPP route of before", To: "listening on " + portList(restart), Act: RestartEdgeServices{Server: s, Ports: restart}})
		}
	}
	enabling := c.enable(changed, flags || routes)
	p = join(p, enabling)
	flags = flags || len(enabling.Steps) > 0
	if flags && c.stage() == Preparing {
		p = join(p, c.replication(Preparing, "replica newer than the flags"))
		flags = false
	}
	if flags || routes {
		p = join(p, c.replication(Moving, "replica newer than the change"))
	}
	return p
}

// replication waits for the replicas of the Edge pool's machines.
func (c comparison) replication(stage Stage, to string) Plan {
	var p Plan
	for _, s := range c.d.Pool.Servers {
		p.step(Step{Stage: stage, Target: s.FQDN, From: "replica of before", To: to, Act: AwaitReplication{Server: s, Pool: c.d.Pool.FQDN}})
	}
	return p
}

// setUp gives the ports for which the machine needs setup. That is so where setup last
// installed other ports than the pool's flags will ask for, where the XMPP proxy is
// missing, where only setup can make the services run, and where the machine was left out
// and may have missed anything. Where nobody knows what setup
// installed, a flag that is switched on and a silent SIP port ask for it. A protocol that is
// kept from the pool needs none, and neither does one for which a standby pool has no flag.
func (c comparison) setUp(changed change, pool lync.EdgePool, s lync.EdgeServer, state lync.EdgeServerState) []uint16 {
	var out []uint16
	installed, known := c.o.installed(pool, s)
	asked := protocolsOf(pool, changed.flags)
	for _, p := range c.d.Protocols {
		if lync.SameHost(pool.FQDN, c.d.Pool.FQDN) && c.keptFrom(p.Protocol) != "" || c.d.Prepares(pool.FQDN) && !slices.Contains(asked, p.Protocol) {
			continue
		}
		flagged := slices.ContainsFunc(changed.flags, func(f lync.Flag) bool {
			return f.On && f.Protocol == p.Protocol && lync.SameHost(f.Pool, pool.FQDN)
		})
		silent := state.Running() && !state.Listens(p.Protocol.Port(), s.InterfaceAddresses)
		due := c.o.Returning[lync.HostOf(s.FQDN)] || c.unset(s, state) || p.Protocol == lync.XMPP && !state.HasXMPPProxy()
		if known {
			due = due || !slices.Contains(installed, p.Protocol)
		} else {
			due = due || flagged || p.Protocol == lync.SIP && silent
		}
		if due {
			out = append(out, p.Protocol.Port())
		}
	}
	return out
}

// restart gives the ports for which the machine's services must be restarted. The XMPP
// proxy has to read the site's route; the failover procedure restarts the services for
// that.
func (c comparison) restart(changed change, s lync.EdgeServer, state lync.EdgeServerState) []uint16 {
	port := lync.XMPP.Port()
	managed := slices.ContainsFunc(c.d.Protocols, func(p DesiredProtocol) bool { return p.Protocol == lync.XMPP })
	if managed && c.keptFrom(lync.XMPP) == "" && (changed.moved[lync.XMPP] || state.Running() && !state.Listens(port, s.InterfaceAddresses)) {
		return []uint16{port}
	}
	return nil
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
