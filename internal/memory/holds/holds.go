// Package holds remembers, for each organization, which management server was lost in the
// middle of a write. It forgets nothing when the spec changes or the LyncTopology is
// deleted, because neither ends a publish. Each hold ends by itself; that of a LyncTopology
// that is gone is dropped then.
package holds

import (
	"sync"

	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/memory"
)

// Memory has one hold for each LyncTopology.
type Memory struct {
	mu    sync.Mutex
	holds map[memory.Object]*shell.Hold
	gone  map[memory.Object]bool
}

// New gives an empty Memory.
func New() *Memory {
	return &Memory{holds: map[memory.Object]*shell.Hold{}, gone: map[memory.Object]bool{}}
}

// Of gives the hold of the organization. The first time, make makes it from what the
// manager before this one noted.
func (m *Memory) Of(topology memory.Object, make func() *shell.Hold) *shell.Hold {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.gone, topology)
	hold, ok := m.holds[topology]
	if !ok {
		hold = make()
		m.holds[topology] = hold
	}
	return hold
}

// Forget says that a LyncTopology is gone. It drops the holds of all that are gone and hold
// nothing any more.
func (m *Memory) Forget(topology memory.Object) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gone[topology] = true
	for of := range m.gone {
		if hold := m.holds[of]; hold == nil || hold.Free() {
			delete(m.holds, of)
			delete(m.gone, of)
		}
	}
}
