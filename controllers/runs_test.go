package controllers

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// gate is an Operator that sets a site's route once it is opened. began tells of
// each that it started to set.
type gate struct {
	lync.Operator
	began chan string
	open  chan error
}

func newGate() *gate { return &gate{began: make(chan string, 10), open: make(chan error)} }

func (g *gate) SetSiteRoute(ctx context.Context, site string, _ lync.Protocol, pool string) (string, error) {
	g.began <- site
	select {
	case err := <-g.open:
		return pool, err
	case <-ctx.Done():
		return "", fault.New(fault.OutcomeUnknown, "set", site, "aborted")
	}
}

// orderOf is a plan of two sites for the route.
func orderOf(route *v1alpha1.FederationRoute, topology string, g *gate) order {
	p := plan.Plan{ID: "sha256-1"}
	for _, site := range []string{"Redmond", "Dublin"} {
		p.Steps = append(p.Steps, plan.Step{Kind: plan.SetSiteRoute, Target: site, Site: site, EdgePool: "edge1.contoso.com", To: "edge1.contoso.com"})
	}
	return order{route: route, topology: types.NamespacedName{Namespace: "lync", Name: topology}, planID: p.ID, plan: p,
		hands: apply.Hands{Operator: g, Clock: &manualClock{now: begin}}, changed: func() {}}
}

// finish lets the run end with the error; nil lets it succeed.
func (g *gate) finish(r *runs, route *v1alpha1.FederationRoute, err error) {
	g.open <- err
	if err == nil {
		g.open <- nil // the second site
	}
	<-r.get(route).run.Done()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOneRunForEachOrganization(t *testing.T) {
	r, g := newRuns(apply.DefaultLimits), newGate()
	a, b := federationRoute("a", "edge1.contoso.com"), federationRoute("b", "edge1.contoso.com")
	must(t, r.begin(orderOf(a, "org", g)))
	for _, again := range []*v1alpha1.FederationRoute{a, b} {
		err := r.begin(orderOf(again, "org", g))
		if !fault.Is(err, fault.Busy) || !strings.Contains(fault.Sentence(err), "this one waits; it begins when the other has ended") {
			t.Errorf("route %s beside a run of the organization: %v, want to wait", again.Name, err)
		}
	}
	other := newGate()
	must(t, r.begin(orderOf(b, "elsewhere", other)))
	other.finish(r, b, nil)
	g.finish(r, a, nil)
	must(t, r.begin(orderOf(b, "org", g)))
	g.finish(r, b, nil)
}

func TestARouteThatIsGoneStillHoldsItsOrganization(t *testing.T) {
	r, g := newRuns(apply.DefaultLimits), newGate()
	a, b := federationRoute("a", "edge1.contoso.com"), federationRoute("b", "edge1.contoso.com")
	must(t, r.begin(orderOf(a, "org", g)))
	run := r.get(a).run
	<-g.began
	r.forget(client.ObjectKeyFromObject(a))
	if r.get(a) != nil {
		t.Error("the record of a deleted route is kept")
	}
	if err := r.begin(orderOf(b, "org", newGate())); !fault.Is(err, fault.Busy) {
		t.Fatalf("a second run began beside a step under way: %v", err)
	}
	g.open <- nil
	<-run.Done()
	if states := run.Entries(); states[0].State != apply.Done || states[1].State != apply.Pending {
		t.Errorf("after deletion the steps are %s and %s, want the one under way done and no further one", states[0].State, states[1].State)
	}
	next := newGate()
	must(t, r.begin(orderOf(b, "org", next)))
	next.finish(r, b, nil)
}

func TestRecordsBelongToOneObject(t *testing.T) {
	r, g := newRuns(apply.DefaultLimits), newGate()
	a := federationRoute("a", "edge1.contoso.com")
	must(t, r.begin(orderOf(a, "org", g)))
	g.finish(r, a, nil)
	again := a.DeepCopy()
	again.UID = "another object of the same name"
	if r.get(a) == nil || r.get(again) != nil || r.get(federationRoute("b", "")) != nil {
		t.Error("a record is found for its own object, and for no other of its name")
	}
	again = a.DeepCopy()
	again.Generation++
	if have := r.get(again); have == nil || have.of(again) || !have.of(a) {
		t.Error("the record of an older spec is found and known to be older")
	}
	if got := (*record)(nil).facts(); got != nil {
		t.Errorf("no run has facts %v", got)
	}
}

func TestRetryAfter(t *testing.T) {
	cases := map[string]struct {
		reason string
		kinds  []fault.Kind // how the runs in a row ended
		want   []int        // seconds until the next
	}{
		"unreachable":     {"longer and longer, up to five minutes", repeat(fault.Unreachable, 8), []int{5, 10, 20, 40, 80, 160, 300, 300}},
		"failed":          {"a step that fails may hurt: up to half an hour", repeat(fault.Failed, 11), []int{5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800}},
		"refused":         {"so may one that is refused", repeat(fault.Refused, 11), []int{5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800}},
		"conflict":        {"the world moved: at once, and with pauses when it goes on moving", repeat(fault.Conflict, 4), []int{0, 10, 20, 40}},
		"outcome unknown": {"the organization is looked at and planned anew", repeat(fault.OutcomeUnknown, 2), []int{0, 10}},
		"success":         {"there is nothing to wait for", []fault.Kind{""}, []int{0}},
		"success between": {"a success ends the row", []fault.Kind{fault.Unreachable, fault.Unreachable, "", fault.Unreachable}, []int{5, 10, 0, 5}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r, a := newRuns(apply.DefaultLimits), federationRoute("a", "edge1.contoso.com")
			for i, kind := range c.kinds {
				g := newGate()
				must(t, r.begin(orderOf(a, "org", g)))
				g.finish(r, a, failure(kind))
				if got, want := r.get(a).retryAfter(), time.Duration(c.want[i])*time.Second; got != want {
					t.Errorf("%s: after run %d (%q) it waits %s, want %s", c.reason, i+1, kind, got, want)
				}
			}
			changed := a.DeepCopy()
			changed.Generation++
			g := newGate()
			must(t, r.begin(orderOf(changed, "org", g)))
			g.finish(r, changed, failure(fault.Unreachable))
			if got := r.get(changed).retryAfter(); got != 5*time.Second {
				t.Errorf("a changed spec waits %s after its first failure, want 5s", got)
			}
		})
	}
}

