// Package fleets remembers the remote workers of each organization, which all its
// routes share, until its LyncTopology names other connections or is gone.
package fleets

import (
	"context"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fingerprint"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/memory"
)

// Memory holds one fleet of remote workers for each LyncTopology.
type Memory struct {
	mu     sync.Mutex
	fleets map[memory.Object]connected
}

// connected is one organization's fleet, with the latest edition of the LyncTopology whose
// spec says how to reach it, and the print of what the spec says of that.
type connected struct {
	*shell.Fleet
	edition     memory.Edition
	connections fingerprint.Print
}

// New gives a Memory without fleets.
func New() *Memory { return &Memory{fleets: map[memory.Object]connected{}} }

// Open gives the organization's fleet. For another object, and for an edition with other
// connections, it makes a new one and closes the old one in the background.
func (m *Memory) Open(topology memory.Object, edition memory.Edition, connections fingerprint.Print, make func() *shell.Fleet) *shell.Fleet {
	m.mu.Lock()
	defer m.mu.Unlock()
	if have, ok := m.fleets[topology]; ok {
		if have.edition.UID == edition.UID && have.connections == connections {
			have.edition = edition
			m.fleets[topology] = have
			return have.Fleet
		}
		leave(topology, have.Fleet)
	}
	fleet := make()
	m.fleets[topology] = connected{fleet, edition, connections}
	return fleet
}

// Connected gives the organization's fleet, if it belongs to this edition; else false. The
// edition is that of the observation from which a plan was made. A plan that was made from
// one organization must not be carried out on another.
func (m *Memory) Connected(topology memory.Object, edition memory.Edition) (*shell.Fleet, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	have, ok := m.fleets[topology]
	if !ok || have.edition != edition {
		return nil, false
	}
	return have.Fleet, true
}

// Forget drops the fleet of a LyncTopology that is gone and closes it in the
// background.
func (m *Memory) Forget(topology memory.Object) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if have, ok := m.fleets[topology]; ok {
		leave(topology, have.Fleet)
		delete(m.fleets, topology)
	}
}

// Close ends every fleet and waits for it. The caller has ended all runs before.
func (m *Memory) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all contain.Group
	for topology, have := range m.fleets {
		all.Go(opLeave, topology.String(), func() error { end(have.Fleet); return nil })
	}
	_ = all.Wait() // the log names a fleet that could not be closed
	m.fleets = map[memory.Object]connected{}
}

const opLeave = "close the connection to"

// leave closes a fleet that is not used any more, and does not wait for the end of that.
func leave(topology memory.Object, f *shell.Fleet) {
	contain.Go(opLeave, topology.String(), func() { end(f) }, nil)
}

// farewell bounds the removal of the shells of one organization.
const farewell = 10 * time.Second

func end(f *shell.Fleet) {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	f.Close(ctx)
}
