// Package looks remembers the look at the world that is under way for each object, or that
// has ended, until its finding is taken, the object has another edition or is gone. A look
// goes on in the background, so that a server that answers slowly, or never, holds no
// reconcile of another object.
package looks

import (
	"context"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/memory"
)

// atOnce is how many looks of one namespace go on at the same time. Each namespace has its
// own, so no namespace waits for another.
const atOnce = 128

// Memory keeps at most one look for each object. T is what a look finds.
type Memory[T any] struct {
	op       string
	patience time.Duration
	wake     func(memory.Object)

	mu      sync.Mutex
	looks   map[memory.Object]*look[T]
	turns   map[string]chan struct{} // by namespace
	stopped bool
}

// look is guarded by the lock of the Memory until over is closed.
type look[T any] struct {
	edition memory.Edition
	end     context.CancelFunc
	over    chan struct{}
	left    bool // nobody waits, so the object is to be reconciled when the look is over
	found   Found[T]
}

// Found is how far the look of an object has come. Value and Err say something only when
// it has Ended.
type Found[T any] struct {
	Begun, Ended bool
	Value        T
	Err          error
}

// New gives a Memory of looks. op names them in faults. wake is called when a look has
// ended that no reconcile waits for; it must not block.
func New[T any](op string, patience time.Duration, wake func(memory.Object)) *Memory[T] {
	return &Memory[T]{op: op, patience: patience, wake: wake, looks: map[memory.Object]*look[T]{}, turns: map[string]chan struct{}{}}
}

// Look gives what a look of the edition found. It begins one where none is under way, and
// waits for it a little. What has ended is given once.
func (m *Memory[T]) Look(ctx context.Context, object memory.Object, edition memory.Edition, see func(context.Context) (T, error)) Found[T] {
	found := m.Wait(ctx, object, edition)
	if !found.Begun {
		m.begin(object, edition, see)
		found = m.Wait(ctx, object, edition)
	}
	if found.Ended {
		m.Forget(object)
	}
	return found
}

// Wait waits a little for the look of the edition that is under way, unless an earlier call has
// waited for it. What it found stays until it is taken. A look of another edition is ended: its question is not asked any more.
func (m *Memory[T]) Wait(ctx context.Context, object memory.Object, edition memory.Edition) Found[T] {
	m.mu.Lock()
	l := m.looks[object]
	if l != nil && l.edition != edition {
		m.drop(object)
		l = nil
	}
	if l == nil {
		m.mu.Unlock()
		return Found[T]{}
	}
	if l.left || l.found.Ended { // the end wakes the object, or has done so
		defer m.mu.Unlock()
		return l.found
	}
	m.mu.Unlock()
	patience := time.NewTimer(m.patience)
	defer patience.Stop()
	select {
	case <-l.over:
	case <-patience.C:
	case <-ctx.Done():
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	l.left = !l.found.Ended
	return l.found
}

// Forget ends the look of an object, if one is under way, and drops what it found. It does
// not wait for the end.
func (m *Memory[T]) Forget(object memory.Object) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(object)
}

// Stop ends all looks, and lets none begin.
func (m *Memory[T]) Stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped = true
	for object := range m.looks {
		m.drop(object)
	}
}

// drop is Forget for a caller that holds the lock.
func (m *Memory[T]) drop(object memory.Object) {
	if l := m.looks[object]; l != nil {
		l.end()
		delete(m.looks, object)
	}
}

func (m *Memory[T]) begin(object memory.Object, edition memory.Edition, see func(context.Context) (T, error)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stopped {
		return
	}
	m.drop(object)
	ctx, end := context.WithCancel(context.Background())
	l := &look[T]{edition: edition, end: end, over: make(chan struct{}), found: Found[T]{Begun: true}}
	m.looks[object] = l
	turns := m.turns[object.Namespace]
	if turns == nil {
		turns = make(chan struct{}, atOnce)
		m.turns[object.Namespace] = turns
	}
	contain.Go(m.op, object.String(), func() {
		defer end()
		value, err := inTurn(ctx, turns, see)
		m.ended(object, l, value, err)
	}, func(err error) {
		defer end()
		var nothing T
		m.ended(object, l, nothing, err)
	})
}

// inTurn looks once the namespace has a turn.
func inTurn[T any](ctx context.Context, turns chan struct{}, see func(context.Context) (T, error)) (T, error) {
	select {
	case turns <- struct{}{}:
	case <-ctx.Done():
		var nothing T
		return nothing, ctx.Err()
	}
	defer func() { <-turns }()
	return see(ctx)
}

// ended notes what a look found, and wakes the object where nobody waits for it.
func (m *Memory[T]) ended(object memory.Object, l *look[T], value T, err error) {
	m.mu.Lock()
	if l.found.Ended {
		m.mu.Unlock()
		return
	}
	l.found.Ended, l.found.Value, l.found.Err = true, value, err
	close(l.over)
	wakes := l.left && m.looks[object] == l
	m.mu.Unlock()
	if wakes {
		m.wake(object)
	}
}
