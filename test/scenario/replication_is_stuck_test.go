package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

func TestReplicationIsStuck(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.must(s.org.Farm().StopReplication(nora))
	old, zone := s.published("fed.contoso.com", "A"), len(s.org.Zones().Journal())

	s.moveTo(r, "edge2.contoso.com")
	s.stands(r, "AwaitReplication", v1alpha1.StepRunning, "waits for the replica of edge2.contoso.com")
	s.stands(r, "AwaitReplication", v1alpha1.StepFailed, "edge2.contoso.com", "setup, ports and DNS were not touched", "port 4443")
	s.says(r, v1alpha1.ReasonUnreachable, "replicate to edge2.contoso.com", "setup, ports and DNS were not touched")
	if now := s.published("fed.contoso.com", "A"); !sameSet(now, old) || len(s.org.Zones().Journal()) != zone {
		t.Errorf("partners are led to %v, were %v", now, old)
	}
	if m := s.machine("edge2.contoso.com"); m.SIPInstalled || s.acts("Enable-CsComputer", "Setup:edge2.contoso.com") > 0 {
		t.Errorf("setup ran on an old replica: %+v", m)
	}

	s.must(s.org.Farm().StartReplication(nora))
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

// TestMindIsChangedWhileReplicationIsStuck: a change of the spec ends a wait at once.
func TestMindIsChangedWhileReplicationIsStuck(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.must(s.org.Farm().StopReplication(nora))
	s.moveTo(r, "edge2.contoso.com")
	s.stands(r, "AwaitReplication", v1alpha1.StepRunning, "waits for the replica")

	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.Suspend = true })
	s.says(r, v1alpha1.ReasonSuspended, "nothing is changed while spec.suspend is true", "set it to false")
	if h := r.Status.History[0]; h.Kind != "AwaitReplication" || !containsAll(h.Message, []string{"it was stopped: waits for the replica"}) {
		t.Errorf("the wait was sat out:\n%s", describe(r))
	}
	before := s.writes()
	s.lookedAt(2)
	s.unchanged(before)

	s.must(s.org.Farm().StartReplication(nora))
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.Suspend, r.Spec.EdgePool = false, "edge1.contoso.com" })
	s.settled(r)
	s.hosts("edge1.contoso.com")
}
