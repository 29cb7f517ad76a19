package apply_test

import (
	"context"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// deaf is an Observer whose machines never answer.
type deaf struct {
	lync.Observer
	asked chan string
}

func (d deaf) ReadEdgeServer(ctx context.Context, server string) (lync.EdgeServerState, error) {
	d.asked <- server
	<-ctx.Done()
	return lync.EdgeServerState{}, fault.New(fault.Unreachable, "read", server, "no answer")
}

// TestStopEndsALookAtOnce: the next plan may not need the machine that does not answer.
func TestStopEndsALookAtOnce(t *testing.T) {
	f := newFarm()
	hands, machines := f.hands(), deaf{f, make(chan string)}
	hands.Observer = machines
	r := apply.Start(t.Context(), plan.Plan{ID: "sha256-1", Steps: []plan.Step{startServices}}, f.topology, hands, limits, func() {})
	<-machines.asked
	r.Stop()
	<-r.Done()
	_, _, err := r.Ended()
	if !fault.Is(err, fault.WorldChanged) || !strings.Contains(fault.Sentence(err), "it was stopped: it was looking at edge-a.contoso.com; what was done stands; a new plan is made") {
		t.Errorf("ended with %v, want word of the stop", err)
	}
}

// heeding is an Observer that reads nothing once its context has ended.
type heeding struct{ lync.Observer }

func (h heeding) ReadEdgeServer(ctx context.Context, server string) (lync.EdgeServerState, error) {
	if ctx.Err() != nil {
		return lync.EdgeServerState{}, fault.New(fault.Unreachable, "read", server, "aborted")
	}
	return h.Observer.ReadEdgeServer(ctx, server)
}

// TestWhatSetupHasDoneIsNotedThoughTheRunIsStopped: otherwise the next plan would do it again, for
// minutes, while partners wait.
func TestWhatSetupHasDoneIsNotedThoughTheRunIsStopped(t *testing.T) {
	for name, left := range map[string]lync.ServiceState{"its services run": lync.ServiceRunning, "setup leaves services stopped": lync.ServiceStopped} {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			began, goes := make(chan struct{}), make(chan struct{})
			f.before["set up edge-a.contoso.com with s1"] = func() error { close(began); <-goes; return nil }
			f.effect["set up edge-a.contoso.com with s1"] = func() { f.set(edgeA.FQDN, left) }
			f.effect["start edge-a.contoso.com"] = func() { f.set(edgeA.FQDN, lync.ServiceRunning) }
			hands := f.hands()
			hands.Observer = heeding{f}
			r := apply.Start(t.Context(), plan.Plan{ID: "sha256-1", Steps: []plan.Step{setUpSIP}}, f.topology, hands, limits, func() {})
			<-began
			r.Stop()
			close(goes)
			<-r.Done()
			if acts := f.acts; len(acts) == 0 || acts[len(acts)-1] != "note edge-a.contoso.com has [SIP]" {
				t.Errorf("what was done is %q, and nothing says what setup has done", acts)
			}
		})
	}
}

// counting counts the looks at the topology.
type counting struct {
	lync.Observer
	looks *int
}

func (c counting) ReadTopology(ctx context.Context) (lync.Topology, string, error) {
	*c.looks++
	return c.Observer.ReadTopology(ctx)
}

// TestMachinesShareALookAtTheTopology: two machines wait for their replicas, and the management
// server is asked once.
func TestMachinesShareALookAtTheTopology(t *testing.T) {
	f, looks := newFarm(), 0
	hands := f.hands()
	hands.Observer = counting{f, &looks}
	r := apply.Start(t.Context(), plan.Plan{ID: "sha256-1", Steps: []plan.Step{awaitReplication, awaitOther}}, f.topology, hands, limits, func() {})
	<-r.Done()
	if _, _, err := r.Ended(); err != nil || looks != 1 {
		t.Errorf("ended with %v after %d looks, want one look for both", err, looks)
	}
}

// ReadTopology of a deaf observer does not end before its context.
func (d deaf) ReadTopology(ctx context.Context) (lync.Topology, string, error) {
	d.asked <- "the topology"
	<-ctx.Done()
	return lync.Topology{}, "", fault.New(fault.Unreachable, "read the topology", "fe1", "no answer")
}

// TestStopEndsAWaitThatLooks: a look that was cut short says nothing of the world, so the step says
// that it was stopped.
func TestStopEndsAWaitThatLooks(t *testing.T) {
	f := newFarm()
	hands, farms := f.hands(), deaf{f, make(chan string)}
	hands.Observer = farms
	r := apply.Start(t.Context(), plan.Plan{ID: "sha256-1", Steps: []plan.Step{awaitReplication}}, f.topology, hands, limits, func() {})
	<-farms.asked
	r.Stop()
	<-r.Done()
	if _, _, err := r.Ended(); !fault.Is(err, fault.WorldChanged) || !strings.Contains(fault.Sentence(err), "it was stopped: it was looking; what was done stands; a new plan is made") {
		t.Errorf("ended with %v, want word of the stop", err)
	}
}

// TestARunIsHalfwayUntilItsLastStep: a step that finds its work done ends the way as one does that
// does it.
func TestARunIsHalfwayUntilItsLastStep(t *testing.T) {
	for name, c := range map[string]struct {
		set   func(f *farm)
		steps []plan.Step
		want  bool
	}{
		"all is done":              {func(*farm) {}, []plan.Step{siteRoute, updateDNS}, false},
		"the records were there":   {func(f *farm) { f.zone.primary, f.zone.secondary = after, after }, []plan.Step{siteRoute, updateDNS}, false},
		"the records were refused": {func(f *farm) { f.zone.write = func(*zone, dns.RRSet) error { return refuses() } }, []plan.Step{siteRoute, updateDNS}, true},
		"the route was refused":    {func(f *farm) { f.before["route SIP of Redmond"] = refuses }, []plan.Step{siteRoute}, true},
	} {
		f := newFarm()
		c.set(f)
		r := f.begin(t, func() {}, c.steps...)
		<-r.Done()
		if got := r.Halfway(false); got != c.want {
			t.Errorf("%s: half-way is %v", name, got)
		}
	}
}
