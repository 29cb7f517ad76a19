package controllers

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// writes remembers the last status written to each object, for as long as the
// cache still shows the object as it was before. Without it a reconcile that
// comes sooner than the watch would tell the same news again.
type writes[S any] struct {
	mu   sync.Mutex
	last map[types.UID]write[S]
}

type write[S any] struct {
	before, after string // resource versions
	status        S
}

func newWrites[S any]() *writes[S] { return &writes[S]{last: map[types.UID]write[S]{}} }

// note records that status was written over before and gave after.
func (w *writes[S]) note(before, after client.Object, status S) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last[after.GetUID()] = write[S]{before.GetResourceVersion(), after.GetResourceVersion(), status}
}

// catchUp replaces what a cache that lags says of the object's status.
func (w *writes[S]) catchUp(object client.Object, status *S) {
	w.mu.Lock()
	defer w.mu.Unlock()
	last, ok := w.last[object.GetUID()]
	switch {
	case !ok:
	case last.before == object.GetResourceVersion():
		*status = last.status
		object.SetResourceVersion(last.after)
	default:
		delete(w.last, object.GetUID())
	}
}
