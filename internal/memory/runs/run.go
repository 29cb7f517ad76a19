package runs

import (
	"time"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/fingerprint"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/plan"
)

// Run is a run, with the plan, Secrets and request that it was begun with.
type Run struct {
	*apply.Run
	PlanID   string            // as of Order
	EdgePool string            // as of Order
	FailBack string            // as of Order
	Secrets  fingerprint.Print // as of Order
	For      []string          // as of Order
	Rest     bool              // as of Order
	// Failures counts the runs in a row that failed before this one, with the same
	// spec and Secrets.
	Failures int

	// Before are the route's runs that were stopped and had not ended when this one began,
	// the latest first.
	Before []*Run

	edition  memory.Edition // of the route
	topology memory.Object
	gone     bool // the route is gone
}

// IsOf reports whether the run was begun for this edition of its route.
func (r *Run) IsOf(e memory.Edition) bool { return r.edition == e }

// IsOfObject reports whether the run was begun for the object with that UID, and not for an
// earlier one of the same name.
func (r *Run) IsOfObject(uid string) bool { return r.edition.UID == uid }

// Halfway reports whether federation works neither as before the run nor as after it.
func (r *Run) Halfway() bool { return r.Run.Halfway(r.Rest) }

// underWay lists the run and those before it, as far as they have not ended.
func (r *Run) underWay() []*Run {
	var out []*Run
	for _, run := range append([]*Run{r}, r.Before...) {
		if over, _, _ := run.Ended(); !over {
			out = append(out, run)
		}
	}
	return out
}

// Finishing reports whether the run was stopped and only ends changes on machines, zones
// or Front End pools. A plan can then be made: the Central Management Store, which holds
// flags and routes, is not being changed.
func (r *Run) Finishing() bool {
	over, _, _ := r.Ended()
	return !over && r.Stopping() && !r.Changes(plan.SortStore)
}

// Over reports whether the run has ended.
func (r *Run) Over() bool { return ended(r.Run) }

func (r *Run) failed() bool {
	_, _, err := r.Ended()
	return err != nil
}

// RetryAfter is how long to wait, from the end of a failed run on, before the next. After
// the first failure with WorldChanged or OutcomeUnknown it is 0. It grows with each
// further failure, up to a minute where no failed step has sent a command to a machine: to ask
// a DNS server or a port once more disturbs nobody.
func (r *Run) RetryAfter() time.Duration {
	_, _, err := r.Ended()
	longest := 5 * time.Minute
	switch fault.KindOf(err) {
	case "":
		return 0
	case fault.WorldChanged, fault.OutcomeUnknown:
		if r.Failures == 0 {
			return 0
		}
	case fault.Failed, fault.Refused, fault.Internal:
		longest = 30 * time.Minute
	default: // such a fault may pass by itself: longest stays short
	}
	if !r.commanded() {
		longest = time.Minute
	}
	wait := 5 * time.Second
	for range min(r.Failures, 12) {
		wait *= 2
	}
	return min(wait, longest)
}

// commanded reports whether a failed step of the run sends commands to machines. A run that
// failed without a failed step counts as one.
func (r *Run) commanded() bool {
	failed := false
	for _, e := range r.Entries() {
		if e.State == apply.Failed {
			failed = true
			if e.Step.Kind().Rules().Commands > 0 {
				return true
			}
		}
	}
	return !failed
}
