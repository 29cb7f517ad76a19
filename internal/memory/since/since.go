// Package since remembers when each object first said what it says now, until it says
// something else or is gone.
package since

import (
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/memory"
)

// Memory holds one saying of each object. S is what an object can say.
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

// Note remembers that the object says it now, unless it said the same before.
func (m *Memory[S]) Note(of memory.Object, says S, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if have, ok := m.first[of]; !ok || have.says != says {
		m.first[of] = saying[S]{says, now}
	}
}

// When gives the time at which the object first said it, zero when it says
// something else or nothing.
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
