package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestFirewallWasForgotten: nobody has opened the standby pool's port. It is the XMPP port
// where there is one.
func TestFirewallWasForgotten(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	old, port := s.published("fed.contoso.com", "A"), "5061"
	if s.xmpp() {
		port = "5269"
	}
	s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultFirewall, Target: "edge2.contoso.com/" + port}))

	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.OnFailure = v1alpha1.FailureStay })
	s.moveTo(r, "edge2.contoso.com")
	s.stands(r, "CheckPorts", v1alpha1.StepFailed, "port "+port+": connection refused", "DNS stays where it is", "its firewall")
	s.says(r, v1alpha1.ReasonUnreachable, "port "+port, "DNS stays where it is", "it is tried again")
	if now := s.published("fed.contoso.com", "A"); !sameSet(now, old) {
		t.Errorf("partners are led to %v, were %v", now, old)
	}
	s.hears(r, "StepFailed", "CheckPorts", port)

	s.org.Farm().ClearFaults()
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

// TestFirewallClosesLater: the plan has nothing to do, and partners still do not get
// through.
func TestFirewallClosesLater(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	before := s.writes()
	s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultFirewall, Target: "edge1.contoso.com/5061"}))
	s.says(r, v1alpha1.ReasonPortsClosed, "port 5061", "connection refused", "partners may not get through", "firewall")
	s.stalled(r)
	s.org.Farm().ClearFaults()
	s.settled(r)
	s.unchanged(before)
}

// TestActivePoolDies: partners get no answer from the pool, and no other step is due. A
// pipeline that took this for progress would wait until its timeout.
func TestActivePoolDies(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.must(s.org.Farm().Kill(nora, "edge1.contoso.com"))
	s.says(r, v1alpha1.ReasonPortsClosed, "partners may not get through")
	s.stalled(r)
}
