// Package controllers holds the two reconcilers. They fetch, call the pipeline
// (observe, plan, guard, apply, status) and write status once.
package controllers

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/reach"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/status"
)

// FieldOwner is the name under which this controller writes status.
const FieldOwner = "fedroute"

// Patience is how long a reconcile waits for its own look before it leaves the look to the
// background. Most looks at DNS servers that are near and well have ended by then.
const Patience = 100 * time.Millisecond

// Options are everything the reconcilers need from outside.
type Options struct {
	// Client reads from the cache and writes status.
	Client client.Client
	// Secrets reads Secrets by name, without a cache: none is kept or listed.
	Secrets client.Reader
	// Recorder takes events of events.k8s.io/v1.
	Recorder events.EventRecorder
	// Clock is the only time that the reconcilers know.
	Clock apply.Clock
	// Dial opens remote sessions.
	Dial remote.Dialer
	// Reach bounds which DNS servers and KDCs are connected to; Dial and Prober have bounds of
	// their own.
	Reach *reach.Policy
	// Prober checks whether federation ports answer.
	Prober probe.Prober
	// Limits bound the waits of a run.
	Limits apply.Limits
	// ObserveTimeout bounds one observation of an organization, so that one whose
	// servers never answer does not delay the others.
	ObserveTimeout time.Duration
	// Patience is how long a reconcile waits for its own look.
	Patience time.Duration
	// TopologyWorkers is how many organizations are observed at the same time.
	TopologyWorkers int
	// RouteWorkers is how many routes are reconciled at the same time.
	RouteWorkers int
	// Dice gives a number from 0 to n-1; nil means rand.Int64N.
	Dice func(n int64) int64
}

// jitter adds up to a tenth to d, so that objects that were created together are not
// reconciled together for ever.
func (o Options) jitter(d time.Duration) time.Duration {
	dice := o.Dice
	if dice == nil {
		dice = rand.Int64N
	}
	return d + time.Duration(dice(int64(d)/10+1))
}

// whileYoung shortens the time until the next reconcile of an object that lacks what it
// names, to the moment at which that may no longer be on its way.
func whileYoung(again time.Duration, o client.Object, now time.Time, err error) time.Duration {
	left := status.Arrival - now.Sub(o.GetCreationTimestamp().Time)
	if _, missing := errors.AsType[*status.Missing](err); !missing || left <= 0 {
		return again
	}
	return min(again, left)
}

// RealClock is the wall clock.
type RealClock struct{}

// Now is time.Now.
func (RealClock) Now() time.Time { return time.Now() }

// Sleep waits for d or for ctx.
func (RealClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
