package apply_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

func states(entries []apply.Entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, string(e.Step.Kind())+" "+string(e.State))
	}
	return out
}

// TestFailover carries out one step of nearly every kind in the order of a plan, and counts how
// often the run reports a change of its record.
func TestFailover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFarm()
		f.effect["set up edge-a.contoso.com with s2"] = func() { listens(f, edgeA, 5061) }
		f.replica(3*time.Second, edgeA, "s2", lync.Replica{UpToDate: true, LastUpdate: start.Add(3 * time.Second)})
		f.open[edgeA.ExternalAddresses[0]] = true
		wait := awaitReplication
		wait.Act = plan.AwaitReplication{Servers: []lync.EdgeServer{edgeA}}
		var moved atomic.Int32
		r := f.begin(t, func() { moved.Add(1) }, startServices, publishFlags, siteRoute, wait, setUpSIP, checkPort, updateDNS, associate)
		<-r.Done()
		over, ended, err := r.Ended()
		if !over || err != nil || !ended.Equal(start.Add(3*time.Second)) {
			t.Fatalf("over %v at %s with %v, want an end without error after 3s", over, ended, err)
		}
		want := []string{"StartEdgeServices Skipped", "PublishFlags Done", "SetSiteRoute Done", "AwaitReplication Done", "SetupEdgeServer Done", "CheckPorts Done", "UpdateDNS Done", "AssociateFrontEnd Done"}
		if diff := cmp.Diff(want, states(r.Entries())); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
		acts := []string{"propose from s1", "note sha256-of-s2", "publish from s1", "route SIP of Redmond", "set up edge-a.contoso.com with s2", "associate fe1.contoso.com"}
		if diff := cmp.Diff(acts, f.acts); diff != "" {
			t.Errorf("setup must name the document of the publish before it (-want +got):\n%s", diff)
		}
		synctest.Wait()                                 // the run reports its end after Done is closed
		const begins, ends, waits, runEnds = 8, 8, 1, 1 // the step that waits repeats one message, which is reported once
		if diff := cmp.Diff(int32(begins+ends+waits+runEnds), moved.Load()); diff != "" {
			t.Errorf("how often the record was said to move (-want +got):\n%s", diff)
		}
	})
}

func TestFailureStopsWhatComesAfter(t *testing.T) {
	f := newFarm()
	r := f.begin(t, func() {}, publishFlags, checkPort, updateDNS, associate)
	<-r.Done()
	_, _, err := r.Ended()
	if !fault.Is(err, fault.Unreachable) {
		t.Fatalf("ended with %v, want the port's fault", err)
	}
	if diff := cmp.Diff([]string{"PublishFlags Done", "CheckPorts Failed", "UpdateDNS Pending", "AssociateFrontEnd Pending"}, states(r.Entries())); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if f.zone.writes != 0 || !f.zone.primary.Same(before) {
		t.Errorf("DNS moved (%d updates) to ports that were never seen answering", f.zone.writes)
	}
	if e := r.Entries()[1]; e.Message != fault.Sentence(err) {
		t.Errorf("the step says %q and the run %q", e.Message, fault.Sentence(err))
	}
}

// TestMachinesAreSetUpSideBySide makes each of two setups wait until the other has begun.
func TestMachinesAreSetUpSideBySide(t *testing.T) {
	f := newFarm()
	var both sync.WaitGroup
	both.Add(2)
	meet := func() error { both.Done(); both.Wait(); return nil }
	setUpOther := setUpSIP
	setUpOther.Target, setUpOther.Act = edgeB.FQDN, plan.SetupEdgeServer{Server: edgeB, Ports: []uint16{5061}}
	for _, s := range []lync.EdgeServer{edgeA, edgeB} {
		act := "set up " + s.FQDN + " with s1"
		f.before[act], f.effect[act] = meet, func() { listens(f, s, 5061) }
	}
	if entries, err := f.carryOut(t, setUpSIP, setUpOther); err != nil {
		t.Errorf("%v: %v", states(entries), err)
	}
}

