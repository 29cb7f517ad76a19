package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

func failBackWaits(f *status.Facts) {
	f.Plan.Waits = []plan.Obstacle{{Aspect: plan.AspectFrontEnds, Err: plan.Down("fe1.contoso.com", []string{"fe1a.contoso.com (no replica is known)"})}}
}

// failsBack gives the facts a run whose step that fails fe1 back has the state.
func failsBack(f *status.Facts, state apply.State, request string) {
	f.Run = &status.RunFacts{PlanID: "sha256-1", Active: true, FailBackRequest: request,
		Entries: []apply.Entry{{Step: plan.Step{Act: plan.FailBackFrontEnd{Pool: "FE1.contoso.com"}}, State: state}}}
}

func TestStatusRemembersWhatAMoveOwes(t *testing.T) {
	before := &v1alpha1.Move{EdgePool: "edge1.contoso.com", FailBackOwed: []string{"fe1.contoso.com", "fe2.contoso.com"}}
	cases := map[string]struct {
		reason string
		change func(*status.Facts)
		want   *v1alpha1.Move
	}{
		"nothing new": {"what was remembered stays", func(*status.Facts) {}, before},
		"never moved": {"a route without a look has no move", func(f *status.Facts) { f.Previous.Move = nil }, nil},
		"a move begins": {"it replaces the one before", func(f *status.Facts) {
			f.Move = &plan.Move{EdgePool: "edge2.contoso.com", FailBack: []string{"fe1.contoso.com"}}
		}, &v1alpha1.Move{EdgePool: "edge2.contoso.com", FailBackOwed: []string{"fe1.contoso.com"}}},
		"one is back":       {"it is owed no longer, although the run still works on another", func(f *status.Facts) { failsBack(f, apply.Done, "") }, &v1alpha1.Move{EdgePool: "edge1.contoso.com", FailBackOwed: []string{"fe2.contoso.com"}}},
		"one is coming":     {"what is not done is owed", func(f *status.Facts) { failsBack(f, apply.Running, "") }, before},
		"one has failed":    {"what failed is owed", func(f *status.Facts) { failsBack(f, apply.Failed, "") }, before},
		"an old run did it": {"what a run did that ended was looked at since", func(f *status.Facts) { failsBack(f, apply.Done, ""); f.Run.Active = false }, before},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			f.Previous.Move = before.DeepCopy()
			c.change(&f)
			if diff := cmp.Diff(c.want, status.Route(f).Move); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestRequestIsHandledOnce(t *testing.T) {
	const text = "2026-03-14T22:00:00Z fe1.contoso.com"
	state := func(f *status.Facts, s lync.PoolState) {
		f.Observed.Topology.FrontEndPools = []lync.FrontEndPool{{FQDN: "fe1.contoso.com", State: s}}
	}
	cases := map[string]struct {
		reason  string
		change  func(*status.Facts)
		handled bool
	}{
		"pool is back":      {"what is asked for is so", func(f *status.Facts) { state(f, lync.PoolActive) }, true},
		"pool failed over":  {"it is still to be done", func(f *status.Facts) { state(f, lync.PoolFailedOver) }, false},
		"pool failing over": {"nobody knows yet what comes of it", func(f *status.Facts) { state(f, lync.PoolFailingOver) }, false},
		"nothing seen": {"unknown is not done", func(f *status.Facts) {
			*f = bare(fault.New(fault.Unreachable, "read", "it", "no"))
			f.FailBack.Text, f.FailBack.Pool = text, "fe1.contoso.com"
		}, false},
		"refused": {"who mistyped it may correct it", func(f *status.Facts) {
			state(f, lync.PoolActive)
			f.FailBack.Pool, f.FailBack.Err = "", fault.New(fault.Invalid, "read", "it", "no")
		}, false},
		"being done":       {"a run under way decides", func(f *status.Facts) { state(f, lync.PoolActive); failsBack(f, apply.Running, text) }, false},
		"done by this run": {"also while the run works on another pool", func(f *status.Facts) { state(f, lync.PoolFailedOver); failsBack(f, apply.Done, text) }, true},
		"done for an older one": {"a newer request is another one", func(f *status.Facts) {
			state(f, lync.PoolFailedOver)
			failsBack(f, apply.Done, "2026-03-14T21:00:00Z fe1.contoso.com")
		}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			f.FailBack = status.FailBackRequest{Text: text, Pool: "fe1.contoso.com"}
			f.Previous.LastHandledFailBackAt = "before"
			c.change(&f)
			f.Previous.LastHandledFailBackAt = "before"
			want := "before"
			if c.handled {
				want = text
			}
			if got := status.Route(f).LastHandledFailBackAt; got != want {
				t.Errorf("%s: handled is %q, want %q", c.reason, got, want)
			}
		})
	}
}

// TestFrontEndEvents follows a route whose failback waits and whose requests to fail back are
// mistyped.
func TestFrontEndEvents(t *testing.T) {
	refused := func(cause string) func(*status.Facts) {
		return func(f *status.Facts) {
			f.FailBack = status.FailBackRequest{Text: "x", Err: fault.New(fault.Invalid, "read", "the request", cause)}
		}
	}
	chapters := []struct {
		what   string
		change func(*status.Facts)
		want   []string
	}{
		{"first look", func(*status.Facts) {}, []string{"InSync"}},
		{"a machine is down", failBackWaits, []string{v1alpha1.ReasonFailBackWaits}},
		{"another is down", func(f *status.Facts) {
			f.Plan.Waits = []plan.Obstacle{{Aspect: plan.AspectFrontEnds, Err: plan.Down("fe1.contoso.com", []string{"fe1b.contoso.com (port 5061: connection refused)"})}}
		}, nil},
		{"all are up", func(*status.Facts) {}, nil},
		{"a mistyped request", refused("no time"), []string{v1alpha1.ReasonInvalid}},
		{"it stays", refused("no time"), nil},
		{"the next mistyped request", refused("no pool"), []string{v1alpha1.ReasonInvalid}},
	}
	var previous v1alpha1.FederationRouteStatus
	for _, c := range chapters {
		f := inSync()
		f.Previous = previous
		c.change(&f)
		next := status.Route(f)
		var got []string
		for _, e := range status.RouteEvents(previous, next) {
			got = append(got, e.Reason)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
		previous = next
	}
}
