package farm

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// replica returns one computer's row of the replication status.
func replica(t *testing.T, f *Farm, fqdn string) ReplicaState {
	t.Helper()
	rows, err := f.ReplicationStatus()
	must(t, err)
	for _, r := range rows {
		if r.ReplicaFQDN == fqdn {
			return r
		}
	}
	t.Fatalf("no replica %s", fqdn)
	return ReplicaState{}
}

func TestReplicationStatus(t *testing.T) {
	const lag, notice = time.Minute, 5 * time.Second
	f, clock := newFarm(t, func(s *Spec) {
		s.Durations.Replication, s.Durations.ReplicationNotice = Duration(lag), Duration(notice)
	})
	clock.Advance(time.Hour)
	changed := clock.Now()
	must(t, f.SetSiteRoute(person, "Redmond", SIP, edgeB))
	if r := replica(t, f, edgeB1); !r.UpToDate || !r.LastUpdate.Before(changed) {
		t.Errorf("right after the change the status still says True, with an update of before: %+v", r)
	}
	clock.Advance(notice)
	if r := replica(t, f, edgeB1); r.UpToDate {
		t.Errorf("the status never noticed the change: %+v", r)
	}
	clock.Advance(lag - notice)
	if r := replica(t, f, edgeB1); !r.UpToDate || r.LastUpdate.Before(changed) {
		t.Errorf("after the lag the replica has the change: %+v", r)
	}
}

// TestClocks: each machine shows a time of its own, and the replication status has that of the
// Central Management Server.
func TestClocks(t *testing.T) {
	f, clock := newFarm(t, nil)
	const off, holder = -10 * time.Minute, "fe-b1.contoso.com"
	must(t, f.SetClock(person, holder, off))
	for machine, want := range map[string]time.Time{holder: clock.Now().Add(off), edgeB1: clock.Now()} {
		if got := f.ClockOf(machine).Now(); !got.Equal(want) {
			t.Errorf("%s shows %s, want %s", machine, got, want)
		}
	}
	must(t, f.SetSiteRoute(person, "Redmond", SIP, edgeB))
	if got, want := replica(t, f, edgeB1).LastUpdate, clock.Now().Add(off); !got.Equal(want) {
		t.Errorf("the update is of %s, want %s", got, want)
	}
}

func TestReplicationObstacles(t *testing.T) {
	cases := map[string]struct {
		reason       string
		hinder, free func(*testing.T, *Farm)
	}{
		"stopped": {"nothing replicates while replication is stopped",
			func(t *testing.T, f *Farm) { must(t, f.StopReplication(person)) },
			func(t *testing.T, f *Farm) { must(t, f.StartReplication(person)) }},
		"service": {"the REPLICA service takes the update",
			func(t *testing.T, f *Farm) {
				must(t, f.StopServices(t.Context(), person, ServicesRequest{Machine: edgeB1, Names: []string{ServiceReplica}}))
			},
			func(t *testing.T, f *Farm) {
				must(t, f.StartServices(t.Context(), person, ServicesRequest{Machine: edgeB1, Names: []string{ServiceReplica}}))
			}},
		"network": {"the CMS pushes over port 4443",
			func(t *testing.T, f *Farm) { must(t, f.Disconnect(person, edgeB1)) },
			func(t *testing.T, f *Farm) { must(t, f.Return(person, edgeB1, ServicesStart)) }},
		"power": {"a machine that is down takes nothing, and REPLICA starts with it",
			func(t *testing.T, f *Farm) { must(t, f.Kill(person, edgeB1)) },
			func(t *testing.T, f *Farm) { must(t, f.Return(person, edgeB1, ServicesStayStopped)) }},
		"stuck": {"a replica can be stuck",
			func(t *testing.T, f *Farm) { must(t, f.AddFault(Fault{Kind: FaultStuckReplica, Target: edgeB1})) },
			func(_ *testing.T, f *Farm) { f.ClearFaults() }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f, clock := newFarm(t, func(s *Spec) { s.Durations.Replication = Duration(time.Minute) })
			tc.hinder(t, f)
			must(t, f.SetSiteRoute(person, "Redmond", SIP, edgeB))
			clock.Advance(time.Hour)
			if r := replica(t, f, edgeB1); r.UpToDate {
				t.Fatalf("%s: it is up to date", tc.reason)
			}
			tc.free(t, f)
			clock.Advance(time.Minute - time.Second)
			if r := replica(t, f, edgeB1); r.UpToDate {
				t.Errorf("%s: it was up to date before its lag had passed", tc.reason)
			}
			clock.Advance(time.Second)
			if r := replica(t, f, edgeB1); !r.UpToDate {
				t.Errorf("%s: it never caught up", tc.reason)
			}
		})
	}
}

