package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Step is one change, or one wait, as data. Target, From and To describe it to a person;
// the Act is what the program needs to do it.
type Step struct {
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

// Owed reports whether the step puts right what fedroute may have broken.
func (s Step) Owed() bool { return s.Kind().Rules().Owed }

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
// Every machine of a pool waits for its own replica. A person approves the wait of the
// pool, so the waits have the same words here.
func approved(s Step) Words {
	if a, waits := s.Act.(AwaitReplication); waits {
		return Words{Kind: s.Kind(), Target: a.Pool, From: "replicas of before", To: "replicas newer than the change"}
	}
	return s.Words()
}