// TestRoutesAreSetOneByOne lets the first route of a stage fail. No other step that goes through
// the management server may be under way at that time.
func TestRoutesAreSetOneByOne(t *testing.T) {
	f := newFarm()
	f.before["route SIP of Redmond"] = refuses
	second := siteRoute
	second.Target, second.Act = "SIP route of site Dublin", plan.SetSiteRoute{Site: "Dublin", Protocol: lync.SIP, EdgePool: "edge2.contoso.com"}
	entries, err := f.carryOut(t, siteRoute, second)
	if err == nil || !slices.Equal(f.acts, []string{"route SIP of Redmond"}) || entries[1].State != apply.Pending {
		t.Errorf("ended with %v after %v, %v; want the second route untouched", err, f.acts, states(entries))
	}
}

func TestStopEndsAfterTheRunningStep(t *testing.T) {
	f := newFarm()
	begun, goOn := make(chan struct{}), make(chan struct{})
	f.before["publish from s1"] = func() error { close(begun); <-goOn; return nil }
	r := f.begin(t, func() {}, publishFlags, siteRoute)
	<-begun
	r.Stop()
	if over, _, _ := r.Ended(); over {
		t.Error("the run is over while its step is under way")
	}
	close(goOn)
	<-r.Done()
	_, _, err := r.Ended()
	if !fault.Is(err, fault.WorldChanged) || !strings.Contains(fault.Sentence(err), "stopped before SetSiteRoute SIP route of site Redmond; the steps before it stand; a new plan is made") {
		t.Errorf("ended with %v, want word of the stop", err)
	}
	if diff := cmp.Diff([]string{"PublishFlags Done", "SetSiteRoute Pending"}, states(r.Entries())); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

// TestStopWithinAStage stops a run between two steps of one kind. Ten pools take hours to fail
// back, and an administrator who stops the run does not want to wait for all of them.
func TestStopWithinAStage(t *testing.T) {
	f := newFarm()
	running := make(chan *apply.Run, 1)
	f.before["route SIP of Redmond"] = func() error { (<-running).Stop(); return nil }
	second := siteRoute
	second.Target, second.Act = "SIP route of site Dublin", plan.SetSiteRoute{Site: "Dublin", Protocol: lync.SIP, EdgePool: "edge2.contoso.com"}
	r := f.begin(t, func() {}, siteRoute, second)
	running <- r
	<-r.Done()
	_, _, err := r.Ended()
	if diff := cmp.Diff([]string{"SetSiteRoute Done", "SetSiteRoute Pending"}, states(r.Entries())); diff != "" || !fault.Is(err, fault.WorldChanged) {
		t.Errorf("ended with %v (-want +got):\n%s", err, diff)
	}
}

func TestStopInTheLastStageIsNoFailure(t *testing.T) {
	f := newFarm()
	var r *apply.Run
	running := make(chan *apply.Run, 1)
	f.before["publish from s1"] = func() error { (<-running).Stop(); return nil }
	r = f.begin(t, func() {}, publishFlags)
	running <- r
	<-r.Done()
	if _, _, err := r.Ended(); err != nil {
		t.Errorf("everything was done and the run ended with %v", err)
	}
}

func TestAbortEndsAWait(t *testing.T) {
	f := newFarm()
	f.clock.frozen = true
	waiting := make(chan struct{})
	f.clock.after(time.Second, func() { close(waiting) })
	r := f.begin(t, func() {}, checkPort, updateDNS)
	<-waiting
	r.Abort()
	<-r.Done()
	_, _, err := r.Ended()
	if !fault.Is(err, fault.OutcomeUnknown) {
		t.Errorf("ended with %v, want an unknown outcome", err)
	}
	if diff := cmp.Diff([]string{"CheckPorts Failed", "UpdateDNS Pending"}, states(r.Entries())); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestEntriesAreACopy(t *testing.T) {
	f := newFarm()
	r := f.begin(t, func() {}, publishFlags)
	<-r.Done()
	r.Entries()[0].State = apply.Failed
	if got := r.Entries()[0].State; got != apply.Done {
		t.Errorf("a reader's change shows in the record: %s", got)
	}
}

func TestOneSilentPortOfManyHoldsDNS(t *testing.T) {
	f := newFarm()
	f.open[edgeA.ExternalAddresses[0]] = true
	other := checkPort
	other.Target, other.Act = "192.0.2.2 port 5061", plan.CheckPorts{Port: probe.Target{Address: edgeB.ExternalAddresses[0], Protocol: lync.SIP}}
	entries, err := f.carryOut(t, checkPort, other, updateDNS)
	if entries[1].State != apply.Failed || entries[2].State != apply.Pending || f.zone.writes != 0 {
		t.Errorf("%v with %d updates: every address must answer before DNS moves", states(entries), f.zone.writes)
	}
	if silent, ok := errors.AsType[*fault.Error](err); !ok || silent.Target != other.Target {
		t.Errorf("ended with %v, want the fault of %s", err, other.Target)
	}
}

func TestARunWithoutStepsEnds(t *testing.T) {
	r := newFarm().begin(t, func() {}, []plan.Step{}...)
	<-r.Done()
	if over, at, err := r.Ended(); !over || err != nil || !at.Equal(start) {
		t.Errorf("over %v at %s with %v, want a quiet end", over, at, err)
	}
}

// TestDNSMovesOnlyToPortsThatThisRunSaw carries out plans that Compute never makes: plans that
// change DNS without a check of the port, or before that check.
func TestDNSMovesOnlyToPortsThatThisRunSaw(t *testing.T) {
	led := updateDNS
	led.Act = plan.UpdateDNS{Zone: "contoso.com", Changes: []dns.Change{{From: before, To: after}}, Ports: []probe.Target{sipPort}}
	cases := map[string]struct {
		reason string
		steps  []plan.Step
		writes int
	}{
		"seen":       {"the usual order", []plan.Step{checkPort, led}, 1},
		"not asked":  {"a port that nobody asked may be closed", []plan.Step{led}, 0},
		"asked late": {"partners would be led there before anybody knew", []plan.Step{led, checkPort}, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			f.open[edgeA.ExternalAddresses[0]] = true
			entries, err := f.carryOut(t, c.steps...)
			if f.zone.writes != c.writes || (err == nil) != (c.writes > 0) {
				t.Errorf("%s: %d updates, %v, %v", c.reason, f.zone.writes, states(entries), err)
			}
		})
	}
}

// TestARunThatMayNotGoOn forbids further steps in the middle of a run. Steps that only look still
// run, and steps that change something do not begin.
func TestARunThatMayNotGoOn(t *testing.T) {
	f, closes := newFarm(), start.Add(2*time.Second)
	f.clock.after(4*time.Second, func() { f.open[edgeA.ExternalAddresses[0]] = true })
	f.before["publish from s1"] = func() error { return f.clock.Sleep(t.Context(), 2*time.Second) }
	hands := f.hands()
	hands.Allowed = func(now time.Time) error {
		if now.Before(closes) {
			return nil
		}
		return fault.New(fault.WorldChanged, "carry out plan", "sha256-1", "it may not go on: it is night")
	}
	r := apply.Start(t.Context(), plan.Plan{ID: "sha256-1", Steps: []plan.Step{publishFlags, checkPort, updateDNS}}, f.topology, hands, limits, func() {})
	<-r.Done()
	_, _, err := r.Ended()
	if diff := cmp.Diff([]string{"PublishFlags Done", "CheckPorts Done", "UpdateDNS Pending"}, states(r.Entries())); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if !fault.Is(err, fault.WorldChanged) || f.zone.writes != 0 {
		t.Errorf("ended with %v after %d updates", err, f.zone.writes)
	}
}
