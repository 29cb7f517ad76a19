package apply_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

var awaitReplication, awaitOther = await(edgeA), await(edgeB)

func await(s lync.EdgeServer) plan.Step {
	return plan.Step{Target: s.FQDN, Act: plan.AwaitReplication{Server: s, Pool: "edge2.contoso.com"}}
}

// TestReplicationIsJudgedByTheServersClock publishes and then waits, with a server whose clock is
// right, hours behind or hours ahead. At first both replicas are up to date, but as of a time
// before the change. One replica is updated after 5 s, the other after 20 s. The server that holds
// the store may have a clock of its own.
func TestReplicationIsJudgedByTheServersClock(t *testing.T) {
	cases := map[string]struct {
		reason string
		skew   time.Duration
		store  time.Duration // how far the store's clock is ahead of the server's
		// noticed: the store says for a while that the replica is not up to date.
		noticed bool
		wait    plan.Step
		took    time.Duration
	}{
		"same clock":            {"the usual case", 0, 0, false, awaitReplication, 5 * time.Second},
		"the slower machine":    {"each machine waits for its own replica", 0, 0, false, awaitOther, 20 * time.Second},
		"server five h ahead":   {"an old replica must not look new", 5 * time.Hour, 0, false, awaitReplication, 5 * time.Second},
		"server five h back":    {"a new replica must not look old", -5 * time.Hour, 0, false, awaitReplication, 5 * time.Second},
		"server in 1999":        {"any difference will do", -27 * 365 * 24 * time.Hour, 0, false, awaitReplication, 5 * time.Second},
		"store 40 s back":       {"a new replica looks old, but the store has said that it was behind", 0, -40 * time.Second, true, awaitReplication, 5 * time.Second},
		"seen too late":         {"a new replica looks old, and nobody saw that it was behind", 0, -40 * time.Second, false, awaitReplication, 5 * time.Minute},
		"store two hours back":  {"any difference will do", 0, -2 * time.Hour, false, awaitOther, 5 * time.Minute},
		"store 70 s ahead":      {"the old replica looks new, and is of a time to come; so does the new one", 0, 70 * time.Second, false, awaitReplication, 74 * time.Second},
		"store two hours ahead": {"no update counts that is of a time to come, until the store has said that one was missing", 0, 2 * time.Hour, true, awaitReplication, 5 * time.Second},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			f.skew = c.skew
			f.before["publish from s1"] = func() error { return f.clock.Sleep(t.Context(), 2*time.Second) }
			if c.noticed {
				f.replica(3*time.Second, edgeA, "s1", lync.Replica{LastUpdate: start.Add(c.skew + c.store - time.Minute)})
			}
			for _, s := range []lync.EdgeServer{edgeA, edgeB} {
				f.topology.Replicas[lync.HostOf(s.FQDN)] = lync.Replica{UpToDate: true, LastUpdate: start.Add(c.skew + c.store - time.Minute)}
			}
			f.replica(5*time.Second, edgeA, "s2", lync.Replica{UpToDate: true, LastUpdate: start.Add(c.skew + c.store + 5*time.Second)})
			f.replica(20*time.Second, edgeB, "s2", lync.Replica{UpToDate: true, LastUpdate: start.Add(c.skew + c.store + 20*time.Second)})
			patient := apply.Limits{Poll: time.Second, Wait: map[plan.Kind]time.Duration{plan.KindAwaitReplication: 15 * time.Minute}}
			r := apply.Start(t.Context(), plan.Plan{ID: "sha256-1", Steps: []plan.Step{publishFlags, c.wait}}, f.topology, f.hands(), patient, func() {})
			t.Cleanup(r.Abort)
			<-r.Done()
			if _, _, err := r.Ended(); err != nil {
				t.Fatalf("%s: %v", c.reason, err)
			}
			if took := r.Entries()[1].Ended.Sub(start); took != c.took {
				t.Errorf("%s: the replica counted as new after %s, want %s", c.reason, took, c.took)
			}
		})
	}
}

