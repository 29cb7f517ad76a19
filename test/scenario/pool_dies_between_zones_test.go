package scenario_test

import (
	"slices"
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// TestPoolDiesBetweenTwoZones: federation moves to a pool of two machines. One of two zones
// follows at once. The server takes long over each answer about the other zone, so that only
// one machine has joined it when the new pool dies. The zone stays as it is then: nobody is
// led to the second machine.
func TestPoolDiesBetweenTwoZones(t *testing.T) {
	s := tell(t, sampleFarm(t, "three-sites-four-pools"))
	r := s.route("edge-ams.northwind.com")
	s.settled(r)
	pool := s.publicAddresses("edge-sin.northwind.com")
	joined := func() []string {
		return slices.DeleteFunc(s.published("fed.tailspin.com", "A"), func(a string) bool { return !slices.Contains(pool, a) })
	}

	s.slow("tailspin.com", "2500ms")
	s.moveTo(r, "edge-sin.northwind.com")
	s.eventually("the quick zone moving, and one machine joining the slow one", func() bool {
		return sameSet(s.published("fed.northwind.com", "A"), pool) && len(joined()) == 1
	}, func() string { return describe(r) + s.journal() })
	s.rehearse("POST", "/pools/edge-sin.northwind.com/kill", nil)
	s.hears(r, "StepFailed", "UpdateDNS zone tailspin.com", "answered at ", "does not answer any more", "zone tailspin.com stays as it is")
	s.lookedAt(2)
	if now := joined(); len(now) != 1 {
		t.Errorf("the zone leads partners to %v once the pool is dead", now)
	}

	s.slow("tailspin.com", "0s")
	s.rehearse("POST", "/pools/edge-sin.northwind.com/return", nil)
	s.settled(r)
	s.hosts("edge-sin.northwind.com")
	if !has(r.Status.History, "SetSiteRoute", "edge-ams.northwind.com", "edge-sin.northwind.com") || r.Status.Move == nil || r.Status.Move.Undone != nil {
		t.Error("the move was not the first one, or it was undone")
	}
	for _, h := range r.Status.History {
		if h.Kind == "UpdateDNS" && h.Target == "zone tailspin.com" && h.Result == v1alpha1.StepFailed && h.Reason != v1alpha1.ReasonUnreachable {
			t.Errorf("the zone's step failed as %s: %s", h.Reason, h.Message)
		}
	}
}

// slow lets the first DNS server take that long for each answer about a zone.
func (s *story) slow(zone, pause string) {
	s.Helper()
	s.rehearse("POST", "/dns/servers/1", map[string]any{"slow": map[string]string{zone: pause}})
}
