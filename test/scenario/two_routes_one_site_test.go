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

// TestTwoRoutesShareASite: the domains of one organization are spread over two routes,
// which lead every site to the same Edge pool. Both move, and neither waits for a person.
func TestTwoRoutesShareASite(t *testing.T) {
	s := tell(t, sampleFarm(t, "three-sites-four-pools"))
	oneDomain := func(n int) func(*v1alpha1.FederationRoute) {
		return func(r *v1alpha1.FederationRoute) {
			r.Name += string(r.Spec.DNS.Servers[n].Zone)
			r.Spec.DNS.Servers = r.Spec.DNS.Servers[n : n+1]
			r.Spec.SIP.Domains = r.Spec.SIP.Domains[n : n+1]
			if r.Spec.XMPP != nil {
				r.Spec.XMPP.Domains = r.Spec.XMPP.Domains[n : n+1]
			}
		}
	}
	from, to := s.org.State().EdgePools[0].FQDN, s.org.State().EdgePools[1].FQDN
	older, younger := s.route(from, oneDomain(0)), s.route(from, oneDomain(1))
	s.settled(older)
	s.settled(younger)
	s.hosts(from)

	s.moveTo(younger, to)
	s.says(younger, v1alpha1.ReasonConflict, "is held by the older FederationRoute "+s.namespace+"/"+older.Name)
	s.moveTo(older, to)
	s.settled(older)
	s.settled(younger)
	s.hosts(to)
}
