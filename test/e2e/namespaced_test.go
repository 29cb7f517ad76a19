//go:build e2e

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/test/support/cluster"
)

// TestTheNamespacedInstallSeesNothingElse checks that config/namespaced moves federation in
// its own namespace. The manager does not look at the same objects in another namespace,
// and sends requests for its own namespace only.
func TestTheNamespacedInstallSeesNothingElse(t *testing.T) {
	const elsewhere = "fabrikam"
	d := deployed(t, inside)
	pods := replicas(t, d)
	s := tell(t, inside)
	s.describe(t, elsewhere)
	other := s.sample(t, elsewhere)
	must(t, objects.Create(t.Context(), other))

	must(t, objects.Create(t.Context(), s.route))
	s.hosts(t, edge1)
	s.moveTo(t, edge2)
	s.hosts(t, edge2)

	must(t, objects.Get(t.Context(), client.ObjectKeyFromObject(other), other))
	var lt v1alpha1.LyncTopology
	must(t, objects.Get(t.Context(), client.ObjectKey{Namespace: elsewhere, Name: "contoso"}, &lt))
	if len(other.Status.Conditions) > 0 || len(lt.Status.Conditions) > 0 {
		t.Errorf("objects of another namespace were looked at: %v, %v", other.Status.Conditions, lt.Status.Conditions)
	}
	for _, p := range pods {
		p.stops(t, "namespaced")
	}
	a := account(t, d)
	used, _ := asked(t, a)
	for _, u := range used {
		if u.namespace != inside {
			t.Errorf("a request left namespace %s: %s", inside, u)
		}
	}
	sameRights(t, a)
}

// TestAnotherNamespaceIsOneLine checks that an overlay of config/namespaced for another
// namespace needs to set the namespace only.
func TestAnotherNamespaceIsOneLine(t *testing.T) {
	base, err := filepath.Abs(root + "/config/namespaced")
	must(t, err)
	overlay := t.TempDir()
	if base, err = filepath.Rel(overlay, base); err != nil {
		t.Fatal(err)
	}
	must(t, os.WriteFile(filepath.Join(overlay, "kustomization.yaml"), []byte("namespace: contoso\nresources:\n- "+base+"\n"), 0o600))
	out, err := exec.CommandContext(t.Context(), filepath.Join(cluster.Bin(root), "kubectl"), "kustomize", overlay).CombinedOutput()
	if err != nil {
		t.Fatalf("kubectl kustomize: %v\n%s", err, out)
	}
	named := regexp.MustCompile(`namespace: (\S+)`).FindAllStringSubmatch(string(out), -1)
	if len(named) < 10 {
		t.Fatalf("only %d namespaces are named:\n%s", len(named), out)
	}
	for _, n := range named {
		if n[1] != "contoso" {
			t.Errorf("the overlay leaves namespace %s behind", n[1])
		}
	}
}
