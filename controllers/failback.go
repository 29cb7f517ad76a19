package controllers

import (
	"slices"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// recorded is the time between writing a move into status and beginning it.
const recorded = time.Millisecond

// failBackRequest is a person's request to fail a Front End pool back, as the route
// carries it.
type failBackRequest struct{ route, text string }

// hear reads a person's request to fail a Front End pool back into the facts, unless it
// was handled. It judges the request only by an observation that began after the request
// came. It goes by its own clock for that: the time inside the request was written by a
// person, perhaps by another clock, and mostly has no fractions of a second.
func (s *scope) hear(now sights.Sight) {
	text, handled := s.route.Annotations[v1alpha1.AnnotationFailBackRequestedAt], s.route.Status.LastHandledFailBackAt
	if text == "" || text == handled {
		return
	}
	read := s.options.Clock.Now()
	pool, err := plan.ParseRequest(text, frontEnds(s.route.Spec), s.route.CreationTimestamp.Time, handled, read)
	request := failBackRequest{string(s.route.UID), text}
	s.requests.Note(objectOf(s.route), request, read)
	if came := s.requests.When(objectOf(s.route), request); err == nil && now.Snapshot.At.Before(came) {
		s.look(came)
		pool = ""
	}
	s.facts.FailBack = status.FailBackRequest{Text: text, Pool: pool, Err: err}
}

// owe puts into the facts the Front End pools that are to be failed back now. These are
// the pools that the latest move has not failed back yet, and the pool that a person asks
// for. It returns the move that begins with the plan; nil when none does.
func (s *scope) owe(now sights.Sight) (begins *plan.Move) {
	s.facts.Desired.MinAvailable = minAvailable(s.route.Spec.MinAvailable)
	if mode := s.route.Spec.Mode; mode != v1alpha1.ModeApprove && mode != v1alpha1.ModeObserve && s.facts.Undone == nil {
		s.facts.Desired.LeftLately = status.Returning(s.route.Status, s.facts.Now)
	}
	if s.facts.Undone != nil { // the move stays on record, and nothing is failed back for it
		s.facts.Desired.Leaves, s.facts.Desired.From = s.route.Status.Move.Leaves, s.route.Status.Move.EdgePool
		if pool := s.facts.FailBack.Pool; pool != "" {
			s.facts.Desired.FailBack = []string{pool}
		}
		return nil
	}
	seen, last := now.Snapshot.Topology.Value, plan.Move{}
	if m := s.route.Status.Move; m != nil {
		last = plan.Move{EdgePool: m.EdgePool, From: m.From, Answered: m.Answered, FailBack: m.FailBackOwed, Leaves: m.Leaves, LongestTTL: uint32(m.LongestTTL), LoweredFrom: uint32(m.LoweredFrom)}
		if m.Shown != nil {
			last.Shown = m.Shown.Time
		}
		if m.Lowered != nil {
			last.Lowered = m.Lowered.Time
		}
	}
	if seen.Unread(lync.PartSites) != nil { // whether federation is to be moved is unknown, and the move on record stays
		s.facts.Desired.FailBack = last.FailBack
		return nil
	}
	next, fresh := last.Next(s.facts.Desired, seen)
	if fresh {
		begins = &next
	} else {
		s.facts.Move = &next
	}
	s.facts.Desired.From = next.From
	s.facts.Desired.FailBack, s.facts.Desired.Leaves, s.facts.Desired.Ahead = next.FailBack, next.Leaves, next.Ahead(s.facts.Desired, seen)
	if pool := s.facts.FailBack.Pool; pool != "" {
		s.facts.Desired.FailBack = append(slices.Clone(next.FailBack), pool)
	}
	return begins
}
