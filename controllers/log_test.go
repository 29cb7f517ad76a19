package controllers

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
)

// written is a log that may be read while others write to it.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// forget drops everything written so far.
func (w *written) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Reset()
}

// line gives the first line that contains the text.
func (w *written) line(t *testing.T, has string) string {
	t.Helper()
	for line := range strings.Lines(w.String()) {
		if strings.Contains(line, has) {
			return line
		}
	}
	t.Fatalf("the log has no line with %q:\n%s", has, w.String())
	return ""
}

// record sends the log to the returned buffer until the test ends.
func record(t *testing.T) *written {
	t.Helper()
	var w written
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&w, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &w
}

func shows(t *testing.T, line string, pieces ...string) {
	t.Helper()
	for _, p := range pieces {
		if !strings.Contains(line, p) {
			t.Errorf("the line lacks %s:\n%s", p, line)
		}
	}
}

// TestARunSaysInTheLogWhatItIsFor begins a run, lets it fail, and lets a second run begin. The
// first lines of the two runs differ. Calls are logged at debug, and passwords never.
func TestARunSaysInTheLogWhatItIsFor(t *testing.T) {
	log := record(t)
	route := federationRoute("r", "edge2.contoso.com")
	s := newStage(t, lyncTopology(), managerSecret(), route)
	s.hosts.answer = func(context.Context, string) (json.RawMessage, error) {
		return nil, fault.New(fault.Busy, "call", "fe1", "somebody else is at it")
	}
	for _, why := range []string{"the organization differs from the spec; it is this manager's first run for the route", "the run before it failed"} {
		log.forget()
		for range 3 {
			s.seen()
			s.reconcile(route)
			s.clock.forward(10 * time.Minute)
		}
		<-s.latest(route).Done()
		shows(t, log.line(t, `msg="run begins"`), "namespace=lync", "route=r", "plan=sha256-", why, "edgePool=edge2.contoso.com", "generation=1", "steps=4")
		shows(t, log.line(t, `msg="run ended before its last step"`), "result=Busy", "somebody else is at it")
		shows(t, log.line(t, `script=Publish-FederationFlags`), `msg="remote call"`, "level=DEBUG", "topology=org", "endpoint=https://fe1.contoso.com:5986/wsman", "fault=Busy")
		if strings.Contains(log.String(), "swordfish") {
			t.Errorf("the log has the password:\n%s", log)
		}
	}
}

func TestCauseOfARun(t *testing.T) {
	route := federationRoute("r", "edge2.contoso.com")
	s := newStage(t, lyncTopology(), managerSecret(), route)
	s.seen()
	s.clock.forward(time.Second)
	s.reconcile(route)
	s.seen()
	s.reconcile(route)
	at := scope{FederationRouteReconciler: s.routes, route: route, run: s.latest(route)}
	if got := at.cause(); got != "the organization differs from the spec again" {
		t.Errorf("the same spec after a run: %q", got)
	}
	route.Generation++
	if got := at.cause(); got != "the spec was changed" {
		t.Errorf("another spec: %q", got)
	}
	at.facts.FailBack.Text, at.facts.FailBack.Err = "nonsense", fault.New(fault.Invalid, "read", "annotation", "no")
	if got := at.cause(); got != "the spec was changed" {
		t.Errorf("a request that nobody can read begins nothing: %q", got)
	}
	at.facts.FailBack.Text, at.facts.FailBack.Pool = "2026-03-14T22:00:00Z fe2.contoso.com", "fe2.contoso.com"
	if got := at.cause(); !strings.Contains(got, "fe2.contoso.com") {
		t.Errorf("a failback: %q", got)
	}
}

