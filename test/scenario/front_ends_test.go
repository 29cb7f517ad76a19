package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestOneLinkWasMovedByHand: an association consists of three links, and a person moves
// one.
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
