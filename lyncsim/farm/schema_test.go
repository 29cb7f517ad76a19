package farm

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"
)

const samples = "../samples"

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	must(t, err)
	c := jsonschema.NewCompiler()
	must(t, c.AddResource("farm.json", doc))
	s, err := c.Compile("farm.json")
	must(t, err)
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	raw, err := yaml.YAMLToJSON(text)
	must(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	must(t, err)
	return s.Validate(value)
}

func TestSamples(t *testing.T) {
	s := compiled(t)
	files, err := filepath.Glob(filepath.Join(samples, "*.yaml"))
	must(t, err)
	if len(files) < 3 {
		t.Fatalf("only %d samples found", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			must(t, err)
			if err := validate(t, s, text); err != nil {
				t.Errorf("the sample breaks the schema: %v", err)
			}
			spec, err := Load(file)
			must(t, err)
			_, err = spec.Allocate(netip.MustParsePrefix("127.20.1.0/24"))
			must(t, err)
			f, err := New(spec, Options{Clock: NewManualClock(start)})
			must(t, err)
			for _, site := range f.Truth().Sites() {
				for _, p := range []Protocol{SIP, XMPP} {
					if route := site.Routes.of(p); route != "" && !serves(f, route, p) {
						t.Errorf("site %s routes %s to %s, which does not serve it", site.Name, p, route)
					}
				}
			}
		})
	}
}

// serves reports whether every server of the pool answers for the protocol.
func serves(f *Farm, pool string, p Protocol) bool {
	servers, err := f.PoolMachines(pool)
	if err != nil {
		return false
	}
	for _, fqdn := range servers {
		if !slices.ContainsFunc(f.Reachable(), func(l Listener) bool { return l.Machine == fqdn && l.Federation == p }) {
			return false
		}
	}
	return true
}

func TestSchemaRefuses(t *testing.T) {
	cases := map[string]struct{ reason, text string }{
		"no site":       {"an organization has sites or a document", "name: x\nproduct: LyncServer2013\n"},
		"product":       {"products are a closed list", "name: x\nproduct: Teams\nsites: [{name: a}]\n"},
		"unknown field": {"a misspelt field is not ignored", "name: x\nproduct: LyncServer2013\nsites: [{name: a, route: b}]\n"},
		"duration":      {"a duration has a unit", "name: x\nproduct: LyncServer2013\nsites: [{name: a}]\ndurations: {publish: '5'}\n"},
		"host":          {"a pool has a host name", "name: x\nproduct: LyncServer2013\nsites: [{name: a, edgePools: [{fqdn: 'a b'}]}]\n"},
	}
	s := compiled(t)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if err := validate(t, s, []byte(tc.text)); err == nil {
				t.Errorf("%s, but the schema accepts it", tc.reason)
			}
		})
	}
}

// TestSchemaNamesEveryField checks that schema and Spec have the same fields at every
// level.
func TestSchemaNamesEveryField(t *testing.T) {
	var root map[string]any
	must(t, json.Unmarshal(Schema(), &root))
	compareFields(t, root, root, reflect.TypeFor[Spec](), "")
}

func compareFields(t *testing.T, root, node map[string]any, typ reflect.Type, path string) {
	t.Helper()
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	node = resolved(root, node)
	if typ.Kind() == reflect.Slice {
		items, _ := node["items"].(map[string]any)
		compareFields(t, root, items, typ.Elem(), path+"[]")
		return
	}
	if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[netip.Addr]() {
		return
	}
	props, _ := node["properties"].(map[string]any)
	fields := jsonFields(typ)
	var have, want []string
	for name := range props {
		have = append(have, name)
	}
	for name := range fields {
		want = append(want, name)
	}
	slices.Sort(have)
	slices.Sort(want)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("fields of %s%s (-Spec +schema):\n%s", typ.Name(), path, diff)
		return
	}
	for name, ft := range fields {
		child, _ := props[name].(map[string]any)
		compareFields(t, root, child, ft, path+"."+name)
	}
}

func resolved(root, node map[string]any) map[string]any {
	name, ok := node["$ref"].(string)
	if !ok {
		return node
	}
	defs, _ := root["$defs"].(map[string]any)
	def, _ := defs[strings.TrimPrefix(name, "#/$defs/")].(map[string]any)
	return def
}

func jsonFields(typ reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for field := range typ.Fields() {
		if field.Anonymous {
			for k, v := range jsonFields(field.Type) {
				out[k] = v
			}
			continue
		}
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); field.IsExported() && name != "" {
			out[name] = field.Type
		}
	}
	return out
}

func TestPublishedSchemaIsTheSame(t *testing.T) {
	published, err := os.ReadFile("../docs/farm.schema.json")
	must(t, err)
	if !bytes.Equal(published, Schema()) {
		t.Error("lyncsim/docs/farm.schema.json differs from lyncsim/farm/farm.schema.json: copy it")
	}
}

// TestSchemaTakesEveryFault: a farm file may begin with any fault that the simulator knows.
func TestSchemaTakesEveryFault(t *testing.T) {
	var root map[string]any
	must(t, json.Unmarshal(Schema(), &root))
	fault := root["$defs"].(map[string]any)["fault"].(map[string]any)
	kinds := fault["properties"].(map[string]any)["kind"].(map[string]any)["enum"].([]any)
	for _, kind := range faultKinds {
		if !slices.Contains(kinds, any(string(kind))) {
			t.Errorf("the schema refuses the fault %s", kind)
		}
	}
}
