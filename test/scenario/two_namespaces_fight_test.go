package scenario_test

import (
	"context"
	"regexp"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/rand"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// tenant describes the story's organization once more, in a namespace of somebody else.
func (s *story) tenant() *story {
	s.Helper()
	other := *s
	other.namespace = "story-" + rand.String(8)
	other.create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: other.namespace}})
	other.credentials()
	other.create(untwinned(other.topology()))
	s.Cleanup(other.secretsKept)
	s.Cleanup(func() { // before the organization is closed
		for _, kind := range []client.Object{&v1alpha1.FederationRoute{}, &v1alpha1.LyncTopology{}} {
			if err := objects.DeleteAllOf(context.Background(), kind, client.InNamespace(other.namespace)); err != nil {
				s.Error(err)
			}
		}
	})
	return &other
}

// untwinned makes a LyncTopology that may be another's double.
func untwinned(lt *v1alpha1.LyncTopology) *v1alpha1.LyncTopology {
	lt.Spec.Twin = false
	return lt
}

// shares waits until the namespace's LyncTopology and the routes say, or do not say, that
// somebody else describes the organization. Nothing that they say names the other.
func (s *story) shares(want bool, other *story, routes ...*v1alpha1.FederationRoute) {
	s.Helper()
	says := func(all []metav1.Condition) bool {
		c := meta.FindStatusCondition(all, v1alpha1.ConditionSharedOrganization)
		if c != nil && containsAll(c.Message, []string{other.namespace}) {
			s.Errorf("it names the other: %s", c.Message)
		}
		return c != nil && c.Status == metav1.ConditionTrue && c.Reason == v1alpha1.ReasonSharedOrganization
	}
	lt := s.organization()
	s.eventually("the LyncTopology saying whether the organization is shared", func() bool {
		s.must(objects.Get(s.ctx, key(lt), lt))
		return says(lt.Status.Conditions) == want
	}, func() string { return lt.Status.DefaultDomain })
	for _, r := range routes {
		s.until(r, "saying whether the organization is shared", func(r *v1alpha1.FederationRoute) bool { return says(r.Status.Conditions) == want })
	}
}

// TestTwoNamespacesFight: two teams route one organization over two pools, each from a
// namespace of its own. Neither can stop the other, and they come to rest by themselves.
func TestTwoNamespacesFight(t *testing.T) {
	s := open(t, sampleFarm(t, "one-site-two-pools"))
	s.credentials()
	s.create(untwinned(s.topology()))
	mine := s.route("edge1.contoso.com")
	s.settled(mine)
	other := s.tenant()
	theirs := other.route("edge2.contoso.com", stays)
	s.shares(true, other, mine)
	other.shares(true, s, theirs)
	s.comeToRest(mine, theirs)
	s.shares(true, other, mine)

	// A person moves one of the two. Nothing that was left holds the move.
	winner, loser := mine, theirs
	if s.contested(mine) {
		winner, loser = theirs, mine
	}
	s.delete(winner)
	s.moveTo(loser, string(winner.Spec.EdgePool))
	s.settled(loser)
	s.hosts(string(winner.Spec.EdgePool))
}

// TestTwoClustersFight: each manager sees one of the two namespaces, and knows nothing of the
// other manager.
func TestTwoClustersFight(t *testing.T) {
	s := open(t, sampleFarm(t, "one-site-two-pools"))
	s.labels = map[string]string{alone: ""}
	s.credentials()
	s.create(untwinned(s.topology()))
	defer s.hireHere()()
	mine := s.route("edge1.contoso.com")
	s.settled(mine)
	other := s.tenant()
	defer other.hireHere()()
	theirs := other.route("edge2.contoso.com", stays)
	s.comeToRest(mine, theirs)
	s.shares(false, other, mine)
	other.shares(false, s, theirs)
}

