package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// tick sets an Edge pool's boxes in Topology Builder, as far as the version has these
// boxes, and publishes.
func (s *story) tick(pool string, on bool) {
	s.Helper()
	boxes := map[string]bool{"federation": on}
	if s.xmpp() {
		boxes["xmpp"] = on
	}
	s.rehearse("POST", "/edgepools/"+pool+"/flags", boxes)
}

func TestAPersonTicksTheBoxes(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	verify := func(r *v1alpha1.FederationRoute) { r.Spec.TopologyFlags = v1alpha1.FlagsVerify }
	r := s.route("edge1.contoso.com", verify)
	s.settled(r)
	before := s.writes()
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonAwaitingPerson, "set in Topology Builder and publish", "SIP federation flag (port 5061) of Edge pool edge2.contoso.com on")
	s.lookedAt(2)
	s.unchanged(before)

	s.tick("edge2.contoso.com", true)
	s.says(r, v1alpha1.ReasonAwaitingPerson, "edge1.contoso.com off")
	s.led("SIP", "edge2.contoso.com") // partners have left the old pool before its turn comes
	s.tick("edge1.contoso.com", false)
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if n := s.acts("Publish-CsTopology", "Topology"); n != 0 {
		t.Errorf("the controller published %d times", n)
	}
}
