package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

func TestEdgePoolIsMisspelled(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	before := s.writes()
	r := s.route("edge9.contoso.com")
	s.says(r, v1alpha1.ReasonInvalid, "no such Edge pool", "it has: edge1.contoso.com, edge2.contoso.com", "nothing was changed", "correct the name")
	s.unchanged(before)

	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

func TestSiteIsMisspelled(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	before := s.writes()
	r := s.route("edge2.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.SIP.Sites = []string{"Redmont"} })
	s.says(r, v1alpha1.ReasonInvalid, "no such central site", "it has: Redmond", "nothing was changed", "correct the name")
	s.unchanged(before)

	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.SIP.Sites = []string{"Redmond"} })
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

func TestFrontEndPoolIsUnknown(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	before := s.writes()
	r := s.route("edge2.contoso.com", func(r *v1alpha1.FederationRoute) {
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "fe7.contoso.com"}}
	})
	s.says(r, v1alpha1.ReasonInvalid, "no such Front End pool", "fe1.contoso.com, fe2.contoso.com", "nothing was changed")
	s.unchanged(before)

	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.FrontEndPools[0].FQDN = "fe1.contoso.com" })
	s.settled(r)
	s.hosts("edge2.contoso.com")
	s.associated("fe1.contoso.com", "edge2.contoso.com")
	s.associated("fe2.contoso.com", "edge2.contoso.com") // as it was before
}
