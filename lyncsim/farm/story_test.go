package farm

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/refusal"
)

const edgeB1 = "edge-b1.contoso.com"

// invariants lists which invariants were broken, in order.
func invariants(f *Farm) []string {
	out := []string{}
	for _, v := range f.Violations() {
		out = append(out, v.Invariant)
	}
	return out
}

func wantInvariants(t *testing.T, f *Farm, want ...string) {
	t.Helper()
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, invariants(f)); diff != "" {
		t.Errorf("broken invariants (-want +got):\n%s\n%+v", diff, f.Violations())
	}
}

func TestSetupBeforeReplicationAppliesTheOldDocument(t *testing.T) {
	f, clock := newFarm(t, func(s *Spec) { s.Durations.Replication = Duration(time.Minute) })
	must(t, f.SetSiteRoute(person, "Redmond", SIP, edgeB))
	must(t, f.StopServices(t.Context(), person, ServicesRequest{Machine: "edge-a1.contoso.com"}))
	must(t, f.StopServices(t.Context(), person, ServicesRequest{Machine: "edge-a2.contoso.com"}))
	publishFlags(t, f, edgeB, true)

	must(t, f.Setup(t.Context(), person, edgeB1))
	m, err := f.Machine(edgeB1)
	must(t, err)
	if m.SIPInstalled {
		t.Error("setup installed 5061 from a document that the replica does not have")
	}
	wantInvariants(t, f, "I8")

	clock.Advance(time.Minute)
	must(t, f.Setup(t.Context(), person, edgeB1))
	wantReachable(t, f, "after setup on a replica that has the change", "edge-b1.contoso.com SIP")
	wantInvariants(t, f, "I8")
}

func TestPublishWaitsForEnable(t *testing.T) {
	f, _ := newFarm(t, nil)
	doc, err := f.Truth().Published.WithSIPFederation(edgeB, true)
	must(t, err)
	done, err := f.Publish(t.Context(), person, doc.Bytes())
	must(t, err)

	local, err := f.LocalStore(edgeB1)
	must(t, err)
	if local.Enabled.Signature == done.Signature {
		t.Error("the replica has a document that was never enabled")
	}
	must(t, f.Enable(t.Context(), person))
	local, err = f.LocalStore(edgeB1)
	must(t, err)
	if local.Enabled.Signature != done.Signature {
		t.Errorf("the replica has %s after Enable, want %s", local.Enabled.Signature, done.Signature)
	}
}

func TestPublishEmptiesSimpleURLs(t *testing.T) {
	f, _ := newFarm(t, nil)
	before := f.Truth().SimpleURLs
	publishFlags(t, f, edgeB, true)
	if got := f.Truth().SimpleURLs[0].URLs; len(got) != 0 {
		t.Fatalf("simple URLs after a publish: %v", got)
	}
	if f.LostSimpleURLs() == nil {
		t.Fatal("nobody noticed that the simple URLs are lost")
	}
	publishFlags(t, f, edgeA, false)
	if diff := cmp.Diff(before, f.LostSimpleURLs()); diff != "" {
		t.Errorf("a second publish hid the loss (-want +got):\n%s", diff)
	}
	must(t, f.SetSimpleURLs(person, "global", before[0].URLs))
	if got := f.LostSimpleURLs(); got != nil {
		t.Errorf("still lost after they were put back: %v", got)
	}
}

func TestStalePublishIsAViolation(t *testing.T) {
	f, _ := newFarm(t, nil)
	must(t, f.AddFault(Fault{Kind: FaultPersonEdits}))
	raw, err := f.TopologyXML()
	must(t, err)
	_, err = f.Publish(t.Context(), person, raw)
	must(t, err)
	wantInvariants(t, f, "I2")
}

func TestTwoPublishesAtOnce(t *testing.T) {
	f, clock := newFarm(t, func(s *Spec) { s.Durations.Publish = Duration(time.Minute) })
	raw := f.Truth().Published.Bytes()
	first := make(chan error)
	go func() {
		_, err := f.Publish(t.Context(), person, raw)
		first <- err
	}()
	clock.AwaitSleepers(1)
	_, err := f.Publish(t.Context(), person, raw)
	wantKind(t, err, refusal.Busy)
	clock.Advance(time.Minute)
	must(t, <-first)
	wantInvariants(t, f, "I2")
}

