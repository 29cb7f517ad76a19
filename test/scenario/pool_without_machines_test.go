package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// outOfService marks a machine in the LyncTopology.
func (s *story) outOfService(machine string, out bool) {
	s.Helper()
	change(s, s.organization(), func(lt *v1alpha1.LyncTopology) {
		for i := range lt.Spec.EdgeServers.Overrides {
			if o := &lt.Spec.EdgeServers.Overrides[i]; string(o.FQDN) == machine {
				o.OutOfService = out
			}
		}
	})
}

func TestPoolHasNoMachineInService(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	s.outOfService("edge2.contoso.com", true)
	before := s.writes()
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonInvalid, "no machine in service", "cannot host federation and nothing was changed", "end outOfService")
	s.unchanged(before)

	s.outOfService("edge2.contoso.com", false)
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

func TestHalfDeadPoolTakesOver(t *testing.T) {
	s := tell(t, sampleFarm(t, "sfb2019-no-xmpp"))
	r := s.route("edge-a.fabrikam.com")
	s.settled(r)

	s.must(s.org.Farm().Kill(nora, "edge-b1.fabrikam.com"))
	before := s.writes()
	s.moveTo(r, "edge-b.fabrikam.com")
	s.says(r, v1alpha1.ReasonUnreachable, "read Edge server edge-b1.fabrikam.com", "connection refused", "nothing was changed", "set outOfService")
	s.unchanged(before)
	s.routed("SIP", "edge-a.fabrikam.com")

	s.outOfService("edge-b1.fabrikam.com", true)
	s.settled(r)
	s.routed("SIP", "edge-b.fabrikam.com")
	alive := s.machine("edge-b2.fabrikam.com").PublicAddress.String()
	if got := s.published("fed.fabrikam.com", "A"); !sameSet(got, []string{alive}) {
		t.Errorf("partners are led to %v, alive is %s", got, alive)
	}
	s.answers(alive, 5061)
}

func (s *story) machine(fqdn string) farm.Machine {
	s.Helper()
	m, err := s.org.Farm().Machine(fqdn)
	s.must(err)
	return m
}
