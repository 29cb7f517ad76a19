package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

func TestOneLineMovesFederation(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		reason   string
		farm     string
		from, to string
	}{
		"one site":                    {"one server to a pool, SIP and XMPP", "one-site-two-pools", "edge1.contoso.com", "edge2.contoso.com"},
		"three sites, two domains":    {"pools of several servers behind NAT, in another site", "three-sites-four-pools", "edge-ams.northwind.com", "edge-fra.northwind.com"},
		"single name for all clients": {"a pool whose clients share port 5061", "three-sites-four-pools", "edge-ams-dr.northwind.com", "edge-sin.northwind.com"},
		"no XMPP":                     {"the product dropped it", "sfb2019-no-xmpp", "edge-a.fabrikam.com", "edge-b.fabrikam.com"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := tell(t, sampleFarm(t, c.farm))
			urls := s.org.State().SimpleURLs
			r := s.route(c.from)
			s.settled(r)
			s.hosts(c.from)
			s.moveTo(r, c.to)
			s.settled(r)
			s.hosts(c.to)
			s.moveTo(r, c.from)
			s.settled(r)
			s.hosts(c.from)
			s.sameURLs(urls)
		})
	}
}

// TestEdgePoolDies is the disaster: the pool in use is lost with its machines.
func TestEdgePoolDies(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) {
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "fe1.contoso.com"}}
	})
	s.settled(r)
	s.must(s.org.Farm().Kill(nora, "edge1.contoso.com"))
	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.hosts("edge2.contoso.com")
	s.associated("fe1.contoso.com", "edge2.contoso.com")

	// The pool comes back in the state from which the failback procedure starts: its
	// services are stopped.
	s.must(s.org.Farm().Return(nora, "edge1.contoso.com", farm.ServicesStayStopped))
	s.moveTo(r, "edge1.contoso.com")
	s.settled(r)
	s.hosts("edge1.contoso.com")
	s.associated("fe1.contoso.com", "edge1.contoso.com")
}
