// Package writes remembers the last status that was written to each object, until the
// cache of the API client shows that write or a later one, or the object is gone.
// Without it, a reconcile that reads the cache before the write has reached it would
// record the same events again.
package writes

import (
	"slices"
	"sync"

	"github.com/fedroute/fedroute/internal/memory"
)

// Memory holds the last status of each object. S is the type of the status.
type Memory[S any] struct {
	mu   sync.Mutex
	last map[memory.Object]write[S]
}

// Version is an object as the API server had it at one time.
type Version struct {
	Object   memory.Object
	UID      string
	Resource string // the resource version
}

// write is the last of several writes that followed each other.
type write[S any] struct {
	uid    string
	stale  []string // resource versions that the writes replaced
	after  string   // the resource version after the last write
	status S
}

// New gives an empty Memory.
func New[S any]() *Memory[S] { return &Memory[S]{last: map[memory.Object]write[S]{}} }

// Note remembers a write of status: it replaced the version before and made the version
// after.
func (m *Memory[S]) Note(before, after Version, status S) {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := write[S]{uid: after.UID, stale: []string{before.Resource}, after: after.Resource, status: status}
	if last := m.last[after.Object]; last.uid == next.uid && last.after == before.Resource {
		next.stale = append(last.stale, next.stale...)
	}
	m.last[after.Object] = next
}

// Newer gives the last written status and its resource version, if the cache still shows a
// version from before that write; else false.
func (m *Memory[S]) Newer(shown Version) (status S, resource string, lags bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, ok := m.last[shown.Object]
	if !ok || last.uid != shown.UID || !slices.Contains(last.stale, shown.Resource) {
		return status, "", false
	}
	return last.status, last.after, true
}

// Shown forgets the write of an object once the cache shows that write, or a version that
// another client has written since.
func (m *Memory[S]) Shown(shown Version) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, ok := m.last[shown.Object]
	if ok && (last.uid != shown.UID || !slices.Contains(last.stale, shown.Resource)) {
		delete(m.last, shown.Object)
	}
}

// Forget drops what is remembered of an object that is gone.
func (m *Memory[S]) Forget(object memory.Object) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.last, object)
}
