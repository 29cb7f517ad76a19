package controllers

import (
	"slices"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// recorded is how soon a move goes on once status remembers it.
const recorded = time.Millisecond

// asked reads a person's request to fail a Front End pool back, unless it was
// handled. What was seen before the request came is not used to judge it: the time
// in it is a person's, may be of another clock and mostly has no fractions.
func (s *scope) asked(now sight) status.FailBackRequest {
	text, read := s.route.Annotations[v1alpha1.AnnotationFailBackRequestedAt], s.options.Clock.Now()
	if text == "" || text == s.route.Status.LastHandledFailBackAt {
		return status.FailBackRequest{}
	}
	pool, err := plan.ParseRequest(text, frontEnds(s.route.Spec), s.route.CreationTimestamp.Time, read)
	if came := s.runs.requested(s.route, text, read); err == nil && now.snapshot.At.Before(came) {
		s.look(came)
		pool = ""
	}
	return status.FailBackRequest{Text: text, Pool: pool, Err: err}
}

// owe says which Front End pools are to be failed back now: those that the latest
// move still owes, and the one that a person asks for. It gives the move that
// begins with the plan, nil when none does.
func (s *scope) owe(now sight) (begins *plan.Move) {
	seen, last := now.snapshot.Topology.Value, plan.Move{}
	if m := s.route.Status.Move; m != nil {
		last = plan.Move{EdgePool: m.EdgePool, FailBack: m.FailBackOwed}
	}
	next, fresh := last.Next(s.facts.Desired, seen)
	if fresh {
		begins = &next
	} else {
		s.facts.Move = &next
	}
	s.facts.Desired.FailBack = next.FailBack
	s.facts.FailBack = s.asked(now)
	if pool := s.facts.FailBack.Pool; pool != "" {
		s.facts.Desired.FailBack = append(slices.Clone(next.FailBack), pool)
	}
	return begins
}

// unrecorded writes a move that owes failbacks into status before it begins: once
// the routes have moved, nothing else tells that there was one.
func (s *scope) unrecorded(begins *plan.Move) bool {
	if begins == nil {
		return false
	}
	s.facts.Move = begins
	if len(begins.FailBack) == 0 {
		return false
	}
	s.again = recorded
	return true
}
