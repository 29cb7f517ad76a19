package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// TestSiteLeadsToADirector: one site's SIP route names a Director. Nobody knows which Edge pool
// federation takes from there, so a route that claims every site changes nothing. It moves the
// other sites once it lists them, and the Director stays.
func TestSiteLeadsToADirector(t *testing.T) {
	const director = "Director:dir-sin.northwind.com"
	spec := sampleFarm(t, "three-sites-four-pools")
	site := &spec.Sites[len(spec.Sites)-1]
	site.FederationRoute = director
	s := tell(t, spec)
	from, to := spec.Sites[0].EdgePools[0].FQDN, spec.Sites[1].EdgePools[0].FQDN
	before := s.writes()
	r := s.route(from)
	s.says(r, v1alpha1.ReasonAwaitingPerson, "read the SIP route of site "+site.Name, "it leads to dir-sin.northwind.com, which is no Edge pool of the topology", "nothing was changed")
	s.lookedAt(2)
	s.unchanged(before)
	if got := r.Status.SIPEdgePool; got != "" {
		t.Errorf("the status shows %s as the Edge pool", got)
	}

	change(s, r, func(r *v1alpha1.FederationRoute) {
		for _, other := range spec.Sites[:len(spec.Sites)-1] {
			r.Spec.SIP.Sites = append(r.Spec.SIP.Sites, other.Name)
		}
	})
	s.settled(r)
	s.moveTo(r, to)
	s.settled(r)
	for _, state := range s.org.State().Sites {
		want := to
		if state.Name == site.Name {
			want = director
		}
		if state.SIPRoute != want {
			t.Errorf("the SIP route of site %s is %s, want %s", state.Name, state.SIPRoute, want)
		}
	}
}
