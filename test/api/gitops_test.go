package api_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/test/support/cluster"
	"github.com/fedroute/fedroute/test/support/program"
)

// stored creates the object under a name of its own and returns the object that the server
// keeps. The object is deleted when the test ends.
func stored(t *testing.T, text, name string) *unstructured.Unstructured {
	t.Helper()
	var o unstructured.Unstructured
	if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
		t.Fatal(err)
	}
	o.SetName(name)
	if err := objects.Create(t.Context(), &o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := objects.Delete(context.Background(), &o); err != nil {
			t.Error(err)
		}
	})
	return read(t, &o)
}

// read returns the object that the server keeps now.
func read(t *testing.T, o *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	found := &unstructured.Unstructured{}
	found.SetGroupVersionKind(o.GroupVersionKind())
	if err := objects.Get(t.Context(), client.ObjectKeyFromObject(o), found); err != nil {
		t.Fatal(err)
	}
	return found
}

// When the status has no generation, kstatus takes an object that no controller has looked
// at for one that is done. A pipeline would then go on although no manager runs.
func TestAFreshObjectIsNotTakenForReady(t *testing.T) {
	for kind, text := range map[string]string{"route": goodRoute, "topology": goodTopology} {
		t.Run(kind, func(t *testing.T) {
			fresh := stored(t, text, "fresh")
			status, _, err := unstructured.NestedMap(fresh.Object, "status")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]any{"observedGeneration": int64(-1)}, status); diff != "" {
				t.Errorf("status of generation %d, at which nobody has looked (-want +got):\n%s", fresh.GetGeneration(), diff)
			}
		})
	}
}

// kubectl runs the real kubectl as the administrator, with the plugin built from this
// source beside it, and returns its output.
func kubectl(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(cluster.Bin(root), "kubectl"), args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+api.Kubeconfig, "PATH="+plugin(t)+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("kubectl %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// buildPlugin builds the plugin once for the several stories that run it.
var buildPlugin = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(filepath.Dir(api.Kubeconfig), "plugin")
	return dir, program.Build(root, "./cmd/kubectl-fedroute", filepath.Join(dir, "kubectl-fedroute"))
})

func plugin(t *testing.T) string {
	t.Helper()
	dir, err := buildPlugin()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// file writes the text to a file for kubectl.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "objects.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A pipeline applies the same objects again. If kubectl then said "configured", people
// would learn to ignore its output.
func TestNothingIsConfiguredByApplyingTheSameAgain(t *testing.T) {
	samples, err := filepath.Glob(filepath.Join(root, "config/samples/*.yaml"))
	if err != nil || len(samples) < 5 {
		t.Fatalf("only %d samples were found (%v)", len(samples), err)
	}
	cases := map[string]string{"route": file(t, goodRoute), "topology": file(t, goodTopology)}
	for _, path := range samples {
		cases[filepath.Base(path)] = path
	}
	for name, path := range cases {
		t.Run(name, func(t *testing.T) {
			kubectl(t, "apply", "-f", path)
			seen := 0
			for line := range strings.Lines(kubectl(t, "apply", "-f", path)) {
				object, became, _ := strings.Cut(strings.TrimSpace(line), " ")
				if !strings.Contains(object, ".fedroute.io/") {
					continue // a Secret's stringData is never stored, so kubectl sends it each time
				}
				if seen++; became != "unchanged" {
					t.Errorf("the second time kubectl says: %s", line)
				}
			}
			if seen == 0 {
				t.Error("kubectl told of no object")
			}
			kubectl(t, "delete", "-f", path)
		})
	}
}

// Git says suspend: false, and a person suspends and resumes the route. The object then is
// as Git says again, and the next sync has nothing to write.
func TestResumeKeepsWhatGitSays(t *testing.T) {
	cases := map[string]struct {
		reason string
		git    string
		before []string
	}{
		"suspended in between": {"a person stops changes and lets them go on", "  suspend: false\n", []string{"suspend"}},
		"not suspended":        {"resume of a route that runs changes nothing", "  suspend: false\n", nil},
		"Git says nothing":     {"a field that Git does not name is no difference to it", "", []string{"suspend"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := file(t, goodRoute+c.git)
			kubectl(t, "apply", "-f", path)
			for _, verb := range append(c.before, "resume") {
				kubectl(t, "fedroute", verb, "route", "-n", "default")
			}
			if says := kubectl(t, "get", "fr/route", "-n", "default", "-o", "jsonpath={.spec.suspend}"); says != "false" {
				t.Errorf("%s: spec.suspend is %q, want an explicit false", c.reason, says)
			}
			if says := kubectl(t, "apply", "-f", path); !strings.HasSuffix(says, " unchanged\n") {
				t.Errorf("%s: applying Git again gives %s", c.reason, says)
			}
			kubectl(t, "delete", "-f", path)
		})
	}
}

// The page says how to wait for federation itself, because in mode Observe Ready is True
// whatever was found.
func TestFederationItselfIsWaitedForByTheReason(t *testing.T) {
	const line = `--for=jsonpath={.status.conditions[?(@.type=="Ready")].reason}=InSync`
	text, err := os.ReadFile(filepath.Join(root, "docs/gitops.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.ReplaceAll(string(text), "'", ""), "kubectl wait "+line+" fr/contoso") {
		t.Errorf("the page does not say kubectl wait %s", line)
	}
	route := stored(t, goodRoute, "waited-for")
	for reason, want := range map[string]string{"Drifted": "timed out", "InSync": "condition met"} {
		condition := map[string]any{"type": "Ready", "status": "True", "reason": reason, "message": "it was looked at", "lastTransitionTime": "2026-03-14T22:00:00Z"}
		now := read(t, route)
		if err := unstructured.SetNestedSlice(now.Object, []any{condition}, "status", "conditions"); err != nil {
			t.Fatal(err)
		}
		if err := objects.Status().Update(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), filepath.Join(cluster.Bin(root), "kubectl"), "--kubeconfig", api.Kubeconfig, "wait", line, "-n", "default", "fr/waited-for", "--timeout=1s")
		if out, err := cmd.CombinedOutput(); (err == nil) != (reason == "InSync") || !strings.Contains(string(out), want) {
			t.Errorf("with reason %s kubectl says %s (%v), want %s", reason, out, err, want)
		}
	}
}
