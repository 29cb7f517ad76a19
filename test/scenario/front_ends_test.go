package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/sim/farm"
)

// TestFrontEndPoolIsFailedBackWhenAsked: where pools cannot fail over, the wish
// is true as it is.
func TestFrontEndPoolIsFailedBackWhenAsked(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	left := farm.PoolActive
	if s.org.Farm().Product().PairsPools() {
		left = farm.PoolFailedOver
		s.must(s.org.Farm().SetPoolState(nora, "fe2.contoso.com", left))
	}
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) {
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "fe2.contoso.com"}}
	})
	s.settled(r)
	s.associated("fe2.contoso.com", "edge1.contoso.com")
	s.inState("fe2.contoso.com", left)

	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.FrontEndPools[0].FailBack = true })
	s.settled(r)
	s.inState("fe2.contoso.com", farm.PoolActive)
	s.hosts("edge1.contoso.com")
}

// TestOneLinkWasMovedByHand: an association is three links.
func TestOneLinkWasMovedByHand(t *testing.T) {
	s := tell(t, sampleFarm(t, "three-sites-four-pools"))
	r := s.route("edge-ams.northwind.com", func(r *v1alpha1.FederationRoute) {
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "pool-ams.northwind.com"}, {FQDN: "pool-fra.northwind.com"}}
	})
	s.settled(r)
	s.must(s.org.Farm().SetAssociation(nora, "pool-ams.northwind.com", farm.LinkConferencing, "edge-sin.northwind.com"))
	s.until(r, "the link being put back", func(r *v1alpha1.FederationRoute) bool {
		return len(r.Status.History) > 0 && r.Status.History[0].Kind == "AssociateFrontEnd" && r.Status.History[0].Target == "pool-ams.northwind.com"
	})
	s.settled(r)
	s.associated("pool-ams.northwind.com", "edge-ams.northwind.com")
	s.associated("pool-fra.northwind.com", "edge-ams.northwind.com")
}

func (s *story) inState(pool string, want farm.PoolState) {
	s.Helper()
	for _, p := range s.org.State().FrontEndPools {
		if p.FQDN == pool && p.State != want {
			s.Errorf("pool %s is %s, want %s", pool, p.State, want)
		}
	}
}