// stays lets a move stay where it got to. A move that goes back when the other side has taken
// the ports away gives way sooner.
func stays(r *v1alpha1.FederationRoute) { r.Spec.OnFailure = v1alpha1.FailureStay }

// contested reports whether a route leaves a value to somebody else.
func (s *story) contested(r *v1alpha1.FederationRoute) bool {
	s.Helper()
	s.must(objects.Get(s.ctx, key(r), r))
	return meta.IsStatusConditionTrue(r.Status.Conditions, v1alpha1.ConditionContested)
}

// comeToRest waits until one of two routes that fight has given way and nobody writes any
// more.
func (s *story) comeToRest(mine, theirs *v1alpha1.FederationRoute) {
	s.Helper()
	both := func() string { return describe(mine) + describe(theirs) + s.journal() }
	s.afterManyWrites("one of them giving way", func() bool { return s.contested(mine) || s.contested(theirs) }, both)
	quiet := 0
	s.afterManyWrites("both coming to rest", func() bool {
		was := s.writes()
		s.lookedAt(8)
		quiet++
		if s.writes() != was {
			quiet = 0
		}
		return quiet == 2
	}, both)
	// Each side sets a flag five times at most. The four flags change together, but for rounds
	// in which the two were at work at the same time.
	n := s.acts("Publish-CsTopology", "Topology")
	s.Logf("they published %d times", n)
	if n > 20 {
		s.Errorf("they published %d times", n)
	}
}

// TestARehearsalHasTheNamesOfTheOrganization: it is told apart by one line.
func TestARehearsalHasTheNamesOfTheOrganization(t *testing.T) {
	s := open(t, sampleFarm(t, "sfb2019-no-xmpp"))
	s.credentials()
	s.create(untwinned(s.topology()))
	other := s.tenant()
	s.shares(true, other)
	other.shares(true, s)
	change(other, other.organization(), func(lt *v1alpha1.LyncTopology) { lt.Spec.Twin = true })
	other.shares(false, s)
	s.shares(false, other)
}

// TestTwoOrganizationsPublishOneName: a route of another organization, in the same
// namespace, publishes a domain that a route publishes already. A person even consents that the
// records are replaced. The older route holds them.
func TestTwoOrganizationsPublishOneName(t *testing.T) {
	s := open(t, sampleFarm(t, "one-site-two-pools"))
	s.credentials()
	s.create(untwinned(s.topology()))
	older := s.route("edge1.contoso.com")
	s.settled(older)

	northwind := begin(t, sim.Config{Spec: sampleFarm(t, "three-sites-four-pools")})
	northwind.namespace = s.namespace
	northwind.signIns("-two")
	second := untwinned(northwind.topology())
	second.Name = "org-two"
	second.Spec.Management.Accounts, second.Spec.EdgeServers.Accounts = ended(second.Spec.Management.Accounts, "-two"), ended(second.Spec.EdgeServers.Accounts, "-two")
	s.create(second)
	younger := s.route("edge-ams.northwind.com", func(r *v1alpha1.FederationRoute) {
		r.Name, r.Spec.TopologyRef.Name, r.Spec.XMPP = "federation-two", "org-two", nil
	})
	s.says(younger, v1alpha1.ReasonForeignRecords, "replace A of fed.contoso.com")
	set := regexp.MustCompile("sha256-[0-9a-f]{16}").FindString(meta.FindStatusCondition(younger.Status.Conditions, v1alpha1.ConditionReady).Message)
	change(s, younger, func(r *v1alpha1.FederationRoute) { r.Spec.DNS.Adopt = set })
	s.says(younger, v1alpha1.ReasonConflict, "the A record of fed.contoso.com is held by the older FederationRoute "+s.namespace+"/"+older.Name, "this route changes nothing")
	before := s.writes() + northwind.writes()
	s.lookedAt(4)
	if now := s.writes() + northwind.writes(); now != before {
		t.Errorf("%d writes were made\n%s", now-before, s.journal())
	}
	s.hosts("edge1.contoso.com")
}
