package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// Plan is what has to be done, and what stands in the way of doing it.
type Plan struct {
	ID          string
	Steps       []Step
	Differences []Difference
	// Obstacles hold the whole plan: something it needs is unknown, blocked, or
	// must be done by a person.
	Obstacles []Obstacle
	// Waits hold only what they name; nothing else waits for it.
	Waits []Obstacle
	// LeftFailedOver are Front End pools that somebody failed over on purpose.
	LeftFailedOver []string
}

// Compute compares and orders. It needs a known topology; every other part may
// be unknown. The same arguments always give the same plan.
func Compute(d Desired, o Observed) Plan {
	c := computation{d: d, o: o}
	for _, p := range d.Protocols {
		c.routing(p)
	}
	c.services()
	c.replicationAndSetup()
	c.dns()
	c.ports()
	c.frontEnds()
	c.unknownServers()
	slices.SortStableFunc(c.plan.Steps, func(a, b Step) int {
		return slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind)
	})
	c.plan.ID = ID(c.plan.Steps)
	return c.plan
}

type computation struct {
	d    Desired
	o    Observed
	plan Plan

	flags []lync.Flag
	moved map[lync.Protocol]bool // a route of the protocol changes
}

func (c *computation) step(s Step) { c.plan.Steps = append(c.plan.Steps, s) }

func (c *computation) differ(part Part, field, wanted, found string) {
	c.plan.Differences = append(c.plan.Differences, Difference{Part: part, Field: field, Wanted: wanted, Found: found})
}

func (c *computation) obstruct(part Part, err error) {
	c.plan.Obstacles = append(c.plan.Obstacles, Obstacle{Part: part, Err: err})
}

// routing compares the global switch, the flags and the site routes.
func (c *computation) routing(p DesiredProtocol) {
	part := partOf(p.Protocol)
	if !c.o.Topology.FederatedUsersAllowed {
		c.differ(part, "AllowFederatedUsers of the Access Edge configuration", "True", "False")
		c.obstruct(part, fault.New(fault.Refused, "route", string(p.Protocol), "the organization does not allow federated users").
			With("no partner can be reached and nothing was changed", "run Set-CsAccessEdgeConfiguration -AllowFederatedUsers $true if federation is wanted"))
	}
	changed := flags(c.d, c.o, p)
	for _, f := range changed {
		c.differ(part, flagField(f), onOff(f.On), onOff(!f.On))
	}
	c.publish(part, changed)
	for _, site := range p.Sites {
		found := c.o.route(site, p.Protocol)
		if lync.SameHost(found, c.d.Pool.FQDN) {
			continue
		}
		if c.moved == nil {
			c.moved = map[lync.Protocol]bool{}
		}
		c.moved[p.Protocol] = true
		c.differ(part, fmt.Sprintf("%s federation route of site %s", p.Protocol, site), c.d.Pool.FQDN, orNone(found))
		c.step(Step{Kind: SetSiteRoute, Target: fmt.Sprintf("%s route of site %s", p.Protocol, site),
			From: orNone(found), To: c.d.Pool.FQDN, Site: site, Protocol: p.Protocol, EdgePool: c.d.Pool.FQDN})
	}
}

// publish adds the flags to the one publish of the plan, or says what a person
// has to do instead.
func (c *computation) publish(part Part, changed []lync.Flag) {
	if len(changed) == 0 {
		return
	}
	if !c.d.ManageFlags {
		var ticks []string
		for _, f := range changed {
			ticks = append(ticks, fmt.Sprintf("%s %s", flagField(f), onOff(f.On)))
		}
		c.obstruct(part, fault.New(fault.Refused, "verify the federation flags of", c.d.Pool.FQDN, "they are not as the route needs them").
			With("nothing else was changed", "set in Topology Builder and publish: "+strings.Join(ticks, ", ")))
		return
	}
	c.flags = append(c.flags, changed...)
	var from, to []string
	for _, f := range c.flags {
		name := fmt.Sprintf("%s %s", f.Pool, f.Protocol)
		from, to = append(from, name+" "+onOff(!f.On)), append(to, name+" "+onOff(f.On))
	}
	c.plan.Steps = slices.DeleteFunc(c.plan.Steps, func(s Step) bool { return s.Kind == PublishFlags })
	c.step(Step{Kind: PublishFlags, Target: "topology", From: strings.Join(from, ", "), To: strings.Join(to, ", "), Flags: c.flags})
}

