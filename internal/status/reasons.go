// Package status is pure: it turns the facts of one reconcile into API status and
// events. It is the only place where a fault's kind becomes a condition.
package status

import (
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/guard"
)

// outlook says who can end a state: nobody has to, time or the controller, or a
// person.
type outlook int

const (
	settled outlook = iota
	passing         // Reconciling
	stuck           // Stalled
	waiting         // neither: a person was asked and may take their time
)

// finding is one answer to "why": a reason, its sentence and who can end it.
type finding struct {
	reason  string
	message string
	outlook outlook
}

var byKind = map[fault.Kind]finding{
	fault.Unreachable:    {reason: v1alpha1.ReasonUnreachable, outlook: passing},
	fault.Denied:         {reason: v1alpha1.ReasonDenied, outlook: stuck},
	fault.Refused:        {reason: v1alpha1.ReasonRefused, outlook: stuck},
	fault.Invalid:        {reason: v1alpha1.ReasonInvalid, outlook: stuck},
	fault.Unsupported:    {reason: v1alpha1.ReasonUnsupported, outlook: stuck},
	fault.Conflict:       {reason: v1alpha1.ReasonWorldChanged, outlook: passing},
	fault.Busy:           {reason: v1alpha1.ReasonBusy, outlook: passing},
	fault.OutcomeUnknown: {reason: v1alpha1.ReasonOutcomeUnknown, outlook: passing},
	fault.Failed:         {reason: v1alpha1.ReasonStepFailed, outlook: passing},
	fault.Internal:       {reason: v1alpha1.ReasonInternal, outlook: stuck},
}

// of turns an error into a finding.
func of(err error) finding {
	if m, ok := errors.AsType[*Missing](err); ok {
		return finding{reason: m.Reason, message: m.Message, outlook: m.outlook()}
	}
	f := byKind[fault.KindOf(err)]
	f.message = fault.Sentence(err)
	return f
}

// Missing is a Kubernetes object that is not there yet. It is not a fault of the
// organization, and the controller is told when the object appears.
type Missing struct {
	Reason  string // TopologyMissing, SecretMissing or NotObserved
	Message string
}

// Error gives the message.
func (m *Missing) Error() string { return m.Message }

func (m *Missing) outlook() outlook {
	if m.Reason == v1alpha1.ReasonNotObserved {
		return passing
	}
	return stuck
}

// ofVerdict turns a guard's no into a finding.
func ofVerdict(v guard.Verdict) finding {
	f := finding{reason: string(v.Reason), message: v.Message, outlook: waiting}
	if v.Reason == guard.Conflict {
		f.reason, f.outlook = v1alpha1.ReasonConflict, stuck
	}
	return f
}

// shorten keeps a text within what a status should carry.
func shorten(s string) string {
	const limit = 1024
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return fmt.Sprintf("%s… (%d characters more)", string(runes[:limit]), len(runes)-limit)
}
