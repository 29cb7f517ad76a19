package api_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/test/support/flux"
)

// syncAsFlux does the same as Flux with an object from Git.
func syncAsFlux(t *testing.T, git string) {
	t.Helper()
	var wanted unstructured.Unstructured
	if err := yaml.Unmarshal([]byte(git), &wanted.Object); err != nil {
		t.Fatal(err)
	}
	if _, err := flux.NewManager(objects).Apply(t.Context(), &wanted, flux.ApplyOptions()); err != nil {
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
