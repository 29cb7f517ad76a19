// Package runs remembers the latest run of each route until the route is gone, and
// which runs work on an organization until they have ended.
package runs

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/fingerprint"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/plan"
)

// Memory begins runs. One at a time goes through its plan in an organization. Runs that
// were stopped may still be ending changes; locks on the resources keep others off these.
type Memory struct {
	limits apply.Limits

	mu      sync.Mutex
	latest  map[memory.Object]*Run          // by route
	stopped map[memory.Object]*Run          // by route: those of latest that Stop has stopped
	working map[memory.Object]*organization // by topology, until all its runs have ended
	leaving bool                            // no further run begins
}

// organization is what works on one organization.
type organization struct {
	locks     *apply.Locks
	runs      []*apply.Run // that have not ended
	preparing bool         // another is about to begin
}

// New gives a Memory without runs. The limits bound the waits of each.
func New(limits apply.Limits) *Memory {
	return &Memory{limits: limits, latest: map[memory.Object]*Run{}, stopped: map[memory.Object]*Run{}, working: map[memory.Object]*organization{}}
}

// Order is what Begin needs to know of a run.
type Order struct {
	Route    memory.Object
	Edition  memory.Edition // of the route
	Topology memory.Object
	PlanID   string            // as in status; the rest of a plan keeps the id of the whole
	Secrets  fingerprint.Print // of the Secrets that the run signs in with
	Plan     plan.Plan
	Base     lync.Topology
	EdgePool string // that the plan leads federation to
	FailBack string // the request to fail a Front End pool back, as it was written
	Hands    apply.Hands
	// For names what the run works for, in words that can be compared with those of a
	// later spec.
	For []string
	// Rest: the plan is the rest of a move that was begun before.
	Rest bool
	// Prepare is called before the run begins, while no other can. Where it fails, nothing
	// begins. It may be nil.
	Prepare func() error
	// Changed is called whenever the run's record has changed. It must not block.
	Changed func()
	// Left is called once, when the run has ended and another may begin on the
	// organization; also when the route is gone by then. It must not block. It may be nil.
	Left func(ended time.Time)
}

// Begin starts a run, unless another run goes through its plan in the same organization. A
// run that was stopped and only ends its last changes does not count. Faults: Busy, and
// those of Prepare.
func (m *Memory) Begin(o Order) error {
	org, err := m.enter(o)
	if err != nil {
		return err
	}
	if o.Prepare != nil {
		err = o.Prepare()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	org.preparing = false
	if err == nil && m.leaving {
		err = stopping(o)
	}
	if err != nil {
		m.tidy(o.Topology)
		return err
	}
	next := &Run{PlanID: o.PlanID, EdgePool: o.EdgePool, FailBack: o.FailBack, Secrets: o.Secrets, For: o.For, Rest: o.Rest,
		edition: o.Edition, topology: o.Topology}
	if before := m.latest[o.Route]; before != nil {
		if before.IsOf(o.Edition) && before.Secrets == o.Secrets && before.failed() {
			next.Failures = before.Failures + 1
		}
		next.Before = before.underWay()
	}
	o.Hands.Locks = org.locks
	next.Run = apply.Start(context.Background(), o.Plan, o.Base, o.Hands, m.limits, o.Changed)
	m.latest[o.Route], org.runs = next, append(org.runs, next.Run)
	contain.Go("wait for the end of a run on", o.Topology.String(), func() { m.leave(o, next) }, func(error) { <-next.Done(); m.part(o, next) })
	return nil
}

// enter takes the organization for a run that is about to begin.
func (m *Memory) enter(o Order) (*organization, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leaving {
		return nil, stopping(o)
	}
	org := m.working[o.Topology]
	if org == nil {
		org = &organization{locks: apply.NewLocks()}
		m.working[o.Topology] = org
	}
	if org.preparing || slices.ContainsFunc(org.runs, func(r *apply.Run) bool { return !ended(r) && !r.Stopping() }) {
		return nil, fault.New(fault.Busy, "carry out plan", o.PlanID, "another route of the same organization is being carried out").
			With("this one waits", "it begins when the other has ended")
	}
	org.preparing = true
	return org, nil
}

func stopping(o Order) error {
	return fault.New(fault.Busy, "carry out plan", o.PlanID, "this controller is stopping").
		With("nothing is begun", "the next one observes and plans again")
}

// leave waits for the run to end. The locks go with the organization's last run.
func (m *Memory) leave(o Order, run *Run) {
	<-run.Done()
	m.part(o, run)
	if o.Left != nil {
		_, at, _ := run.Ended()
		o.Left(at)
	}
}

// part takes a run that has ended from its organization, if it is still there.
func (m *Memory) part(o Order, run *Run) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if org := m.working[o.Topology]; org != nil {
		org.runs = slices.DeleteFunc(org.runs, func(r *apply.Run) bool { return r == run.Run })
		m.tidy(o.Topology)
	}
}

// tidy forgets an organization on which nothing works. The caller holds the lock.
func (m *Memory) tidy(topology memory.Object) {
	if org := m.working[topology]; org != nil && len(org.runs) == 0 && !org.preparing {
		delete(m.working, topology)
	}
}

// Working reports whether a run is under way, or about to begin, in the organization.
func (m *Memory) Working(topology memory.Object) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.working[topology] != nil
}

func ended(run *apply.Run) bool {
	over, _, _ := run.Ended()
	return over
}

// Latest gives the latest run of the route; nil when there was none. It may be one of an
// earlier object with the same name, as Run.IsOfObject says: nothing else may work for that
// name until it has ended.
func (m *Memory) Latest(route memory.Object) *Run {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.latest[route]
}

// Stopped gives the latest runs that Stop has stopped, by route. A run that had ended or was
// stopped for another reason before is none of them: its route has told that.
func (m *Memory) Stopped() map[memory.Object]*Run {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.stopped)
}

// Forget drops the latest run of a route that is gone. A run that is still under way is
// stopped, and what it still changes stays locked until that has ended. It is dropped once
// its organization was observed after that (Observed): a new route of the name may wait for
// it.
func (m *Memory) Forget(route memory.Object) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if have := m.latest[route]; have != nil {
		have.Stop()
		have.gone = true
	}
}

// Observed drops what is kept of routes that are gone, as far as their runs ended before
// the organization was observed at that time.
func (m *Memory) Observed(topology memory.Object, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for route, run := range m.latest {
		if over, end, _ := run.Ended(); run.gone && run.topology == topology && over && !at.Before(end) {
			delete(m.latest, route)
		}
	}
}

// Stop lets every run end its current steps and waits for that. When ctx ends first, the
// runs are aborted. No further run begins.
func (m *Memory) Stop(ctx context.Context) {
	m.mu.Lock()
	m.leaving = true
	var all []*apply.Run // also runs of routes that are gone
	for _, org := range m.working {
		all = append(all, org.runs...)
	}
	for route, run := range m.latest {
		if slices.Contains(all, run.Run) && !run.Stopping() {
			m.stopped[route] = run
		}
	}
	for _, run := range all {
		run.Stop()
	}
	m.mu.Unlock()
	for _, run := range all {
		select {
		case <-run.Done():
		case <-ctx.Done():
			run.Abort()
			<-run.Done()
		}
	}
}
