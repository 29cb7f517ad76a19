//go:build interop

package gitops_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/test/support/lyncsim"
)

const (
	edge1 = "edge1.contoso.com"
	edge2 = "edge2.contoso.com"
)

// brisk makes remote work short, and long enough that a test can interrupt it. DNS has no
// record of federation at first.
const brisk = `
dns: {federation: Empty}
durations: {powershellStart: 150ms, moduleImport: 300ms, cmdlet: 10ms, publish: 600ms, enable: 400ms, replicationNotice: 100ms,
  replication: 2500ms, setup: 1200ms, serviceStart: 300ms, serviceStop: 200ms}
`

// onThePage is the YAML of docs/gitops.md that begins with that line.
func onThePage(t *testing.T, first string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "docs/gitops.md"))
	must(t, err)
	_, text, found := strings.Cut(string(page), "```yaml\n"+first+"\n")
	text, _, closed := strings.Cut(text, "\n```\n")
	if !found || !closed {
		t.Fatalf("docs/gitops.md has no YAML that begins with %q", first)
	}
	return text
}

func object(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	o := new(unstructured.Unstructured)
	must(t, yaml.UnmarshalStrict([]byte(text), &o.Object))
	return o
}

// folder is the folder federation of the page's Git repository, fitted to one simulated
// organization: its addresses, its authority, and short intervals.
type folder struct{ organization, route *unstructured.Unstructured }

func checkout(t *testing.T, org *lyncsim.Organization) *folder {
	t.Helper()
	f := &folder{object(t, onThePage(t, "# federation/organization.yaml")), object(t, onThePage(t, "# federation/contoso.yaml"))}
	var described *unstructured.Unstructured
	text, err := os.ReadFile(org.File("organization.yaml"))
	must(t, err)
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		if o := object(t, document); o.GetKind() == "LyncTopology" {
			described = o
		}
	}
	for _, path := range []string{"management.endpoints", "edgeServers.overrides", "caBundle"} {
		fields := append([]string{"spec"}, strings.Split(path, ".")...)
		found, _, err := unstructured.NestedFieldCopy(described.Object, fields...)
		must(t, err)
		set(t, f.organization, found, fields...)
	}
	set(t, f.organization, "2s", "spec", "pollInterval")
	set(t, f.route, "5s", "spec", "interval")
	servers, _, err := unstructured.NestedSlice(f.route.Object, "spec", "dns", "servers")
	must(t, err)
	zone := servers[0].(map[string]any)
	zone["address"], zone["readBackFrom"] = org.DNS[0], []any{org.DNS[0]}
	set(t, f.route, servers, "spec", "dns", "servers")
	return f
}

// set commits a change of a field.
func set(t *testing.T, o *unstructured.Unstructured, value any, fields ...string) {
	t.Helper()
	must(t, unstructured.SetNestedField(o.Object, value, fields...))
}

// inNamespace are copies of the objects as kustomize makes them for a target namespace.
func inNamespace(namespace string, from []*unstructured.Unstructured) []*unstructured.Unstructured {
	var out []*unstructured.Unstructured
	for _, o := range from {
		o = o.DeepCopy()
		o.SetNamespace(namespace)
		out = append(out, o)
	}
	return out
}

// newNamespace makes a namespace with the Secrets of the organization, which are not in
// Git.
func newNamespace(t *testing.T, org *lyncsim.Organization) string {
	t.Helper()
	space := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "messaging-"}}
	must(t, objects.Create(t.Context(), space))
	text, err := os.ReadFile(org.File("organization.yaml"))
	must(t, err)
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		if o := object(t, document); o.GetKind() == "Secret" {
			o.SetNamespace(space.Name)
			must(t, objects.Create(t.Context(), o))
		}
	}
	return space.Name
}
