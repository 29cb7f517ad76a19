package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

func TestTwoRoutesClaimOneSite(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	older := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Name = "a-first" })
	s.settled(older)
	before := s.writes()
	younger := s.route("edge2.contoso.com", func(r *v1alpha1.FederationRoute) { r.Name = "b-second" })
	s.says(younger, v1alpha1.ReasonConflict, "the SIP route of site Redmond is held by the older FederationRoute "+s.namespace+"/a-first", "this route changes nothing", "remove the claim")
	s.lookedAt(3)
	s.unchanged(before)
	s.hosts("edge1.contoso.com")

	s.delete(older)
	s.settled(younger)
	s.hosts("edge2.contoso.com")
}
