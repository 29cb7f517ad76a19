package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/sim/farm"
)

// TestFirewallWasForgotten: the standby pool's XMPP port was never opened.
func TestFirewallWasForgotten(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	old := s.published("fed.contoso.com", "A")
	s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultFirewall, Target: "edge2.contoso.com/5269"}))

	s.moveTo(r, "edge2.contoso.com")
	s.stands(r, "CheckPorts", v1alpha1.StepFailed, "port 5269: connection refused", "DNS stays where it is", "its firewall")
	s.says(r, v1alpha1.ReasonUnreachable, "port 5269", "DNS stays where it is", "it is tried again")
	if now := s.published("fed.contoso.com", "A"); !sameSet(now, old) {
		t.Errorf("partners are led to %v, were %v", now, old)
	}
	s.hears(r, "StepFailed", "CheckPorts", "5269")

	s.org.Farm().ClearFaults()
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

// TestFirewallClosesLater: nothing is to be done, and partners do not get through.
func TestFirewallClosesLater(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	before := s.writes()
	s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultFirewall, Target: "edge1.contoso.com/5061"}))
	s.says(r, v1alpha1.ReasonPortsClosed, "port 5061", "connection refused", "partners may not get through", "firewall")
	s.org.Farm().ClearFaults()
	s.settled(r)
	s.unchanged(before)
}