func TestReplicationWaitsForEachSign(t *testing.T) {
	fresh := func(change func(*lync.Replica)) lync.Replica {
		r := lync.Replica{UpToDate: true, LastUpdate: start.Add(time.Second)}
		change(&r)
		return r
	}
	cases := map[string]struct {
		reason    string
		replica   lync.Replica
		signature string
		says      string // "" means that the step is done at once
	}{
		"all signs":    {"newer, up to date and with the document in force", fresh(func(*lync.Replica) {}), "s2", ""},
		"same second":  {"the store tells whole seconds; a change of this second counts as covered", fresh(func(r *lync.Replica) { r.LastUpdate = start }), "s2", ""},
		"other case":   {"a signature is a GUID: its case says nothing", fresh(func(*lync.Replica) {}), "S2", ""},
		"behind":       {"the store knows that it is behind", fresh(func(r *lync.Replica) { r.UpToDate = false }), "s2", "(not up to date)"},
		"older":        {"up to date about the time before the change", fresh(func(r *lync.Replica) { r.LastUpdate = start.Add(-time.Second) }), "s2", "(its last update is older than the change)"},
		"never":        {"a replica without any update", fresh(func(r *lync.Replica) { r.LastUpdate = time.Time{} }), "s2", "(its last update is older than the change)"},
		"old document": {"setup applies the local copy, so the copy decides", fresh(func(*lync.Replica) {}), "s1", "(its local copy is of another publish)"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			f.effect["publish from s1"] = func() {
				f.topology.Signature = "s2"
				f.topology.Replicas[lync.HostOf(edgeA.FQDN)] = c.replica
				f.machine(edgeA, func(m *lync.EdgeServerState) { m.LocalSignature = c.signature })
			}
			entries, err := f.carryOut(t, publishFlags, awaitReplication, setUpSIP)
			if c.says == "" {
				if e := entries[1]; e.State != apply.Done || !e.Ended.Equal(start) {
					t.Errorf("%s: %s at %s %q, want done at once", c.reason, e.State, e.Ended, e.Message)
				}
				return
			}
			message := entries[1].Message
			for _, want := range []string{c.says, edgeA.FQDN, "setup, ports and DNS were not touched", "port 4443"} {
				if !strings.Contains(message, want) {
					t.Errorf("%s: the message %q should name %q", c.reason, message, want)
				}
			}
			if !fault.Is(err, fault.Unreachable) || entries[2].State != apply.Pending {
				t.Errorf("%s: ended with %v and setup %s, want unreachable and no setup", c.reason, err, entries[2].State)
			}
			if took := entries[1].Ended.Sub(start); took != replicationPatience {
				t.Errorf("%s: gave up after %s, want %s", c.reason, took, replicationPatience)
			}
		})
	}
}

// TestReplicationThatCannotBeSeen: a look that fails says nothing of the replica, whatever came
// with it.
func TestReplicationThatCannotBeSeen(t *testing.T) {
	f := newFarm()
	f.effect["publish from s1"] = func() {
		f.topology.Signature = "s2"
		f.topology.Replicas[lync.HostOf(edgeA.FQDN)] = lync.Replica{UpToDate: true, LastUpdate: start.Add(time.Second)}
		f.machine(edgeA, func(m *lync.EdgeServerState) { m.LocalSignature = "s2" })
		f.unread["topology"] = fault.New(fault.Unreachable, "read the topology", "fe1.contoso.com", "connection refused")
	}
	entries, err := f.carryOut(t, publishFlags, awaitReplication, setUpSIP)
	if !fault.Is(err, fault.Unreachable) || !strings.Contains(entries[1].Message, "connection refused") || entries[1].State == apply.Done || entries[2].State != apply.Pending {
		t.Errorf("ended with %v; the wait is %s %q and the setup %s", err, entries[1].State, entries[1].Message, entries[2].State)
	}
}

