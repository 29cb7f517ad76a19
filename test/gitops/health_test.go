// Package gitops_test checks how tools that deliver from Git judge a route. It runs
// kstatus, which Flux waits by, and the health script for Argo CD in Argo CD's Lua library.
package gitops_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	kstatus "github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/status"
	"github.com/fedroute/fedroute/test/support/argocd"
	"github.com/fedroute/fedroute/test/support/cluster"
)

const root = "../.."

// judged is a row of the page: the judgement of two libraries about an object.
type judged struct{ KStatus, Argo string }

func TestThePageTellsWhatTheLibrariesSay(t *testing.T) {
	told, all := rows(t), states()
	for state, reasons := range all {
		if len(told[state]) != len(reasons) {
			t.Errorf("the page has %d reasons of %q, want %d", len(told[state]), state, len(reasons))
		}
		for reason, facts := range reasons {
			t.Run(state+", "+reason, func(t *testing.T) {
				s := status.Route(facts)
				for _, c := range s.Conditions {
					if c.Type == v1alpha1.ConditionReady && c.Reason != reason {
						t.Fatalf("the facts give %s: %s", c.Reason, c.Message)
					}
				}
				if diff := cmp.Diff(told[state][reason], judge(t, object(t, s))); diff != "" {
					t.Errorf("what the page says of it (-) and the libraries (+):\n%s", diff)
				}
			})
		}
	}
	for state := range told {
		if _, ok := all[state]; !ok && state != "nobody has looked at this generation" {
			t.Errorf("the page tells of %q, which nothing here makes", state)
		}
	}
}

func TestAGenerationThatNobodySawIsInProgress(t *testing.T) {
	want := rows(t)["nobody has looked at this generation"][""]
	for name, s := range map[string]v1alpha1.FederationRouteStatus{
		"fresh":  {ObservedGeneration: -1},
		"edited": func() v1alpha1.FederationRouteStatus { f := world(); f.Generation--; return status.Route(f) }(),
		"failed, edited": func() v1alpha1.FederationRouteStatus {
			f := states()["a person is waited for"][v1alpha1.ReasonAwaitingApproval]
			f.Generation--
			return status.Route(f)
		}(),
	} {
		if diff := cmp.Diff(want, judge(t, object(t, s))); diff != "" {
			t.Errorf("%s: what the page says of it (-) and the libraries (+):\n%s", name, diff)
		}
	}
}

func object(t *testing.T, s v1alpha1.FederationRouteStatus) *unstructured.Unstructured {
	t.Helper()
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&v1alpha1.FederationRoute{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: "FederationRoute"},
		ObjectMeta: metav1.ObjectMeta{Name: "contoso", Namespace: "messaging", Generation: generation}, Status: s})
	if err != nil {
		t.Fatal(err)
	}
	return &unstructured.Unstructured{Object: content}
}

func judge(t *testing.T, o *unstructured.Unstructured) judged {
	t.Helper()
	result, err := kstatus.Compute(o)
	if err != nil {
		t.Fatal(err)
	}
	return judged{result.Status.String(), health(t, o)}
}

// health is Argo CD's judgement of the object, by the script that is shipped.
func health(t *testing.T, o *unstructured.Unstructured) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(root, "config/argocd/health.lua"))
	if err != nil {
		t.Fatal(err)
	}
	state, message, err := argocd.Health(string(script), o)
	if err != nil || message == "" {
		t.Fatalf("the script says %s, %q: %v", state, message, err)
	}
	return state
}

var code = regexp.MustCompile("`([^`]+)`")

// rows reads the table of the page, by state and reason.
func rows(t *testing.T) map[string]map[string]judged {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs/gitops.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "|---|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	out := map[string]map[string]judged{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) != 4 {
			t.Fatalf("%q has %d cells, want 4", line, len(cells))
		}
		reasons := code.FindAllStringSubmatch(cells[1], -1)
		if len(reasons) == 0 {
			reasons = [][]string{{"", ""}}
		}
		state := strings.TrimSpace(cells[0])
		out[state] = map[string]judged{}
		for _, r := range reasons {
			out[state][r[1]] = judged{strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3])}
		}
	}
	if len(out) < 8 {
		t.Fatalf("only %d rows were found", len(out))
	}
	return out
}

// The test adds the component to a kustomization that has Argo CD's own ConfigMap.
func TestTheComponentAddsTheHealthChecks(t *testing.T) {
	dir := t.TempDir()
	from, err := filepath.Abs(filepath.Join(root, "config/argocd"))
	if err != nil {
		t.Fatal(err)
	}
	component, err := filepath.Rel(dir, from) // kustomize takes no absolute path
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"argocd-cm.yaml":     "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata: {url: \"https://argocd.contoso.com\"}\n",
		"kustomization.yaml": "namespace: argocd\nresources: [argocd-cm.yaml]\ncomponents: [\"" + component + "\"]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), filepath.Join(cluster.Bin(root), "kubectl"), "kustomize", dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	script, err := os.ReadFile(filepath.Join(root, "config/argocd/health.lua"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Metadata struct{ Name, Namespace string }
		Data     map[string]string
	}
	if err := yaml.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := map[string]string{"url": "https://argocd.contoso.com"}
	for _, kind := range []string{"FederationRoute", "LyncTopology"} {
		want["resource.customizations.health.fedroute.io_"+kind] = string(script)
	}
	if diff := cmp.Diff(want, got.Data); diff != "" || got.Metadata.Name != "argocd-cm" || got.Metadata.Namespace != "argocd" {
		t.Errorf("%v (-want +got):\n%s", got.Metadata, diff)
	}
}
