package apistore

import (
	"maps"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// firstRevision is the revision of an empty store. It is above 1, as in a cluster that has
// lived for a while, so a watch from revision 1 is too old.
const firstRevision = 100

// object is what the store keeps: a custom resource as it is read from JSON, or a built-in
// kind as its Go type.
type object interface {
	runtime.Object
	metav1.Object
}

func copied(o object) object { return o.DeepCopyObject().(object) }

// record is an object as it was written. It is never written to again.
type record struct {
	object
	text []byte // of a custom resource: what an API server would keep, before defaults
}

// change is one write.
type change struct {
	revision      uint64
	at            time.Time
	key           string
	before, after *record // nil: there was none, there is none
}

// revisions holds every object with the changes that led to it, as etcd does.
type revisions struct {
	mu        sync.Mutex
	now       uint64
	forgotten uint64 // changes up to this revision are no longer kept
	keep      int    // changes that are kept
	objects   map[string]*record
	changes   []change
	changed   chan struct{} // closed by the next change
	expiries  []expiry      // of objects that go by themselves, such as events
	expiring  map[string]time.Time
}

type expiry struct {
	at  time.Time
	key string
}

func newRevisions(keep int) *revisions {
	return &revisions{now: firstRevision, forgotten: firstRevision, keep: keep,
		objects: map[string]*record{}, changed: make(chan struct{}), expiring: map[string]time.Time{}}
}

// get gives the object of a key, nil where there is none, and the present revision.
func (r *revisions) get(key string) (*record, uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.objects[key], r.now
}

// swap writes after in place of before, and tells whether before was still what the store
// had. after gets the resourceVersion of the write; the deleted object does, too.
func (r *revisions) swap(key string, before, after *record) (object, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.objects[key] != before {
		return nil, false
	}
	r.now++
	c := change{revision: r.now, at: time.Now(), key: key, before: before, after: after}
	version := strconv.FormatUint(r.now, 10)
	var written object
	if after == nil {
		written = copied(before.object)
		delete(r.objects, key)
	} else {
		written = after.object
		r.objects[key] = after
	}
	written.SetResourceVersion(version)
	r.changes = append(r.changes, c)
	if over := len(r.changes) - r.keep; over > r.keep/4 { // in portions, since it copies what is kept
		r.forgotten = r.changes[over-1].revision
		r.changes = append([]change(nil), r.changes[over:]...)
	}
	close(r.changed)
	r.changed = make(chan struct{})
	return written, true
}

// expire lets an object go after a while, unless it is written again, and removes those
// whose time has come. It is called when such an object is written, so there are never more
// of them than are written in that while and one.
func (r *revisions) expire(key string, after time.Duration) {
	r.mu.Lock()
	now := time.Now()
	r.expiring[key] = now.Add(after)
	r.expiries = append(r.expiries, expiry{now.Add(after), key})
	var gone []string
	for len(r.expiries) > 0 && !r.expiries[0].at.After(now) {
		first := r.expiries[0]
		if r.expiries = r.expiries[1:]; r.expiring[first.key].Equal(first.at) {
			gone = append(gone, first.key)
			delete(r.expiring, first.key)
		}
	}
	r.mu.Unlock()
	for _, key := range gone {
		if o, _ := r.get(key); o != nil {
			r.swap(key, o, nil)
		}
	}
}

// snapshot gives every object by its key.
func (r *revisions) snapshot() map[string]*record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.objects)
}

// under lists the objects below a prefix as they were at a revision, in the order of their
// keys. Revision 0 is the present one.
func (r *revisions) under(prefix string, revision uint64) ([]*record, uint64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if revision == 0 || revision >= r.now {
		revision = r.now
	}
	if revision < r.forgotten {
		return nil, r.now, false
	}
	then := map[string]*record{}
	for key, o := range r.objects {
		if strings.HasPrefix(key, prefix) {
			then[key] = o
		}
	}
	for i := len(r.changes) - 1; i >= 0 && r.changes[i].revision > revision; i-- {
		if c := r.changes[i]; strings.HasPrefix(c.key, prefix) {
			if then[c.key] = c.before; c.before == nil {
				delete(then, c.key)
			}
		}
	}
	keys := make([]string, 0, len(then))
	for key := range then {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	found := make([]*record, len(keys))
	for i, key := range keys {
		found[i] = then[key]
	}
	return found, revision, true
}

// since gives the changes after a revision, the revision up to which they reach, and a
// channel that the next change closes. It is false where they are no longer kept.
func (r *revisions) since(revision uint64) ([]change, <-chan struct{}, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if revision < r.forgotten {
		return nil, nil, false
	}
	first := sort.Search(len(r.changes), func(i int) bool { return r.changes[i].revision > revision })
	return r.changes[first:len(r.changes):len(r.changes)], r.changed, true
}

// asOf is the revision that the store had at a time.
func (r *revisions) asOf(t time.Time) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := sort.Search(len(r.changes), func(i int) bool { return r.changes[i].at.After(t) })
	if first == 0 {
		return r.forgotten
	}
	return r.changes[first-1].revision
}
