package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestLoadBalancerHasNoMembers: the standby pool stands behind a load balancer that has no
// members. It accepts every connection and hangs up. DNS must not lead partners there.
func TestLoadBalancerHasNoMembers(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	old := s.published("fed.contoso.com", "A")
	s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultEmptyBalancer, Target: "edge2.contoso.com/5061"}))

	s.moveTo(r, "edge2.contoso.com")
	s.stands(r, "CheckPorts", v1alpha1.StepFailed, "port 5061: open, but the other side hung up", "DNS stays where it is", "behind a load balancer at its members")
	if now := s.published("fed.contoso.com", "A"); !sameSet(now, old) {
		t.Errorf("partners are led to %v, were %v", now, old)
	}
	s.org.Farm().ClearFaults()
	s.settled(r)
	s.hosts("edge2.contoso.com")
}
