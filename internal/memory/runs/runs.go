// Package runs remembers the latest run of each route until the route is gone, and
// which run works on an organization until that run has ended.
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

// Memory begins runs. It lets only one at a time work on an organization, so that no two
// publishes run at once.
type Memory struct {
	limits apply.Limits

	mu      sync.Mutex
	latest  map[memory.Object]*Run       // by route
	working map[memory.Object]*apply.Run // by topology, until the run has ended
	leaving bool                         // no further run begins
}

// New gives a Memory without runs. The limits bound the waits of each.
func New(limits apply.Limits) *Memory {
	return &Memory{limits: limits, latest: map[memory.Object]*Run{}, working: map[memory.Object]*apply.Run{}}
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
	FailBack string // the request to fail a Front End pool back, as it was written
	Hands    apply.Hands
	// Changed is called whenever the run's record has changed. It must not block.
	Changed func()
	// Left is called once, when the run has ended and another may begin on the
	// organization; also when the route is gone by then. It must not block. It may be nil.
	Left func(ended time.Time)
}

// Begin starts a run, unless another run works on the same organization. That may even be
// the run of a route that is gone. Fault: Busy.
func (m *Memory) Begin(o Order) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leaving {
		return fault.New(fault.Busy, "carry out plan", o.PlanID, "this controller is stopping").
			With("nothing is begun", "the next one observes and plans again")
	}
	if at := m.working[o.Topology]; at != nil && !ended(at) {
		return fault.New(fault.Busy, "carry out plan", o.PlanID, "another route of the same organization is being carried out").
			With("this one waits", "it begins when the other has ended")
	}
	next := &Run{PlanID: o.PlanID, FailBack: o.FailBack, Secrets: o.Secrets, edition: o.Edition}
	if before := m.latest[o.Route]; before != nil && before.IsOf(o.Edition) && before.Secrets == o.Secrets && before.failed() {
		next.Failures = before.Failures + 1
	}
	next.Run = apply.Start(context.Background(), o.Plan, o.Base, o.Hands, m.limits, o.Changed)
	m.latest[o.Route], m.working[o.Topology] = next, next.Run
	contain.Go("wait for the end of a run on", o.Topology.String(), func() { m.leave(o, next.Run) }, nil)
	return nil
}

// leave waits for the run to end and then frees the organization for another.
func (m *Memory) leave(o Order, run *apply.Run) {
	<-run.Done()
	m.mu.Lock()
	if m.working[o.Topology] == run {
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
// stopped. Until it has ended, no other run begins on its organization.
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
	all := slices.Collect(maps.Values(m.working)) // also runs of routes that are gone
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
