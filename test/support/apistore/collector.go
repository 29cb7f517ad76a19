package apistore

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// collectorName is the name by which faults know the requests of the collector.
const collectorName = "garbage-collector"

// collector deletes what nobody owns any more and what is in a namespace that goes, as the
// controllers of a cluster do. It looks after each change that may leave something to do.
type collector struct {
	store *Store
	to    http.RoundTripper
}

func (c collector) run(ctx context.Context) {
	at := uint64(firstRevision)
	for {
		changes, changed, kept := c.store.revisions.since(at)
		due := !kept
		if !kept {
			_, at = c.store.revisions.get("")
		}
		for _, change := range changes {
			at = change.revision
			due = due || change.after == nil || change.after.GetDeletionTimestamp() != nil || len(change.after.GetOwnerReferences()) > 0
		}
		if due {
			c.sweep(ctx)
			continue
		}
		if len(changes) > 0 {
			continue
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// kept is an object with where it is.
type kept struct {
	key string
	*record
}

func (c collector) sweep(ctx context.Context) {
	var all []kept
	present := map[types.UID]bool{}
	for key, o := range c.store.revisions.snapshot() {
		all = append(all, kept{key, o})
		present[o.GetUID()] = true
	}
	slices.SortFunc(all, func(a, b kept) int { return strings.Compare(a.key, b.key) })
	for _, k := range all {
		switch n, isNamespace := k.object.(*corev1.Namespace); {
		case isNamespace && n.DeletionTimestamp != nil:
			c.empty(ctx, k, all)
		case k.GetDeletionTimestamp() != nil && slices.Contains(k.GetFinalizers(), metav1.FinalizerDeleteDependents):
			c.dependentsFirst(ctx, k, all)
		case k.GetDeletionTimestamp() != nil && slices.Contains(k.GetFinalizers(), metav1.FinalizerOrphanDependents):
			c.orphan(ctx, k, all)
		case len(k.GetOwnerReferences()) > 0 && k.GetDeletionTimestamp() == nil:
			if !slices.ContainsFunc(k.GetOwnerReferences(), func(r metav1.OwnerReference) bool { return present[r.UID] }) {
				c.delete(ctx, k)
			}
		}
	}
}

// empty deletes what is in a namespace, and the namespace once nothing is.
func (c collector) empty(ctx context.Context, namespace kept, all []kept) {
	left := false
	for _, k := range all {
		if k.GetNamespace() == namespace.GetName() {
			if left = true; k.GetDeletionTimestamp() == nil {
				c.delete(ctx, k)
			}
		}
	}
	if !left {
		c.store.revisions.swap(namespace.key, namespace.record, nil)
	}
}

func dependents(of kept, all []kept) []kept {
	return slices.DeleteFunc(slices.Clone(all), func(k kept) bool {
		return !slices.ContainsFunc(k.GetOwnerReferences(), func(r metav1.OwnerReference) bool { return r.UID == of.GetUID() })
	})
}

func (c collector) dependentsFirst(ctx context.Context, owner kept, all []kept) {
	below := dependents(owner, all)
	for _, k := range below {
		if k.GetDeletionTimestamp() == nil {
			c.delete(ctx, k)
		}
	}
	if len(below) == 0 {
		c.patch(ctx, owner, map[string]any{"finalizers": without(owner.GetFinalizers(), metav1.FinalizerDeleteDependents)})
	}
}

func (c collector) orphan(ctx context.Context, owner kept, all []kept) {
	for _, k := range dependents(owner, all) {
		c.patch(ctx, k, map[string]any{"ownerReferences": slices.DeleteFunc(slices.Clone(k.GetOwnerReferences()),
			func(r metav1.OwnerReference) bool { return r.UID == owner.GetUID() })})
	}
	c.patch(ctx, owner, map[string]any{"finalizers": without(owner.GetFinalizers(), metav1.FinalizerOrphanDependents)})
}

func without(finalizers []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(finalizers), func(f string) bool { return f == one })
}

func (c collector) delete(ctx context.Context, k kept) {
	uid := k.GetUID()
	c.ask(ctx, http.MethodDelete, "application/json", k, metav1.DeleteOptions{TypeMeta: metav1.TypeMeta{Kind: "DeleteOptions", APIVersion: "v1"},
		Preconditions: &metav1.Preconditions{UID: &uid}, PropagationPolicy: new(metav1.DeletePropagationBackground)})
}

func (c collector) patch(ctx context.Context, k kept, metadata map[string]any) {
	metadata["uid"], metadata["resourceVersion"] = k.GetUID(), k.GetResourceVersion()
	c.ask(ctx, http.MethodPatch, string(types.MergePatchType), k, map[string]any{"metadata": metadata})
}

// ask makes a request. What fails is asked again after the next change: a conflict has one
// behind it.
func (c collector) ask(ctx context.Context, method, contentType string, k kept, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		return
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://apistore"+c.store.kinds.path(k.key), bytes.NewReader(text))
	if err != nil {
		return
	}
	r.Header.Set("Content-Type", contentType)
	if w, err := c.to.RoundTrip(r); err == nil {
		_ = w.Body.Close()
	}
}

// path is where a key is served: that of the Secret a is /api/v1/namespaces/default/secrets/a.
func (k *Kinds) path(key string) string {
	var all []schema.GroupVersionResource
	for _, b := range builtIns {
		all = append(all, b.resource())
	}
	for _, crd := range k.crds {
		all = append(all, schema.GroupVersionResource{Group: crd.Spec.Group, Version: crd.Spec.Versions[0].Name, Resource: crd.Spec.Names.Plural})
	}
	for _, of := range all {
		rest, found := strings.CutPrefix(key, prefixOf(of.GroupResource())+"/")
		if !found {
			continue
		}
		root := path.Join("/apis", of.Group, of.Version)
		if of.Group == "" {
			root = "/api/" + of.Version
		}
		if namespace, name, namespaced := strings.Cut(rest, "/"); namespaced {
			return path.Join(root, "namespaces", namespace, of.Resource, name)
		}
		return path.Join(root, of.Resource, rest)
	}
	return ""
}
