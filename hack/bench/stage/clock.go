package stage

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// span is a stretch of time in which the simulated organization worked.
type span struct{ from, to time.Time }

// Clock is the real clock. It also records when remote commands worked, so that a
// measured time can be compared with the time that the remote commands needed.
type Clock struct {
	farm.RealClock
	mu    sync.Mutex
	spans []span
}

// Sleep waits for the duration of a remote command and records the time.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	from := time.Now()
	err := c.RealClock.Sleep(ctx, d)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spans = append(c.spans, span{from, time.Now()})
	return err
}

// Needed is the remote time on the critical path between two moments: how long a
// remote command worked or a change travelled to the replicas.
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

// replication is the time that the changes after a moment took to reach the
// replicas.
func replication(org *sim.Organization, from time.Time) []span {
	lag := time.Duration(org.Farm().Durations().Replication)
	for _, e := range org.Farm().Journal() {
		if e.At.After(from) {
			return []span{{e.At, e.At.Add(lag)}} // later changes travel together with the first within its lag, or the next observation covers them
		}
	}
	return nil
}
