package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/sim/farm"
)

// TestSomebodyMovesThingsByHand: a site's route and a partner's record.
func TestSomebodyMovesThingsByHand(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.must(s.org.Farm().SetSiteRoute(nora, "Redmond", farm.XMPP, "edge2.contoso.com"))
	s.must(s.org.Zones().Set("nora", "fed.contoso.com", "A", 300, "127.0.0.99"))

	var told []v1alpha1.Drift
	s.until(r, "drift being undone", func(r *v1alpha1.FederationRoute) bool {
		if len(r.Status.Drift) > len(told) {
			told = r.Status.Drift
		}
		return len(r.Status.History) > 0 && len(r.Status.Drift) == 0 && has(r.Status.History, "SetSiteRoute", "edge2.contoso.com", "edge1.contoso.com")
	})
	s.settled(r)
	s.hosts("edge1.contoso.com")
	if len(told) == 0 {
		t.Error("status.drift never told of it")
	}
	s.hears(r, "DriftDetected", "XMPP federation route of site Redmond is edge2.contoso.com, wanted edge1.contoso.com")
	s.hears(r, "StepDone", "SetSiteRoute XMPP route of site Redmond: edge2.contoso.com -> edge1.contoso.com")
}

// TestManyThingsDriftAtOnce: each of them is told.
func TestManyThingsDriftAtOnce(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.Mode = v1alpha1.ModeEnforce })
	s.settled(r)
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.Mode = v1alpha1.ModeObserve })
	s.settled(r)
	s.must(s.org.Farm().SetSiteRoute(nora, "Redmond", farm.XMPP, "edge2.contoso.com"))
	s.must(s.org.Farm().SetSiteRoute(nora, "Redmond", farm.SIP, "edge2.contoso.com"))
	s.says(r, v1alpha1.ReasonDrifted, "mode Observe changes nothing")
	s.hears(r, "DriftDetected", "XMPP federation route of site Redmond is edge2.contoso.com")
	s.hears(r, "DriftDetected", "SIP federation route of site Redmond is edge2.contoso.com")
}

func has(history []v1alpha1.HistoryEntry, kind, from, to string) bool {
	for _, h := range history {
		if h.Kind == kind && h.From == from && h.To == to && h.Result == v1alpha1.StepDone {
			return true
		}
	}
	return false
}
