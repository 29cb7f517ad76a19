// Package guard is pure: a named chain of checks decides whether a plan may be
// carried out now.
package guard

import (
	"fmt"
	"slices"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/plan"
)

// Input is everything a check may look at.
type Input struct {
	Plan plan.Plan
	Spec v1alpha1.FederationRouteSpec
	Now  time.Time
	// Holder is the older route that claims one of the same switches, and Claim
	// the switch; empty when there is none.
	Holder string
	Claim  string
}

// Reason names the check that said no. Status uses it as the reason of Ready.
type Reason string

// The reasons, in the order in which the checks are asked. Obstructed and Pausing are no
// reasons of Ready: Ready then has the reason of the plan's obstacle or pause.
const (
	Allowed          Reason = ""
	Suspended        Reason = v1alpha1.ReasonSuspended
	Conflict         Reason = v1alpha1.ReasonConflict
	Observing        Reason = v1alpha1.ReasonDrifted
	Obstructed       Reason = "Obstructed"
	Pausing          Reason = "Pausing"
	AwaitingApproval Reason = v1alpha1.ReasonAwaitingApproval
)

// Stalls reports whether a person has to correct or to decide something before the plan
// can be carried out. In mode Observe nobody has to: the mode is there to change nothing.
func (r Reason) Stalls() bool { return r != Allowed && r != Observing }

// Verdict is the chain's answer. Message is the one sentence for people.
type Verdict struct {
	Reason  Reason
	Message string
	// Until is the time at which the answer may change by itself; zero where time alone
	// does not change it.
	Until time.Time
}

// Allows reports whether the plan may be carried out.
func (v Verdict) Allows() bool { return v.Reason == Allowed }

// Within shortens a pause that begins now, so that it ends no later than Until.
func (v Verdict) Within(pause time.Duration, now time.Time) time.Duration {
	if v.Until.IsZero() {
		return pause
	}
	return min(pause, max(v.Until.Sub(now), time.Millisecond))
}

// Check looks at the input and either says nothing (Allowed) or says no.
type Check func(Input) Verdict

// Chain is asked in order; the first no is the answer.
type Chain []Check

// Guards are the checks of every route.
var Guards = Chain{
	suspended,  // a person suspended the route
	conflict,   // an older route holds the same switch
	observing,  // mode Observe changes nothing
	obstructed, // every step waits for something unknown, blocked or to be done by a person
	pausing,    // every step waits for time to pass
	approval,   // mode Approve waits for a person
}

// Evaluate asks the chain about a plan that has steps.
func (c Chain) Evaluate(in Input) Verdict {
	for _, check := range c {
		if v := check(in); !v.Allows() {
			return v
		}
	}
	return Verdict{}
}

// DuringRun gives a function that asks the chain again at a later time, about a plan that
// is being carried out. The spec is that of the run: a change of the spec ends the run in
// another way. Holder finds anew whether an older route holds one of the switches: it may
// have been suspended since, or may want something else. Faults: WorldChanged, and those of
// holder.
func (c Chain) DuringRun(in Input, holder func() (route, claim string, err error)) func(now time.Time) error {
	return func(now time.Time) error {
		in := in
		in.Now = now
		var err error
		if in.Holder, in.Claim, err = holder(); err != nil {
			return err
		}
		v := c.Evaluate(in)
		if v.Allows() {
			return nil
		}
		return fault.New(fault.WorldChanged, "carry out plan", in.Plan.ID, "it may not go on: "+v.Message).
			With("the steps before it stand", "a new plan is made")
	}
}

func suspended(in Input) Verdict {
	if !in.Spec.Suspend {
		return Verdict{}
	}
	return Verdict{Reason: Suspended, Message: fmt.Sprintf("%s; nothing is changed while spec.suspend is true; set it to false to go on", pending(in.Plan))}
}

func conflict(in Input) Verdict {
	if in.Holder == "" {
		return Verdict{}
	}
	return Verdict{Reason: Conflict, Message: fmt.Sprintf("%s is held by the older FederationRoute %s; this route changes nothing; remove the claim from one of the two", in.Claim, in.Holder)}
}

func observing(in Input) Verdict {
	if in.Spec.Mode != v1alpha1.ModeObserve {
		return Verdict{}
	}
	return Verdict{Reason: Observing, Message: fmt.Sprintf("%s; mode Observe changes nothing; set spec.mode to Approve or Enforce to carry the plan out", pending(in.Plan))}
}

func obstructed(in Input) Verdict {
	if len(in.Plan.Obstacles) == 0 || in.Plan.Free() {
		return Verdict{}
	}
	return Verdict{Reason: Obstructed}
}

func pausing(in Input) Verdict {
	if !in.Plan.Idle() {
		return Verdict{}
	}
	v := Verdict{Reason: Pausing}
	for _, p := range in.Plan.Pauses {
		if v.Until.IsZero() || !p.Until.IsZero() && p.Until.Before(v.Until) {
			v.Until = p.Until
		}
	}
	return v
}

func approval(in Input) Verdict {
	owed := !slices.ContainsFunc(in.Plan.Steps, func(s plan.Step) bool { return !s.Owed() && !s.Kind().Looks() })
	if in.Spec.Mode != v1alpha1.ModeApprove || in.Spec.ApprovedPlan == in.Plan.ID || owed {
		return Verdict{}
	}
	return Verdict{Reason: AwaitingApproval, Message: fmt.Sprintf("%s; plan %s waits for approval; read status.plan and set spec.approvedPlan to its id", pending(in.Plan), in.Plan.ID)}
}

func pending(p plan.Plan) string {
	if len(p.Steps) == 1 {
		return "1 step is to be taken"
	}
	return fmt.Sprintf("%d steps are to be taken", len(p.Steps))
}
