package controllers

import (
	"os"
	"regexp"
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// TestEveryProviderOfTheAPIIsThere: the controller knows each DNS provider that the API lets a
// route name.
func TestEveryProviderOfTheAPIIsThere(t *testing.T) {
	source, err := os.ReadFile("../api/v1alpha1/federationroute_types.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^\t\w+ +DNSProvider += "(\w+)"`).FindAllStringSubmatch(string(source), -1)
	if len(declared) < 2 || len(declared) != len(providers) {
		t.Errorf("the API declares %v, and %d are there", declared, len(providers))
	}
	for _, d := range declared {
		if p := providers[v1alpha1.DNSProvider(d[1])]; p.open == nil || p.secret == nil {
			t.Errorf("nobody opens a zone whose provider is %s", d[1])
		}
	}
	usual := providerOf(v1alpha1.DNSServer{})
	if usual.open == nil || usual.way != "" {
		t.Errorf("an object without a provider is changed in the way %q", usual.way)
	}
}
