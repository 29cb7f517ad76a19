package apistore

import (
	"context"
	"net/http"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Request is a request as faults see it. One that asks which kinds there are has no resource.
type Request struct {
	// Client is the name that the client's Config was made with.
	Client string
	// Verb is get, list, watch, create, update, patch, delete or deletecollection.
	Verb string
	// Group, Resource and Subresource are like "fedroute.io", "federationroutes", "status".
	Group, Resource, Subresource string
	Namespace, Name              string
}

// Write tells whether the request changes something.
func (r Request) Write() bool { return r.Verb != "get" && r.Verb != "list" && r.Verb != "watch" }

// Faults are the things that go wrong on purpose. Each function may be nil, and may be called
// by several goroutines at a time. It is told what is asked; the caller decides by its seed.
type Faults struct {
	// Wait is how long a request waits before it is served.
	Wait func(Request) time.Duration
	// Refuse is asked before a request is served. An error of apimachinery's
	// package api/errors, such as NewConflict or NewTooManyRequests, is the answer; any other is
	// a connection that fails before the server reads the request.
	Refuse func(Request) error
	// Lose is asked after a request was served with success. An error is what the client gets in place
	// of the answer: what a write has done stays done.
	Lose func(Request) error
	// Lag is how much later than others the client learns of a change, by its watches and by
	// lists that take any state.
	Lag func(client string) time.Duration
}

func (f Faults) before(ctx context.Context, r Request) error {
	if f.Wait != nil {
		if d := f.Wait(r); d > 0 {
			timer := time.NewTimer(d)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	if f.Refuse != nil {
		return f.Refuse(r)
	}
	return nil
}

func (f Faults) after(r Request, code int) error {
	if f.Lose != nil && code < http.StatusBadRequest {
		return f.Lose(r)
	}
	return nil
}

func (c *caller) lag() time.Duration {
	if c.store.faults.Lag == nil {
		return 0
	}
	return c.store.faults.Lag(c.name)
}

// GiveLease makes somebody the holder of a lease. Where holder is empty, the next replica that
// asks takes it. A replica that Refuse keeps away from the lease meanwhile goes on until its
// deadline for renewing has passed, so for that long there are two leaders.
func (s *Store) GiveLease(namespace, name, holder string) error {
	key := keyOf(coordinationv1.Resource("leases"), namespace, name)
	for {
		before, _ := s.revisions.get(key)
		if before == nil {
			return apierrors.NewNotFound(coordinationv1.Resource("leases"), name)
		}
		lease := copied(before.object).(*coordinationv1.Lease)
		lease.Spec.HolderIdentity = &holder
		lease.Spec.AcquireTime = new(metav1.NowMicro())
		lease.Spec.RenewTime = lease.Spec.AcquireTime
		if _, done := s.revisions.swap(key, before, &record{object: lease}); done {
			return nil
		}
	}
}

// CutWatches ends the open watches of a client, or of all where the name is empty. The
// clients open new ones from what they have seen.
func (s *Store) CutWatches(client string) {
	s.streams.cut(func(of string) bool { return client == "" || of == client })
}

// Watches counts the open watches.
func (s *Store) Watches() int { return s.streams.count() }
