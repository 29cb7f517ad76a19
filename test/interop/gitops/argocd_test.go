//go:build interop

package gitops_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/test/support/argocd"
)

// argo does what an Application of Argo CD does: it applies on the client's side, deletes
// what left Git, and asks the health script that is shipped until each object is Healthy
// or one is Degraded.
type argo struct {
	script string
	synced []*unstructured.Unstructured
}

func newArgo(t *testing.T) tool {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(root, "config/argocd/health.lua"))
	must(t, err)
	return &argo{script: string(script)}
}

func (a *argo) sync(t *testing.T, all ...*unstructured.Unstructured) map[string]string {
	t.Helper()
	became := map[string]string{}
	for _, o := range all {
		o.SetAnnotations(map[string]string{"argocd.argoproj.io/tracking-id": "federation:fedroute.io/" + o.GetKind() + ":" + o.GetNamespace() + "/" + o.GetName()})
		text, err := yaml.Marshal(o)
		must(t, err)
		said := strings.Fields(kubectl(t, string(text), "apply", "--field-manager=argocd-controller", "-f", "-"))
		became[o.GetKind()] = said[len(said)-1]
	}
	for _, old := range a.synced {
		if !slices.ContainsFunc(all, func(o *unstructured.Unstructured) bool { return o.GetKind() == old.GetKind() }) {
			kubectl(t, "", "delete", "-n", old.GetNamespace(), old.GetKind(), old.GetName(), "--timeout=60s")
			became[old.GetKind()] = "deleted"
		}
	}
	a.synced = all
	return became
}

func (a *argo) wait(t *testing.T) error {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(500 * time.Millisecond) {
		healthy := true
		for _, o := range a.synced {
			now := &unstructured.Unstructured{}
			now.SetGroupVersionKind(o.GroupVersionKind())
			must(t, objects.Get(t.Context(), client.ObjectKeyFromObject(o), now))
			status, message, err := argocd.Health(a.script, now)
			must(t, err)
			if status == "Degraded" {
				return fmt.Errorf("%s is Degraded: %s", o.GetKind(), message)
			}
			healthy = healthy && status == "Healthy"
		}
		if healthy {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("still Progressing after %s", patience)
		}
	}
}

func (a *argo) failed(string) string { return "FederationRoute is Degraded: " }
