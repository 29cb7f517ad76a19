package api_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// stored creates the object under a name of its own and gives what the server
// keeps. It is deleted when the test ends.
func stored(t *testing.T, text, name string) *unstructured.Unstructured {
	t.Helper()
	var o unstructured.Unstructured
	if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
		t.Fatal(err)
	}
	o.SetName(name)
	if err := objects.Create(t.Context(), &o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := objects.Delete(context.Background(), &o); err != nil {
			t.Error(err)
		}
	})
	return read(t, &o)
}

// read gives what the server keeps of the object now.
func read(t *testing.T, o *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	found := &unstructured.Unstructured{}
	found.SetGroupVersionKind(o.GroupVersionKind())
	if err := objects.Get(t.Context(), client.ObjectKeyFromObject(o), found); err != nil {
		t.Fatal(err)
	}
	return found
}

// Without a generation in the status, kstatus takes an object that nobody has
// looked at for one that is done: a pipeline goes on while no manager runs.
func TestAFreshObjectIsNotTakenForReady(t *testing.T) {
	for kind, text := range map[string]string{"route": goodRoute, "topology": goodTopology} {
		t.Run(kind, func(t *testing.T) {
			fresh := stored(t, text, "fresh")
			status, _, err := unstructured.NestedMap(fresh.Object, "status")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]any{"observedGeneration": int64(-1)}, status); diff != "" {
				t.Errorf("status of generation %d, at which nobody has looked (-want +got):\n%s", fresh.GetGeneration(), diff)
			}
		})
	}
}
