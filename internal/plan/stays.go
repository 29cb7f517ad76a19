package plan

import (
	"cmp"
	"errors"
	"slices"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// stays lets a planned move wait for its records. The old pool serves, so nobody is hurt by a
// wait; but once the routes have moved, partners who are still led to the old pool may
// reach nobody. So each obstacle that leaves partners there holds the site routes, too. The
// new pool is made ready meanwhile. A move that has begun goes on, and so does one from a
// dead pool, one by the procedure, and one that a person lets leave records behind.
func (c comparison) stays(p Plan) Plan {
	if !c.d.Ahead || c.d.LeavesBehind || !c.prepares() {
		return p
	}
	p.RecordsFirst = true
	written := map[dns.Key]bool{}
	for _, s := range p.Steps {
		if update, ok := s.Act.(UpdateDNS); ok && s.Stage == Moving && p.obstacleOf(s) < 0 {
			for _, change := range update.Changes {
				written[change.To.Key] = true
			}
		}
	}
	p.Obstacles = slices.Clone(p.Obstacles)
	for _, want := range c.d.Records {
		if written[want.Key] || !c.leadsBack(want, written) {
			continue
		}
		for i, o := range p.Obstacles {
			if o.Aspect == AspectDNS && !o.Stays && !errors.Is(o.Err, ErrContested) && (slices.Contains(o.Holds, zone(want.Zone)) || slices.Contains(o.Holds, record(recordSetting(want.RRSet)))) {
				p.Obstacles[i].Stays, p.Obstacles[i].Err = true, c.waitsFor(o.Err)
			}
		}
	}
	return p
}

// leadsBack reports whether partners may still be led to an Edge pool that the move leaves,
// by a set that is not written.
func (c comparison) leadsBack(want Record, written map[dns.Key]bool) bool {
	part, asked := c.o.Records[want.Key]
	if !asked || !part.Known() {
		return c.o.Adopted[want.Key] != want.Hash() // it was as wanted when it was last seen
	}
	found := part.Value.Set
	switch found.Key = want.Key; {
	case found.Same(want.RRSet):
		return false
	case part.Value.Barrier != dns.BarrierNone && !found.Exists():
		return true // where the name leads is not known
	case found.Type != dns.SRV:
		return c.isLeft(found.Data)
	}
	services := servicesOf(found)
	if len(services) == 0 {
		return false
	}
	first := slices.MinFunc(services, func(a, b dns.Service) int { return cmp.Compare(a.Priority, b.Priority) }).Priority
	return slices.ContainsFunc(services, func(s dns.Service) bool {
		if s.Priority > first { // partners go there when the first does not answer
			return false
		}
		if written[dns.Key{Name: s.Target, Type: dns.A}] || written[dns.Key{Name: s.Target, Type: dns.AAAA}] {
			return false
		}
		addresses, err := c.addressesOf(s.Target)
		return err != nil || c.isLeft(append(addresses, s.Target))
	})
}

// isLeft reports whether one of the addresses and hosts is that of an Edge pool that the move
// leaves.
func (c comparison) isLeft(names []string) bool {
	left := leftBehind(c.d, c.o.Topology)
	for i, pool := range c.o.Topology.EdgePools { // Outsides are in the same order
		outside := c.d.Outsides[i]
		if slices.Contains(left, pool.FQDN) && slices.ContainsFunc(names, func(n string) bool { return n == outside.Host || slices.Contains(outside.Addresses, n) }) {
			return true
		}
	}
	return false
}

// waitsFor adds to an obstacle that the move waits for it.
func (c comparison) waitsFor(err error) error {
	f := fault.Of(err, "write", "the records")
	also := func(said, more string) string {
		if said == "" {
			return more
		}
		return said + ", and " + more
	}
	return f.With(also(f.Effect, "federation stays where it is while "+c.d.Pool.FQDN+" is made ready"),
		also(f.Next, "the move goes on; or set spec.dns.onBlocked to Leave to move without these records"))
}
