// Package standings remembers, for each way to read a DNS zone, where the zone's names
// stand, until nobody has asked for two hours.
package standings

import (
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/dns/rfc2136"
)

// idle is how long what nobody asks for is kept: its routes are gone.
const idle = 2 * time.Hour

// Key identifies a way to read a zone: the server, and the Secret that signs the questions,
// because a server may choose its view of the zone by the key.
type Key struct{ Server, Zone, Namespace, Secret string }

// Memory holds the standings of the names of many zones.
type Memory struct {
	clock func() time.Time
	mu    sync.Mutex
	held  map[Key]*held
}

type held struct {
	names *rfc2136.Standings
	used  time.Time
}

// New gives a Memory of no zone.
func New(clock func() time.Time) *Memory { return &Memory{clock: clock, held: map[Key]*held{}} }

// Of gives the standings that all who read and change the zone in this way share. A nil
// Memory remembers nothing.
func (m *Memory) Of(key Key) *rfc2136.Standings {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock()
	for other, have := range m.held {
		if now.Sub(have.used) > idle {
			delete(m.held, other)
		}
	}
	have := m.held[key]
	if have == nil {
		have = &held{names: rfc2136.NewStandings()}
		m.held[key] = have
	}
	have.used = now
	return have.names
}
