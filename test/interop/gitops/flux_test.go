//go:build interop

package gitops_test

import (
	"testing"
	"time"

	kstatus "github.com/fluxcd/cli-utils/pkg/object"
	kustomize "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/normalize"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/test/support/flux"
)

// kustomization does what Flux does with the page's Kustomization.
type kustomization struct {
	manager   *ssa.ResourceManager
	object    kustomize.Kustomization
	inventory kstatus.ObjMetadataSet
}

func newFlux(t *testing.T) tool {
	t.Helper()
	f := &kustomization{manager: flux.NewManager(objects)}
	must(t, yaml.UnmarshalStrict([]byte(onThePage(t, "# Flux: the folder federation")), &f.object))
	if s := f.object.Spec; !s.Wait || !s.Prune || s.Path != "./federation" {
		t.Fatalf("the page's Kustomization does not wait, does not prune or has another path: %+v", s)
	}
	return f
}

func (f *kustomization) sync(t *testing.T, all ...*unstructured.Unstructured) map[string]string {
	t.Helper()
	name, namespace := f.object.Name, f.object.Namespace
	f.manager.SetOwnerLabels(all, name, namespace)
	must(t, normalize.UnstructuredList(all))
	changes, err := f.manager.ApplyAllStaged(t.Context(), all, flux.ApplyOptions())
	must(t, err)
	became := map[string]string{}
	for _, entry := range changes.Entries {
		became[entry.ObjMetadata.GroupKind.Kind] = string(entry.Action)
	}
	var stale []*unstructured.Unstructured
	for _, gone := range f.inventory.Diff(changes.ToObjMetadataSet()) {
		o := &unstructured.Unstructured{}
		o.SetAPIVersion("fedroute.io/v1alpha1")
		o.SetKind(gone.GroupKind.Kind)
		o.SetNamespace(gone.Namespace)
		o.SetName(gone.Name)
		stale = append(stale, o)
	}
	f.inventory = changes.ToObjMetadataSet()
	if len(stale) == 0 {
		return became
	}
	pruned, err := f.manager.DeleteAll(t.Context(), stale, flux.DeleteOptions(f.manager, name, namespace))
	must(t, err)
	for _, entry := range pruned.Entries {
		became[entry.ObjMetadata.GroupKind.Kind] = string(entry.Action)
	}
	must(t, f.manager.WaitForSetTermination(pruned, ssa.WaitOptions{Interval: time.Second, Timeout: time.Minute}))
	return became
}

func (f *kustomization) wait(t *testing.T) error {
	t.Helper()
	return f.manager.WaitForSetWithContext(t.Context(), f.inventory, flux.WaitOptions(min(f.object.GetTimeout(), patience)))
}

func (f *kustomization) failed(namespace string) string {
	return "failed early due to stalled resources: [FederationRoute/" + namespace + "/contoso status: 'Failed']"
}
