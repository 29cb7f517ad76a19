package apply

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// Clock gives the time to a run and lets the run wait.
type Clock interface {
	Now() time.Time
	// Sleep returns ctx's error when it ends before d has passed.
	Sleep(ctx context.Context, d time.Duration) error
}

// Hands are what a run works with. Only a run holds writers: in a mode that may not write,
// no Hands are built.
type Hands struct {
	Observer lync.Observer
	Operator lync.Operator
	Ledger   Ledger
	Zones    map[string]Zone // by zone name
	Prober   probe.Prober
	Clock    Clock
	// Locks are those of the organization; nil: no other run works on it.
	Locks *Locks
	// Allowed says whether the run may go on. The run calls it before each step that
	// changes something, and ends with its error. Nil: the run may always go on.
	Allowed func(now time.Time) error
	// Log takes the run's log lines; nil: nothing is logged. Why is added to the first
	// line: it says why the run began and who changed the route last.
	Log *slog.Logger
	Why []slog.Attr
	// Meter takes the run's durations; nil: they are not measured.
	Meter Meter
}

// Meter takes the durations of steps and runs. Its methods must not block.
type Meter interface {
	// StepEnded is called once for each step that has ended, with its final record.
	StepEnded(Entry)
	// RunEnded is called once, with the error that the run ended with; nil for none.
	RunEnded(took time.Duration, err error)
}

// Zone is one DNS zone to read and to change.
type Zone struct {
	Reader dns.Reader
	Writer dns.Writer
}

// Limits bound the waits of a run.
type Limits struct {
	Poll time.Duration // the pause between two reads of a step that waits
	// Wait replaces, for the kinds that it names, how long a step waits at most until its
	// effect can be seen. For the other kinds their rules say it.
	Wait map[plan.Kind]time.Duration
}

// DefaultLimits suit an organization of usual size.
var DefaultLimits = Limits{Poll: 2 * time.Second}

// Of is how long a step of the kind may take at most: its remote commands and its wait.
func (l Limits) Of(k plan.Kind) time.Duration { return k.Rules().Commands + l.bound(k) }

func (l Limits) bound(k plan.Kind) time.Duration {
	if d, ok := l.Wait[k]; ok {
		return d
	}
	return k.Rules().Wait
}

// Run is one plan that is being carried out, or was. Nobody has to end it.
type Run struct {
	Plan plan.Plan
	// Base is the topology that the plan was made from.
	Base   lync.Topology
	hands  Hands
	limits Limits

	locks *Locks

	journal  *journal
	stop     chan struct{} // closed by Stop
	stopped  sync.Once
	looks    context.Context // of reads and waits; ends when the run is stopped
	endLooks context.CancelFunc
	cancel   context.CancelFunc
	done     chan struct{}
	last     lastLook

	mu         sync.Mutex
	halted     time.Time // when the run was stopped; zero while it was not
	err        error
	ended      time.Time
	signature  string                     // of the published topology document, as far as the run knows
	lastChange time.Time                  // by hands.Clock; zero while nothing was changed
	answered   map[probe.Target]time.Time // by port: when this run last saw it answering
	again      contain.Flight[probe.Reading]
}

// Start begins to carry the plan out in the background. changed is called, from any
// goroutine, whenever the record has changed. It must not block.
func Start(ctx context.Context, p plan.Plan, base lync.Topology, hands Hands, limits Limits, changed func()) *Run {
	ctx, cancel := context.WithCancel(ctx)
	if hands.Log == nil {
		hands.Log = slog.New(slog.DiscardHandler)
	}
	if hands.Meter == nil {
		hands.Meter = unmeasured{}
	}
	if hands.Locks == nil {
		hands.Locks = NewLocks()
	}
	r := &Run{Plan: p, Base: base, hands: hands, limits: limits, locks: hands.Locks, journal: newJournal(p.Steps, changed, hands.Log, hands.Meter),
		stop: make(chan struct{}), cancel: cancel, done: make(chan struct{}), signature: base.Signature, answered: map[probe.Target]time.Time{}, last: lastLook{turn: make(chan struct{}, 1)}}
	r.looks, r.endLooks = context.WithCancel(ctx)
	began := hands.Clock.Now()
	r.tellBegin()
	contain.Go(opCarryOut, p.ID, func() {
		defer cancel()
		err := contain.Run(opCarryOut, p.ID, func() error { return r.steps(ctx) })
		ended := hands.Clock.Now()
		r.tellEnd(ended.Sub(began), err)
		r.end(err, ended)
		changed()
	}, func(err error) { cancel(); r.end(err, began) })
	return r
}

