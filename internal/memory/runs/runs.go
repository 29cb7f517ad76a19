// Package runs remembers the latest run of each route until the route is gone, and
// which runs work on an organization until they have ended.
package runs

import (
	"context"
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
	working map[memory.Object]*organization // by topology, until all its runs have ended
	leaving bool                            // no further run begins
}

// organization is what works on one organization.
type organization struct {
	locks *apply.Locks
	runs  []*apply.Run // that have not ended
}

// New gives a Memory without runs. The limits bound the waits of each.
func New(limits apply.Limits) *Memory {
	return &Memory{limits: limits, latest: map[memory.Object]*Run{}, working: map[memory.Object]*organization{}}
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
	// Changed is called whenever the run's record has changed. It must not block.
	Changed func()
	// Left is called once, when the run has ended and another may begin on the
	// organization; also when the route is gone by then. It must not block. It may be nil.
	Left func(ended time.Time)
}

// Begin starts a run, unless another run goes through its plan in the same organization. A
// run that was stopped and only ends its last changes does not count. Fault: Busy.
func (m *Memory) Begin(o Order) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leaving {
		return fault.New(fault.Busy, "carry out plan", o.PlanID, "this controller is stopping").
			With("nothing is begun", "the next one observes and plans again")
	}
	org := m.working[o.Topology]
	if org == nil {
		org = &organization{locks: apply.NewLocks()}
		m.working[o.Topology] = org
	}
	if slices.ContainsFunc(org.runs, func(r *apply.Run) bool { return !ended(r) && !r.Stopping() }) {
		return fault.New(fault.Busy, "carry out plan", o.PlanID, "another route of the same organization is being carried out").
			With("this one waits", "it begins when the other has ended")
	}
	next := &Run{PlanID: o.PlanID, EdgePool: o.EdgePool, FailBack: o.FailBack, Secrets: o.Secrets, edition: o.Edition}
	if before := m.latest[o.Route]; before != nil && before.edition.UID == o.Edition.UID {
		if before.IsOf(o.Edition) && before.Secrets == o.Secrets && before.failed() {
			next.Failures = before.Failures + 1
		}
		next.Before = before.underWay()
	}
	o.Hands.Locks = org.locks
	next.Run = apply.Start(context.Background(), o.Plan, o.Base, o.Hands, m.limits, o.Changed)
	m.latest[o.Route], org.runs = next, append(org.runs, next.Run)
	contain.Go("wait for the end of a run on", o.Topology.String(), func() { m.leave(o, next.Run) }, nil)
	return nil
}

// leave waits for the run to end. The locks go with the organization's last run.
func (m *Memory) leave(o Order, run *apply.Run) {
	<-run.Done()
	m.mu.Lock()
	org := m.working[o.Topology]
	org.runs = slices.DeleteFunc(org.runs, func(r *apply.Run) bool { return r == run })
	if len(org.runs) == 0 {
		delete(m.working, o.Topology)
	}
	m.mu.Unlock()
	if o.Left != nil {
		_, at, _ := run.Ended()
		o.Left(at)
	}
}

func ended(run *apply.Run) bool {
	over, _, _ := run.Ended()
	return over
}

// Latest gives the route's latest run; nil when there was none. A run of an earlier object
// with the same name does not count.
func (m *Memory) Latest(route memory.Object, uid string) *Run {
	m.mu.Lock()
	defer m.mu.Unlock()
	if have := m.latest[route]; have != nil && have.edition.UID == uid {
		return have
	}
	return nil
}

// Forget drops the latest run of a route that is gone. A run that is still under way is
// stopped. What it still changes stays locked until that has ended.
func (m *Memory) Forget(route memory.Object) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if have := m.latest[route]; have != nil {
		have.Stop()
		delete(m.latest, route)
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
