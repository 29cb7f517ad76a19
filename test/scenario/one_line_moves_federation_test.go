package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

func TestOneLineMovesFederation(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.hosts("edge1.contoso.com")

	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.EdgePool = "edge2.contoso.com" })
	s.settled(r)
	s.hosts("edge2.contoso.com")

	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.EdgePool = "edge1.contoso.com" })
	s.settled(r)
	s.hosts("edge1.contoso.com")
}
