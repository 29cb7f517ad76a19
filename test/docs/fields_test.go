package docs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// specPages are the pages of the two kinds, by the plural of the CRD.
var specPages = map[string]string{"federationroutes": routePage, "lynctopologies": topologyPage}

// field is one property of a CRD.
type field struct {
	path   string
	schema map[string]any
}

// fields walks a CRD. It leaves out the inside of a condition, which is Kubernetes' own.
func fields(t *testing.T, plural string) []field {
	t.Helper()
	var crd map[string]any
	if err := yaml.Unmarshal([]byte(page(t, "config/crd/bases/fedroute.io_"+plural+".yaml")), &crd); err != nil {
		t.Fatal(err)
	}
	versions, _, err := unstructured.NestedSlice(crd, "spec", "versions")
	if err != nil {
		t.Fatal(err)
	}
	properties, _, err := unstructured.NestedMap(versions[0].(map[string]any), "schema", "openAPIV3Schema", "properties")
	if err != nil {
		t.Fatal(err)
	}
	var out []field
	for _, top := range []string{"spec", "status"} {
		out = append(out, below(top, properties[top].(map[string]any))...)
	}
	if len(out) < 30 {
		t.Fatalf("%s: only %d fields were found; the walk is broken", plural, len(out))
	}
	return out
}

func below(path string, schema map[string]any) []field {
	out := []field{{path, schema}}
	if path == "status.conditions" {
		return out
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, p := range properties {
		out = append(out, below(path+"."+name, p.(map[string]any))...)
	}
	if items, ok := schema["items"].(map[string]any); ok {
		out = append(out, below(path+"[]", items)...)
	}
	return out
}

func TestEveryFieldIsExplained(t *testing.T) {
	for plural, path := range specPages {
		text := page(t, path)
		for _, f := range fields(t, plural) {
			if f.path == "spec" || f.path == "status" || strings.HasSuffix(f.path, "[]") {
				continue
			}
			if !strings.Contains(text, "`"+f.path+"`") {
				t.Errorf("%s does not explain `%s`", path, f.path)
			}
			if value, ok := f.schema["default"]; ok && !tells(text, f.path, fmt.Sprint(value)) {
				t.Errorf("%s does not tell in the row of `%s` that its default is `%v`", path, f.path, value)
			}
		}
	}
}

// The API server writes a default inside a list into the stored list. kubectl apply
// compares lists as a whole and would send such a list again each time.
func TestNoDefaultStandsInsideAList(t *testing.T) {
	for plural := range specPages {
		for _, f := range fields(t, plural) {
			if _, ok := f.schema["default"]; ok && strings.Contains(f.path, "[]") {
				t.Errorf("%s: %s has a default; let the code that reads it know what left out means", plural, f.path)
			}
		}
	}
}

// tells reports whether the field's row has the default in its second cell.
func tells(text, path, value string) bool {
	return slices.ContainsFunc(rows(text), func(r row) bool {
		return slices.Contains(codes(r[0]), path) && len(r) > 1 && r[1] == "`"+value+"`"
	})
}

func TestPagesNameNoFieldThatIsGone(t *testing.T) {
	for plural, path := range specPages {
		var there []string
		for _, f := range fields(t, plural) {
			there = append(there, f.path)
		}
		for _, r := range rows(page(t, path)) {
			for _, name := range codes(r[0]) {
				if (strings.HasPrefix(name, "spec.") || strings.HasPrefix(name, "status.")) && !slices.Contains(there, name) {
					t.Errorf("%s explains `%s`, which the CRD does not have", path, name)
				}
			}
		}
	}
}

func TestEveryRejectionIsQuoted(t *testing.T) {
	for plural, path := range specPages {
		text, seen := page(t, path), 0
		for _, f := range fields(t, plural) {
			validations, _ := f.schema["x-kubernetes-validations"].([]any)
			for _, v := range validations {
				seen++
				message, _ := v.(map[string]any)["message"].(string)
				if !strings.Contains(text, "\n> "+message+"\n") {
					t.Errorf("%s does not quote what the API server answers for %s: %q", path, f.path, message)
				}
			}
			values, _ := f.schema["enum"].([]any)
			for _, v := range values {
				if !strings.Contains(text, fmt.Sprintf("`%v`", v)) {
					t.Errorf("%s does not name the value `%v` of %s", path, v, f.path)
				}
			}
		}
		if seen < 5 {
			t.Errorf("%s: only %d rules were found; the walk is broken", plural, seen)
		}
	}
}
