//go:build interop

package gitops_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/test/support/lyncsim"
)

// patience bounds a wait that a busy computer makes long. The time that a wait took is
// checked where the page names one.
const patience = 2 * time.Minute

// tool is a tool that delivers from Git.
type tool interface {
	// sync makes the objects of the cluster as those of Git, and returns what became of
	// each kind: created, configured, unchanged or deleted.
	sync(t *testing.T, all ...*unstructured.Unstructured) map[string]string
	// wait waits until every object is as the tool wants it. It returns the tool's own
	// words when one has failed.
	wait(t *testing.T) error
	// failed begins the words about a route of the namespace that has failed.
	failed(namespace string) string
}

// story is an organization that one tool delivers to.
type story struct {
	*testing.T
	tool
	*folder
	org       *lyncsim.Organization
	namespace string
}

// TestRecipes plays each story with each tool.
func TestRecipes(t *testing.T) {
	tools := []struct {
		name, with string
		begin      func(*testing.T) tool
	}{
		{"Flux", "github.com/fluxcd/pkg/ssa github.com/fluxcd/cli-utils", newFlux},
		{"Argo CD (kubectl applies, Argo CD's Lua judges)", "github.com/yuin/gopher-lua", newArgo},
	}
	stories := []struct {
		what string
		tell func(*story)
	}{
		{"applies the recipe and goes on when federation is published; the second time nothing is configured", appliesTheRecipe},
		{"fails while a plan waits for a person, and goes on after the approval", waitsForAPerson},
		{"leaves in the middle of a failover what approve, reconcile and suspend wrote", leavesThePluginsWrites},
		{"goes on in mode Observe although something differs", observes},
		{"fails while the active pool is dead, and goes on when it lives again", activePoolDies},
		{"prunes a route that left Git, and federation stays where it is", prunes},
	}
	for _, with := range tools {
		for _, s := range stories {
			t.Run(with.name+" "+s.what, func(t *testing.T) {
				t.Parallel()
				t.Attr("case", with.name+" "+s.what)
				t.Attr("with", with.with)
				org := lyncsim.Start(t, root, lyncsim.Options{Farm: "one-site-two-pools", Extra: brisk})
				s.tell(&story{t, with.begin(t), checkout(t, org), org, newNamespace(t, org)})
			})
		}
	}
}

// push syncs the folder as it is now.
func (s *story) push() map[string]string {
	s.Helper()
	return s.sync(s.T, inNamespace(s.namespace, []*unstructured.Unstructured{s.organization, s.folder.route})...)
}

// goesOn waits, and fails the test when the tool fails.
func (s *story) goesOn() {
	s.Helper()
	if err := s.wait(s.T); err != nil {
		s.Fatalf("the tool fails: %v; the route: %+v", err, s.now().Status.Conditions)
	}
}

// fails waits until the tool fails and returns how long that took.
func (s *story) fails(reason string) time.Duration {
	s.Helper()
	began := time.Now()
	err := s.wait(s.T)
	if err == nil || !strings.Contains(err.Error(), s.failed(s.namespace)) {
		s.Fatalf("the tool says %v, want %s", err, s.failed(s.namespace))
	}
	if got := s.ready().Reason; got != reason {
		s.Errorf("the route is %s, want %s", got, reason)
	}
	return time.Since(began)
}

// now is the route as the API server has it.
func (s *story) now() *v1alpha1.FederationRoute {
	s.Helper()
	r := new(v1alpha1.FederationRoute)
	must(s.T, objects.Get(s.Context(), client.ObjectKey{Namespace: s.namespace, Name: "contoso"}, r))
	return r
}

func (s *story) ready() (c struct{ Reason, Message string }) {
	s.Helper()
	if found := meta.FindStatusCondition(s.now().Status.Conditions, v1alpha1.ConditionReady); found != nil {
		c.Reason, c.Message = found.Reason, found.Message
	}
	return c
}

