package controllers

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
)

// A route and its LyncTopology have a finalizer while a run is under way, and at no other
// time. Without it, a run would lose its organization or its spec half-way.

// partWithin is how long a deleted object waits, at most, for a run to get to a point
// where federation works.
const partWithin = 10 * time.Minute

// finalizerOwner owns nothing but the finalizer.
const finalizerOwner = client.FieldOwner(FieldOwner + "-run")

// attach gives the object the finalizer. An object that is being deleted takes none.
// It gives the object's new resource version. Faults: Denied, WorldChanged, Unreachable.
func attach(ctx context.Context, c client.Client, o client.Object, kind string) (string, error) {
	version, err := finalizers(ctx, c, o, kind, []any{v1alpha1.Finalizer})
	if err != nil {
		return "", unattached(o, kind, err)
	}
	return version, nil
}

// unattached says why an object did not take the finalizer.
func unattached(o client.Object, kind string, err error) error {
	f := &fault.Error{Kind: fault.Unreachable, Op: "keep " + kind, Target: o.GetName(), Cause: "the finalizer could not be set: " + fault.Line(err.Error()), Err: err}
	next := "it is tried again"
	switch {
	case apierrors.IsForbidden(err):
		f.Kind, next = fault.Denied, "let the manager's account patch FederationRoutes and LyncTopologies, as the roles of this version do"
	case apierrors.IsNotFound(err), apierrors.IsConflict(err), apierrors.IsInvalid(err):
		f.Kind, next = fault.WorldChanged, "the object was deleted or created anew meanwhile; a new plan is made if there is still something to do"
	}
	return f.With("no plan is begun", next)
}

// detach takes the finalizer away.
func detach(ctx context.Context, c client.Client, o client.Object, kind string) error {
	_, err := finalizers(ctx, c, o, kind, nil)
	return client.IgnoreNotFound(err)
}

// finalizers applies those finalizers that finalizerOwner wants. It needs no present copy of
// the object, and neither sees nor changes those of others.
func finalizers(ctx context.Context, c client.Client, o client.Object, kind string, wanted []any) (resourceVersion string, err error) {
	metadata := map[string]any{"namespace": o.GetNamespace(), "name": o.GetName(), "uid": string(o.GetUID())}
	if wanted != nil {
		metadata["finalizers"] = wanted
	}
	bare := &unstructured.Unstructured{Object: map[string]any{"metadata": metadata}}
	bare.SetGroupVersionKind(schema.GroupVersionKind{Group: v1alpha1.GroupVersion.Group, Version: v1alpha1.GroupVersion.Version, Kind: kind})
	err = c.Apply(ctx, client.ApplyConfigurationFromUnstructured(bare), finalizerOwner, client.ForceOwnership)
	return bare.GetResourceVersion(), err
}

// attached reports whether the object has the finalizer.
func attached(o client.Object) bool { return controllerutil.ContainsFinalizer(o, v1alpha1.Finalizer) }

// deleted reports whether somebody has deleted the object.
func deleted(o client.Object) bool { return !o.GetDeletionTimestamp().IsZero() }

// mayWait is how long a deleted object may still wait; nothing or less when it is overdue.
func mayWait(o client.Object, now time.Time) time.Duration {
	return o.GetDeletionTimestamp().Add(partWithin).Sub(now)
}
