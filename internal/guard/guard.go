// Package guard is pure: a named chain of checks decides whether a plan may be
// carried out now.
package guard

import (
	"fmt"

	"github.com/fedroute/fedroute/internal/plan"
)

// Input is everything a check may look at.
type Input struct {
	Plan plan.Plan
	// Observe: the mode never changes anything.
	Observe bool
	// NeedsApproval: the mode waits until Approved names the plan.
	NeedsApproval bool
	Approved      string
	Suspended     bool
	// Holder is the older route that claims one of the same switches, and Claim
	// the switch; empty when there is none.
	Holder string
	Claim  string
}

// Reason names the check that said no.
type Reason string

// The reasons, in the order in which the checks are asked.
const (
	Allowed          Reason = ""
	Suspended        Reason = "Suspended"
	Conflict         Reason = "Conflict"
	Observing        Reason = "Drifted"
	Obstructed       Reason = "Obstructed"
	AwaitingApproval Reason = "AwaitingApproval"
)

// Verdict is the chain's answer. Message is the one sentence for people.
type Verdict struct {
	Reason  Reason
	Message string
}

// Allows reports whether the plan may be carried out.
func (v Verdict) Allows() bool { return v.Reason == Allowed }

// Check looks at the input and either says nothing (Allowed) or says no.
type Check func(Input) Verdict

// chain is asked in order; the first no is the answer.
var chain = []Check{
	suspended,  // a person said stop
	conflict,   // an older route holds the same switch
	observing,  // the mode holds no writer
	obstructed, // something is unknown, blocked or a person's to do
	approval,   // the mode waits for a person
}

// Evaluate asks the chain about a plan that has steps.
func Evaluate(in Input) Verdict {
	for _, check := range chain {
		if v := check(in); !v.Allows() {
			return v
		}
	}
	return Verdict{}
}

func suspended(in Input) Verdict {
	if !in.Suspended {
		return Verdict{}
	}
	return Verdict{Suspended, fmt.Sprintf("%s; nothing is changed while spec.suspend is true; set it to false to go on", pending(in.Plan))}
}

func conflict(in Input) Verdict {
	if in.Holder == "" {
		return Verdict{}
	}
	return Verdict{Conflict, fmt.Sprintf("%s is held by the older FederationRoute %s; this route changes nothing; remove the claim from one of the two", in.Claim, in.Holder)}
}

func observing(in Input) Verdict {
	if !in.Observe {
		return Verdict{}
	}
	return Verdict{Observing, fmt.Sprintf("%s; mode Observe changes nothing; set spec.mode to Approve or Enforce to carry the plan out", pending(in.Plan))}
}

func obstructed(in Input) Verdict {
	if len(in.Plan.Obstacles) == 0 {
		return Verdict{}
	}
	return Verdict{Reason: Obstructed}
}

func approval(in Input) Verdict {
	if !in.NeedsApproval || in.Approved == in.Plan.ID {
		return Verdict{}
	}
	return Verdict{AwaitingApproval, fmt.Sprintf("%s; plan %s waits for approval; read status.plan and set spec.approvedPlan to its id", pending(in.Plan), in.Plan.ID)}
}

func pending(p plan.Plan) string {
	if len(p.Steps) == 1 {
		return "1 step is to be taken"
	}
	return fmt.Sprintf("%d steps are to be taken", len(p.Steps))
}
