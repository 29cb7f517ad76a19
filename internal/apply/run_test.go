package apply_test

import (
	"errors"
	"fmt"
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
		var moved atomic.Int32
		r := f.begin(t, func() { moved.Add(1) }, startServices, publishFlags, siteRoute, awaitReplication, setUpSIP, checkPort, updateDNS, associate)
		<-r.Done()
		over, ended, err := r.Ended()
		if !over || err != nil || !ended.Equal(start.Add(3*time.Second)) {
			t.Fatalf("over %v at %s with %v, want an end without error after 3s", over, ended, err)
		}
		want := []string{"StartEdgeServices Skipped", "PublishFlags Done", "SetSiteRoute Done", "AwaitReplication Done", "SetupEdgeServer Done", "CheckPorts Done", "UpdateDNS Done", "AssociateFrontEnd Done"}
		if diff := cmp.Diff(want, states(r.Entries())); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
		acts := []string{"propose from s1", "note sha256-of-s2 and urls", "publish from s1", "note restored", "route SIP of Redmond", "set up edge-a.contoso.com with s2", "note edge-a.contoso.com has [SIP]", "associate fe1.contoso.com"}
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
	r := f.begin(t, func() {}, publishFlags, checkPort, ledDNS, associate)
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

// TestRoutesAreSetOneByOne sets two routes, of which the first fails. Both go through the management
// server, so they never run at once; but the second does not need the first.
func TestRoutesAreSetOneByOne(t *testing.T) {
	f := newFarm()
	var atOnce atomic.Int32
	alone := func(end error) func() error {
		return func() error {
			if atOnce.Add(1) > 1 {
				t.Error("two changes went through the management server at once")
			}
			synctest.Wait() // by now the other would have begun
			atOnce.Add(-1)
			return end
		}
	}
	synctest.Test(t, func(t *testing.T) {
		f.before["route SIP of Redmond"], f.before["route SIP of Dublin"] = alone(refuses()), alone(nil)
		second := siteRoute
		second.Target, second.Act = "SIP route of site Dublin", plan.SetSiteRoute{Site: "Dublin", Protocol: lync.SIP, EdgePool: "edge2.contoso.com"}
		entries, err := f.carryOut(t, siteRoute, second)
		if !fault.Is(err, fault.Failed) || entries[0].State != apply.Failed || entries[1].State != apply.Done {
			t.Errorf("ended with %v, %v; want the first route's failure and the second route set", err, states(entries))
		}
	})
}

// TestAFailureHoldsWhatNeedsItAndNothingElse lets one thing fail and says how each step ends.
func TestAFailureHoldsWhatNeedsItAndNothingElse(t *testing.T) {
	setUpOther, contoso := setUpSIP, updateDNS
	setUpOther.Target, setUpOther.Act = edgeB.FQDN, plan.SetupEdgeServer{Server: edgeB, Ports: []uint16{5061}}
	contoso.Act = plan.UpdateDNS{Zone: "contoso.com", Changes: []dns.Change{{From: before, To: after}}, Ports: []probe.Target{sipPort, otherPort}}
	adatum := updateDNS
	adatum.Target, adatum.Act = "zone adatum.com", plan.UpdateDNS{Zone: "adatum.com", Changes: []dns.Change{{From: before, To: after}}, Ports: []probe.Target{sipPort, otherPort}}
	users := associate
	users.Target, users.Act = "fe2.contoso.com", plan.AssociateFrontEnd{Pool: "fe2.contoso.com", EdgePool: "edge2.contoso.com"}
	steps := []plan.Step{publishFlags, siteRoute, awaitReplication, awaitOther, setUpSIP, setUpOther, checkPort, checkOther, contoso, adatum, associate, users, failBack}
	cases := map[string]struct {
		reason string
		set    func(*farm)
		failed string
		held   []string
	}{
		"a machine": {"the other machine is set up; the addresses are published together", func(f *farm) { f.before["set up edge-a.contoso.com with s2"] = refuses },
			"SetupEdgeServer edge-a.contoso.com", []string{"CheckPorts 192.0.2.1 port 5061", "UpdateDNS zone contoso.com", "UpdateDNS zone adatum.com", "AssociateFrontEnd fe1.contoso.com", "AssociateFrontEnd fe2.contoso.com", "FailBackFrontEnd fe1.contoso.com"}},
		"a zone":           {"the other domain moves, and so do the users", func(f *farm) { f.zone.write = func(*zone, dns.RRSet) error { return refuses() } }, "UpdateDNS zone contoso.com", nil},
		"a Front End pool": {"the other pool's users move", func(f *farm) { f.before["associate fe1.contoso.com"] = refuses }, "AssociateFrontEnd fe1.contoso.com", []string{"FailBackFrontEnd fe1.contoso.com"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			f.effect["publish from s1"] = func() {
				f.topology.Signature = "s2"
				for _, s := range []lync.EdgeServer{edgeA, edgeB} {
					f.machine(s, func(m *lync.EdgeServerState) { m.LocalSignature = "s2" })
					f.topology.Replicas[lync.HostOf(s.FQDN)] = lync.Replica{UpToDate: true, LastUpdate: start.Add(time.Minute)}
					f.open[s.ExternalAddresses[0]] = true
				}
			}
			for _, s := range []lync.EdgeServer{edgeA, edgeB} {
				f.effect["set up "+s.FQDN+" with s2"] = func() { listens(f, s, 5061) }
			}
			c.set(f)
			entries, err := f.carryOut(t, steps...)
			if !fault.Is(err, fault.Failed) {
				t.Errorf("%s: the run ended with %v, want the failed step's error", c.reason, err)
			}
			var failed, held []string
			for _, e := range entries {
				name := string(e.Step.Kind()) + " " + e.Step.Target
				switch e.State {
				case apply.Failed:
					failed = append(failed, name)
				case apply.Pending:
					held = append(held, name)
					if e.Message != "held by "+c.failed {
						t.Errorf("%s: %s says %q", c.reason, name, e.Message)
					}
				}
			}
			if diff := cmp.Diff([]string{c.failed}, failed); diff != "" {
				t.Errorf("%s: failed steps (-want +got):\n%s", c.reason, diff)
			}
			if diff := cmp.Diff(c.held, held); diff != "" {
				t.Errorf("%s: held steps (-want +got):\n%s", c.reason, diff)
			}
		})
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
	r := f.begin(t, func() {}, checkPort, ledDNS)
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
	both := updateDNS
	both.Act = plan.UpdateDNS{Zone: "contoso.com", Changes: []dns.Change{{From: before, To: after}}, Ports: []probe.Target{sipPort, otherPort}}
	entries, err := f.carryOut(t, checkPort, checkOther, both)
	if entries[1].State != apply.Failed || entries[2].State != apply.Pending || f.zone.writes != 0 {
		t.Errorf("%v with %d updates: every address must answer before DNS moves", states(entries), f.zone.writes)
	}
	if silent, ok := errors.AsType[*fault.Error](err); !ok || silent.Target != checkOther.Target {
		t.Errorf("ended with %v, want the fault of %s", err, checkOther.Target)
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
// change DNS without a check of the port, or after that of another port.
func TestDNSMovesOnlyToPortsThatThisRunSaw(t *testing.T) {
	cases := map[string]struct {
		reason string
		steps  []plan.Step
		writes int
	}{
		"seen":      {"the usual order", []plan.Step{checkPort, ledDNS}, 1},
		"not asked": {"a port that nobody asked may be closed", []plan.Step{ledDNS}, 0},
		"another":   {"that another port answers says nothing of this one", []plan.Step{checkOther, ledDNS}, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			f.open[edgeA.ExternalAddresses[0]], f.open[edgeB.ExternalAddresses[0]] = true, true
			entries, err := f.carryOut(t, c.steps...)
			if f.zone.writes != c.writes || (err == nil) != (c.writes > 0) {
				t.Errorf("%s: %d updates, %v, %v", c.reason, f.zone.writes, states(entries), err)
			}
		})
	}
}

// TestDNSMovesOnlyWhileThePortsAnswer lets a zone's server take its time between the check of the
// port and the zone's update. An answer counts for 5 seconds.
func TestDNSMovesOnlyWhileThePortsAnswer(t *testing.T) {
	cases := map[string]struct {
		reason string
		passes time.Duration
		dies   bool
		probes int
		writes int
		says   string
	}{
		"at once":    {"the usual case costs no further question", 0, false, 1, 1, ""},
		"just fresh": {"an answer of five seconds ago counts", 5 * time.Second, false, 1, 1, ""},
		"old":        {"an older one does not, so the port is asked again", 5*time.Second + 1, false, 2, 1, ""},
		"dead":       {"a pool that died in the meantime gets no partners", 38 * time.Second, true, 2, 0, "port 5061 of 192.0.2.1 answered at 22:00:00 and does not answer any more (connection refused); zone contoso.com stays as it is"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			f.open[edgeA.ExternalAddresses[0]] = true
			f.zone.slow = func() {
				f.zone.slow = nil
				_ = f.clock.Sleep(t.Context(), c.passes)
				f.open[edgeA.ExternalAddresses[0]] = !c.dies
			}
			entries, err := f.carryOut(t, checkPort, ledDNS)
			if f.zone.writes != c.writes || f.probes != c.probes {
				t.Errorf("%s: %d updates after %d probes (%v), want %d after %d", c.reason, f.zone.writes, f.probes, err, c.writes, c.probes)
			}
			if c.says != "" && (!fault.Is(err, fault.Unreachable) || !strings.Contains(entries[1].Message, c.says)) {
				t.Errorf("%s: %s %q, want %q", c.reason, fault.KindOf(err), entries[1].Message, c.says)
			}
		})
	}
}

// TestUsersAreLedOnlyWhereThePortsAnswer lets the pool die between the check of its port and a step
// that leads users to the pool.
func TestUsersAreLedOnlyWhereThePortsAnswer(t *testing.T) {
	cases := map[string]struct {
		act   string // that must not be done
		last  string // the act during which the pool dies
		steps []plan.Step
	}{
		"associate": {"associate fe1.contoso.com", "route SIP of Redmond", []plan.Step{checkPort, siteRoute, associate}},
		"fail back": {"fail back fe1.contoso.com", "associate fe1.contoso.com", []plan.Step{checkPort, associate, failBack}},
	}
	for name, c := range cases {
		for _, dies := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", dies ", dies), func(t *testing.T) {
				f, checked := newFarm(), make(chan struct{})
				f.open[edgeA.ExternalAddresses[0]] = true
				f.before[c.last] = func() error {
					<-checked
					f.open[edgeA.ExternalAddresses[0]] = !dies
					return f.clock.Sleep(t.Context(), time.Minute)
				}
				r := f.begin(t, func() {}, c.steps...)
				for r.Entries()[0].State != apply.Done {
					time.Sleep(time.Millisecond)
				}
				close(checked)
				<-r.Done()
				_, _, err := r.Ended()
				if done := slices.Contains(f.acts, c.act); done == dies || fault.Is(err, fault.Unreachable) != dies {
					t.Errorf("users must not be led to a dead pool, and must be to one that answers: %v, ended with %v", f.acts, err)
				}
			})
		}
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
	r := apply.Start(t.Context(), plan.Plan{ID: "sha256-1", Steps: []plan.Step{publishFlags, checkPort, ledDNS}}, f.topology, hands, limits, func() {})
	<-r.Done()
	_, _, err := r.Ended()
	if diff := cmp.Diff([]string{"PublishFlags Done", "CheckPorts Done", "UpdateDNS Pending"}, states(r.Entries())); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if !fault.Is(err, fault.WorldChanged) || f.zone.writes != 0 {
		t.Errorf("ended with %v after %d updates", err, f.zone.writes)
	}
}
