package scenario_test

import (
	"slices"
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestFirewallStaysClosed: a move is tried again and again, and the same ports do not answer. What
// the first try changed stays to be read in history.
func TestFirewallStaysClosed(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.OnFailure = v1alpha1.FailureStay })
	s.settled(r)
	for _, port := range []string{"5061", "5269"} {
		s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultFirewall, Target: "edge2.contoso.com/" + port}))
	}
	s.moveTo(r, "edge2.contoso.com")
	s.until(r, "history counts the failures", func(r *v1alpha1.FederationRoute) bool {
		return slices.ContainsFunc(r.Status.History, func(h v1alpha1.HistoryEntry) bool {
			return h.Kind == "CheckPorts" && h.Count >= 3 && h.FirstTime.Before(&h.Time)
		})
	})
	failed, published := map[string]int{}, false
	for _, h := range r.Status.History {
		if h.Kind == "CheckPorts" {
			failed[h.Target]++
		}
		published = published || h.Kind == "PublishFlags" && h.Plan == r.Status.Plan.ID
	}
	for port, entries := range failed {
		if entries != 1 {
			t.Errorf("%s has %d entries in history, want one that counts", port, entries)
		}
	}
	if !published {
		t.Error("history does not say any more what the plan changed")
	}
	s.org.Farm().ClearFaults()
	s.settled(r)
	s.hosts("edge2.contoso.com")
}
