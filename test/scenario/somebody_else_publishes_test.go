package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestSomebodyPublishesMeanwhile: between each observation and fedroute's publish a person
// publishes, until she is done.
func TestSomebodyPublishesMeanwhile(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	publishes := s.acts("Publish-CsTopology", "Topology")
	s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultPersonEdits, Times: 1000}))

	s.moveTo(r, "edge2.contoso.com")
	s.stands(r, "PublishFlags", v1alpha1.StepFailed, "the topology now carries signature")
	s.hears(r, "StepFailed", "PublishFlags", "observe again and plan anew")
	if n := s.acts("Publish-CsTopology", "Topology") - publishes; n != 0 {
		t.Errorf("%d publishes went over somebody's edit", n)
	}
	s.routed("SIP", "edge1.contoso.com")

	s.must(s.org.Farm().SetNextHop(nora, "edge2.contoso.com", "fe2.contoso.com"))
	s.org.Farm().ClearFaults()
	s.settled(r)
	s.hosts("edge2.contoso.com")
	for _, p := range s.org.State().EdgePools {
		if p.FQDN == "edge2.contoso.com" && p.NextHop != "fe2.contoso.com" {
			t.Errorf("her edit is lost: the next hop is %s", p.NextHop)
		}
	}
	if n := s.acts("Publish-CsTopology", "Topology") - publishes; n != publishesOfAMove {
		t.Errorf("the flags were published %d times", n)
	}
}
