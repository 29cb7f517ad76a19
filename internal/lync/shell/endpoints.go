package shell

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// deadFor is how long an endpoint that did not answer is tried last. A dead Front End is
// the normal case in a disaster. Without this, each call would wait for its connect
// timeout again.
const deadFor = 5 * time.Minute

// endpoints remembers which management servers answered.
type endpoints struct {
	list  []remote.Endpoint
	clock func() time.Time

	hold *Hold

	mu   sync.Mutex
	dead map[string]time.Time // by URL, the time until which the endpoint is tried last
}

func newEndpoints(list []remote.Endpoint, hold *Hold, clock func() time.Time) *endpoints {
	return &endpoints{list: list, clock: clock, hold: hold, dead: map[string]time.Time{}}
}

// order gives all endpoints: those not known to be dead first, each group in
// the order of the spec.
func (e *endpoints) order() []remote.Endpoint {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.clock()
	var alive, dead []remote.Endpoint
	for _, endpoint := range e.list {
		if now.Before(e.dead[endpoint.URL]) {
			dead = append(dead, endpoint)
		} else {
			alive = append(alive, endpoint)
		}
	}
	return append(alive, dead...)
}

func (e *endpoints) failed(endpoint remote.Endpoint) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.dead[endpoint.URL] = e.clock().Add(deadFor)
}

func (e *endpoints) answered(endpoint remote.Endpoint) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.dead, endpoint.URL)
}

// writable gives the endpoints to write through, and whether that is only one because of a
// hold.
func (e *endpoints) writable() (list []remote.Endpoint, held bool) {
	server := e.hold.held()
	for _, endpoint := range e.list {
		if endpoint.URL == server {
			return []remote.Endpoint{endpoint}, true
		}
	}
	return e.order(), false
}

// failures collects the error of each endpoint that was tried.
type failures []failure

type failure struct {
	endpoint remote.Endpoint
	err      error
}

// fault joins the failures into one. It has their common kind and remedy. When they differ
// it is Unreachable, because none of the servers could be used.
func (f failures) fault(j job) error {
	if len(f) == 0 {
		return fault.New(fault.Invalid, j.op, j.target, "no management endpoint is configured").
			With("", "add one to spec.management.endpoints")
	}
	if len(f) == 1 {
		return f[0].err
	}
	kind, next := fault.KindOf(f[0].err), nextOf(f[0].err)
	var causes []string
	for _, one := range f {
		if fault.KindOf(one.err) != kind {
			kind = fault.Unreachable
		}
		if next == "" || nextOf(one.err) != next {
			next = "repair one of them or name another in spec.management.endpoints"
		}
		causes = append(causes, fmt.Sprintf("%s: %v", one.endpoint.Name(), one.err))
	}
	joined := fault.New(kind, j.op, j.target, "no management server could be used ("+strings.Join(causes, "; ")+")").
		With("nothing was read or changed", next)
	joined.Err = f[0].err
	return joined
}

func nextOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Next
	}
	return ""
}
