package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// handsTo waits until an Edge pool hands its traffic to a Front End pool.
func (s *story) handsTo(edges, frontEnds string) {
	s.Helper()
	now := func() string {
		for _, p := range s.org.State().EdgePools {
			if p.FQDN == edges {
				return p.NextHop
			}
		}
		return ""
	}
	s.eventually("the next hop of "+edges+" being "+frontEnds, func() bool { return now() == frontEnds }, now)
}

// TestNextHopIsFailedOver: the Front End pool that the new Edge pool hands its traffic to is failed
// over. By itself fedroute only says so, before the move.
func TestNextHopIsFailedOver(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	if s.pairsPools() {
		s.must(s.org.Farm().SetPoolState(nora, "fe1.contoso.com", farm.PoolFailedOver))
	}
	s.moveTo(r, "edge2.contoso.com")
	if s.pairsPools() {
		s.hears(r, "PlanNotice", "the next hop of edge2.contoso.com, fe1.contoso.com, is failed over", "spec.nextHop Follow")
	}
	s.settled(r)
	s.handsTo("edge2.contoso.com", "fe1.contoso.com")
}

// TestNextHopFollowsAndComesBack: with Follow the new Edge pool hands its traffic to the backup
// pool before federation is led there, and to its own pool again once that was failed back.
func TestNextHopFollowsAndComesBack(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.NextHop = v1alpha1.NextHopFollow })
	s.settled(r)
	if !s.pairsPools() { // no pool can be failed over, so there is nothing to follow
		s.moveTo(r, "edge2.contoso.com")
		s.settled(r)
		s.hosts("edge2.contoso.com")
		s.handsTo("edge2.contoso.com", "fe1.contoso.com")
		return
	}
	s.must(s.org.Farm().SetPoolState(nora, "fe1.contoso.com", farm.PoolFailedOver))
	s.handsTo("edge1.contoso.com", "fe2.contoso.com") // it hosts federation, so it follows at once
	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.hosts("edge2.contoso.com")
	s.handsTo("edge2.contoso.com", "fe2.contoso.com")
	if len(r.Status.NextHops) != 2 {
		t.Errorf("status remembers %+v", r.Status.NextHops)
	}
	s.must(s.org.Farm().SetPoolState(nora, "fe1.contoso.com", farm.PoolActive))
	s.handsTo("edge1.contoso.com", "fe1.contoso.com")
	s.handsTo("edge2.contoso.com", "fe1.contoso.com")
	s.until(r, "what was changed being forgotten", func(r *v1alpha1.FederationRoute) bool { return ready(r) && len(r.Status.NextHops) == 0 })
	s.hosts("edge2.contoso.com")
}
