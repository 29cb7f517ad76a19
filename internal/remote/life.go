package remote

import (
	"context"
	"errors"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
)

// Life is the life of one session of any protocol. Calls take turns. The session
// ends once, for one reason; it is then replaced and never revived.
type Life struct {
	// Host names the session's host in messages for people.
	Host string

	born   time.Time
	maxAge time.Duration
	clock  func() time.Time

	// ctx ends with the session, with the reason as its cause.
	ctx  context.Context
	end  context.CancelCauseFunc
	turn chan struct{} // holds one token while a call runs
}

// NewLife begins a life, which expires after maxAge.
func NewLife(host string, maxAge time.Duration, clock func() time.Time) *Life {
	l := &Life{Host: host, born: clock(), maxAge: maxAge, clock: clock, turn: make(chan struct{}, 1)}
	l.ctx, l.end = context.WithCancelCause(context.Background())
	return l
}

// Context ends with the session.
func (l *Life) Context() context.Context { return l.ctx }

// End ends the session. Only the first reason counts.
func (l *Life) End(reason error) { l.end(reason) }

// Done is closed when the session has ended: closed, or lost.
func (l *Life) Done() <-chan struct{} { return l.ctx.Done() }

// Err is the reason why the session ended, nil while it lives.
func (l *Life) Err() error { return context.Cause(l.ctx) }

// Healthy reports whether the session can still be called.
func (l *Life) Healthy() bool { return l.ctx.Err() == nil }

// Expired reports whether the session is older than its age limit and should be
// replaced before the host ends it.
func (l *Life) Expired() bool { return l.clock().Sub(l.born) > l.maxAge }

// TakeTurn waits until the call before this one has ended. GiveTurn gives the turn
// back. Faults: Busy (ctx ended first), Unreachable and Denied (the session has
// ended).
func (l *Life) TakeTurn(ctx context.Context, op string) error {
	select {
	case l.turn <- struct{}{}:
	case <-l.Done():
		return l.gone(op)
	case <-ctx.Done():
		return fault.New(fault.Busy, op, l.Host, "another command is still running there").
			With("", "it is asked again later")
	}
	if !l.Healthy() {
		l.GiveTurn()
		return l.gone(op)
	}
	return nil
}

// TakeLastTurn waits until the call before this one, if any, has ended. It also
// works in a session that has ended, because its clean-up needs the turn too. Error:
// why ctx ended first.
func (l *Life) TakeLastTurn(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		return nil // also where ctx has ended already
	default:
	}
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// GiveTurn lets the next call begin.
func (l *Life) GiveTurn() { <-l.turn }

// Busy reports whether a call has the turn.
func (l *Life) Busy() bool { return len(l.turn) > 0 }

// Lose ends the session in the middle of a call, for the reason why. It returns
// Unknown.
func (l *Life) Lose(op string, why error) error {
	l.End(why)
	return l.Unknown(op, why)
}

// Unknown is the fault of a call that was begun and whose end was not seen: its
// outcome is unknown. It is never sent again.
func (l *Life) Unknown(op string, why error) error {
	return &fault.Error{
		Kind: fault.OutcomeUnknown, Op: op, Target: l.Host, Err: why,
		Cause:  "the command was sent and its answer did not come: " + fault.Cause(why),
		Effect: "it may or may not have taken effect",
		Next:   "it is not sent again; the state is read anew",
	}
}

// gone is the fault of a call to a session that ended before anything was sent. It
// never has the kind Failed, because this script did not run.
func (l *Life) gone(op string) error {
	why := fault.Error{Cause: fault.Cause(l.Err()), Next: "a new session is opened with the next attempt"}
	if f, ok := errors.AsType[*fault.Error](l.Err()); ok {
		why = *f
	}
	why.Op, why.Target, why.Err = op, l.Host, l.Err()
	if why.Kind != fault.Denied {
		why.Kind = fault.Unreachable
	}
	return &why
}
