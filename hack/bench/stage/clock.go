package stage

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// span is a stretch of time in which the simulated organization was at work.
type span struct{ from, to time.Time }

// Clock is the real clock that remembers when remote commands were working, so
// that a wall time can be held against what the far side needed.
type Clock struct {
	farm.RealClock
	mu    sync.Mutex
	spans []span
}

// Sleep is a remote command taking its time.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	from := time.Now()
	err := c.RealClock.Sleep(ctx, d)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spans = append(c.spans, span{from, time.Now()})
	return err
}

// Needed is how long, between two moments, a remote command worked or a change
// travelled to the replicas: the remote time on the critical path.
func (c *Clock) Needed(org *sim.Organization, from, to time.Time) time.Duration {
	return c.needed(replication(org, from), from, to)
}

func (c *Clock) needed(more []span, from, to time.Time) time.Duration {
	c.mu.Lock()
	all := slices.Concat(c.spans, more)
	c.mu.Unlock()
	slices.SortFunc(all, func(a, b span) int { return a.from.Compare(b.from) })
	var sum time.Duration
	end := from
	for _, s := range all {
		if s.from.Before(end) {
			s.from = end
		}
		if s.to.After(to) {
			s.to = to
		}
		if s.to.After(s.from) {
			sum += s.to.Sub(s.from)
			end = s.to
		}
	}
	return sum
}

// replication is the time during which the changes after a moment travelled.
func replication(org *sim.Organization, from time.Time) []span {
	lag := time.Duration(org.Farm().Durations().Replication)
	for _, e := range org.Farm().Journal() {
		if e.At.After(from) {
			return []span{{e.At, e.At.Add(lag)}} // later changes travel with the first within its lag, or are covered by the next look
		}
	}
	return nil
}
