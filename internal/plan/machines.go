package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// services starts what is stopped on the machines of the Edge pool, unless only
// setup can bring it back.
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

// unset reports whether only setup can make the machine's services run: they are
// disabled, or could not be started. Setup starts them at its end. A machine that
// does not replicate is started all the same: setup needs its replica.
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
			p.step(Step{Target: s.FQDN, From: "not set up", To: "set up", Act: SetupEdgeServer{Server: s, Ports: setup}}) // ports are left out: the rest of a plan must read alike
		}
		if len(restart) > 0 {
			wait = true // what the proxy takes up comes from the local replica
			p.step(Step{Target: s.FQDN, From: "XMPP route of before", To: "listening on " + portList(restart), Act: RestartEdgeServices{Server: s, Ports: restart}})
		}
	}
	enabling := c.enable(changed, wait)
	p = join(p, enabling)
	if wait || len(enabling.Steps) > 0 {
		p.step(Step{Target: c.d.Pool.FQDN, From: "replicas of before", To: "replicas newer than the change", Act: AwaitReplication{Servers: c.d.Pool.Servers}})
	}
	return p
}

// takeUp says which ports need setup to be run on the machine and which need its
// services restarted. Setup installs what a flag asks for; the XMPP proxy also has
// to take up the site's route, for which the failover procedure restarts the
// services.
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

// unknownServers holds any plan while a machine of the Edge pool cannot be read:
// whether it runs, is set up and has replicated decides what is safe.
func (c comparison) unknownServers(acting bool) Plan {
	var p Plan
	if !acting {
		return p
	}
	for _, s := range c.d.Pool.Servers {
		if state := c.o.server(s); !state.Known() {
			p.obstruct(AspectServices, unread(s, state.Err))
		}
	}
	return p
}

// unread says which machine could not be read, whatever its address, and how to
// go on without it.
func unread(s lync.EdgeServer, err error) error {
	cause := err.Error()
	if f, ok := errors.AsType[*fault.Error](err); ok && lync.SameHost(f.Target, s.FQDN) {
		cause = f.Cause // the machine is named already
	}
	return &fault.Error{Kind: fault.KindOf(err), Op: "read Edge server", Target: s.FQDN, Cause: cause, Err: err,
		Effect: "whether it runs and has replicated is unknown and nothing was changed",
		Next:   "repair it, or set outOfService for it under spec.edgeServers.overrides of the LyncTopology to do without it"}
}

func portList(ports []uint16) string {
	var out []string
	for _, p := range ports {
		out = append(out, fmt.Sprintf("port %d", p))
	}
	return strings.Join(out, " and ")
}
