package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/sim/farm"
)

// span is a stretch of time in which the simulated organization was at work.
type span struct{ from, to time.Time }

// workClock is the real clock that remembers when remote commands were working,
// so that a wall time can be held against what the far side needed.
type workClock struct {
	farm.RealClock
	mu    sync.Mutex
	spans []span
}

// Sleep is a remote command taking its time.
func (c *workClock) Sleep(ctx context.Context, d time.Duration) error {
	from := time.Now()
	err := c.RealClock.Sleep(ctx, d)
	c.add(from, time.Now())
	return err
}

func (c *workClock) add(from, to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spans = append(c.spans, span{from, to})
}

// busy is how long, between two moments, at least one span lasted: the remote
// time on the critical path.
func (c *workClock) busy(from, to time.Time, extra ...span) time.Duration {
	c.mu.Lock()
	all := slices.Concat(c.spans, extra)
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
