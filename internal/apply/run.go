package apply

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// Clock is the time that a run waits on.
type Clock interface {
	Now() time.Time
	// Sleep returns ctx's error when it ends before d has passed.
	Sleep(ctx context.Context, d time.Duration) error
}

// Hands are what a run works with. Only a run holds writers; a mode that may not
// write never builds Hands.
type Hands struct {
	Observer lync.Observer
	Operator lync.Operator
	Ledger   Ledger
	Zones    map[string]Zone // by zone name
	Prober   probe.Prober
	Clock    Clock
	// Allowed is asked before each step that changes something whether the run may
	// go on; its error ends the run. Nil: it always may.
	Allowed func(now time.Time) error
	// Log is where the run can be followed; nil: nowhere. Why says in its first line
	// what the run was begun for, and by whom.
	Log *slog.Logger
	Why []slog.Attr
	// Meter measures the run; nil: nobody does.
	Meter Meter
}

// Meter is told how long things took. It must not block.
type Meter interface {
	// StepEnded is told of a step with its final record.
	StepEnded(Entry)
	// RunEnded is told the error that the run ended with, nil for none.
	RunEnded(took time.Duration, err error)
}

// Zone is one DNS zone to read and to change.
type Zone struct {
	Reader dns.Reader
	Writer dns.Writer
}

// Limits bound the waits of a run.
type Limits struct {
	Poll time.Duration // between two looks
	// Wait replaces, for the kinds that it names, how long a step waits at most to
	// see what it wants. The rules of the kind say how long the others wait.
	Wait map[plan.Kind]time.Duration
}

// DefaultLimits suit an organization of usual size.
var DefaultLimits = Limits{Poll: 2 * time.Second}

func (l Limits) bound(k plan.Kind) time.Duration {
	if d, ok := l.Wait[k]; ok {
		return d
	}
	return k.Rules().Wait
}

// Run is one plan being carried out. It ends by itself.
type Run struct {
	Plan plan.Plan
	// Base is the topology that the plan was made from.
	Base   lync.Topology
	hands  Hands
	limits Limits

	journal  *journal
	stopping atomic.Bool
	cancel   context.CancelFunc
	done     chan struct{}

	mu         sync.Mutex
	err        error
	ended      time.Time
	signature  string                // of the topology document now in force
	lastChange time.Time             // by hands.Clock; zero while nothing was changed
	answering  map[probe.Target]bool // ports that this run saw answering
}

// Start begins to carry the plan out in the background. changed is called, from
// any goroutine, whenever the record moved; it must not block.
func Start(ctx context.Context, p plan.Plan, base lync.Topology, hands Hands, limits Limits, changed func()) *Run {
	ctx, cancel := context.WithCancel(ctx)
	if hands.Log == nil {
		hands.Log = slog.New(slog.DiscardHandler)
	}
	if hands.Meter == nil {
		hands.Meter = unmeasured{}
	}
	r := &Run{Plan: p, Base: base, hands: hands, limits: limits, journal: newJournal(p.Steps, changed, hands.Log, hands.Meter),
		cancel: cancel, done: make(chan struct{}), signature: base.Signature, answering: map[probe.Target]bool{}}
	began := hands.Clock.Now()
	r.tellBegin()
	contain.Go(opCarryOut, p.ID, func() {
		defer cancel()
		err := contain.Run(opCarryOut, p.ID, func() error { return r.steps(ctx) })
		ended := hands.Clock.Now()
		r.tellEnd(ended.Sub(began), err)
		r.mu.Lock()
		r.err, r.ended = err, ended
		r.mu.Unlock()
		close(r.done) // whatever became of it, the organization is free again
		changed()
	}, nil)
	return r
}

const opCarryOut = "carry out plan"

// Entries gives the record as it stands.
func (r *Run) Entries() []Entry { return r.journal.copy() }

// Stop lets the running acts end, ends waits, and starts no further step.
func (r *Run) Stop() { r.stopping.Store(true) }

// Abort ends the run at once; the outcome of the running steps is unknown.
func (r *Run) Abort() { r.Stop(); r.cancel() }

// Done is closed when the run has ended.
func (r *Run) Done() <-chan struct{} { return r.done }

// Ended tells whether the run is over, when it ended and with which error.
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

// steps runs the steps kind by kind. Steps of one kind are independent.
func (r *Run) steps(ctx context.Context) error {
	if err := r.mayWrite(ctx); err != nil {
		return err
	}
	steps := r.Plan.Steps
	for i := 0; i < len(steps); {
		j := i
		for j < len(steps) && steps[j].Kind() == steps[i].Kind() {
			j++
		}
		if err := r.oneKind(ctx, i, j); err != nil {
			return err
		}
		i = j
	}
	return nil
}

// oneKind runs steps i to j-1, which are of one kind: side by side where each has its
// own machine or zone, one after the other where all go through the management server.
func (r *Run) oneKind(ctx context.Context, i, j int) error {
	var group contain.Group
	group.SetLimit(width(r.Plan.Steps[i].Kind()))
	var failed atomic.Bool
	for n := i; n < j; n++ {
		group.Go(opCarryOut, r.Plan.ID, func() error {
			if failed.Load() {
				return nil
			}
			err := r.mayBegin(r.Plan.Steps[n])
			if err == nil {
				err = r.step(ctx, n)
			}
			if err != nil {
				failed.Store(true)
			}
			return err
		})
	}
	return group.Wait()
}

// mayBegin asks, right before a step begins, whether it is still wanted and allowed.
func (r *Run) mayBegin(s plan.Step) error {
	switch {
	case r.stopping.Load():
		return fault.New(fault.WorldChanged, opCarryOut, r.Plan.ID, fmt.Sprintf("it was stopped before %s %s", s.Kind(), s.Target)).
			With("the steps before it stand", "a new plan is made")
	case r.hands.Allowed == nil || s.Kind().Looks():
		return nil
	default:
		return r.hands.Allowed(r.hands.Clock.Now())
	}
}

// width is how many steps of a kind run side by side. A kind without rules has one
// step at a time, which then says that nobody can do it.
func width(k plan.Kind) int { return max(1, k.Rules().AtOnce) }

func (r *Run) step(ctx context.Context, n int) error {
	s := r.Plan.Steps[n]
	r.journal.start(n, r.hands.Clock.Now())
	var o outcome
	w := work{Run: r, note: func(m string) { r.journal.note(n, m) }, remark: func(m string) { o.remark = m }}
	o.skipped, o.err = contain.Value(string(s.Kind()), s.Target, func() (bool, error) { return w.do(ctx, s) })
	r.journal.end(n, r.hands.Clock.Now(), o)
	return o.err
}

// changing notes that a change of the organization is about to be sent. The time
// before it, not after, is a safe lower bound for what must replicate.
func (r *Run) changing() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastChange = r.hands.Clock.Now()
}
