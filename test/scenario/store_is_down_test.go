package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// TestStoreIsDown: the Front End with the Central Management Store dies. The other
// management server answers but cannot read the topology, until a person fails the store
// over.
func TestStoreIsDown(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.must(s.org.Farm().Kill(nora, "fe1.contoso.com"))
	before := s.writes()
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonUnreachable, "reach the Central Management Store fe1.contoso.com", "neither read nor changed", "Invoke-CsManagementServerFailover")
	s.unchanged(before)
	s.routed("SIP", "edge1.contoso.com")

	s.must(s.org.Farm().MoveCMS(nora, "fe2.contoso.com"))
	s.settled(r)
	s.hosts("edge2.contoso.com")
}