// until waits until something holds.
func (s *story) until(what string, holds func() bool) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	for !holds() {
		select {
		case <-ctx.Done():
			s.Fatalf("never %s; the route is %+v", what, s.ready())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *story) plugin(verb string) {
	s.Helper()
	kubectl(s.T, "", "fedroute", verb, "contoso", "-n", s.namespace)
}

// federation is what partners and users of the organization meet: the routes of the site,
// the Edge pool of each Front End pool, the ports and the records.
func (s *story) federation() map[string]any {
	s.Helper()
	state := s.org.State(s.T)
	return map[string]any{"sites": state.Sites, "pools": state.EdgePools, "front ends": state.FrontEndPools, "ports": state.OpenPorts, "records": s.org.Records(s.T)}
}

// hosts checks that SIP and XMPP go through the pool.
func (s *story) hosts(pool string) {
	s.Helper()
	for _, site := range s.org.State(s.T).Sites {
		if site.SIPRoute != pool || site.XMPPRoute != pool {
			s.Errorf("SIP goes through %s and XMPP through %s, want %s", site.SIPRoute, site.XMPPRoute, pool)
		}
	}
}

func appliesTheRecipe(s *story) {
	want := func(became string) map[string]string {
		return map[string]string{"FederationRoute": became, "LyncTopology": became}
	}
	if diff := cmp.Diff(want("created"), s.push()); diff != "" {
		s.Errorf("the first time (-want +got):\n%s", diff)
	}
	s.goesOn()
	if got := s.ready().Reason; got != v1alpha1.ReasonInSync {
		s.Errorf("the tool goes on at %s", got)
	}
	s.hosts(edge1)
	before := s.now().ResourceVersion
	if diff := cmp.Diff(want("unchanged"), s.push()); diff != "" {
		s.Errorf("the second time (-want +got):\n%s", diff)
	}
	if after := s.now().ResourceVersion; after != before {
		s.Errorf("the second time the route was written: version %s became %s", before, after)
	}
}

func waitsForAPerson(s *story) {
	s.push()
	s.goesOn()
	set(s.T, s.folder.route, "Approve", "spec", "mode")
	set(s.T, s.folder.route, edge2, "spec", "edgePool")
	s.push()
	took := s.fails(v1alpha1.ReasonAwaitingApproval)
	s.Logf("the tool failed %.1fs after the sync", took.Seconds())
	if took > 20*time.Second {
		s.Errorf("the tool needed %s to see that a person is waited for", took)
	}
	s.hosts(edge1)
	s.plugin("approve")
	s.until("approved", func() bool { return s.ready().Reason != v1alpha1.ReasonAwaitingApproval })
	s.push()
	s.goesOn()
	s.hosts(edge2)
}

func leavesThePluginsWrites(s *story) {
	set(s.T, s.folder.route, "Approve", "spec", "mode")
	s.push()
	s.until("waiting for approval", func() bool { return s.ready().Reason == v1alpha1.ReasonAwaitingApproval })
	s.plugin("approve")
	s.until("published", func() bool { return s.ready().Reason == v1alpha1.ReasonInSync })
	set(s.T, s.folder.route, edge2, "spec", "edgePool")
	s.push()
	s.until("waiting for approval", func() bool { return s.ready().Reason == v1alpha1.ReasonAwaitingApproval })
	s.plugin("approve")
	s.until("under way", func() bool { return s.ready().Reason == v1alpha1.ReasonProgressing })
	s.plugin("reconcile")
	kubectl(s.T, "", "annotate", "-n", s.namespace, "fr/contoso", "by-hand=stays-or-goes")
	written := s.now()
	s.push()
	if s.ready().Reason != v1alpha1.ReasonProgressing {
		s.Fatalf("the failover is not in its middle any more: %+v", s.ready())
	}
	s.kept(written, false)
	s.plugin("suspend")
	s.push()
	s.kept(written, true)
	s.fails(v1alpha1.ReasonSuspended)
	s.plugin("resume")
	s.push()
	s.goesOn()
	s.hosts(edge2)
}

// kept checks that the plugin's writes are still there.
func (s *story) kept(written *v1alpha1.FederationRoute, suspended bool) {
	s.Helper()
	now := s.now()
	if now.Spec.ApprovedPlan == "" || now.Spec.ApprovedPlan != written.Spec.ApprovedPlan {
		s.Errorf("after the sync the approved plan is %q, want %q", now.Spec.ApprovedPlan, written.Spec.ApprovedPlan)
	}
	if at := now.Annotations[v1alpha1.AnnotationRequestedAt]; at == "" || at != written.Annotations[v1alpha1.AnnotationRequestedAt] {
		s.Errorf("after the sync the annotation of reconcile is %q, want %q", at, written.Annotations[v1alpha1.AnnotationRequestedAt])
	}
	if now.Spec.Suspend != suspended {
		s.Errorf("after the sync suspend is %t, want %t", now.Spec.Suspend, suspended)
	}
	// The other way round, so that this test can fail: Flux takes away what plain kubectl
	// wrote.
	_, byHand := now.Annotations["by-hand"]
	if _, flux := s.tool.(*kustomization); flux == byHand {
		s.Errorf("after the sync the annotation of kubectl annotate is there: %t", byHand)
	}
}

func observes(s *story) {
	set(s.T, s.folder.route, "Observe", "spec", "mode")
	set(s.T, s.folder.route, edge2, "spec", "edgePool")
	s.push()
	s.goesOn()
	if got := s.ready().Reason; got != v1alpha1.ReasonDrifted {
		s.Errorf("the tool goes on at %s, want %s", got, v1alpha1.ReasonDrifted)
	}
	s.hosts(edge1)
	if writes := s.org.Writes(s.T); len(writes) > 0 {
		s.Errorf("mode Observe wrote %v", writes)
	}
}

func activePoolDies(s *story) {
	s.push()
	s.goesOn()
	s.org.Do(s.T, "/pools/"+edge1+"/kill", map[string]any{})
	died := time.Now()
	s.until("failed", func() bool {
		s.push()
		err := s.wait(s.T)
		if err != nil && !strings.Contains(err.Error(), s.failed(s.namespace)) {
			s.Fatalf("the tool says %v, want %s", err, s.failed(s.namespace))
		}
		return err != nil
	})
	took := time.Since(died)
	s.Logf("a sync failed %.1fs after the pool died: %s", took.Seconds(), s.ready().Message)
	if took > 30*time.Second {
		s.Errorf("a sync failed only %s after the pool died", took)
	}
	if !strings.Contains(s.ready().Message, "port 5061") {
		s.Errorf("the route's message names no port: %s", s.ready().Message)
	}
	s.org.Do(s.T, "/pools/"+edge1+"/return", map[string]any{})
	s.until("in sync", func() bool { return s.ready().Reason == v1alpha1.ReasonInSync })
	s.push()
	s.goesOn()
}

func prunes(s *story) {
	s.push()
	s.goesOn()
	before := s.federation()
	became := s.sync(s.T, inNamespace(s.namespace, []*unstructured.Unstructured{s.organization})...)
	if diff := cmp.Diff(map[string]string{"LyncTopology": "unchanged", "FederationRoute": "deleted"}, became); diff != "" {
		s.Errorf("without the route in Git (-want +got):\n%s", diff)
	}
	err := objects.Get(s.Context(), client.ObjectKey{Namespace: s.namespace, Name: "contoso"}, new(v1alpha1.FederationRoute))
	if client.IgnoreNotFound(err) != nil || err == nil {
		s.Fatalf("the route is still there, or %v", err)
	}
	s.looked(2)
	if diff := cmp.Diff(before, s.federation()); diff != "" {
		s.Errorf("federation after the route was pruned (-before +after):\n%s", diff)
	}
	s.goesOn() // for the LyncTopology
	s.push()
	s.goesOn()
	if diff := cmp.Diff(before, s.federation()); diff != "" {
		s.Errorf("federation after the route came back (-before +after):\n%s", diff)
	}
}

// looked waits until the controller has asked the organization so many times again.
func (s *story) looked(times int) {
	s.Helper()
	for range times {
		before := s.org.Counters(s.T).Cmdlets
		s.until("looked at again", func() bool { return !cmp.Equal(before, s.org.Counters(s.T).Cmdlets) })
	}
}