// end notes how the run ended, once. However it did, another may now work on the organization.
func (r *Run) end(err error, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended.IsZero() {
		return
	}
	r.err, r.ended = err, at
	close(r.done)
}

const opCarryOut = "carry out plan"

// Entries gives the record as it stands.
func (r *Run) Entries() []Entry { return r.journal.copy() }

// Stop lets changes that are under way end, ends waits and looks at once, and begins no
// further step.
func (r *Run) Stop() {
	r.stopped.Do(func() {
		now := r.hands.Clock.Now()
		r.mu.Lock()
		r.halted = now
		r.mu.Unlock()
		close(r.stop)
	})
	r.endLooks()
}

// Changes reports whether a step of the run changes a resource of the sort now.
func (r *Run) Changes(sort plan.Sort) bool {
	return slices.ContainsFunc(r.locks.of(r), func(on plan.Resource) bool { return on.Sort == sort })
}

// Halfway reports whether the run has led federation away from where it worked, and not yet
// to where it works again. rest: the run carries out the rest of a move that was begun
// before.
func (r *Run) Halfway(rest bool) bool {
	entries := r.Entries()
	return plan.Halfway(r.Plan.Steps, rest, func(n int) bool { return entries[n].State != Pending },
		func(n int) bool { return entries[n].State == Done || entries[n].State == Skipped })
}

// Latest is when the run last stopped changing something: its end, or, while it is being
// stopped, the stop or the end of a step after it.
func (r *Run) Latest() time.Time {
	if over, at, _ := r.Ended(); over {
		return at
	}
	r.mu.Lock()
	latest := r.halted
	r.mu.Unlock()
	for _, e := range r.Entries() {
		if e.Ended.After(latest) {
			latest = e.Ended
		}
	}
	return latest
}

// Abort ends the run at once; the outcome of the running steps is unknown.
func (r *Run) Abort() { r.cancel(); r.Stop() }

// Stopping reports whether the run was stopped.
func (r *Run) Stopping() bool {
	select {
	case <-r.stop:
		return true
	default:
		return false
	}
}

// Done is closed when the run has ended.
func (r *Run) Done() <-chan struct{} { return r.done }

// Ended reports whether the run has ended, and when and with which error.
func (r *Run) Ended() (bool, time.Time, error) {
	select {
	case <-r.done:
	default:
		return false, time.Time{}, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return true, r.ended, r.err
}

// mayBegin is called right before a step begins. It fails where the run was stopped, or
// where Allowed forbids the step.
func (r *Run) mayBegin(s plan.Step) error {
	switch {
	case r.Stopping():
		return fault.New(fault.WorldChanged, opCarryOut, r.Plan.ID, fmt.Sprintf("it was stopped before %s %s", s.Kind(), s.Target)).
			With("the steps before it stand", "a new plan is made")
	case r.hands.Allowed == nil || s.Kind().Looks():
		return nil
	default:
		return r.hands.Allowed(r.hands.Clock.Now())
	}
}

func (r *Run) step(ctx context.Context, n int) error {
	s := r.Plan.Steps[n]
	r.journal.start(n, r.hands.Clock.Now())
	var o outcome
	w := work{Run: r, note: func(m string) { r.journal.note(n, m) }, remark: func(m string) { o.remark = m }}
	o.skipped, o.err = contain.Value(string(s.Kind()), s.Target, func() (bool, error) { return w.do(ctx, s) })
	r.journal.end(n, r.hands.Clock.Now(), o)
	return o.err
}

// changing notes the time before a change is sent to the organization. An update that
// carries the change cannot be older than that time; it can be older than the answer.
func (r *Run) changing() { r.changed(r.hands.Clock.Now()) }

// changed is changing for a change that was sent at that time.
func (r *Run) changed(sent time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if sent.After(r.lastChange) {
		r.lastChange = sent
	}
}