// TestReplicationAfterSimpleURLs: simple URLs that nobody emptied are not put back, so no replica
// will ever be newer than that, and none is waited for.
func TestReplicationAfterSimpleURLs(t *testing.T) {
	for name, c := range map[string]struct {
		reason  string
		emptied []string
		waits   bool
	}{
		"whole":   {"nothing was changed", nil, false},
		"emptied": {"what was put back has to reach the machine", []string{"Global"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			f.emptied = c.emptied
			f.topology.Replicas[lync.HostOf(edgeA.FQDN)] = lync.Replica{UpToDate: true, LastUpdate: start.Add(-time.Hour)}
			f.machine(edgeA, func(m *lync.EdgeServerState) { m.LocalSignature = "s1" })
			restored := make(chan struct{})
			f.before["note restored"] = func() error { close(restored); return nil }
			f.looking = func() { <-restored }
			entries, err := f.carryOut(t, restoreURLs, awaitReplication)
			if waited := entries[1].Ended.Sub(start) > 0; waited != c.waits || (err != nil) != c.waits {
				t.Errorf("%s: waited %v, %v, %q", c.reason, waited, err, entries[1].Message)
			}
		})
	}
}

func TestReplicationOfAnUnknownReplica(t *testing.T) {
	f := newFarm()
	delete(f.topology.Replicas, lync.HostOf(edgeB.FQDN))
	entries, err := f.carryOut(t, awaitReplication, awaitOther)
	if err == nil || entries[0].State != apply.Done || !strings.Contains(entries[1].Message, "edge-b.contoso.com (no replica known)") {
		t.Errorf("got %v, %v, %q: the machine without a replica is to be named, and no other", err, states(entries), entries[1].Message)
	}
}

// lacks makes a part of the topology unknown.
func lacks(f *farm, part lync.TopologyPart) {
	f.unread["topology"] = fault.New(fault.RightsMissing, "read the "+string(part), "fe1.contoso.com", "no right")
	f.topology.Unknown = []lync.UnknownPart{{Part: part, Err: f.unread["topology"], Local: true}}
}

// TestReplicationOfAPartlyKnownTopology: a wait looks at the replicas, the routes and the
// document. What else is unknown does not end it.
func TestReplicationOfAPartlyKnownTopology(t *testing.T) {
	for part, want := range map[lync.TopologyPart]apply.State{
		lync.PartPoolStates: apply.Done, lync.PartServices: apply.Done, lync.PartAccessEdge: apply.Done, lync.PartVersion: apply.Done,
		lync.PartReplicas: apply.Failed, lync.PartSites: apply.Failed, lync.PartDocument: apply.Failed,
	} {
		f := newFarm()
		lacks(f, part)
		if entries, err := f.carryOut(t, awaitReplication); entries[0].State != want || fault.Is(err, fault.RightsMissing) != (want == apply.Failed) {
			t.Errorf("without the %s the wait is %s: %v, want %s", part, entries[0].State, err, want)
		}
	}
}

func TestReplicationOfAnUnreadableMachine(t *testing.T) {
	f := newFarm()
	f.unread[edgeA.FQDN] = refuses()
	entries, err := f.carryOut(t, awaitReplication)
	if err == nil || !strings.Contains(entries[0].Message, "edge-a.contoso.com (its local copy") {
		t.Errorf("got %v, %q: unknown is not replicated", err, entries[0].Message)
	}
}

// TestReplicationWithoutAChange waits in a plan that only finishes what an earlier run began. This
// run makes no change whose time could be compared with the replicas', so the other signs
// decide.
func TestReplicationWithoutAChange(t *testing.T) {
	f := newFarm()
	if _, err := f.carryOut(t, awaitReplication); err != nil || !f.clock.Now().Equal(start) {
		t.Errorf("got %v after %s, want success at once", err, f.clock.Now().Sub(start))
	}
}
