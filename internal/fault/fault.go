// Package fault holds the one error type that callers branch on.
//
// Every adapter (WinRM, PowerShell, DNS, probes) turns its errors into an Error with
// a Kind. The kind alone decides the condition, the event and the time of the next
// attempt. That decision is made only in internal/status and controllers.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what a caller may do about an error. The set is closed.
type Kind string

const (
	// Unreachable: there was no answer in time. Trying again later can help.
	Unreachable Kind = "Unreachable"
	// Denied: the far side answered and does not accept the account that signs in.
	Denied Kind = "Denied"
	// SecondHop: the far side accepted the account, and the session there has no
	// credential for the next server that it needs.
	SecondHop Kind = "SecondHop"
	// RightsMissing: the account is known, and lacks a right on a server behind the far
	// side.
	RightsMissing Kind = "RightsMissing"
	// Refused: the far side knows the account and its policy forbids this act.
	Refused Kind = "Refused"
	// Invalid: the spec names something that does not exist or that makes no sense.
	// Only a change of the spec or of the organization can help.
	Invalid Kind = "Invalid"
	// Unsupported: this product version has no such feature.
	Unsupported Kind = "Unsupported"
	// WorldChanged: the world changed between reading and writing. The caller
	// observes it again.
	WorldChanged Kind = "WorldChanged"
	// Busy: the same long operation is still running. The caller looks again later.
	Busy Kind = "Busy"
	// OutcomeUnknown: the act was sent and no answer came. It is never sent again;
	// the caller observes what it did.
	OutcomeUnknown Kind = "OutcomeUnknown"
	// Failed: the far side tried and reported failure.
	Failed Kind = "Failed"
	// Internal: a defect of this program.
	Internal Kind = "Internal"
)

// ErrAccountRefused is in the chain of a Denied fault where an account was shown to somebody
// who checks its password, and was refused. An account that is shown again and again may be
// locked out.
var ErrAccountRefused = errors.New("the account was refused")

// Error is one thing that went wrong, in words for the people who read it. Op and
// Target are for logs; Cause, Effect and Next make the one sentence that conditions
// and events carry.
type Error struct {
	Kind   Kind
	Op     string // what was attempted, e.g. "publish topology"
	Target string // object of the attempt, e.g. a server, zone or pool name
	Cause  string // what happened, without trailing period
	Effect string // what that means for federation, may be empty
	Next   string // what a person or the controller does next, may be empty
	Err    error  // wrapped cause, may be nil
}

// New makes an Error from its three essentials. Add Effect and Next with With.
func New(kind Kind, op, target, cause string) *Error {
	return &Error{Kind: kind, Op: op, Target: target, Cause: cause}
}

// Wrap makes an Error whose cause is err's text. A nil err gives nil.
func Wrap(kind Kind, op, target string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: kind, Op: op, Target: target, Cause: err.Error(), Err: err}
}

// With returns a copy that also says effect and next action.
func (e *Error) With(effect, next string) *Error {
	c := *e
	c.Effect, c.Next = effect, next
	return &c
}

// Error is the log form: "op target: cause".
func (e *Error) Error() string {
	head := strings.TrimSpace(e.Op + " " + e.Target)
	if head == "" {
		return e.Cause
	}
	return fmt.Sprintf("%s: %s", head, e.Cause)
}

// Unwrap gives the wrapped cause.
func (e *Error) Unwrap() error { return e.Err }

// Sentence is the form for people: cause, effect and next action in one sentence.
func (e *Error) Sentence() string {
	parts := []string{e.Error()}
	if e.Effect != "" {
		parts = append(parts, e.Effect)
	}
	if e.Next != "" {
		parts = append(parts, e.Next)
	}
	return strings.Join(parts, "; ")
}

// Of gives the first Error in err's chain. Where there is none, it makes an Internal one of
// err's text, with op and target.
func Of(err error, op, target string) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return New(Internal, op, target, err.Error())
}

// KindOf gives the kind of the first Error in err's chain, Internal when there
// is none, and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is an Error of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// Cause gives what happened, without Op and Target; "" for nil.
func Cause(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Cause
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

// Sentence gives the form for people of any error.
func Sentence(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Sentence()
	}
	return err.Error()
}