func TestLastEditor(t *testing.T) {
	wrote := func(manager, subresource, what string, after time.Duration) metav1.ManagedFieldsEntry {
		stamp := metav1.NewTime(begin.Add(after))
		return metav1.ManagedFieldsEntry{Manager: manager, Subresource: subresource, Time: &stamp, FieldsV1: metav1.NewFieldsV1(what)}
	}
	const spec, annotations, labels = `{"f:spec":{"f:edgePool":{}}}`, `{"f:metadata":{"f:annotations":{}}}`, `{"f:metadata":{"f:labels":{}}}`
	cases := map[string]struct {
		reason string
		fields []metav1.ManagedFieldsEntry
		want   string
	}{
		"the latest":  {"Git made it and a person changed it since", []metav1.ManagedFieldsEntry{wrote("kustomize-controller", "", spec, 0), wrote("kubectl-edit", "", spec, time.Hour)}, "kubectl-edit"},
		"not the one": {"the order of the list is no order of time", []metav1.ManagedFieldsEntry{wrote("kubectl-edit", "", spec, time.Hour), wrote("kustomize-controller", "", spec, 0)}, "kubectl-edit"},
		"annotations": {"a request to look or to fail back is one", []metav1.ManagedFieldsEntry{wrote("a", "", spec, 0), wrote("b", "", annotations, time.Hour)}, "b"},
		"labels":      {"they ask for nothing", []metav1.ManagedFieldsEntry{wrote("a", "", spec, 0), wrote("b", "", labels, time.Hour)}, "a"},
		"status":      {"fedroute itself is no editor", []metav1.ManagedFieldsEntry{wrote("a", "", spec, 0), wrote(FieldOwner, "status", spec, time.Hour)}, "a"},
		"nobody":      {"an API server may keep no record", []metav1.ManagedFieldsEntry{{Manager: "a"}}, ""},
	}
	for name, c := range cases {
		if got, _ := lastEditor(c.fields); got != c.want {
			t.Errorf("%s: got %q, want %q: %s", name, got, c.want, c.reason)
		}
	}
	route := federationRoute("r", "edge2.contoso.com")
	route.ManagedFields = cases["the latest"].fields
	why := slog.GroupValue((&scope{route: route}).why()...).String()
	shows(t, why, "changedBy=kubectl-edit", "changedAt=2026-03-14 23:00:00")
}

func TestARestartSaysWhatItFoundUnderWay(t *testing.T) {
	left := func(name string, states ...v1alpha1.StepState) *v1alpha1.FederationRoute {
		r := federationRoute(name, "edge2.contoso.com")
		r.Status.Plan = &v1alpha1.Plan{ID: "sha256-1"}
		for _, state := range states {
			r.Status.Plan.Steps = append(r.Status.Plan.Steps, v1alpha1.Step{Kind: "SetSiteRoute", Target: "Redmond", State: state})
		}
		return r
	}
	const pending, running, done, skipped, failed = v1alpha1.StepPending, v1alpha1.StepRunning, v1alpha1.StepDone, v1alpha1.StepSkipped, v1alpha1.StepFailed
	cases := map[string]struct {
		reason string
		states []v1alpha1.StepState
		want   string
	}{
		"in a step":     {"its outcome is unknown", []v1alpha1.StepState{done, skipped, running, pending}, "2 of 4 steps had ended, running: SetSiteRoute Redmond"},
		"between steps": {"the rest is still to be done", []v1alpha1.StepState{done, pending}, "1 of 2 steps had ended"},
		"not begun":     {"a plan that waits for its approval is not under way", []v1alpha1.StepState{pending, pending}, ""},
		"failed":        {"that run had ended, and status says why", []v1alpha1.StepState{done, failed, pending}, ""},
		"all done":      {"nothing was left", []v1alpha1.StepState{done, done}, ""},
	}
	for name, c := range cases {
		if got := unfinished(left(name, c.states...).Status.Plan); got != c.want {
			t.Errorf("%s: got %q, want %q: %s", name, got, c.want, c.reason)
		}
	}
	log := record(t)
	objects := fakeObjects(t, lyncTopology(), left("busy", done, running), left("waits", pending), federationRoute("idle", "edge1.contoso.com"))
	must(t, arriving{objects, &manualClock{now: begin}}.Start(t.Context()))
	if diff := cmp.Diff(2, strings.Count(log.String(), "\n")); diff != "" {
		t.Errorf("lines (-want +got):\n%s\n%s", diff, log)
	}
	shows(t, log.line(t, "under way"), "namespace=lync", "route=busy", "plan=sha256-1", "running: SetSiteRoute Redmond")
	shows(t, log.line(t, "this manager works now"), "organizations=1", "routes=3", "plansUnderWay=1")
}
