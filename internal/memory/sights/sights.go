// Package sights remembers the latest observation of each organization, which all its
// routes share, until the next one or until the LyncTopology is gone. It also remembers
// that a route waits for an observation of a certain time or later, until there is one.
package sights

import (
	"crypto/sha256"
	"encoding/json"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory"
)

// Sight is the latest observation of an organization, with the edition of the LyncTopology
// whose spec said how to reach it.
type Sight struct {
	Edition  memory.Edition
	Snapshot lync.Snapshot
	// Err says why no server was asked; the snapshot then says nothing.
	Err error
}

// Memory holds the one observation of each organization.
type Memory struct {
	mu      sync.Mutex
	sights  map[memory.Object]Sight
	digests map[memory.Object][32]byte
	// awaited holds the time from which on an observation must have begun to count as
	// fresh.
	awaited map[memory.Object]time.Time
}

// New gives a Memory that has seen nothing.
func New() *Memory {
	return &Memory{sights: map[memory.Object]Sight{}, digests: map[memory.Object][32]byte{}, awaited: map[memory.Object]time.Time{}}
}

// Put stores a sight and reports whether the routes must be reconciled: the sight differs
// from the one before, or a route waits for a fresh one.
func (m *Memory) Put(topology memory.Object, now Sight) bool {
	digest := digestOf(now)
	m.mu.Lock()
	defer m.mu.Unlock()
	after, waiting := m.awaited[topology]
	if waiting && !now.Snapshot.At.Before(after) {
		delete(m.awaited, topology)
	}
	_, known := m.sights[topology]
	changed := !known || m.digests[topology] != digest
	m.sights[topology], m.digests[topology] = now, digest
	return changed || waiting
}

// Get gives the latest sight; false when there was none.
func (m *Memory) Get(topology memory.Object) (Sight, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, ok := m.sights[topology]
	return now, ok
}

// Await remembers that a route waits for an observation that begins no earlier than after.
func (m *Memory) Await(topology memory.Object, after time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if after.After(m.awaited[topology]) {
		m.awaited[topology] = after
	}
}

// Forget drops what is remembered of a LyncTopology that is gone.
func (m *Memory) Forget(topology memory.Object) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.sights, topology)
	delete(m.digests, topology)
	delete(m.awaited, topology)
}

// digestOf hashes what routes depend on, which is everything but clocks. The edition is
// part of it: a route may wait for a new edition even if nothing else is new.
func digestOf(s Sight) [32]byte {
	type machine struct {
		State       lync.EdgeServerState
		Kind        fault.Kind
		Certificate lync.Certificate
		Unproven    fault.Kind // why the certificate is unknown
	}
	type part struct {
		Kind  fault.Kind
		Local bool
	}
	t := s.Snapshot.Topology.Value
	t.ServerTime = time.Time{}
	replicas := map[lync.Host]bool{}
	for name, r := range t.Replicas {
		replicas[name] = r.UpToDate
	}
	t.Replicas = nil
	unknown := make(map[lync.TopologyPart]part, len(t.Unknown))
	for _, u := range t.Unknown {
		unknown[u.Part] = part{fault.KindOf(u.Err), u.Local}
	}
	t.Unknown = nil
	servers := map[lync.Host]machine{}
	for name, p := range s.Snapshot.EdgeServers {
		p.Value.Listening = federationListeners(p.Value.Listening)
		c := s.Snapshot.Certificates[name]
		servers[name] = machine{State: p.Value, Kind: fault.KindOf(p.Err), Certificate: c.Value, Unproven: fault.KindOf(c.Err)}
	}
	// Marshal sorts map keys and cannot fail on these types.
	text, _ := json.Marshal([]any{s.Edition.UID, s.Edition.Generation, t, unknown, replicas, servers, s.Snapshot.Document.Value, fault.KindOf(s.Snapshot.Document.Err), fault.KindOf(s.Snapshot.Topology.Err), fault.KindOf(s.Err)})
	return sha256.Sum256(text)
}

// federationListeners keeps only the listeners on federation ports, in a fixed order.
// Windows opens and closes other ports all the time and lists ports in any order.
func federationListeners(all []netip.AddrPort) []netip.AddrPort {
	var out []netip.AddrPort
	for _, l := range all {
		if l.Port() == lync.SIP.Port() || l.Port() == lync.XMPP.Port() {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, netip.AddrPort.Compare)
	return out
}
