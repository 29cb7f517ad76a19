package controllers

import (
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// writes remembers the last status written to each object, for as long as the
// cache still shows the object as it was before. Without it a reconcile that
// comes sooner than the watch would tell the same news again.
type writes[S any] struct {
	mu   sync.Mutex
	last map[types.NamespacedName]write[S]
}

// write is the last of several writes that followed each other.
type write[S any] struct {
	uid    types.UID
	stale  []string // resource versions that were written over
	after  string   // the resource version that the writes gave
	status S
}

func newWrites[S any]() *writes[S] { return &writes[S]{last: map[types.NamespacedName]write[S]{}} }

// note records that status was written over before and gave after.
func (w *writes[S]) note(before, after client.Object, status S) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := client.ObjectKeyFromObject(after)
	next := write[S]{uid: after.GetUID(), stale: []string{before.GetResourceVersion()}, after: after.GetResourceVersion(), status: status}
	if last := w.last[key]; last.uid == next.uid && last.after == before.GetResourceVersion() {
		next.stale = append(last.stale, next.stale...)
	}
	w.last[key] = next
}

// catchUp replaces what a cache that lags says of the object's status. A cache
// that shows something else has caught up: the memory is dropped.
func (w *writes[S]) catchUp(object client.Object, status *S) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := client.ObjectKeyFromObject(object)
	last, ok := w.last[key]
	switch {
	case !ok:
	case last.uid == object.GetUID() && slices.Contains(last.stale, object.GetResourceVersion()):
		*status = last.status
		object.SetResourceVersion(last.after)
	default:
		delete(w.last, key)
	}
}

// forget drops what is remembered of an object that is gone.
func (w *writes[S]) forget(key types.NamespacedName) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.last, key)
}
