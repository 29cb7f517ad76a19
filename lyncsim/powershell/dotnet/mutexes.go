package dotnet

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// Mutexes are the named mutexes of one machine. The process that holds a mutex can take
// it several times. When a process ends, the mutexes that it still holds are abandoned.
// Another account cannot open a mutex. The zero value is ready to use.
type Mutexes struct {
	mu   sync.Mutex
	held map[string]*heldMutex
}

// Process is a process that takes mutexes. Account is whom it runs as, in the machine's
// spelling; processes without an account run as the same one.
type Process struct {
	ID      any
	Account string
}

type heldMutex struct {
	owner     Process
	depth     int
	abandoned bool          // must be read only after released is closed
	released  chan struct{} // closed when the mutex is free again
}

// ErrAbandoned reports that the process that held a mutex ended without giving it back
// while another process waited for it. The work that the mutex guards may be half done.
var ErrAbandoned = errors.New("the wait completed due to an abandoned mutex")

// Acquire takes a mutex. It waits until ctx ends or the time is over; a negative time
// sets no limit. It gives false when the time was over. With ErrAbandoned the caller
// holds the mutex nevertheless. A process that asks for a mutex only after its holder
// has ended gets no such error: Windows forgets a mutex when its holder ends and no other
// process waits for it.
func (m *Mutexes) Acquire(ctx context.Context, name string, owner Process, wait time.Duration) (bool, error) {
	var timeout <-chan time.Time
	if wait >= 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		timeout = timer.C
	}
	var abandoned error
	for {
		busy := m.try(name, owner)
		if busy == nil {
			return true, abandoned
		}
		if wait == 0 {
			return false, nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-timeout:
			return false, nil
		case <-busy.released:
			if busy.abandoned {
				abandoned = ErrAbandoned
			}
		}
	}
}

// try takes the mutex and gives nil. When another process holds it, try gives its state.
func (m *Mutexes) try(name string, owner Process) *heldMutex {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held == nil {
		m.held = make(map[string]*heldMutex)
	}
	h, ok := m.held[name]
	switch {
	case !ok:
		m.held[name] = &heldMutex{owner: owner, depth: 1, released: make(chan struct{})}
		return nil
	case h.owner == owner:
		h.depth++
		return nil
	}
	return h
}

// Release gives a mutex back. It reports false when the owner does not hold it.
func (m *Mutexes) Release(name string, owner Process) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	h, ok := m.held[name]
	if !ok || h.owner != owner {
		return false
	}
	h.depth--
	if h.depth == 0 {
		delete(m.held, name)
		close(h.released)
	}
	return true
}

// Opens reports whether the process may open the mutex: it runs as the account of the
// holder, or nobody holds the mutex.
func (m *Mutexes) Opens(name string, by Process) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	h, ok := m.held[name]
	return !ok || strings.EqualFold(h.owner.Account, by.Account)
}

// Exists reports whether a process holds the mutex.
func (m *Mutexes) Exists(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.held[name]
	return ok
}

// Abandon gives back all mutexes of an owner whose process has ended.
func (m *Mutexes) Abandon(owner Process) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, h := range m.held {
		if h.owner == owner {
			delete(m.held, name)
			h.abandoned = true
			close(h.released)
		}
	}
}
