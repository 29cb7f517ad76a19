package main

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// TestPlacedRoute: pool, interval and addresses are those of the run, everything
// else is the sample's.
func TestPlacedRoute(t *testing.T) {
	sample, err := os.ReadFile("../../config/samples/contoso.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := placed(sample, edge2, []string{"127.33.7.2:5300", "127.33.7.3:5300"})
	if err != nil {
		t.Fatal(err)
	}
	var want, got v1alpha1.FederationRoute
	for _, in := range []struct {
		text  []byte
		route *v1alpha1.FederationRoute
	}{{sample, &want}, {text, &got}} {
		if err := yaml.UnmarshalStrict(in.text, in.route); err != nil {
			t.Fatal(err)
		}
	}
	if len(want.Spec.DNS.Servers) != 1 {
		t.Fatalf("the sample has %d zones, this test knows one", len(want.Spec.DNS.Servers))
	}
	want.Spec.EdgePool, want.Spec.Interval.Duration = edge2, 5*time.Second
	zone := &want.Spec.DNS.Servers[0]
	zone.Address, zone.ReadBackFrom = "127.33.7.2:5300", []string{"127.33.7.2:5300", "127.33.7.3:5300"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the placed route (-want +got):\n%s", diff)
	}
}
