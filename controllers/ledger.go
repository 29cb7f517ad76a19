package controllers

import (
	"context"
	"encoding/json"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// keepWithin bounds the one write of a ledger.
const keepWithin = 15 * time.Second

// ledger writes into the LyncTopology's status what must be known after a run has ended.
type ledger struct {
	client   client.Client
	topology types.NamespacedName
	uid      types.UID // another object of that name is another organization
}

var _ apply.Ledger = ledger{}

// Publishing implements apply.Ledger.
func (l ledger) Publishing(ctx context.Context, p lync.Proposal) error {
	return l.write(ctx, "what is to be published could not be noted", "nothing was published",
		map[string]any{"op": "add", "path": "/status/publishedDocument", "value": p.Digest},
		map[string]any{"op": "add", "path": "/status/simpleURLs", "value": p.SimpleURLs})
}

// Restored implements apply.Ledger.
func (l ledger) Restored(ctx context.Context) error {
	// An empty text is left out of the stored object; "remove" would fail where it is.
	return l.write(ctx, "it could not be noted that the simple URLs are in their place", "they are looked at once more",
		map[string]any{"op": "add", "path": "/status/simpleURLs", "value": ""})
}

// write changes fields of the status, if the object is still the same.
func (l ledger) write(ctx context.Context, cause, effect string, changes ...map[string]any) error {
	ctx, cancel := context.WithTimeout(ctx, keepWithin)
	defer cancel()
	// Marshal cannot fail on these types.
	patch, _ := json.Marshal(append([]map[string]any{{"op": "test", "path": "/metadata/uid", "value": l.uid}}, changes...))
	lt := &v1alpha1.LyncTopology{ObjectMeta: metav1.ObjectMeta{Namespace: l.topology.Namespace, Name: l.topology.Name}}
	err := l.client.Status().Patch(ctx, lt, client.RawPatch(types.JSONPatchType, patch), client.FieldOwner(FieldOwner))
	if err == nil {
		return nil
	}
	kind, next := fault.Unreachable, "it is tried again"
	if apierrors.IsForbidden(err) {
		kind, next = fault.Denied, "let the manager's account patch the status of LyncTopologies"
	}
	return (&fault.Error{Kind: kind, Op: "note in LyncTopology", Target: l.topology.Name, Cause: cause + ": " + err.Error(), Err: err}).
		With(effect, next)
}
