package scenario_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

// held is an operation of the organization that takes as long as its story wants: the story
// gives it the duration, and ends it. Nothing that happens meanwhile has to be quick.
type held struct {
	farm.RealClock
	over chan struct{}
	end  func() // lets the operation end, and others of its kind take no time
}

// heldFor is the duration of a held operation.
const heldFor = farm.Duration(50 * time.Minute)

func hold(t *testing.T) *held {
	h := &held{over: make(chan struct{})}
	h.end = sync.OnceFunc(func() { close(h.over) })
	t.Cleanup(h.end)
	return h
}

// Sleep implements farm.Clock.
func (h *held) Sleep(ctx context.Context, d time.Duration) error {
	if d < time.Duration(heldFor) {
		return h.RealClock.Sleep(ctx, d)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-h.over:
		return nil
	}
}
