package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// ties waits until a Front End pool is tied to an Edge pool, and the route is as its spec says.
func (s *story) ties(r *v1alpha1.FederationRoute, frontEnds, edges string) {
	s.Helper()
	s.until(r, frontEnds+" being tied to "+edges, func(*v1alpha1.FederationRoute) bool {
		for _, p := range s.org.State().FrontEndPools {
			if p.FQDN == frontEnds {
				return p.Registrar == edges && p.Conferencing == edges
			}
		}
		return false
	})
	s.settled(r)
	s.associated(frontEnds, edges)
}

// TestFrontEndPoolStaysLocal: Frankfurt has an Edge pool of its own, which hosts no federation.
// Its Front End pool is led to the route's pool while a machine of the own one is stopped, and
// comes back. A move of federation within Amsterdam touches the Front End pool of Amsterdam
// alone. Singapore's Edge pool is named in the spec.
func TestFrontEndPoolStaysLocal(t *testing.T) {
	s := tell(t, sampleFarm(t, "three-sites-four-pools"))
	r := s.route("edge-ams.northwind.com", func(r *v1alpha1.FederationRoute) {
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "pool-ams.northwind.com", EdgePool: v1alpha1.EdgePoolLocal},
			{FQDN: "pool-fra.northwind.com", EdgePool: v1alpha1.EdgePoolLocal}, {FQDN: "pool-sin.northwind.com", EdgePool: "edge-sin.northwind.com"}}
	})
	s.settled(r)
	s.associated("pool-fra.northwind.com", "edge-fra.northwind.com")
	s.must(s.org.Farm().StopServices(s.ctx, nora, farm.ServicesRequest{Machine: "edge-fra2.northwind.com"}))
	s.ties(r, "pool-fra.northwind.com", "edge-ams.northwind.com")
	s.must(s.org.Farm().StartServices(s.ctx, nora, farm.ServicesRequest{Machine: "edge-fra2.northwind.com"}))
	s.ties(r, "pool-fra.northwind.com", "edge-fra.northwind.com")
	s.moveTo(r, "edge-ams-dr.northwind.com")
	s.ties(r, "pool-ams.northwind.com", "edge-ams-dr.northwind.com")
	s.associated("pool-fra.northwind.com", "edge-fra.northwind.com")
	s.associated("pool-sin.northwind.com", "edge-sin.northwind.com")
}
