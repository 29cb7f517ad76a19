package organization_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/test/support/program"
)

// TestOrganizationFile checks that organization.yaml decodes strictly into the API's types.
func TestOrganizationFile(t *testing.T) {
	raw := organizationFile(t, "three-sites-four-pools.yaml")
	var topology v1alpha1.LyncTopology
	secrets := map[string]corev1.Secret{}
	for _, doc := range strings.Split(string(raw), "\n---\n") {
		var kind metav1.TypeMeta
		must(t, yaml.Unmarshal([]byte(doc), &kind))
		if kind.Kind == "Secret" {
			var s corev1.Secret
			must(t, yaml.UnmarshalStrict([]byte(doc), &s))
			secrets[s.Name] = s
			continue
		}
		must(t, yaml.UnmarshalStrict([]byte(doc), &topology))
	}
	if first := topology.Spec.Management.Endpoints[0].ServerName; first != "admin2.northwind.com" && first != "admin1.northwind.com" {
		t.Errorf("management servers come first, not %s", first)
	}
	if got := len(topology.Spec.EdgeServers.Overrides); got != 9 {
		t.Errorf("%d Edge servers, want 9", got)
	}
	if a := topology.Spec.Management.Accounts; a.Reader.SecretRef.Name != "northwind-reader" || a.Operator.SecretRef.Name != "northwind-operator" {
		t.Errorf("the accounts are %+v", a)
	}
	if secrets["northwind-dns"].StringData["secret"] == "" {
		t.Error("the DNS key has no secret")
	}
}

// organizationFile builds and starts lyncsim and returns the file that it wrote for
// kubectl.
func organizationFile(t *testing.T, sample string) []byte {
	t.Helper()
	place := program.In(t)
	bin := place.File("lyncsim")
	must(t, program.Build("../../lyncsim", ".", bin))
	farm, err := filepath.Abs(filepath.Join("../../lyncsim/samples", sample))
	must(t, err)
	ready := func() bool { _, err := os.Stat(place.File("ready.json")); return err == nil }
	place.Serve(t, ready, bin, "--farm", farm, "--out", "out", "--ready-file", "ready.json")
	return place.Read(t, "out/organization.yaml")
}
