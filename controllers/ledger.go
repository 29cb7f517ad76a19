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
func (l ledger) Publishing(ctx context.Context, digest string) error {
	ctx, cancel := context.WithTimeout(ctx, keepWithin)
	defer cancel()
	// Marshal cannot fail on these types.
	patch, _ := json.Marshal([]map[string]any{
		{"op": "test", "path": "/metadata/uid", "value": l.uid},
		{"op": "add", "path": "/status/publishedDocument", "value": digest},
	})
	lt := &v1alpha1.LyncTopology{ObjectMeta: metav1.ObjectMeta{Namespace: l.topology.Namespace, Name: l.topology.Name}}
	err := l.client.Status().Patch(ctx, lt, client.RawPatch(types.JSONPatchType, patch), client.FieldOwner(FieldOwner))
	if err == nil {
		return nil
	}
	kind, next := fault.Unreachable, "it is tried again"
	if apierrors.IsForbidden(err) {
		kind, next = fault.Denied, "let the manager's account patch the status of LyncTopologies"
	}
	return (&fault.Error{Kind: kind, Op: "note in LyncTopology", Target: l.topology.Name, Cause: "what is to be published could not be noted: " + err.Error(), Err: err}).
		With("nothing was published", next)
}
