package peers

import (
	"context"
	"fmt"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
)

const (
	domains = 200 // each with an SRV set and the A set of its host
	races   = 200
)

// syncer changes the zone to the wanted sets, whatever the zone holds. Each list of
// sets has its own writer; all writers run at the same time. The syncer returns the
// time of the slowest.
type syncer interface {
	sync(ctx context.Context, wants ...[]dns.RRSet) (time.Duration, error)
	close()
}

// contestant makes a syncer for a BIND at a given address.
type contestant struct {
	who  string
	open func(address string) (syncer, error)
}

// contest is one row of the table.
type contest struct {
	who                            string
	create, repair                 times
	createMessages, repairMessages int64
	right                          int // number of sets that are as wanted after the repair
	mixed                          int // number of races after which the set is neither writer's
}

// names compares the ways to publish and repair many records.
func (c *comparison) names(ctx context.Context, program string) ([]contest, error) {
	var out []contest
	for _, who := range []contestant{
		{"fedroute", openOwn},
		{"external-dns as installed (TXT registry, batches of 50)", externalDNS(program)},
		{"external-dns at its best (no registry, one batch)", externalDNS(program, "--registry=noop", "--rfc2136-batch-change-size=1000")},
	} {
		row, err := c.contest(ctx, who)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", who.who, err)
		}
		out = append(out, row)
	}
	return out, nil
}

func (c *comparison) contest(ctx context.Context, who contestant) (contest, error) {
	row := contest{who: who.who}
	for range c.repeat {
		create, repair, err := c.timed(ctx, who, &row)
		if err != nil {
			return row, err
		}
		row.create, row.repair = append(row.create, create), append(row.repair, repair)
	}
	if err := c.counted(ctx, who, &row); err != nil {
		return row, err
	}
	return row, c.raced(ctx, who, &row)
}

// timed creates and repairs the records of a zone of its own, directly at the
// server.
func (c *comparison) timed(ctx context.Context, who contestant, row *contest) (create, repair time.Duration, err error) {
	err = c.onBIND(ctx, who, func(b *bind) (string, func()) { return b.address, func() {} }, func(b *bind, s syncer) error {
		if create, err = s.sync(ctx, wanted("192.0.2.10", 5061)); err != nil {
			return err
		}
		if err := b.byHand(ctx, wanted("192.0.2.66", 5066)); err != nil {
			return err
		}
		if repair, err = s.sync(ctx, wanted("192.0.2.10", 5061)); err != nil {
			return err
		}
		row.right, err = b.held(ctx, wanted("192.0.2.10", 5061))
		return err
	})
	return create, repair, err
}

// counted repeats the same with a counter between the syncer and the server.
func (c *comparison) counted(ctx context.Context, who contestant, row *contest) error {
	var w *wire
	via := func(b *bind) (string, func()) {
		var err error
		if w, err = openWire(b.address); err != nil {
			return "", func() {}
		}
		return w.address(), w.close
	}
	return c.onBIND(ctx, who, via, func(b *bind, s syncer) error {
		if w == nil {
			return fmt.Errorf("no address for the counter is free")
		}
		w.taken()
		if _, err := s.sync(ctx, wanted("192.0.2.10", 5061)); err != nil {
			return err
		}
		row.createMessages = w.taken()
		if err := b.byHand(ctx, wanted("192.0.2.66", 5066)); err != nil {
			return err
		}
		if _, err := s.sync(ctx, wanted("192.0.2.10", 5061)); err != nil {
			return err
		}
		row.repairMessages = w.taken()
		return nil
	})
}

// raced lets two writers of one kind move the same host, each to addresses of its
// own. A round is mixed when the set is neither writer's in the end.
func (c *comparison) raced(ctx context.Context, who contestant, row *contest) error {
	return c.onBIND(ctx, who, func(b *bind) (string, func()) { return b.address, func() {} }, func(b *bind, s syncer) error {
		if _, err := s.sync(ctx, hostSet("192.0.2.1")); err != nil {
			return err
		}
		for round := range races {
			one, other := hostSet(fmt.Sprintf("198.51.100.%d", round)), hostSet(fmt.Sprintf("203.0.113.%d", round))
			if _, err := s.sync(ctx, one, other); err != nil {
				return err
			}
			oneHeld, err := b.held(ctx, one)
			if err != nil {
				return err
			}
			otherHeld, err := b.held(ctx, other)
			if err != nil {
				return err
			}
			if oneHeld+otherHeld != 1 {
				row.mixed++
			}
		}
		return nil
	})
}

// onBIND starts a BIND and a syncer that reaches it at the address of via, and ends
// both.
func (c *comparison) onBIND(ctx context.Context, who contestant, via func(*bind) (string, func()), do func(*bind, syncer) error) error {
	b, err := startBIND(ctx, c.stage.Dir)
	if err != nil {
		return err
	}
	defer b.stop()
	address, end := via(b)
	defer end()
	s, err := who.open(address)
	if err != nil {
		return err
	}
	defer s.close()
	return do(b, s)
}

// wanted gives the sets of all domains, all with one address and one port.
func wanted(address string, port int) []dns.RRSet {
	var sets []dns.RRSet
	for i := range domains {
		name := fmt.Sprintf("subsidiary%d.%s", i, zone)
		sets = append(sets,
			dns.RRSet{Key: dns.NewKey("sip."+name, dns.A), TTL: 60, Data: []string{address}},
			dns.RRSet{Key: dns.NewKey("_sipfederationtls._tcp."+name, dns.SRV), TTL: 60, Data: []string{fmt.Sprintf("0 0 %d sip.%s", port, name)}})
	}
	return sets
}

func hostSet(address string) []dns.RRSet {
	return []dns.RRSet{{Key: dns.NewKey("sip."+zone, dns.A), TTL: 60, Data: []string{address}}}
}
