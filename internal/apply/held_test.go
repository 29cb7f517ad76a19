package apply_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// TestWhatAnObstacleHoldsIsNotBegun: a machine of two cannot be read. Nothing is done there or to
// the DNS that needs it, and the rest is done.
func TestWhatAnObstacleHoldsIsNotBegun(t *testing.T) {
	f := newFarm()
	f.open[edgeA.ExternalAddresses[0]], f.open[edgeB.ExternalAddresses[0]] = true, true
	f.effect["set up edge-a.contoso.com with s1"] = func() { listens(f, edgeA, 5061) }
	setUpOther, both := setUpSIP, updateDNS
	setUpOther.Target, setUpOther.Act = edgeB.FQDN, plan.SetupEdgeServer{Server: edgeB, Ports: []uint16{5061}}
	both.Act = plan.UpdateDNS{Zone: "contoso.com", Changes: []dns.Change{{From: before, To: after}}, Ports: []probe.Target{sipPort, otherPort}}
	unread := plan.Obstacle{Holds: []plan.Resource{{Sort: plan.SortMachine, Name: "edge-b.contoso.com"}}, Err: refuses()}
	p := plan.Plan{ID: "sha256-1", Steps: []plan.Step{siteRoute, setUpSIP, setUpOther, checkPort, checkOther, both}, Obstacles: []plan.Obstacle{unread}}
	r := apply.Start(t.Context(), p, f.topology, f.hands(), limits, func() {})
	<-r.Done()
	if _, _, err := r.Ended(); err != nil {
		t.Errorf("ended with %v; what is held is no failure of the run", err)
	}
	want := []string{"SetSiteRoute Done", "SetupEdgeServer Done", "SetupEdgeServer Pending", "CheckPorts Done", "CheckPorts Pending", "UpdateDNS Pending"}
	if diff := cmp.Diff(want, states(r.Entries())); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if e := r.Entries()[5]; e.Message != "held: act there: the far side said no; nothing moved; look there" {
		t.Errorf("a held step says %q", e.Message)
	}
	if f.zone.checks+f.zone.writes > 0 {
		t.Error("a zone was asked whose step is held")
	}
}

// TestAZoneThatRefusesHoldsItself: one zone of two refuses the changes beforehand. The other is
// changed, and so is everything else.
func TestAZoneThatRefusesHoldsItself(t *testing.T) {
	f := newFarm()
	f.zone.check = func(dns.Change) error {
		return fault.New(fault.Denied, "change zone", "contoso.com", "wrong key").With("", "look there")
	}
	adatum := updateDNS
	adatum.Target, adatum.Act = "zone adatum.com", plan.UpdateDNS{Zone: "adatum.com", Changes: []dns.Change{{From: before, To: after}}}
	entries, err := f.carryOut(t, siteRoute, updateDNS, adatum)
	if diff := cmp.Diff([]string{"SetSiteRoute Done", "UpdateDNS Failed", "UpdateDNS Done"}, states(entries)); diff != "" || !fault.Is(err, fault.Denied) {
		t.Errorf("ended with %v (-want +got):\n%s", err, diff)
	}
	if !strings.Contains(entries[1].Message, "wrong key; the zone was not changed, and the rest of the plan goes on; look there") {
		t.Errorf("the zone's step says %q", entries[1].Message)
	}
}

// TestNoZoneThatCanBeAskedTakesTheChanges: of a zone without a writer nobody can ask, so it does not
// count as one that would take them.
func TestNoZoneThatCanBeAskedTakesTheChanges(t *testing.T) {
	f := newFarm()
	f.zone.check = func(dns.Change) error { return fault.New(fault.Denied, "change zone", "contoso.com", "wrong key") }
	foreign := updateDNS
	foreign.Target, foreign.Act = "zone example.com", plan.UpdateDNS{Zone: "example.com", Changes: []dns.Change{{From: before, To: after}}}
	entries, err := f.carryOut(t, siteRoute, updateDNS, foreign)
	if !fault.Is(err, fault.Denied) || !strings.Contains(fault.Sentence(err), "nothing was changed and no step of the plan was begun") || len(f.acts) > 0 {
		t.Errorf("ended with %v after %q: %q", err, f.acts, states(entries))
	}
}
