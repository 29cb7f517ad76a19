package controllers

import (
	"slices"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// recorded is how soon a move goes on once status remembers it.
const recorded = time.Millisecond

// failBackRequest is a person's request to fail a Front End pool back, as the route
// carries it.
type failBackRequest struct{ route, text string }

// hear reads a person's request to fail a Front End pool back into the facts, unless
// it was handled. What was seen before the request came is not used to judge it: the
// time in it is a person's, may be of another clock and mostly has no fractions.
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

// owe puts into the facts which Front End pools are to be failed back now: those that
// the latest move still owes, and the one that a person asks for. It gives the move
// that begins with the plan, nil when none does.
func (s *scope) owe(now sights.Sight) (begins *plan.Move) {
	seen, last := now.Snapshot.Topology.Value, plan.Move{}
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
	if pool := s.facts.FailBack.Pool; pool != "" {
		s.facts.Desired.FailBack = append(slices.Clone(next.FailBack), pool)
	}
	return begins
}

// remember writes down that a move begins; nil begins none.
func (s *scope) remember(begins *plan.Move) {
	if begins != nil {
		s.facts.Move = begins
	}
}

// owes reports whether a move owes failbacks. Such a move is written into status
// before it begins: once the routes have moved, nothing else tells that there was one.
func owes(begins *plan.Move) bool { return begins != nil && len(begins.FailBack) > 0 }
