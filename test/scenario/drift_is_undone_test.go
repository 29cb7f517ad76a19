package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestSomebodyMovesThingsByHand: a person changes a site's route and a partner's record.
// The other sites keep the port open, so the route's change is seen first.
func TestSomebodyMovesThingsByHand(t *testing.T) {
	s := tell(t, sampleFarm(t, "three-sites-four-pools"))
	r := s.route("edge-ams.northwind.com")
	s.settled(r)
	moved := s.lastProtocol()
	s.must(s.org.Farm().SetSiteRoute(nora, "Singapore", moved, "edge-sin.northwind.com"))

	var told []v1alpha1.Drift
	s.until(r, "drift being undone", func(r *v1alpha1.FederationRoute) bool {
		if len(r.Status.Drift) > len(told) {
			told = r.Status.Drift
		}
		return len(r.Status.History) > 0 && len(r.Status.Drift) == 0 && has(r.Status.History, "SetSiteRoute", "edge-sin.northwind.com", "edge-ams.northwind.com")
	})
	s.settled(r)
	s.hosts("edge-ams.northwind.com")
	if len(told) == 0 {
		t.Error("status.drift never told of it")
	}
	s.hears(r, "DriftDetected", string(moved)+" federation route of site Singapore is edge-sin.northwind.com, wanted edge-ams.northwind.com")
	s.hears(r, "StepDone", "SetSiteRoute "+string(moved)+" route of site Singapore: edge-sin.northwind.com -> edge-ams.northwind.com")

	s.must(s.org.Zones().Set("nora", "fed.northwind.com", "A", 300, "127.0.0.99"))
	s.until(r, "the record being put back", func(r *v1alpha1.FederationRoute) bool {
		return len(r.Status.History) > 0 && r.Status.History[0].Kind == "UpdateDNS" && containsAll(r.Status.History[0].From, []string{"127.0.0.99"})
	})
	s.settled(r)
	s.hosts("edge-ams.northwind.com")
}

// TestManyThingsDriftAtOnce: every drift is reported.
func TestManyThingsDriftAtOnce(t *testing.T) {
	s := tell(t, sampleFarm(t, "three-sites-four-pools"))
	r := s.route("edge-ams.northwind.com", func(r *v1alpha1.FederationRoute) {
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "pool-ams.northwind.com"}}
	})
	s.settled(r)
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.Mode = v1alpha1.ModeObserve })
	s.settled(r)
	s.must(s.org.Farm().SetSiteRoute(nora, "Frankfurt", s.lastProtocol(), "edge-fra.northwind.com"))
	s.must(s.org.Farm().SetSiteRoute(nora, "Singapore", farm.SIP, "edge-sin.northwind.com"))
	s.must(s.org.Farm().SetAssociation(nora, "pool-ams.northwind.com", farm.LinkRegistrar, "edge-sin.northwind.com"))
	s.says(r, v1alpha1.ReasonDrifted, "mode Observe changes nothing")
	s.until(r, "everything being told", func(r *v1alpha1.FederationRoute) bool { return len(r.Status.Drift) >= 3 })
	s.hears(r, "DriftDetected", string(s.lastProtocol())+" federation route of site Frankfurt is edge-fra.northwind.com")
	var fields string
	for _, d := range r.Status.Drift {
		fields += d.Field + "\n"
	}
	wanted := []string{string(s.lastProtocol()) + " federation route of site Frankfurt", "SIP federation route of site Singapore", "Edge association of Front End pool pool-ams.northwind.com"}
	if !containsAll(fields, wanted) {
		t.Errorf("told are only\n%s", fields)
	}
}

func has(history []v1alpha1.HistoryEntry, kind, from, to string) bool {
	for _, h := range history {
		if h.Kind == kind && h.From == from && h.To == to && h.Result == v1alpha1.StepDone {
			return true
		}
	}
	return false
}