// services starts what is stopped on the machines of the Edge pool, unless only
// setup can bring it back.
func (c *computation) services() {
	for _, s := range c.d.Pool.Servers {
		state := c.o.server(s)
		if !state.Known() || state.Value.Running() {
			continue
		}
		found := "stopped"
		if state.Value.Disabled() {
			found = "disabled"
		}
		c.differ(PartServices, "services of Edge server "+s.FQDN, "running", found)
		if c.unset(s, state.Value) {
			continue
		}
		c.step(Step{Kind: StartEdgeServices, Target: s.FQDN, From: "stopped", To: "running", Server: s})
	}
}

// unset reports whether only setup can make the machine's services run: they are
// disabled, or could not be started. Setup starts them at its end. A machine that
// does not replicate is started all the same: setup needs its replica.
func (c *computation) unset(s lync.EdgeServer, state lync.EdgeServerState) bool {
	if state.Running() {
		return false
	}
	return state.Disabled() || c.o.NotStarted[lync.HostOf(s.FQDN)] && state.Replicates()
}

// replicationAndSetup decides which machines run setup or a restart again, and
// waits for replication whenever one of them, a flag or a route depends on it.
func (c *computation) replicationAndSetup() {
	wait := len(c.flags) > 0 || len(c.moved) > 0
	for _, s := range c.d.Pool.Servers {
		state := c.o.server(s)
		if !state.Known() {
			continue
		}
		setup, restart := c.activation(s, state.Value)
		if len(setup) > 0 {
			wait = true
			c.step(Step{Kind: SetupEdgeServer, Target: s.FQDN, From: "not set up", To: "set up", Server: s, Ports: setup}) // ports are left out: the rest of a plan must read alike
		}
		if len(restart) > 0 {
			wait = true // what the proxy takes up comes from the local replica
			c.step(Step{Kind: RestartEdgeServices, Target: s.FQDN, From: "XMPP route of before", To: "listening on " + portList(restart), Server: s, Ports: restart})
		}
	}
	if c.enable(wait) || wait {
		c.step(Step{Kind: AwaitReplication, Target: c.d.Pool.FQDN, From: "replicas of before", To: "replicas newer than the change", Servers: c.d.Pool.Servers})
	}
}

// activation says which ports need setup to be run on the machine and which
// need its services restarted. Setup installs what a flag asks for; the XMPP
// proxy also has to take up the site's route, for which the failover procedure
// restarts the services.
func (c *computation) activation(s lync.EdgeServer, state lync.EdgeServerState) (setup, restart []uint16) {
	unset := c.unset(s, state)
	for _, p := range c.d.Protocols {
		port := p.Protocol.Port()
		flagged := slices.ContainsFunc(c.flags, func(f lync.Flag) bool { return f.On && f.Protocol == p.Protocol })
		silent := state.Running() && !state.Listens(port, s.InterfaceAddresses)
		switch {
		case unset, flagged, p.Protocol == lync.SIP && silent, p.Protocol == lync.XMPP && !state.HasXMPPProxy():
			setup = append(setup, port)
		}
		if p.Protocol == lync.XMPP && (c.moved[lync.XMPP] || silent) {
			restart = append(restart, port)
		}
	}
	return setup, restart
}

