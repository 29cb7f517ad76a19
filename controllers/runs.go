package controllers

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// runs holds the latest run of every route, and lets one run at a time work on
// an organization: two publishes never meet.
type runs struct {
	ctx    context.Context
	limits apply.Limits

	mu      sync.Mutex
	latest  map[types.NamespacedName]*record    // by route
	busy    map[types.NamespacedName]*apply.Run // by topology: the last that was begun there
	wishes  map[types.NamespacedName]wish       // by route
	leaving bool                                // no further run begins
	// requests to fail a Front End pool back, by route: when each was first read.
	requests map[types.NamespacedName]request
}

// request is when a person's request was first read here.
type request struct {
	route types.UID
	text  string
	at    time.Time
}

// wish is when a generation of a route was first allowed to change something.
type wish struct {
	route      types.UID
	generation int64
	at         time.Time
}

// record is a run and what the controller knows around it.
type record struct {
	run        *apply.Run
	route      types.UID
	planID     string // the id that people see; a rest keeps the id of its whole
	generation int64
	failBack   string      // the request that the run began with
	secrets    secretPrint // of the Secrets that it was begun with
	failures   int         // runs in a row that failed before this one, with the same spec and Secrets
}

func newRuns(limits apply.Limits) *runs {
	return &runs{ctx: context.Background(), limits: limits, latest: map[types.NamespacedName]*record{}, busy: map[types.NamespacedName]*apply.Run{},
		wishes: map[types.NamespacedName]wish{}, requests: map[types.NamespacedName]request{}}
}

// order is what begin needs to know of a run.
type order struct {
	route    *v1alpha1.FederationRoute
	topology types.NamespacedName
	planID   string
	secrets  secretPrint
	plan     plan.Plan
	base     lync.Topology
	failBack string // the request to fail a Front End pool back, as it was written
	hands    apply.Hands
	changed  func()
}

// begin starts a run, unless another works on the same organization, be it one of
// a route that is gone.
func (r *runs) begin(o order) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.leaving {
		return fault.New(fault.Busy, "carry out plan", o.planID, "this controller is stopping").
			With("nothing is begun", "the next one observes and plans again")
	}
	if at := r.busy[o.topology]; at != nil && !ended(at) {
		return fault.New(fault.Busy, "carry out plan", o.planID, "another route of the same organization is being carried out").
			With("this one waits", "it begins when the other has ended")
	}
	key := client.ObjectKeyFromObject(o.route)
	next := &record{route: o.route.UID, planID: o.planID, generation: o.route.Generation, failBack: o.failBack, secrets: o.secrets}
	if before := r.latest[key]; before != nil && before.of(o.route) && before.secrets == o.secrets && before.failed() {
		next.failures = before.failures + 1
	}
	next.run = apply.Start(r.ctx, o.plan, o.base, o.hands, r.limits, o.changed)
	r.latest[key], r.busy[o.topology] = next, next.run
	return nil
}

// wished gives when the route's present generation was first allowed to change
// something: now, when it is only being allowed.
func (r *runs) wished(route *v1alpha1.FederationRoute, now time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := client.ObjectKeyFromObject(route)
	if have := r.wishes[key]; have.route == route.UID && have.generation == route.Generation {
		return have.at
	}
	r.wishes[key] = wish{route.UID, route.Generation, now}
	return now
}

// requested gives when the route's present request was first read: now, when it is
// only being read.
func (r *runs) requested(route *v1alpha1.FederationRoute, text string, now time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := client.ObjectKeyFromObject(route)
	if have := r.requests[key]; have.route == route.UID && have.text == text {
		return have.at
	}
	r.requests[key] = request{route.UID, text, now}
	return now
}

// of reports whether the run was begun for the route's present spec.
func (c *record) of(route *v1alpha1.FederationRoute) bool {
	return c.route == route.UID && c.generation == route.Generation
}

func (c *record) failed() bool {
	_, _, err := c.run.Ended()
	return err != nil
}

func ended(run *apply.Run) bool {
	over, _, _ := run.Ended()
	return over
}

// get gives the route's latest run, nil when there was none.
func (r *runs) get(route *v1alpha1.FederationRoute) *record {
	r.mu.Lock()
	defer r.mu.Unlock()
	if have := r.latest[client.ObjectKeyFromObject(route)]; have != nil && have.route == route.UID {
		return have
	}
	return nil
}

// forget drops a route's record; a running one is told to stop.
func (r *runs) forget(route types.NamespacedName) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.wishes, route)
	delete(r.requests, route)
	if have := r.latest[route]; have != nil {
		have.run.Stop()
		delete(r.latest, route)
	}
}

// stop lets every run end its current steps and waits for that, at most until
// ctx ends; then the runs are aborted.
func (r *runs) stop(ctx context.Context) {
	r.mu.Lock()
	r.leaving = true
	all := slices.Collect(maps.Values(r.busy)) // also runs of routes that are gone
	for _, run := range all {
		run.Stop()
	}
	r.mu.Unlock()
	for _, run := range all {
		select {
		case <-run.Done():
		case <-ctx.Done():
			run.Abort()
			<-run.Done()
		}
	}
}

// facts is what status needs to know of the run; nil for none.
func (c *record) facts() *status.RunFacts {
	if c == nil {
		return nil
	}
	over, _, err := c.run.Ended()
	return &status.RunFacts{PlanID: c.planID, Entries: c.run.Entries(), Active: !over, Err: err, FailBackRequest: c.failBack}
}

// retryAfter is how long to leave a failed run alone, from its end on: not at all
// when the world moved under it once, longer and longer when it fails again.
func (c *record) retryAfter() time.Duration {
	_, _, err := c.run.Ended()
	longest := 5 * time.Minute
	switch fault.KindOf(err) {
	case "":
		return 0
	case fault.Conflict, fault.OutcomeUnknown:
		if c.failures == 0 {
			return 0
		}
	case fault.Failed, fault.Refused, fault.Internal:
		longest = 30 * time.Minute
	default: // what may pass by itself is tried sooner
	}
	wait := 5 * time.Second
	for range min(c.failures, 12) {
		wait *= 2
	}
	return min(wait, longest)
}
