package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
)

const (
	// graceful is how long running steps may take to end and remote shells to be
	// removed.
	graceful = 30 * time.Second
	// stopLimit is graceful plus the time to give the lease back. It must be shorter than
	// the pod's terminationGracePeriodSeconds.
	stopLimit = graceful + 6*time.Second
	// idleLimit is how long to wait for a manager that has nothing to end.
	idleLimit = time.Second
)

// serve runs start until it returns or ctx ends, and then bounds how long the stop may
// take. controller-runtime does not bound it. Its Start does not return when ctx ends
// while a cache has not synced, which is for ever where the API server forbids a list.
// It also waits without bound for the lease to be given back.
func serve(ctx context.Context, start func(context.Context) error, synced func() bool) error {
	ended := make(chan error, 1)
	contain.Go("run", "the manager", func() { ended <- start(ctx) }, func(err error) { ended <- err })
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	limit := stopLimit
	if !synced() {
		limit = idleLimit // no reconciler has run
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(limit):
	}
	if limit == idleLimit {
		return nil
	}
	return fmt.Errorf("the manager did not stop within %s; what it was doing is cut off; the next leader observes again and plans the rest", limit)
}

// caches knows whether the reconcilers can see objects. The manager, whether leader or
// standby, starts it after all caches have synced and before any reconciler.
type caches struct{ there atomic.Bool }

// NeedLeaderElection is false: a standby fills its caches too.
func (*caches) NeedLeaderElection() bool { return false }

// Start notes that the caches have synced.
func (c *caches) Start(context.Context) error {
	c.there.Store(true)
	return nil
}

// check answers /readyz.
func (c *caches) check(*http.Request) error {
	if c.there.Load() {
		return nil
	}
	return errors.New("the caches have not synced; no object is reconciled; the log tells what the API server refuses")
}
