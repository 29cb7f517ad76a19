package controllers

import (
	"reflect"
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// TestConnectionsOf edits every field of a spec. All but the listed ones change connections, so
// that a new field closes the connections until somebody says that it need not.
func TestConnectionsOf(t *testing.T) {
	none := map[string]string{
		"PollInterval": "it says when to look",
		"Twin":         "it says how the organization is told from another",
		"EdgeServers.Overrides.ExternalAddresses": "partners connect there",
		"EdgeServers.Overrides.OutOfService":      "it says what not to do",
		"EdgeServers.Overrides.FQDN":              "an override that says nothing else leaves the endpoint as it is",
	}
	base := v1alpha1.LyncTopologySpec{EdgeServers: &v1alpha1.EdgeServers{Overrides: []v1alpha1.EdgeServerOverride{{}}},
		Management: v1alpha1.Management{Endpoints: []v1alpha1.ManagementEndpoint{{}}}}
	seen := map[string]bool{}
	var walk func(path string, field reflect.Value, spec v1alpha1.LyncTopologySpec, find func(*v1alpha1.LyncTopologySpec) reflect.Value)
	walk = func(path string, field reflect.Value, spec v1alpha1.LyncTopologySpec, find func(*v1alpha1.LyncTopologySpec) reflect.Value) {
		_, duration := field.Interface().(interface{ ToUnstructured() any })
		switch {
		case field.Kind() == reflect.Pointer:
			walk(path, field.Elem(), spec, func(s *v1alpha1.LyncTopologySpec) reflect.Value { return find(s).Elem() })
			return
		case field.Kind() == reflect.Slice && field.Len() == 1:
			walk(path, field.Index(0), spec, func(s *v1alpha1.LyncTopologySpec) reflect.Value { return find(s).Index(0) })
			return
		case field.Kind() == reflect.Struct && !duration:
			for i := range field.NumField() {
				name := path
				if f := field.Type().Field(i); !f.Anonymous {
					name += "." + f.Name
				}
				walk(name, field.Field(i), spec, func(s *v1alpha1.LyncTopologySpec) reflect.Value { return find(s).Field(i) })
			}
			return
		}
		path = path[1:]
		edited := spec.DeepCopy()
		switch at := find(edited); at.Kind() {
		case reflect.String:
			at.SetString("x")
		case reflect.Bool:
			at.SetBool(true)
		case reflect.Slice:
			at.Set(reflect.MakeSlice(at.Type(), 1, 1))
		case reflect.Struct:
			at.Field(0).SetInt(int64(time.Minute))
		default:
			t.Fatalf("%s: this test does not know how to edit %s", path, at.Type())
		}
		reason, keeps := none[path]
		if changed := connectionsOf(*edited) != connectionsOf(spec); changed == keeps {
			t.Errorf("an edit of %s changes connections: %t (%s)", path, changed, reason)
		}
		seen[path] = true
	}
	walk("", reflect.ValueOf(base), base, func(s *v1alpha1.LyncTopologySpec) reflect.Value { return reflect.ValueOf(s).Elem() })
	for path := range none {
		if !seen[path] {
			t.Errorf("the spec has no field %s", path)
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d fields were edited", len(seen))
	}

	out, in := base, *base.DeepCopy()
	out.EdgeServers = &v1alpha1.EdgeServers{Overrides: []v1alpha1.EdgeServerOverride{{FQDN: "edge1.contoso.com", OutOfService: true}}}
	in.EdgeServers = &v1alpha1.EdgeServers{}
	if connectionsOf(out) != connectionsOf(in) {
		t.Error("to take a machine out of service closes the connections")
	}
}