func TestSecondSetupIsAViolation(t *testing.T) {
	f, clock := newFarm(t, func(s *Spec) { s.Durations.Setup = Duration(time.Minute) })
	first := make(chan error)
	go func() { first <- f.Setup(t.Context(), person, edgeB1) }()
	clock.AwaitSleepers(1)
	wantKind(t, f.Setup(t.Context(), person, edgeB1), refusal.Busy)
	clock.Advance(time.Minute)
	must(t, <-first)
	wantInvariants(t, f, "I7")
}

func TestPowerLossEndsSetup(t *testing.T) {
	f, clock := newFarm(t, func(s *Spec) { s.Durations.Setup = Duration(time.Minute) })
	first := make(chan error)
	go func() { first <- f.Setup(t.Context(), person, "edge-a1.contoso.com") }()
	clock.AwaitSleepers(1)
	must(t, f.Kill(person, "edge-a1.contoso.com"))
	must(t, f.Return(person, "edge-a1.contoso.com", ServicesStart))
	clock.Advance(time.Minute)
	wantKind(t, <-first, refusal.Unreachable)
	m, err := f.Machine("edge-a1.contoso.com")
	must(t, err)
	for _, s := range m.Services {
		if s.Name == ServiceAccessEdge && (s.Status != Stopped || s.StartType != Disabled) {
			t.Errorf("half-done setup left the Access Edge %s, %s", s.Status, s.StartType)
		}
	}
}

func TestCancelledSetup(t *testing.T) {
	f, clock := newFarm(t, func(s *Spec) { s.Durations.Setup = Duration(time.Minute) })
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error)
	go func() { first <- f.Setup(ctx, person, edgeB1) }()
	clock.AwaitSleepers(1)
	cancel()
	wantKind(t, <-first, refusal.Failed)
	second := make(chan error)
	go func() { second <- f.Setup(t.Context(), person, edgeB1) }()
	clock.AwaitSleepers(1)
	clock.Advance(time.Minute)
	must(t, <-second)
	wantInvariants(t, f)
}

func TestSetupOnAMachineWithAnotherName(t *testing.T) {
	f, _ := newFarm(t, nil)
	const name = "edge-a1.contoso.com"
	must(t, f.Rename(person, name, "edge-a1"))
	wantKind(t, f.Setup(t.Context(), person, name), refusal.Failed)
	wantKind(t, f.StartServices(t.Context(), person, ServicesRequest{Machine: name, Names: []string{ServiceAccessEdge}}), refusal.Failed)
	wantReachable(t, f, "with one server's roles gone", "edge-a2.contoso.com SIP", "edge-a2.contoso.com XMPP")

	must(t, f.Rename(person, name, name))
	must(t, f.Setup(t.Context(), person, name))
	must(t, f.StartServices(t.Context(), person, ServicesRequest{Machine: name}))
	wantReachable(t, f, "with the name right again",
		"edge-a1.contoso.com SIP", "edge-a1.contoso.com XMPP", "edge-a2.contoso.com SIP", "edge-a2.contoso.com XMPP")
}

