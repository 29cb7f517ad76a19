package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// TestFailoverIsOrderedDuringAFailBack: a Front End pool fails back, which takes up to an
// hour, when the Edge pool dies. The failover does not wait for it, and the failback is
// neither cut nor started twice.
func TestFailoverIsOrderedDuringAFailBack(t *testing.T) {
	spec := sampleFarm(t, "one-site-two-pools")
	failBack := hold(t)
	spec.Durations.FailBack = heldFor
	s := tellWith(t, sim.Config{Spec: spec, Clock: failBack})
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) {
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: reserve}}
	})
	s.settled(r)
	s.failOver(farm.Planned)
	s.asks(r, reserve)
	if s.pairsPools() {
		s.stands(r, "FailBackFrontEnd", v1alpha1.StepRunning)
	}

	s.moveTo(r, "edge2.contoso.com")
	s.until(r, "partners finding the new pool", func(*v1alpha1.FederationRoute) bool {
		return sameSet(s.published("fed.contoso.com", "A"), s.publicAddresses("edge2.contoso.com"))
	})
	if s.pairsPools() {
		s.inState(reserve, farm.PoolFailedOver) // the failback is still under way
	}
	failBack.end()
	s.settled(r)
	s.hosts("edge2.contoso.com")
	s.inState(reserve, farm.PoolActive)
	if !s.pairsPools() {
		return
	}
	if n := s.org.Counters().Cmdlets["Invoke-CsPoolFailBack"]; n != 1 {
		t.Errorf("Invoke-CsPoolFailBack ran %d times", n)
	}
	if !has(r.Status.History, "FailBackFrontEnd", string(farm.PoolFailedOver), string(farm.PoolActive)) {
		t.Errorf("history does not tell of the failback:\n%s", describe(r))
	}
}

// TestRollbackDoesNotWaitForSetup: a move is taken back while setup runs on the machines
// of the pool that it led to. Setup there is not cut, and nothing waits for it.
func TestRollbackDoesNotWaitForSetup(t *testing.T) {
	spec := sampleFarm(t, "three-sites-four-pools")
	setup := hold(t)
	spec.Durations.Setup = heldFor
	s := tellWith(t, sim.Config{Spec: spec, Clock: setup})
	r := s.route("edge-ams.northwind.com")
	s.settled(r)
	s.moveTo(r, "edge-fra.northwind.com")
	s.stands(r, "SetupEdgeServer", v1alpha1.StepRunning)

	s.moveTo(r, "edge-ams.northwind.com")
	s.until(r, "the routes being set back", func(*v1alpha1.FederationRoute) bool {
		for _, site := range s.org.State().Sites {
			if site.SIPRoute != "edge-ams.northwind.com" {
				return false
			}
		}
		return true
	})
	for _, machine := range []string{"edge-fra1.northwind.com", "edge-fra2.northwind.com"} {
		if s.machine(machine).SIPInstalled {
			t.Errorf("setup on %s had ended when the routes were set back", machine)
		}
	}
	setup.end()
	s.settled(r)
	s.hosts("edge-ams.northwind.com")
}
