package controllers

import (
	"crypto/sha256"
	"encoding/json"
	"net/netip"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// sight is the latest observation of an organization, as an edition of its spec
// says to reach it. Err says why there is none.
type sight struct {
	edition
	snapshot lync.Snapshot
	err      error
}

// snapshots holds the one observation of each organization that all its routes
// share.
type snapshots struct {
	mu      sync.Mutex
	sights  map[types.NamespacedName]sight
	digests map[types.NamespacedName][32]byte
	// awaited holds the time after which a fresh look is wanted.
	awaited map[types.NamespacedName]time.Time
}

func newSnapshots() *snapshots {
	return &snapshots{sights: map[types.NamespacedName]sight{}, digests: map[types.NamespacedName][32]byte{}, awaited: map[types.NamespacedName]time.Time{}}
}

// put stores a sight and reports whether routes should look at it: it differs
// from the one before, or somebody waits for a fresh one.
func (s *snapshots) put(key types.NamespacedName, now sight) bool {
	digest := digestOf(now)
	s.mu.Lock()
	defer s.mu.Unlock()
	after, waiting := s.awaited[key]
	if waiting && !now.snapshot.At.Before(after) {
		delete(s.awaited, key)
	}
	_, known := s.sights[key]
	changed := !known || s.digests[key] != digest
	s.sights[key], s.digests[key] = now, digest
	return changed || waiting
}

func (s *snapshots) get(key types.NamespacedName) (sight, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, ok := s.sights[key]
	return now, ok
}

// await asks for a look that begins no earlier than the time.
func (s *snapshots) await(key types.NamespacedName, after time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if after.After(s.awaited[key]) {
		s.awaited[key] = after
	}
}

func (s *snapshots) forget(key types.NamespacedName) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sights, key)
	delete(s.digests, key)
	delete(s.awaited, key)
}

// digestOf hashes what routes depend on: everything but clocks. A new edition may
// have been waited for even if nothing else is new.
func digestOf(s sight) [32]byte {
	type part struct {
		State lync.EdgeServerState
		Kind  fault.Kind
	}
	t := s.snapshot.Topology.Value
	t.ServerTime = time.Time{}
	replicas := map[string]bool{}
	for name, r := range t.Replicas {
		replicas[name] = r.UpToDate
	}
	t.Replicas = nil
	servers := map[string]part{}
	for name, p := range s.snapshot.EdgeServers {
		p.Value.Listening = federationListeners(p.Value.Listening)
		servers[name] = part{State: p.Value, Kind: fault.KindOf(p.Err)}
	}
	// Marshal sorts map keys and cannot fail on these types.
	text, _ := json.Marshal([]any{s.uid, s.generation, t, replicas, servers, s.snapshot.Document.Value, fault.KindOf(s.snapshot.Document.Err), fault.KindOf(s.snapshot.Topology.Err), fault.KindOf(s.err)})
	return sha256.Sum256(text)
}

// federationListeners leaves out what else listens on a machine: Windows opens and
// closes such ports, and lists them, as it pleases.
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
