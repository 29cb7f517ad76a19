package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// xmpp reports whether the organization federates over XMPP.
func (s *story) xmpp() bool {
	return s.org.Farm().Product().XMPP && len(s.org.Farm().Spec().XMPPDomains) > 0
}

// lastProtocol is XMPP where the organization has it, otherwise SIP.
func (s *story) lastProtocol() farm.Protocol {
	if s.xmpp() {
		return farm.XMPP
	}
	return farm.SIP
}

// refusesXMPP waits until the route says that the version has no XMPP federation, and why.
// It checks that nothing was done, SIP included.
func (s *story) refusesXMPP(r *v1alpha1.FederationRoute, since int) {
	s.Helper()
	product := s.org.Farm().Product()
	why := "it was removed from the product after 2015"
	if product.ID == "LyncServer2010" {
		why = "its XMPP gateway is an add-on with a server of its own"
	}
	s.says(r, v1alpha1.ReasonUnsupported, product.Name+" has no XMPP federation: "+why, "nothing was changed", "remove spec.xmpp")
	s.unchanged(since)
}

// TestXMPPAlone checks that a route for XMPP leaves SIP alone.
func TestXMPPAlone(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	before := s.writes()
	r := s.route("edge2.contoso.com", func(r *v1alpha1.FederationRoute) {
		r.Spec.SIP, r.Spec.XMPP = nil, protocol([]string{"contoso.com"})
	})
	if s.xmpp() {
		s.settled(r)
		s.routed("XMPP", "edge2.contoso.com")
	} else {
		s.refusesXMPP(r, before)
	}
	s.routed("SIP", "edge1.contoso.com")
	if got := s.published("_sipfederationtls._tcp.contoso.com", "SRV"); len(got) != 1 || !containsAll(got[0], []string{"sip.contoso.com"}) {
		t.Errorf("the SIP record was touched: %v", got)
	}
}

// TestXMPPIsAskedForTheFirstTime asks for XMPP in an organization that has SIP federation
// only.
func TestXMPPIsAskedForTheFirstTime(t *testing.T) {
	spec := sampleFarm(t, "sfb2019-no-xmpp")
	spec.XMPPDomains = spec.SIPDomains
	s := tell(t, spec)
	before := s.writes()
	r := s.route("edge-b.fabrikam.com", func(r *v1alpha1.FederationRoute) { r.Spec.XMPP = protocol([]string{"fabrikam.com"}) })
	if !s.xmpp() {
		s.refusesXMPP(r, before)
		change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.XMPP = nil })
	}
	s.settled(r)
	s.hosts("edge-b.fabrikam.com")
}
