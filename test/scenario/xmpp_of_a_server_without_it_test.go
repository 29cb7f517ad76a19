package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

func TestXMPPIsAskedOfAServerWithoutIt(t *testing.T) {
	s := tell(t, sampleFarm(t, "sfb2019-no-xmpp"))
	before := s.writes()
	r := s.route("edge-b.fabrikam.com", func(r *v1alpha1.FederationRoute) { r.Spec.XMPP = protocol([]string{"fabrikam.com"}) })
	s.says(r, v1alpha1.ReasonUnsupported, "Skype for Business Server 2019 has no XMPP federation", "nothing was changed", "remove spec.xmpp")
	s.unchanged(before)

	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.XMPP = nil })
	s.settled(r)
	s.hosts("edge-b.fabrikam.com")
}
