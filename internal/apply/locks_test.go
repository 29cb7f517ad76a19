package apply

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// TestWhatAStepHasForItself: what a step changes nobody else changes meanwhile. A step that only
// looks keeps nobody from a machine, and many routes may ask one port.
func TestWhatAStepHasForItself(t *testing.T) {
	machine := lync.EdgeServer{FQDN: "Edge1.contoso.com"}
	port := probe.Target{Protocol: lync.SIP, Domain: "contoso.com"}
	edge, zone, store := plan.Resource{Sort: plan.SortMachine, Name: "edge1.contoso.com"}, plan.Resource{Sort: plan.SortZone, Name: "contoso.com"}, plan.Resource{Sort: plan.SortStore}
	cases := map[string]struct {
		reason string
		act    plan.Act
		want   []plan.Resource
	}{
		"setup":          {"the machine", plan.SetupEdgeServer{Server: machine}, []plan.Resource{edge}},
		"publish":        {"the store", plan.PublishFlags{}, []plan.Resource{store}},
		"update":         {"the zone, and not the ports that it leads to", plan.UpdateDNS{Zone: "contoso.com", Ports: []probe.Target{port}}, []plan.Resource{zone}},
		"check of ports": {"it only looks", plan.CheckPorts{Port: port, Servers: []lync.EdgeServer{machine}}, nil},
		"replication":    {"it only looks, for a quarter of an hour", plan.AwaitReplication{Server: machine}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, exclusive(plan.Step{Act: c.act}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
	l := NewLocks()
	first, second := holder{run: &Run{}}, holder{run: &Run{}}
	if by, _ := l.take([]plan.Resource{edge, zone}, first); by != nil {
		t.Fatal("nobody had them")
	}
	by, freed := l.take([]plan.Resource{store, zone}, second)
	if by == nil || by.run != first.run {
		t.Fatalf("the zone was taken twice: %+v", by)
	}
	if by, _ := l.take([]plan.Resource{store}, second); by != nil {
		t.Error("a step that had to wait for the zone keeps the store")
	}
	l.free([]plan.Resource{edge, zone})
	select {
	case <-freed:
	default:
		t.Error("who waits is not told that the zone was given back")
	}
	if got := l.of(second.run); len(got) != 1 || got[0] != store {
		t.Errorf("the second run holds %v", got)
	}
}

// TestWhatAStepHolds: a step that fails holds those that wait for it, and those that wait for them.
func TestWhatAStepHolds(t *testing.T) {
	a, b := lync.EdgeServer{FQDN: "a"}, lync.EdgeServer{FQDN: "b"}
	port := func(s lync.EdgeServer) plan.CheckPorts {
		return plan.CheckPorts{Port: probe.Target{Protocol: lync.SIP, Host: s.FQDN}, Servers: []lync.EdgeServer{s}}
	}
	s := newSchedule([]plan.Step{{Act: plan.SetupEdgeServer{Server: a}}, {Act: plan.SetupEdgeServer{Server: b}}, {Act: port(a)}, {Act: port(b)},
		{Act: plan.UpdateDNS{Zone: "a.com", Ports: []probe.Target{port(a).Port}}}, {Act: plan.UpdateDNS{Zone: "b.com", Ports: []probe.Target{port(b).Port}}}})
	for n, want := range map[int][]int{0: {2, 4}, 1: {3, 5}, 2: {4}, 4: nil} {
		if diff := cmp.Diff(want, s.heldBy(n)); diff != "" {
			t.Errorf("step %d holds (-want +got):\n%s", n, diff)
		}
	}
}