func TestXMPPProxyAndTheRoute(t *testing.T) {
	cases := map[string]struct {
		reason  string
		restart bool
		want    []string
	}{
		"follows replication": {"by default the proxy takes a new route up when it arrives", false,
			[]string{"edge-b1.contoso.com XMPP"}},
		"needs a restart": {"with xmppProxyNeedsRestart the route that was there at start counts", true, []string{}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f, _ := newFarm(t, func(s *Spec) {
				s.Behaviour.XMPPProxyNeedsRestart = tc.restart
				s.Sites[1].EdgePools[0].XMPP = true
			})
			must(t, f.SetSiteRoute(person, "Dublin", XMPP, edgeB))
			got := []string{}
			for _, l := range f.Reachable() {
				if l.Machine == edgeB1 {
					got = append(got, l.Machine+" "+string(l.Federation))
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
			if !tc.restart {
				return
			}
			must(t, f.StopServices(t.Context(), person, ServicesRequest{Machine: edgeB1}))
			must(t, f.StartServices(t.Context(), person, ServicesRequest{Machine: edgeB1}))
			if rows := reachable(f); rows[len(rows)-1] != "edge-b1.contoso.com XMPP" {
				t.Errorf("after a restart the route is still not taken up: %v", rows)
			}
		})
	}
}

func TestStoppedReplicaMissesTheRoute(t *testing.T) {
	f, _ := newFarm(t, func(s *Spec) { s.Sites[1].EdgePools[0].XMPP = true })
	must(t, f.StopServices(t.Context(), person, ServicesRequest{Machine: edgeB1}))
	must(t, f.SetSiteRoute(person, "Dublin", XMPP, edgeB))
	local, err := f.LocalStore(edgeB1)
	must(t, err)
	if got := local.Routes["dublin"].XMPP; got != edgeA {
		t.Errorf("a stopped REPLICA service received the route %q", got)
	}
	must(t, f.StartServices(t.Context(), person, ServicesRequest{Machine: edgeB1}))
	local, err = f.LocalStore(edgeB1)
	must(t, err)
	if got := local.Routes["dublin"].XMPP; got != edgeB {
		t.Errorf("the started REPLICA service has the route %q, want %q", got, edgeB)
	}
}

func TestFrontEndFailover(t *testing.T) {
	f, clock := newFarm(t, func(s *Spec) {
		s.Durations.FailBackPerThousandUsers = Duration(time.Minute)
	})
	wantKind(t, f.FailOver(t.Context(), person, poolA, Disaster), refusal.Refused)
	must(t, f.SetNextHop(person, edgeA, poolB))
	must(t, f.Kill(person, "fe-a1.contoso.com"))
	wantKind(t, f.FailOver(t.Context(), person, poolA, Planned), refusal.Refused)
	must(t, f.FailOver(t.Context(), person, poolA, Disaster))
	if got := f.Truth().Pools[poolA].State; got != PoolFailedOver {
		t.Fatalf("state %s after failover", got)
	}
	wantKind(t, f.FailBack(t.Context(), person, poolA), refusal.Unreachable)
	must(t, f.Return(person, "fe-a1.contoso.com", ServicesStart))

	done := make(chan error)
	go func() { done <- f.FailBack(t.Context(), person, poolA) }()
	clock.AwaitSleepers(1)
	wantKind(t, f.FailBack(t.Context(), person, poolA), refusal.Busy)
	if got := f.Truth().Pools[poolA].State; got != PoolFailedOver {
		t.Errorf("state %s while failing back", got)
	}
	clock.Advance(2*time.Minute - time.Second)
	if got := f.Truth().Pools[poolA].State; got != PoolFailedOver {
		t.Errorf("2,000 users took less than two minutes: %s", got)
	}
	clock.Advance(time.Second)
	must(t, <-done)
	if got := f.Truth().Pools[poolA].State; got != PoolActive {
		t.Errorf("state %s after failback", got)
	}
	wantInvariants(t, f, "I7")
}

func TestCMSDown(t *testing.T) {
	f, _ := newFarm(t, nil)
	must(t, f.Kill(person, "fe-b1.contoso.com"))
	_, err := f.CMS()
	wantKind(t, err, refusal.Unreachable)
	wantKind(t, f.SetSiteRoute(person, "Redmond", SIP, edgeB), refusal.Unreachable)
	wantKind(t, f.Enable(t.Context(), person), refusal.Unreachable)
	if got := f.CMSStatus(); got.ActiveMaster != "" {
		t.Errorf("the CMS is down and says it is %s", got.ActiveMaster)
	}
	must(t, f.MoveCMS(person, poolA))
	must(t, f.SetSiteRoute(person, "Redmond", SIP, edgeB))
	want := CMSStatus{ActiveMaster: poolA, FileTransferAgents: []string{"fe-a1.contoso.com"}, LastMasterHeartbeat: start}
	if diff := cmp.Diff(want, f.CMSStatus()); diff != "" {
		t.Errorf("CMS status (-want +got):\n%s", diff)
	}
}

func TestFirewallHidesOnePort(t *testing.T) {
	f, _ := newFarm(t, nil)
	before := reachable(f)
	must(t, f.AddFault(Fault{Kind: FaultFirewall, Target: "edge-a1.contoso.com/5269"}))
	want := slices.DeleteFunc(slices.Clone(before), func(row string) bool { return row == "edge-a1.contoso.com XMPP" })
	if diff := cmp.Diff(want, reachable(f)); diff != "" || len(want) == len(before) {
		t.Errorf("reachable behind the wall (-want +got):\n%s", diff)
	}
	f.ClearFaults()
	if diff := cmp.Diff(before, reachable(f)); diff != "" {
		t.Errorf("reachable without it (-want +got):\n%s", diff)
	}
}
