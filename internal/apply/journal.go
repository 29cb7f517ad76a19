// Package apply carries a plan out step by step. A step that works on a machine or a zone
// looks again before it acts. Each step is verified by reading back, and is recorded.
package apply

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/plan"
)

// State says where a step stands.
type State string

// The states of a step.
const (
	Pending State = "Pending"
	Running State = "Running"
	Done    State = "Done"
	Skipped State = "Skipped" // everything was already as the step wants it
	Failed  State = "Failed"
)

// Entry is the record of one step.
type Entry struct {
	Step    plan.Step
	State   State
	Message string     // what the step waits for, why it failed, or a remark on how it was done
	Fault   fault.Kind // of a failed step
	NotKept bool       // of a failed step: it set the value, and a read afterwards showed another
	Started time.Time
	Ended   time.Time
}

// journal is the record of a run. The run's goroutines write it, and other goroutines read
// it at any time.
type journal struct {
	mu      sync.Mutex
	entries []Entry
	changed func()
	log     *slog.Logger
	meter   Meter
}

func newJournal(steps []plan.Step, changed func(), log *slog.Logger, meter Meter) *journal {
	j := &journal{entries: make([]Entry, len(steps)), changed: changed, log: log, meter: meter}
	for i, s := range steps {
		j.entries[i] = Entry{Step: s, State: Pending}
	}
	return j
}

func (j *journal) update(i int, change func(*Entry)) {
	j.mu.Lock()
	before := j.entries[i]
	change(&j.entries[i])
	now := j.entries[i]
	j.mu.Unlock()
	if before.State != now.State || before.Message != now.Message {
		j.tell(before, now)
		j.changed()
	}
}

func (j *journal) start(i int, now time.Time) {
	j.update(i, func(e *Entry) { e.State, e.Started = Running, now })
}

func (j *journal) note(i int, message string) {
	j.update(i, func(e *Entry) { e.Message = message })
}

func (j *journal) end(i int, now time.Time, o outcome) {
	j.update(i, func(e *Entry) {
		e.Ended = now
		switch {
		case o.err != nil:
			e.State, e.Message, e.Fault, e.NotKept = Failed, fault.Sentence(o.err), fault.KindOf(o.err), errors.Is(o.err, errNotKept)
		case o.skipped:
			e.State, e.Message = Skipped, "already so"
		default:
			e.State, e.Message = Done, o.remark
		}
	})
}

// outcome is how a step ended.
type outcome struct {
	skipped bool   // everything was already as the step wants it
	remark  string // the message of a step that is done, mostly empty
	err     error
}

func (j *journal) copy() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Entry(nil), j.entries...)
}
