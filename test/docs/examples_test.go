package docs_test

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// kindOf returns an object to decode an example into, or nil when the example's kind is not
// one of fedroute's. The kind decides, or, for a part of an object, the page that has the
// example.
func kindOf(kind, path string) (any, error) {
	switch {
	case kind == "FederationRoute", kind == "" && path == routePage:
		return new(v1alpha1.FederationRoute), nil
	case kind == "LyncTopology", kind == "" && path == topologyPage:
		return new(v1alpha1.LyncTopology), nil
	case kind == "Secret":
		return new(corev1.Secret), nil
	case kind == "ConfigMap":
		return new(corev1.ConfigMap), nil
	case kind == "Kustomization": // a kind of Flux; the test only checks that it is YAML
		return nil, nil
	}
	return nil, fmt.Errorf("no type is known for kind %q", kind)
}

func TestExamplesDecode(t *testing.T) {
	for _, path := range []string{routePage, topologyPage} {
		seen := 0
		for _, m := range fences.FindAllStringSubmatch(page(t, path), -1) {
			if m[1] != "yaml" {
				continue
			}
			for text := range strings.SplitSeq(m[2], "\n---\n") {
				seen++
				if err := decode(text, path); err != nil {
					t.Errorf("%s: %v in:\n%s", path, err, text)
				}
			}
		}
		if seen < 4 {
			t.Errorf("%s: only %d examples were found; the search is broken", path, seen)
		}
	}
}

// decode is as strict as the API server: it refuses a field that stands twice, an unknown
// field and wrong letter case. yaml.UnmarshalStrict into a type would overlook the last.
func decode(text, path string) error {
	var content map[string]any
	if err := yaml.UnmarshalStrict([]byte(text), &content); err != nil {
		return err
	}
	kind, _ := content["kind"].(string)
	object, err := kindOf(kind, path)
	if err != nil || object == nil {
		return err
	}
	return runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(content, object, true)
}

func TestDecodeIsStrict(t *testing.T) {
	for text, reason := range map[string]string{
		"kind: FederationRoute\nspec: {edgepool: edge1.contoso.com}\n": "another spelling is another field",
		"spec: {mode: Observe, mode: Enforce}\n":                       "a field stands there once",
		"kind: Gateway\n":                                              "only known kinds are checked",
	} {
		if decode(text, routePage) == nil {
			t.Errorf("%s: %q was accepted", reason, text)
		}
	}
}
