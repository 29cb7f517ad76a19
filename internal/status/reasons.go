// Package status is pure: it turns the facts of one reconcile into API status and
// events. It is the only place where a fault's kind becomes a condition.
package status

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/guard"
)

// outlook says who can end a state. For settled nobody has to, for passing time or the
// controller can, and for stuck only a person can.
type outlook int

const (
	settled outlook = iota
	passing         // Reconciling
	stuck           // Stalled
)

// finding says why a route or an organization is in its state: a reason, a sentence, and
// who can end the state.
type finding struct {
	reason  string
	message string
	outlook outlook
}

// byKind holds what a fault's kind means for a condition. It also holds the effect and the
// next action for a fault that names none itself.
var byKind = map[fault.Kind]struct {
	finding
	effect, next string
}{
	fault.Unreachable:    {finding{reason: v1alpha1.ReasonUnreachable, outlook: passing}, waits, "it is tried again"},
	fault.Denied:         {finding{reason: v1alpha1.ReasonDenied, outlook: stuck}, waits, "correct the account, key or certificate that is used there"},
	fault.SecondHop:      {finding{reason: v1alpha1.ReasonSecondHop, outlook: stuck}, waits, "install the endpoint kit, whose functions run as an account of their own"},
	fault.RightsMissing:  {finding{reason: v1alpha1.ReasonRightsMissing, outlook: stuck}, waits, "give the account the right, or use another account"},
	fault.Refused:        {finding{reason: v1alpha1.ReasonRefused, outlook: stuck}, waits, "have it allowed there, or change the spec"},
	fault.Invalid:        {finding{reason: v1alpha1.ReasonInvalid, outlook: stuck}, waits, "correct the spec or the organization"},
	fault.Unsupported:    {finding{reason: v1alpha1.ReasonUnsupported, outlook: stuck}, waits, "take the feature out of the spec"},
	fault.WorldChanged:   {finding{reason: v1alpha1.ReasonWorldChanged, outlook: passing}, waits, "it is observed and planned again"},
	fault.Busy:           {finding{reason: v1alpha1.ReasonBusy, outlook: passing}, waits, "it is looked at again"},
	fault.OutcomeUnknown: {finding{reason: v1alpha1.ReasonOutcomeUnknown, outlook: passing}, "it may have taken effect", "nothing is sent again before it was observed"},
	fault.Failed:         {finding{reason: v1alpha1.ReasonStepFailed, outlook: passing}, waits, "it is tried again after a pause"},
	fault.Internal:       {finding{reason: v1alpha1.ReasonInternal, outlook: stuck}, waits, "report it with the controller's log"},
}

// waits is the effect of most faults: a plan with an obstacle is not begun at all.
const waits = "what depends on it waits"

// findingOf turns an error into a finding whose message names cause, effect and next
// action.
func findingOf(err error) finding {
	if m, ok := errors.AsType[*Missing](err); ok {
		return finding{reason: m.Reason, message: m.Message, outlook: m.outlook()}
	}
	known := fault.Of(err, "", "")
	kind := byKind[known.Kind]
	kind.message = known.With(cmp.Or(known.Effect, kind.effect), cmp.Or(known.Next, kind.next)).Sentence()
	return kind.finding
}

// Missing is the error for a Kubernetes object, or an observation, that is not there yet.
// It is not a fault of the organization.
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

// ofVerdict turns the no of a guard into a finding. Only a person can end it, unless the
// verdict names a time at which it may change. In mode Observe nobody has to end it.
func ofVerdict(v guard.Verdict) finding {
	f := finding{reason: string(v.Reason), message: v.Message, outlook: settled}
	switch {
	case !v.Until.IsZero():
		f.outlook = passing
	case v.Reason.Stalls():
		f.outlook = stuck
	}
	return f
}

// shorten cuts a text to a length that a status should carry, and makes every character of
// it visible: names and values come from outside. The sum keeps texts with the
// same beginning apart, because plans are compared and approved as status shows them.
func shorten(s string) string {
	return within(s, 1024)
}

// Request is the value of an annotation with which a person asks for something, as status
// holds it. A time has some thirty characters.
func Request(value string) string { return within(value, 64) }

func within(s string, limit int) string {
	s = fault.Visible(s)
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return fmt.Sprintf("%s… (%d characters more, sum %x)", string(runes[:limit]), len(runes)-limit, sum[:4])
}