// unknownServers holds any plan while a machine of the Edge pool cannot be read:
// whether it runs, is set up and has replicated decides what is safe.
func (c *computation) unknownServers() {
	if len(c.plan.Steps) == 0 {
		return
	}
	for _, s := range c.d.Pool.Servers {
		if state := c.o.server(s); !state.Known() {
			c.obstruct(PartServices, unread(s, state.Err))
		}
	}
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

// dns compares every record and gathers the changes of each zone in one step.
func (c *computation) dns() {
	changes := map[string][]dns.Change{}
	var zones []string
	for _, want := range c.d.Records {
		part, ok := c.o.Records[want.Key]
		if !ok {
			part.Err = fault.New(fault.Unreachable, "look up", want.Name, "it has not been looked up yet")
		}
		if !part.Known() {
			c.obstruct(PartDNS, part.Err)
			continue
		}
		if part.Value.Barrier != dns.BarrierNone && !(len(want.Data) == 0 && part.Value.Barrier == dns.BarrierWildcard) {
			c.obstruct(PartDNS, blocked(want, part.Value))
			continue
		}
		found := part.Value.Set
		if found.Same(want.RRSet) {
			continue
		}
		c.differ(PartDNS, fmt.Sprintf("%s %s", want.Name, want.Type), withTTL(want.RRSet), withTTL(found))
		if !slices.Contains(zones, want.Zone) {
			zones = append(zones, want.Zone)
		}
		found.Key = want.Key
		changes[want.Zone] = append(changes[want.Zone], dns.Change{From: found, To: want.RRSet})
	}
	for _, zone := range zones {
		var from, to []string
		for _, ch := range changes[zone] {
			name := fmt.Sprintf("%s %s ", ch.To.Name, ch.To.Type)
			from, to = append(from, name+withTTL(ch.From)), append(to, name+withTTL(ch.To))
		}
		c.step(Step{Kind: UpdateDNS, Target: c.d.ZoneTarget(zone), From: strings.Join(from, "; "), To: strings.Join(to, "; "), Zone: zone, Changes: changes[zone]})
	}
}

func withTTL(s dns.RRSet) string {
	if len(s.Data) == 0 {
		return "none"
	}
	return fmt.Sprintf("%s (ttl %d)", s, s.TTL)
}

// blocked says why a name cannot be written and what would clear the way.
func blocked(want Record, l dns.Lookup) error {
	cause, next := "", ""
	switch l.Barrier {
	case dns.BarrierCNAME:
		cause, next = "the name is an alias (CNAME) of "+l.Detail, "remove the CNAME, or choose another host in the spec"
	case dns.BarrierWildcard:
		cause, next = "the wildcard "+l.Detail+" answers for the name, and a record of its own would hide the wildcard there", "create the record by hand once, or remove the wildcard"
	case dns.BarrierDelegation:
		cause, next = "the name lies below the delegation "+l.Detail, "list the delegated zone and its primary in spec.dns.servers"
	default:
		cause, next = cmp.Or(l.Detail, "the server is not authoritative for a zone that holds the name"), "correct zone and address in spec.dns.servers"
	}
	return fault.New(fault.Refused, "publish "+string(want.Type)+" of", want.Name, cause).With("no record was changed", next)
}

// ports checks every address again before anything that partners see moves.
func (c *computation) ports() {
	moving := len(c.plan.Steps) > 0
	for _, t := range c.d.Targets {
		reading, ok := c.o.Ports[t]
		if !ok || !reading.Open {
			detail := "not asked yet"
			if ok {
				detail = reading.Detail
			}
			c.differ(PartPorts, fmt.Sprintf("port %d of %s", t.Protocol.Port(), t.Address), "answers", detail)
		}
		if moving {
			c.step(Step{Kind: CheckPorts, Target: fmt.Sprintf("%s port %d", t.Address, t.Protocol.Port()), To: "answers", Probe: t})
		}
	}
}

// frontEnds associates pools, and fails those back that are to be.
func (c *computation) frontEnds() {
	for _, fe := range c.d.FrontEnds {
		i := slices.IndexFunc(c.o.Topology.FrontEndPools, func(p lync.FrontEndPool) bool { return lync.SameHost(p.FQDN, fe.FQDN) })
		pool := c.o.Topology.FrontEndPools[i]
		if !pool.Edge.Is(c.d.Pool.FQDN) {
			found := association(pool.Edge)
			c.differ(PartFrontEnds, "Edge association of Front End pool "+pool.FQDN, c.d.Pool.FQDN, found)
			c.step(Step{Kind: AssociateFrontEnd, Target: pool.FQDN, From: found, To: c.d.Pool.FQDN, FrontEnd: pool.FQDN, EdgePool: c.d.Pool.FQDN})
		}
		c.failBack(fe)
	}
}

// association tells the links in one word when they agree, else each of them.
func association(a lync.Association) string {
	if a.Is(a.Registrar) {
		return orNone(a.Registrar)
	}
	return fmt.Sprintf("Registrar %s, Conferencing %s, Mediation %s", orNone(a.Registrar), orNone(a.Conferencing), orNone(a.Mediation))
}

func portList(ports []uint16) string {
	var out []string
	for _, p := range ports {
		out = append(out, fmt.Sprintf("port %d", p))
	}
	return strings.Join(out, " and ")
}