func repeat(k fault.Kind, n int) []fault.Kind {
	out := make([]fault.Kind, n)
	for i := range out {
		out[i] = k
	}
	return out
}

func failure(k fault.Kind) error {
	if k == "" {
		return nil
	}
	return fault.New(k, "set", "Redmond", "it did not work")
}

func TestStopWaitsForTheStepsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, g := newRuns(apply.DefaultLimits), newGate()
		a := federationRoute("a", "edge1.contoso.com")
		must(t, r.begin(orderOf(a, "org", g)))
		<-g.began
		stopped := make(chan struct{})
		go func() { r.stop(context.Background()); close(stopped) }()
		synctest.Wait() // stop waits for the first site
		g.open <- nil
		<-stopped
		if e := r.get(a).run.Entries(); e[0].State != apply.Done || e[1].State != apply.Pending {
			t.Errorf("steps are %s and %s, want the one under way done and no further one", e[0].State, e[1].State)
		}
		if err := r.begin(orderOf(federationRoute("b", ""), "elsewhere", newGate())); !fault.Is(err, fault.Busy) {
			t.Errorf("a run began while the controller stops: %v", err)
		}
	})
}

func TestStopAbortsWhatTakesTooLong(t *testing.T) {
	r, gone, g := newRuns(apply.DefaultLimits), newGate(), newGate()
	a, b := federationRoute("a", "edge1.contoso.com"), federationRoute("b", "edge1.contoso.com")
	must(t, r.begin(orderOf(a, "org", gone)))
	must(t, r.begin(orderOf(b, "elsewhere", g)))
	<-gone.began
	<-g.began
	ofGone := r.get(a).run
	r.forget(client.ObjectKeyFromObject(a))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.stop(ctx)
	for name, run := range map[string]*apply.Run{"a": ofGone, "b": r.get(b).run} {
		if over, _, err := run.Ended(); !over || !fault.Is(err, fault.OutcomeUnknown) {
			t.Errorf("the run of route %s: over %v with %v, want an aborted end", name, over, err)
		}
	}
}

func TestWishesAreOfOneSpec(t *testing.T) {
	r, a := newRuns(apply.DefaultLimits), federationRoute("a", "edge1.contoso.com")
	later := begin.Add(time.Hour)
	if got := r.wished(a, begin); !got.Equal(begin) {
		t.Errorf("first wished at %s, want now", got)
	}
	if got := r.wished(a, later); !got.Equal(begin) {
		t.Errorf("the same spec is wished since %s, want %s", got, begin)
	}
	a.Generation++
	if got := r.wished(a, later); !got.Equal(later) {
		t.Errorf("a new spec is wished since %s, want now", got)
	}
	r.forget(client.ObjectKeyFromObject(a))
	if got := r.wished(a, later.Add(1)); got.Equal(later) {
		t.Error("the wish of a deleted route is remembered")
	}
}
