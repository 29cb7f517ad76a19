package wsman

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Effect is a kind of misbehaviour.
type Effect string

// The effects of a rule. The first five happen instead of or before the request's
// work. The last three happen after it: the action is done, and the client cannot
// know that.
const (
	Drop         Effect = "Drop"         // cut the connection
	Delay        Effect = "Delay"        // wait for Rule.Delay, then serve as usual
	Fault        Effect = "Fault"        // answer with a fault of Rule.Code
	Unauthorized Effect = "Unauthorized" // answer 401 and log the connection off
	LoseShell    Effect = "LoseShell"    // end the shell that the request names, then serve it
	Lose         Effect = "Lose"         // cut the connection instead of replying
	Halve        Effect = "Halve"        // send half of the reply, then cut the connection
	Silence      Effect = "Silence"      // keep the connection and never reply
)

// Rule makes a server misbehave on requests that match it.
type Rule struct {
	Action string        `json:"action,omitempty"` // Create, Command, Send, Receive, Signal, Delete; empty: any
	Skip   int           `json:"skip,omitempty"`   // number of matching requests to let pass first
	Times  int           `json:"times,omitempty"`  // number of matching requests to act on then; 0: no limit
	Chance float64       `json:"chance,omitempty"` // of acting on a match, by the server's seed; 0: always
	Effect Effect        `json:"effect"`
	Delay  time.Duration `json:"delay,omitempty"` // for Delay
	Code   uint32        `json:"code,omitempty"`  // for Fault
}

// rules are the rules that are in force.
type rules struct {
	mu   sync.Mutex
	dice *rand.Rand
	list []*activeRule
}

type activeRule struct {
	Rule
	seen, done int
}

func newRules(seed uint64) *rules {
	return &rules{dice: rand.New(rand.NewPCG(seed, seed))}
}

func (r *rules) add(rule Rule) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, &activeRule{Rule: rule})
}

func (r *rules) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = nil
}

// pick gives the first rule that acts on a request; the zero rule when none does.
func (r *rules) pick(action string) Rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, a := range r.list {
		if a.Action != "" && a.Action != action {
			continue
		}
		a.seen++
		if a.seen <= a.Skip || a.Chance > 0 && r.dice.Float64() >= a.Chance {
			continue
		}
		a.done++
		if a.Times > 0 && a.done >= a.Times {
			r.list = slices.Delete(r.list, i, i+1)
		}
		return a.Rule
	}
	return Rule{}
}
