package wsman_test

import (
	"slices"
	"sync"
	"time"
)

// handClock stands still until a test moves it.
type handClock struct {
	mu     sync.Mutex
	now    time.Time
	timers []*handTimer
	armed  chan struct{} // gets a token whenever a timer is set
}

type handTimer struct {
	at   time.Time
	fire func()
}

func newHandClock() *handClock {
	return &handClock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), armed: make(chan struct{}, 10_000)}
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) AfterFunc(d time.Duration, f func()) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &handTimer{c.now.Add(d), f}
	c.timers = append(c.timers, t)
	c.armed <- struct{}{}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.timers = slices.DeleteFunc(c.timers, func(o *handTimer) bool { return o == t })
	}
}

// advance moves the clock and fires the timers that are due.
func (c *handClock) advance(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	var due []*handTimer
	c.timers = slices.DeleteFunc(c.timers, func(t *handTimer) bool {
		if t.at.After(c.now) {
			return false
		}
		due = append(due, t)
		return true
	})
	c.mu.Unlock()
	for _, t := range due {
		t.fire()
	}
}

// drain forgets the timers that were set so far. After that await waits for the next timer.
func (c *handClock) drain() {
	for len(c.armed) > 0 {
		<-c.armed
	}
}

func (c *handClock) await() { <-c.armed }
