package apply

import (
	"slices"
	"sync"

	"github.com/fedroute/fedroute/internal/plan"
)

// Locks let one step at a time change a resource of an organization. The runs of one
// organization share them.
type Locks struct {
	mu    sync.Mutex
	held  map[plan.Resource]holder
	freed chan struct{} // closed, and replaced, when resources are given back
}

// holder is the step that changes a resource.
type holder struct {
	run  *Run
	step plan.Step
}

// NewLocks gives the locks of an organization that nobody changes.
func NewLocks() *Locks {
	return &Locks{held: map[plan.Resource]holder{}, freed: make(chan struct{})}
}

// take takes all resources or none. Where it takes none, it gives the step that holds one
// of them, and a channel that is closed when some resource is given back.
func (l *Locks) take(all []plan.Resource, h holder) (by *holder, freed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range all {
		if other, taken := l.held[r]; taken {
			return &other, l.freed
		}
	}
	for _, r := range all {
		l.held[r] = h
	}
	return nil, nil
}

func (l *Locks) free(all []plan.Resource) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range all {
		delete(l.held, r)
	}
	close(l.freed)
	l.freed = make(chan struct{})
}

// of lists the resources that steps of a run hold.
func (l *Locks) of(r *Run) []plan.Resource {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []plan.Resource
	for resource, h := range l.held {
		if h.run == r {
			out = append(out, resource)
		}
	}
	return out
}

// exclusive lists the resources that a step must have for itself. A step that only looks
// needs none.
func exclusive(s plan.Step) []plan.Resource {
	if s.Kind().Looks() {
		return nil
	}
	return slices.DeleteFunc(s.On(), func(r plan.Resource) bool { return !r.Exclusive() })
}
