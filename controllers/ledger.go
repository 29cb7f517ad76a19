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
	"github.com/fedroute/fedroute/internal/status"
)

// keepWithin bounds the one write of a ledger.
const keepWithin = 15 * time.Second

// ledger writes into the LyncTopology's status what must be known after a run has ended.
type ledger struct {
	client   client.Client
	topology types.NamespacedName
	uid      types.UID // another object of that name is another organization
	clock    apply.Clock
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

// through notes to which management server a publish is about to be sent, so that the next
// manager sends none to another one meanwhile; "" that none is waited for.
func (l ledger) through(ctx context.Context, server string, since time.Time) error {
	const path = "/status/publishing"
	note := map[string]any{"op": "add", "path": path, "value": v1alpha1.PublishingStatus{Endpoint: server, Since: metav1.NewTime(since)}}
	if server != "" {
		return l.write(ctx, "the server that publishes could not be noted", "nothing was published", note)
	}
	// "remove" alone would fail where there is none.
	return l.write(ctx, "it could not be noted that the publish has ended", "it is noted later", note, map[string]any{"op": "remove", "path": path})
}

// records holds what setup installed on machines.
const records = "/status/setups"

// TakingAway implements apply.Ledger.
func (l ledger) TakingAway(ctx context.Context, server string) error {
	path := records + "/" + string(lync.HostOf(server))
	// "remove" alone would fail where nothing is noted of the machine.
	drop := []map[string]any{{"op": "add", "path": path, "value": status.SetupRecordOf(nil)}, {"op": "remove", "path": path}}
	return l.record(ctx, "it could not be noted that setup is about to take something away", "setup was not run", drop, nil)
}

// SetUp implements apply.Ledger.
func (l ledger) SetUp(ctx context.Context, server string, installed []lync.Protocol) error {
	name, record := string(lync.HostOf(server)), status.SetupRecordOf(installed)
	record.At = new(metav1.NewTime(l.clock.Now()))
	add := []map[string]any{{"op": "add", "path": records + "/" + name, "value": record}}
	found := []map[string]any{{"op": "add", "path": records, "value": map[string]any{name: record}}}
	return l.record(ctx, "what setup installed could not be noted", "setup has run", add, found)
}

// record writes changes into the records, or first where there are no records yet. A patch cannot
// add to a map that does not exist, and must not replace one that does: steps of other machines
// write their records at the same time.
func (l ledger) record(ctx context.Context, cause, effect string, changes, first []map[string]any) error {
	none := append([]map[string]any{{"op": "test", "path": records, "value": nil}}, first...)
	var err error
	for _, attempt := range [][]map[string]any{changes, none, changes} {
		if err = l.write(ctx, cause, effect, attempt...); err == nil {
			break
		}
	}
	return err
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
