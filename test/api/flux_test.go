package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

const fluxManager = "kustomize-controller"

// takenOver are the field managers whose fields Flux takes over: each manager whose name
// begins with the prefix. The list is in apply of kustomize-controller's
// kustomization_controller.go, the comparison in patchReplaceFieldsManagers of
// fluxcd/pkg/ssa/patch.go.
var takenOver = []struct {
	prefix    string
	operation metav1.ManagedFieldsOperationType
}{
	{"kubectl", metav1.ManagedFieldsOperationApply},
	{"kubectl", metav1.ManagedFieldsOperationUpdate},
	{"before-first-apply", metav1.ManagedFieldsOperationUpdate},
	{fluxManager, metav1.ManagedFieldsOperationUpdate},
}

// syncAsFlux does the same as Flux with an object from Git. It takes over the fields of
// those managers, then applies on the server with force.
func syncAsFlux(t *testing.T, git string) {
	t.Helper()
	var wanted unstructured.Unstructured
	if err := yaml.Unmarshal([]byte(git), &wanted.Object); err != nil {
		t.Fatal(err)
	}
	entries := read(t, &wanted).GetManagedFields()
	for i, e := range entries {
		for _, m := range takenOver {
			if e.Subresource == "" && e.Operation == m.operation && strings.HasPrefix(e.Manager, m.prefix) {
				entries[i].Manager, entries[i].Operation = fluxManager, metav1.ManagedFieldsOperationApply
			}
		}
	}
	patch, err := json.Marshal([]map[string]any{{"op": "replace", "path": "/metadata/managedFields", "value": entries}})
	if err != nil {
		t.Fatal(err)
	}
	if err := objects.Patch(t.Context(), wanted.DeepCopy(), client.RawPatch(types.JSONPatchType, patch)); err != nil {
		t.Fatal(err)
	}
	if err := objects.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(&wanted), client.FieldOwner(fluxManager), client.ForceOwnership); err != nil {
		t.Fatal(err)
	}
}

// A person stops a failover in the middle. The next sync of Flux must not let it go on,
// because the object in Git does not have that field.
func TestFluxLeavesWhatThePluginWrote(t *testing.T) {
	stored(t, goodRoute, "route")
	syncAsFlux(t, goodRoute)
	kubectl(t, "fedroute", "suspend", "route", "-n", "default")
	kubectl(t, "fedroute", "reconcile", "route", "-n", "default")
	kubectl(t, "annotate", "-n", "default", "fr/route", "by-hand=gone")
	syncAsFlux(t, goodRoute)
	syncAsFlux(t, goodRoute)
	for path, want := range map[string]string{
		"{.spec.suspend}":                 "true",
		"{.metadata.annotations.by-hand}": "", // Flux takes this away, or the test shows nothing
	} {
		if says := kubectl(t, "get", "fr/route", "-n", "default", "-o", "jsonpath="+path); says != want {
			t.Errorf("after a sync %s is %q, want %q", path, says, want)
		}
	}
}
