// Package refusal describes why the simulated organization did not do an act: a name
// does not exist, a rule of the product forbids it, a machine has no power.
//
// Code that passes a refusal on uses its kind alone: the cmdlets choose the
// PowerShell error record by it, and the admin endpoint the HTTP status.
package refusal

import (
	"errors"
	"slices"
	"strings"
)

// Kind classifies refusals by their reason. The set is closed; the admin endpoint
// writes these words.
type Kind string

// The kinds of refusals.
const (
	Invalid     Kind = "Invalid"     // the named object does not exist, or the value makes no sense
	Refused     Kind = "Refused"     // a rule of the product forbids it now
	Denied      Kind = "Denied"      // the caller may not do this
	Conflict    Kind = "Conflict"    // another change was made in between
	Busy        Kind = "Busy"        // the same operation is still running
	Unreachable Kind = "Unreachable" // a machine that is needed does not answer
	Unsupported Kind = "Unsupported" // this version of the product has no such thing
	Failed      Kind = "Failed"      // it was tried and did not work
	Internal    Kind = "Internal"    // a defect of the simulator
)

// Refusal is one act that did not happen.
type Refusal struct {
	Kind    Kind
	Act     string // the act, such as "publish"
	Object  string // the object of the act, such as a machine's name
	Why     string // the reason, without period
	further []string
	Err     error // the reason, when it was another error; may be nil
}

// New makes a refusal. Act and object are read as one phrase: "set up edge1".
func New(kind Kind, act, object, why string) *Refusal {
	return &Refusal{Kind: kind, Act: act, Object: object, Why: why}
}

// Because makes a refusal whose reason is another error. A nil error gives nil.
func Because(kind Kind, act, object string, err error) error {
	if err == nil {
		return nil
	}
	return &Refusal{Kind: kind, Act: act, Object: object, Why: err.Error(), Err: err}
}

// Adding gives the refusal with further parts of its sentence, such as its
// consequence or a remedy.
func (r *Refusal) Adding(parts ...string) *Refusal {
	more := *r
	more.further = slices.Concat(r.further, parts)
	return &more
}

// Error is act, object and reason.
func (r *Refusal) Error() string {
	if r.Act+r.Object == "" {
		return r.Why
	}
	return strings.TrimSpace(r.Act+" "+r.Object) + ": " + r.Why
}

// Unwrap gives the error that was the reason, or nil.
func (r *Refusal) Unwrap() error { return r.Err }

// Sentence is the refusal with all its parts, for people to read.
func (r *Refusal) Sentence() string {
	return strings.Join(append([]string{r.Error()}, r.further...), "; ")
}

// KindOf is the kind of a refusal. It is Internal for any other error, and "" for
// nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Kind
	}
	return Internal
}

// Sentence is a refusal's sentence, or the text of another error.
func Sentence(err error) string {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Sentence()
	}
	return err.Error()
}