func TestUpdateOnItsWayIsLost(t *testing.T) {
	f, clock := newFarm(t, func(s *Spec) { s.Durations.Replication = Duration(time.Minute) })
	must(t, f.SetSiteRoute(person, "Redmond", SIP, edgeB))
	clock.Advance(59 * time.Second)
	must(t, f.Disconnect(person, edgeB1))
	must(t, f.Return(person, edgeB1, ServicesStart))
	clock.Advance(59 * time.Second)
	if replica(t, f, edgeB1).UpToDate {
		t.Error("an update survived the cut of the network")
	}
	clock.Advance(time.Second)
	if !replica(t, f, edgeB1).UpToDate {
		t.Error("the update was not sent again")
	}
}

func TestForcedReplication(t *testing.T) {
	f, clock := newFarm(t, func(s *Spec) {
		s.Durations.Replication, s.Durations.ForcedReplication = Duration(time.Minute), Duration(3*time.Minute)
	})
	must(t, f.ForceReplication(person, edgeB1))
	want := ReplicaState{ReplicaFQDN: edgeB1}
	if diff := cmp.Diff(want, replica(t, f, edgeB1)); diff != "" {
		t.Errorf("forcing deletes the recorded status (-want +got):\n%s", diff)
	}
	if !replica(t, f, "edge-a1.contoso.com").UpToDate {
		t.Error("forcing one replica touched another")
	}
	clock.Advance(3*time.Minute - time.Second)
	if replica(t, f, edgeB1).UpToDate {
		t.Error("a forced copy came before its time")
	}
	clock.Advance(time.Second)
	want = ReplicaState{ReplicaFQDN: edgeB1, UpToDate: true, LastStatus: clock.Now(), LastUpdate: clock.Now(), ProductVersion: "5.0.8308.0"}
	if diff := cmp.Diff(want, replica(t, f, edgeB1)); diff != "" {
		t.Errorf("after the forced copy (-want +got):\n%s", diff)
	}
}

// TestSlowReplicaIsSlowNoLonger: what is on its way when the fault ends arrives as soon as it does
// on any machine.
func TestSlowReplicaIsSlowNoLonger(t *testing.T) {
	f, clock := newFarm(t, func(s *Spec) { s.Durations.Replication = Duration(time.Minute) })
	must(t, f.AddFault(Fault{Kind: FaultSlowReplica, Target: edgeB1, Delay: Duration(time.Hour)}))
	must(t, f.SetSiteRoute(person, "Redmond", SIP, edgeB))
	clock.Advance(5 * time.Minute)
	before := f.Truth().Version
	if m, err := f.Machine(edgeB1); err != nil || m.LocalVersion == before {
		t.Fatalf("a slow replica has version %d after five minutes, %v", m.LocalVersion, err)
	}
	f.RemoveFault(FaultSlowReplica, edgeB1)
	clock.Advance(time.Minute)
	if m, err := f.Machine(edgeB1); err != nil || m.LocalVersion != before {
		t.Errorf("a minute after the fault the replica has version %d of %d, %v", m.LocalVersion, before, err)
	}
}

func TestSlowReplica(t *testing.T) {
	f, clock := newFarm(t, nil)
	must(t, f.AddFault(Fault{Kind: FaultSlowReplica, Target: edgeB1, Delay: Duration(time.Minute)}))
	must(t, f.SetSiteRoute(person, "Redmond", SIP, edgeB))
	if !replica(t, f, "edge-a1.contoso.com").UpToDate || replica(t, f, edgeB1).UpToDate {
		t.Error("only the slow replica should be behind")
	}
	clock.Advance(time.Minute)
	if !replica(t, f, edgeB1).UpToDate {
		t.Error("the slow replica never caught up")
	}
}
