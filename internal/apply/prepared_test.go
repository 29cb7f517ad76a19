package apply_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// inStage gives the step in another stage.
func inStage(stage plan.Stage, s plan.Step) plan.Step {
	s.Stage = stage
	return s
}

var clearFlags = plan.Step{Stage: plan.Leaving, Target: "topology", From: "on", To: "off",
	Act: plan.PublishFlags{Flags: []lync.Flag{{Pool: "edge1.contoso.com", Protocol: lync.SIP}}}}

// prepared is a move whose pool is made ready first. Its replicas carry every change at once.
func prepared(t *testing.T, set func(*farm), clearing plan.Step) (*farm, []apply.Entry, error) {
	t.Helper()
	f := newFarm()
	f.topology.Sites = []lync.Site{{Name: "Redmond", SIPRoute: "edge1.contoso.com"}}
	current := lync.Replica{UpToDate: true, LastUpdate: start}
	f.topology.Replicas[lync.HostOf(edgeA.FQDN)] = current
	f.effect["publish from s1"] = func() {
		f.topology.Signature = "s2"
		state := f.machines[edgeA.FQDN]
		state.LocalSignature = "s2"
		f.machines[edgeA.FQDN] = state
	}
	f.effect["route SIP of Redmond"] = func() { f.topology.Sites = []lync.Site{{Name: "Redmond", SIPRoute: "edge2.contoso.com"}} }
	f.open[edgeA.ExternalAddresses[0]] = true
	set(f)
	r := apply.Start(t.Context(), plan.Plan{ID: "sha256-1", Steps: []plan.Step{inStage(plan.Preparing, publishFlags), inStage(plan.Preparing, awaitReplication), inStage(plan.Preparing, setUpSIP),
		siteRoute, awaitReplication, checkPort, clearing}}, f.topology, f.hands(), limits, func() {})
	t.Cleanup(r.Abort)
	<-r.Done()
	_, _, err := r.Ended()
	return f, r.Entries(), err
}

// TestPoolIsPreparedBeforeItsRoute: the routes wait for the preparation and for all of it, and the
// old pool loses its flags last. The second publish starts from the document of the first.
func TestPoolIsPreparedBeforeItsRoute(t *testing.T) {
	f, entries, err := prepared(t, func(*farm) {}, clearFlags)
	if err != nil {
		t.Fatalf("%v %v", err, states(entries))
	}
	want := []string{"propose from s1", "note sha256-of-s2 and urls", "publish from s1", "note restored",
		"set up edge-a.contoso.com with s2", "note edge-a.contoso.com has [SIP]", "route SIP of Redmond",
		"propose from s2", "note sha256-of-s2 and urls", "publish from s2", "note restored"}
	if diff := cmp.Diff(want, f.acts); diff != "" {
		t.Errorf("acts (-want +got):\n%s", diff)
	}
}

// TestPreparationFails: federation stays where it is, route and all.
func TestPreparationFails(t *testing.T) {
	cases := map[string]struct {
		reason string
		set    func(*farm)
	}{
		"setup":       {"a pool that is not set up would serve nobody", func(f *farm) { f.before["set up edge-a.contoso.com with s2"] = refuses }},
		"replication": {"nor would one that does not know of its flag", func(f *farm) { f.topology.Replicas[lync.HostOf(edgeA.FQDN)] = lync.Replica{} }},
		"a route is moved meanwhile": {"whoever moved it wants something else", func(f *farm) {
			f.effect["publish from s1"] = func() { f.topology.Sites = []lync.Site{{Name: "Redmond", SIPRoute: "edge3.contoso.com"}} }
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f, entries, err := prepared(t, c.set, clearFlags)
			if err == nil || slices.Contains(f.acts, "route SIP of Redmond") || slices.Contains(f.acts, "publish from s2") {
				t.Errorf("%s: %v, %v, %v", c.reason, err, states(entries), f.acts)
			}
		})
	}
}

// TestPausedStageIsNotBegun: the run ends well without the stage that pauses, and each of its steps
// says what it waits for.
func TestPausedStageIsNotBegun(t *testing.T) {
	f := newFarm()
	r := apply.Start(t.Context(), plan.Plan{ID: "sha256-1", Steps: []plan.Step{siteRoute, clearFlags},
		Pauses: []plan.Pause{{Stage: plan.Leaving, Err: fault.New(fault.Busy, "end federation on", "edge1.contoso.com", "partners remember it")}}}, f.topology, f.hands(), limits, func() {})
	<-r.Done()
	_, _, err := r.Ended()
	if diff := cmp.Diff([]string{"route SIP of Redmond"}, f.acts); diff != "" || err != nil {
		t.Errorf("%v, acts (-want +got):\n%s", err, diff)
	}
	if e := r.Entries()[1]; e.State != apply.Pending || !strings.Contains(e.Message, "partners remember it") {
		t.Errorf("the paused step is %s and says %q", e.State, e.Message)
	}
}
