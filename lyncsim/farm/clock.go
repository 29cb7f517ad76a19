package farm

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Clock gives the farm its time.
type Clock interface {
	Now() time.Time
	// Sleep returns after d, or earlier with the context's error. d <= 0
	// returns at once.
	Sleep(ctx context.Context, d time.Duration) error
	// AfterFunc calls f once, on its own goroutine or within Advance, after d.
	// stop prevents a call that has not begun.
	AfterFunc(d time.Duration, f func()) (stop func())
}

// RealClock is the machine's clock. In a testing/synctest bubble it is the
// bubble's clock.
type RealClock struct{}

// Now implements Clock.
func (RealClock) Now() time.Time { return time.Now() }

// Sleep implements Clock.
func (RealClock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// AfterFunc implements Clock.
func (RealClock) AfterFunc(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}

// ManualClock stands still until Advance moves it. NewManualClock makes one; the
// zero value is not usable.
type ManualClock struct {
	mu     sync.Mutex
	cond   *sync.Cond
	now    time.Time
	timers []*timer
}

type timer struct {
	at    time.Time
	fire  func()
	sleep bool
}

// NewManualClock makes a clock that shows start.
func NewManualClock(start time.Time) *ManualClock {
	c := &ManualClock{now: start}
	c.cond = sync.NewCond(&c.mu)
	return c
}

// Now implements Clock.
func (c *ManualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep implements Clock.
func (c *ManualClock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	woken := make(chan struct{})
	t := c.add(d, func() { close(woken) })
	c.mu.Lock()
	t.sleep = true
	c.cond.Broadcast()
	c.mu.Unlock()
	select {
	case <-woken:
		return nil
	case <-ctx.Done():
		c.remove(t)
		return ctx.Err()
	}
}

// AfterFunc implements Clock. f runs on the goroutine that calls Advance.
func (c *ManualClock) AfterFunc(d time.Duration, f func()) func() {
	t := c.add(d, f)
	return func() { c.remove(t) }
}

// Advance moves the clock by d and fires, in order, the timers that fall due on the
// way. While a timer fires, the clock shows that timer's time.
func (c *ManualClock) Advance(d time.Duration) {
	c.mu.Lock()
	end := c.now.Add(d)
	for len(c.timers) > 0 && !c.timers[0].at.After(end) {
		t := c.timers[0]
		c.timers = c.timers[1:]
		if t.at.After(c.now) {
			c.now = t.at
		}
		c.mu.Unlock()
		t.fire()
		c.mu.Lock()
	}
	c.now = end
	c.mu.Unlock()
}

// AwaitSleepers returns once at least n goroutines are in Sleep.
func (c *ManualClock) AwaitSleepers(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.sleepers() < n {
		c.cond.Wait()
	}
}

func (c *ManualClock) sleepers() int {
	n := 0
	for _, t := range c.timers {
		if t.sleep {
			n++
		}
	}
	return n
}

func (c *ManualClock) add(d time.Duration, f func()) *timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{at: c.now.Add(max(d, 0)), fire: f}
	i := slices.IndexFunc(c.timers, func(o *timer) bool { return o.at.After(t.at) })
	if i < 0 {
		i = len(c.timers)
	}
	c.timers = slices.Insert(c.timers, i, t)
	return t
}

func (c *ManualClock) remove(t *timer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timers = slices.DeleteFunc(c.timers, func(o *timer) bool { return o == t })
}

// ClockOf is the clock that a machine shows.
func (f *Farm) ClockOf(fqdn string) Clock { return machineClock{f.clock, f, fqdn} }

// machineClock runs with the farm's clock, and may show another time.
type machineClock struct {
	Clock
	farm *Farm
	fqdn string
}

// Now implements Clock.
func (c machineClock) Now() time.Time {
	c.farm.mu.Lock()
	defer c.farm.mu.Unlock()
	if m, err := c.farm.machine(c.fqdn); err == nil {
		return c.Clock.Now().Add(m.off)
	}
	return c.Clock.Now()
}

// cmsNow is the time that the Central Management Server shows. The caller holds f.mu.
func (f *Farm) cmsNow() time.Time {
	now := f.clock.Now()
	if up := f.cmsServers(); len(up) > 0 {
		return now.Add(up[0].off)
	}
	return now
}
