package scenario_test

import (
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm/topology"
)

// opened is the topology document as somebody has it open in Topology Builder.
func (s *story) opened() (doc *topology.Document) {
	s.Helper()
	s.must(s.org.Farm().TopologyBuilder(nora, func(d *topology.Document) (*topology.Document, error) {
		doc = d
		return d, nil
	}))
	return doc
}

// publishesOver publishes a document that somebody had open, whatever was published since.
func (s *story) publishesOver(doc *topology.Document) {
	s.Helper()
	s.must(s.org.Farm().TopologyBuilder(nora, func(*topology.Document) (*topology.Document, error) { return doc, nil }))
}

// returns counts the pools that are remembered and whose flags have returned.
func returns(r *v1alpha1.FederationRoute) int {
	return len(slices.DeleteFunc(slices.Clone(r.Status.Left), func(l v1alpha1.LeftPool) bool { return l.Returned == nil }))
}

// TestColleaguePublishesAnOldDocument: a colleague had the topology open before federation moved,
// and publishes it afterwards. The new pool gets its check boxes back, and those of the old pool
// are cleared once. The second time somebody means it: they are told and left.
func TestColleaguePublishesAnOldDocument(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	old := s.opened()
	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.until(r, "the old pool being remembered", func(r *v1alpha1.FederationRoute) bool {
		return len(r.Status.Left) == 1 && r.Status.Left[0].Document != ""
	})
	s.publishesOver(old)
	s.until(r, "the flags being cleared once more", func(r *v1alpha1.FederationRoute) bool { return returns(r) == 1 })
	s.settled(r)
	s.hosts("edge2.contoso.com")
	s.publishesOver(old)
	s.otherIsTold(r, "edge1.contoso.com")
	s.settled(r)
	s.federates("edge1.contoso.com", true)
	s.federates("edge2.contoso.com", true)
	s.answers(s.publicAddresses("edge2.contoso.com")[0], 5061)
}

// TestColleaguePublishesMoreThanFlags: with the old check boxes comes a change that somebody
// wants. Nothing of it is undone.
func TestColleaguePublishesMoreThanFlags(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.until(r, "the old pool being remembered", func(r *v1alpha1.FederationRoute) bool { return len(r.Status.Left) == 1 })
	s.must(s.org.Farm().SetNextHop(nora, "edge1.contoso.com", "fe2.contoso.com"))
	s.tick("edge1.contoso.com", true)
	s.otherIsTold(r, "edge1.contoso.com")
	s.settled(r)
	s.federates("edge1.contoso.com", true)
	if returns(r) != 1 {
		t.Errorf("status remembers %+v", r.Status.Left)
	}
}

// otherIsTold waits until the condition names a pool that federates.
func (s *story) otherIsTold(r *v1alpha1.FederationRoute, pool string) {
	s.Helper()
	s.until(r, pool+" being told", func(r *v1alpha1.FederationRoute) bool {
		return meta.IsStatusConditionTrue(r.Status.Conditions, v1alpha1.ConditionOtherPoolFederates)
	})
}
