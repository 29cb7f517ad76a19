//go:build e2e

package e2e_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// TestTheInstallMovesFederation runs the demo's stories, and one of a leader that dies,
// with the manager that config/default installs.
func TestTheInstallMovesFederation(t *testing.T) {
	d := deployed(t, everywhere)
	pods := replicas(t, d)
	s := tell(t, "contoso")
	chapters := []struct {
		title string
		tell  func(*testing.T)
	}{
		{"a new route is published", func(t *testing.T) {
			must(t, objects.Create(t.Context(), s.route))
			s.hosts(t, edge1)
		}},
		{"the pool dies and federation fails over", func(t *testing.T) {
			s.org.Do(t, "/pools/"+edge1+"/kill", map[string]any{})
			s.says(t, metav1.ConditionFalse, v1alpha1.ReasonPortsClosed)
			s.moveTo(t, edge2)
			s.hosts(t, edge2)
		}},
		{"the pool returns and federation fails back", func(t *testing.T) {
			s.org.Do(t, "/pools/"+edge1+"/return", map[string]any{"services": "stay-stopped"})
			s.moveTo(t, edge1)
			s.hosts(t, edge1)
		}},
		{"what somebody changes by hand is undone and told", s.drifts},
		{"mode Observe changes nothing", func(t *testing.T) {
			s.change(t, func(spec *v1alpha1.FederationRouteSpec) { spec.Mode, spec.EdgePool = v1alpha1.ModeObserve, edge2 })
			s.says(t, metav1.ConditionTrue, v1alpha1.ReasonDrifted)
			s.unchanged(t)
		}},
		{"mode Approve waits for a person", func(t *testing.T) {
			s.change(t, func(spec *v1alpha1.FederationRouteSpec) { spec.Mode = v1alpha1.ModeApprove })
			s.says(t, metav1.ConditionFalse, v1alpha1.ReasonAwaitingApproval)
			s.unchanged(t)
			s.change(t, func(spec *v1alpha1.FederationRouteSpec) { spec.ApprovedPlan = s.route.Status.Plan.ID })
			s.hosts(t, edge2)
		}},
		{"the leader dies in the middle of a move and the other goes on", func(inner *testing.T) {
			s.change(inner, func(spec *v1alpha1.FederationRouteSpec) { spec.Mode, spec.ApprovedPlan = v1alpha1.ModeEnforce, "" })
			s.leaderDies(inner, pods)
			pods = append(pods, start(t, d)) // as the kubelet would
			s.hosts(inner, edge1)
		}},
		{"nothing is written while nothing changes", s.quiet},
		{"nothing was broken and nothing was given away", func(t *testing.T) { s.unharmed(t, pods) }},
		{"the replicas end when they are told to", func(t *testing.T) {
			for _, p := range pods {
				if p.alive() {
					p.stops(t, map[bool]string{true: "leader", false: "standby"}[p.leads()])
				}
			}
		}},
		{"every right is used and none is missed", func(t *testing.T) { sameRights(t, account(t, d)) }},
	}
	for _, c := range chapters {
		if !t.Run(c.title, c.tell) {
			return // the next story begins in the state in which this one should have ended
		}
	}
}

// drifts lets a person point a site's route and a partner's record elsewhere.
func (s *story) drifts(t *testing.T) {
	s.org.Do(t, "/sites/Redmond/route", map[string]any{"protocol": "XMPP", "pool": edge2})
	s.org.Do(t, "/dns/records", map[string]any{"name": fed, "type": "A", "values": []string{"192.0.2.66"}})
	eventually(t, "both edits are undone", func() bool {
		return s.org.State(t).Sites[0].XMPPRoute == edge1 && s.dig(fed, dns.TypeA) == s.address(t, edge1)
	})
	s.hears(t, "DriftDetected", "XMPP federation route of site Redmond")
	s.hears(t, "DriftDetected", fed+" A")
	s.hosts(t, edge1)
}

// leaderDies moves federation to edge1, and kills the replica that does so once it has
// written something. It returns when another replica leads.
func (s *story) leaderDies(t *testing.T, pods []*pod) {
	t.Helper()
	leader := slices.IndexFunc(pods, (*pod).leads)
	if leader < 0 || slices.ContainsFunc(pods[leader+1:], (*pod).leads) {
		t.Fatalf("not one of %d replicas leads", len(pods))
	}
	before := len(s.org.Writes(t))
	s.moveTo(t, edge1)
	eventually(t, "the move begins", func() bool { return len(s.org.Writes(t)) > before })
	pods[leader].crashes(t, "leader in the middle of a move")
	if s.org.State(t).Sites[0].XMPPRoute == edge1 && s.dig(fed, dns.TypeA) == s.address(t, edge1) {
		t.Error("the move was over when the leader died; the story tells nothing")
	}
	eventually(t, "the other replica leads", func() bool { return slices.ContainsFunc(pods, (*pod).leads) })
}

// quiet checks that both objects stay the same for more than one interval of the route. It
// begins once the last change has replicated, which the organization's status shows.
func (s *story) quiet(t *testing.T) {
	eventually(t, "every replica is up to date", func() bool {
		for _, pool := range s.organization(t).Status.EdgePools {
			if slices.ContainsFunc(pool.Servers, func(e v1alpha1.EdgeServerStatus) bool { return e.Replica != "UpToDate" }) {
				return false
			}
		}
		return true
	})
	before := s.written(t)
	for range 2 {
		s.unchanged(t)
	}
	if diff := cmp.Diff(before, s.written(t)); diff != "" {
		t.Errorf("the API server was written to while nothing changed (-before +after):\n%s", diff)
	}
}

// written is the objects that the manager writes to the API server, with their versions.
func (s *story) written(t *testing.T) []any {
	t.Helper()
	s.look(t)
	lt := s.organization(t)
	return []any{s.route.ResourceVersion, s.route.Status.DeepCopy(), lt.ResourceVersion, lt.Status}
}

// organization is the API server's object for Contoso.
func (s *story) organization(t *testing.T) *v1alpha1.LyncTopology {
	t.Helper()
	var lt v1alpha1.LyncTopology
	must(t, objects.Get(t.Context(), client.ObjectKey{Namespace: s.namespace, Name: "contoso"}, &lt))
	return &lt
}

// unharmed checks the state in which the stories left the organization.
func (s *story) unharmed(t *testing.T, pods []*pod) {
	t.Helper()
	if broken := s.org.Violations(t); len(broken) > 0 {
		t.Errorf("broken invariants of the organization: %v", broken)
	}
	if lost := s.org.State(t).LostURLs; len(lost) > 0 {
		t.Errorf("simple URLs were lost: %v", lost)
	}
	var secrets []string
	for _, a := range s.org.Accounts {
		secrets = append(secrets, a.Password)
	}
	for _, k := range s.org.DNSKeys {
		secrets = append(secrets, k.Secret)
	}
	for _, p := range pods {
		log := p.log.String()
		if strings.Contains(log, "forbidden") {
			t.Errorf("the API server refused something to %s", p.address)
		}
		if slices.ContainsFunc(secrets, func(secret string) bool { return strings.Contains(log, secret) }) {
			t.Errorf("the log of %s has a secret", p.address)
		}
	}
	if len(secrets) < 3 {
		t.Errorf("only %d secrets are known; the search is broken", len(secrets))
	}
}
