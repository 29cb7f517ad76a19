// Package since remembers since when each object has its present value, until it has
// another value or is gone. The value may be the spec of a route or a request in it.
package since

import (
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/memory"
)

// Memory holds the present value of each object and the time since which the object has
// it. S is the type of the values.
type Memory[S comparable] struct {
	mu    sync.Mutex
	first map[memory.Object]saying[S]
}

type saying[S comparable] struct {
	says S
	at   time.Time
}

// New gives an empty Memory.
func New[S comparable]() *Memory[S] {
	return &Memory[S]{first: map[memory.Object]saying[S]{}}
}

// Note remembers that the object has the value since now, unless it had the same value
// before.
func (m *Memory[S]) Note(of memory.Object, says S, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if have, ok := m.first[of]; !ok || have.says != says {
		m.first[of] = saying[S]{says, now}
	}
}

// When gives the time since which the object has the value; zero when it has another value
// or none.
func (m *Memory[S]) When(of memory.Object, says S) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	if have, ok := m.first[of]; ok && have.says == says {
		return have.at
	}
	return time.Time{}
}

// Forget drops what is remembered of an object that is gone.
func (m *Memory[S]) Forget(of memory.Object) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.first, of)
}
