package plan

import (
	"fmt"
	"slices"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
)

// Hop is a next hop that fedroute changed: the Front End pool that an Edge pool handed its
// traffic to before, and the one that it hands it to since.
type Hop struct{ EdgePool, Before, Now string }

// NextHopTargets are the ports that are asked to learn whether a Front End pool is silent: the
// next hop of the Edge pool and its backup pool before federation moves, and the pools to
// which a changed next hop is to be set back.
func (d Desired) NextHopTargets(t lync.Topology, changed []Hop) []probe.Target {
	if t.Unread(lync.PartSites, lync.PartServices) != nil {
		return nil
	}
	var pools []string
	if moving(d, t) {
		hop, _ := t.FrontEndPool(d.Pool.NextHop)
		pools = append(pools, d.Pool.NextHop, hop.BackupPool)
	}
	for _, hop := range changed {
		pools = append(pools, hop.Before)
	}
	var out []probe.Target
	for _, fe := range d.Hops {
		for _, m := range fe.Machines {
			if lync.ContainsHost(pools, fe.FQDN) {
				out = append(out, m.Port)
			}
		}
	}
	return out
}

// nextHop says what is wrong with the Front End pool that the Edge pool hands its traffic to,
// before federation is led there. Where the spec asks for it, the Edge pool follows to the
// backup pool, and its next hop is set back when the pool serves again.
func (c comparison) nextHop(moves bool) Plan {
	p := c.hopsBack()
	hop := c.d.Pool.NextHop
	wrong := c.hopFault(hop)
	if wrong == "" || !moves && PoolState(c.o.Topology, hop) != lync.PoolFailedOver {
		return p
	}
	said := fmt.Sprintf("the next hop of %s, %s, %s", c.d.Pool.FQDN, hop, wrong)
	backup, why := c.backupOf(hop)
	switch {
	case !c.d.FollowNextHop:
		if moves {
			p.Notices = append(p.Notices, said+": what partners send arrives nowhere until it serves again; with spec.nextHop Follow fedroute would set the next hop to its backup pool")
		}
	case why != "":
		p.Notices = append(p.Notices, said+", and the next hop stays as it is, because "+why)
	default:
		p.Notices = append(p.Notices, fmt.Sprintf("%s; its backup pool %s becomes the next hop until it serves again", said, backup))
		p.step(Step{Stage: c.stage(), Target: "next hop of " + c.d.Pool.FQDN, From: hop, To: backup, Act: SetNextHop{Hop: Hop{EdgePool: c.d.Pool.FQDN, Before: hop, Now: backup}}})
	}
	return p
}

// hopFault says why a Front End pool does not take what an Edge pool hands to it; "" where it
// does, or where nobody knows.
func (c comparison) hopFault(pool string) string {
	switch state := PoolState(c.o.Topology, pool); {
	case state == lync.PoolFailedOver:
		return "is failed over"
	case state == lync.PoolFailingOver:
		return "is being failed over"
	case c.silent(pool):
		return "does not answer on any machine"
	}
	return ""
}

// silent reports whether every machine of a Front End pool was asked and none answered.
func (c comparison) silent(pool string) bool {
	return c.each(pool, func(r probe.Reading, asked bool) bool { return asked && !r.Spoke })
}

// answers reports whether every machine of a Front End pool was asked and answered.
func (c comparison) answers(pool string) bool {
	return c.each(pool, func(r probe.Reading, _ bool) bool { return r.Spoke })
}

// each reports whether a Front End pool has machines, and something holds for the port of
// each of them. asked is false for a port that nobody asked.
func (c comparison) each(pool string, holds func(r probe.Reading, asked bool) bool) bool {
	i := slices.IndexFunc(c.d.Hops, func(fe FrontEndPool) bool { return lync.SameHost(fe.FQDN, pool) })
	return i >= 0 && len(c.d.Hops[i].Machines) > 0 && !slices.ContainsFunc(c.d.Hops[i].Machines, func(m FrontEndMachine) bool {
		reading, asked := c.o.Ports[m.Port]
		return !holds(reading, asked)
	})
}

// backupOf gives the backup pool of a Front End pool, or why it cannot be the next hop.
func (c comparison) backupOf(pool string) (backup, why string) {
	found, _ := c.o.Topology.FrontEndPool(pool)
	if backup = found.BackupPool; backup == "" {
		return "", "it has no backup pool"
	}
	if state := PoolState(c.o.Topology, backup); state != lync.PoolActive && state != lync.PoolFailedBack {
		return "", fmt.Sprintf("the state of its backup pool %s is %q", backup, state)
	}
	if c.silent(backup) {
		return "", "its backup pool " + backup + " does not answer on any machine"
	}
	return backup, c.kitKeepsFrom(c.d.Pool.FQDN, backup)
}

// kitKeepsFrom says why the endpoint kit does not set a next hop; "" where it does.
func (c comparison) kitKeepsFrom(pools ...string) string {
	kit := c.o.Topology.Kit
	if kit == nil {
		return ""
	}
	if slices.Contains(kit.Lacks, setNextHopFunction) {
		return fmt.Sprintf("the endpoint kit on %s (version %d) has no function %s: write it anew and install it", kit.Host, kit.Version, setNextHopFunction)
	}
	for _, pool := range pools {
		if !slices.Contains(kit.Pools, string(lync.HostOf(pool))) {
			return fmt.Sprintf("the endpoint kit on %s does not list %s: write it anew and install it", kit.Host, pool)
		}
	}
	return ""
}

// setNextHopFunction is the function of the endpoint kit that sets a next hop.
const setNextHopFunction = "Set-NextHop"

// hopsBack sets back the next hops that fedroute changed, once the pool of before serves
// again. What somebody has changed since stays as it is.
func (c comparison) hopsBack() Plan {
	var p Plan
	if c.o.Topology.Unread(lync.PartServices, lync.PartPoolStates) != nil {
		return p
	}
	for _, hop := range c.o.Hops {
		pool, found := c.o.Topology.EdgePool(hop.EdgePool)
		state := PoolState(c.o.Topology, hop.Before)
		serves := (state == lync.PoolActive || state == lync.PoolFailedBack) && c.answers(hop.Before)
		if !found || !lync.SameHost(pool.NextHop, hop.Now) || !serves || c.kitKeepsFrom(hop.EdgePool, hop.Before) != "" {
			continue
		}
		p.step(Step{Target: "next hop of " + pool.FQDN, From: hop.Now, To: hop.Before, Act: SetNextHop{Hop: Hop{EdgePool: pool.FQDN, Before: hop.Now, Now: hop.Before}, Back: true}})
	}
	return p
}
