package scenario_test

import (
	"slices"
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// denies lets SQL Server refuse one cmdlet, and waits until the LyncTopology says that the
// part is unknown.
func (s *story) denies(cmdlet, part string) {
	s.Helper()
	s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultCmdletDenied, Target: cmdlet}))
	s.topologySays("org", v1alpha1.ReasonRightsMissing, "not to be read: "+part)
}

// TestTheSitesMayNotBeRead: which pool hosts federation is unknown. No flag, route or record
// changes, also not a record that somebody changed; stopped services are started.
func TestTheSitesMayNotBeRead(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.denies("Get-CsSite", "sites and routes")
	before := s.writes()
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonRightsMissing, "read the sites and routes", "it is unknown, so PublishFlags, SetSiteRoute,", "UpdateDNS wait, and the rest goes on", "docs/rights.md")
	s.owes(r, "sites and routes", v1alpha1.ConditionSIPRouted, "it is unknown")
	s.owes(r, "sites and routes", v1alpha1.ConditionDNSPublished, "it is unknown")
	if r.Status.SIPEdgePool != "edge1.contoso.com" {
		t.Errorf("status forgot the pool that hosts SIP: %q", r.Status.SIPEdgePool)
	}
	s.unchanged(before)

	s.must(s.org.Farm().StopServices(s.ctx, nora, farm.ServicesRequest{Machine: "edge2.contoso.com"}))
	s.until(r, "the services being started", func(r *v1alpha1.FederationRoute) bool {
		return recorded(r, "StartEdgeServices", "edge2.contoso.com", v1alpha1.StepDone)
	})
	s.hosts("edge1.contoso.com")

	s.org.Farm().ClearFaults()
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if len(r.Status.Owed) > 0 {
		t.Errorf("status still owes %+v", r.Status.Owed)
	}
}

// TestTheServicesMayNotBeRead: federation moves without knowing the Front End pools. Their
// associations follow when they can be read again.
func TestTheServicesMayNotBeRead(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) {
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "fe1.contoso.com"}}
	})
	s.settled(r)
	s.denies("Get-CsService", "services")
	s.moveTo(r, "edge2.contoso.com")
	s.until(r, "the records moving", func(*v1alpha1.FederationRoute) bool {
		return slices.Equal(s.published("fed.contoso.com", "A"), s.publicAddresses("edge2.contoso.com"))
	})
	s.says(r, v1alpha1.ReasonRightsMissing, "read the services", "AssociateFrontEnd waits, and the rest goes on")
	s.owes(r, "services", v1alpha1.ConditionFrontEndsAssociated, "it is unknown")
	s.led("SIP", "edge2.contoso.com")
	s.associated("fe1.contoso.com", "edge1.contoso.com")

	s.org.Farm().ClearFaults()
	s.settled(r)
	s.associated("fe1.contoso.com", "edge2.contoso.com")
}

// TestTheDocumentMayNotBeRead: there is no plan without the topology document. What the
// server's own replica says is shown, and nothing is planned upon it.
func TestTheDocumentMayNotBeRead(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.denies("Get-CsTopology", "topology document")
	before := s.writes()
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonRightsMissing, "read the topology document", "the server's own replica says may be old", "there is no plan without", "nothing is changed")
	s.unchanged(before)

	s.org.Farm().ClearFaults()
	s.settled(r)
	s.hosts("edge2.contoso.com")
}
