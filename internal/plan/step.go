package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Step is one change, or one wait, as data. Target, From and To describe it to a person;
// the Act is what the program needs to do it.
type Step struct {
	Stage  Stage
	Target string
	From   string
	To     string
	Act    Act
}

// Kind names what the step does; "" for a step without an act.
func (s Step) Kind() Kind {
	if s.Act == nil {
		return ""
	}
	return s.Act.kind()
}

// Words describe a step to a person. Two steps with equal words are the same step: they
// ask for the same change of the same state.
type Words struct {
	Kind             Kind
	Target, From, To string
}

// Words gives what the step says.
func (s Step) Words() Words { return Words{Kind: s.Kind(), Target: s.Target, From: s.From, To: s.To} }

// Owed reports whether the step finishes or puts right what a step of fedroute began and
// was not seen to end. It needs no approval of its own, and is not part of the plan's id.
func (s Step) Owed() bool {
	switch a := s.Act.(type) {
	case RestoreSimpleURLs:
		return true
	case PublishFlags:
		return len(a.Flags) == 0 // what fedroute published is put in force
	case StartEdgeServices:
		return a.Owed
	case AssociateFrontEnd, AwaitReplication, CheckPorts, FailBackFrontEnd, RestartEdgeServices, SetNextHop, SetSiteRoute, SetupEdgeServer, UpdateDNS:
	}
	return false
}

// Without gives the steps that are not among others, by their words.
func Without(steps, others []Step) []Step {
	return slices.DeleteFunc(slices.Clone(steps), func(s Step) bool {
		return slices.ContainsFunc(others, func(o Step) bool { return o.Words() == s.Words() })
	})
}

// String is the one-line form for logs.
func (s Step) String() string {
	return fmt.Sprintf("%s %s: %s -> %s", s.Kind(), s.Target, s.From, s.To)
}

// ID is a hash of the words of the steps that a person approves. The same spec and the
// same observed state therefore give the same id. No steps give "". Owed steps are left
// out, unless there are no others.
func ID(steps []Step) string {
	if len(steps) == 0 {
		return ""
	}
	if others := slices.DeleteFunc(slices.Clone(steps), Step.Owed); len(others) > 0 {
		steps = others
	}
	h := sha256.New()
	var before Words
	for _, s := range steps {
		w := approved(s)
		if w != before {
			fmt.Fprintf(h, "%q %q %q %q\n", w.Kind, w.Target, w.From, w.To)
		}
		before = w
	}
	return "sha256-" + hex.EncodeToString(h.Sum(nil))[:16]
}

// approved gives the words of a step that go into the plan's id, and so into an approval.
// Every machine of a pool waits for its own replica, and may join the records on its own. A
// person approves what is done for the pool, so these steps have the same words here.
func approved(s Step) Words {
	w := s.Words()
	if a, is := s.Act.(AwaitReplication); is {
		w.Target, w.From, w.To = a.Pool, "replicas of before", "replicas"+strings.TrimPrefix(s.To, "replica")
	}
	if a, is := s.Act.(UpdateDNS); is {
		w.To = strings.TrimSuffix(s.To, a.joins())
	}
	return w
}
