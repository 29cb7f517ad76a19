package runs

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// gate is an Operator whose SetSiteRoute waits until it receives from open. began gets the name of
// each site whose route it starts to set.
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

// stopped is a clock that stands still. Sleep returns when its context ends.
type stopped struct{}

func (stopped) Now() time.Time { return time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC) }

func (stopped) Sleep(ctx context.Context, _ time.Duration) error {
	<-ctx.Done()
	return ctx.Err()
}

// route names one edition of a route.
type route struct {
	memory.Object
	memory.Edition
}

func routeOf(name string) route {
	return route{memory.Object{Namespace: "lync", Name: name}, memory.Edition{UID: name, Generation: 1}}
}

func (r route) changed() route {
	r.Generation++
	return r
}

func (m *Memory) of(r route) *Run { return m.Latest(r.Object) }

// orderOf orders a run that sets the routes of two sites.
func orderOf(r route, topology string, g *gate) Order {
	p := plan.Plan{ID: "sha256-1"}
	for _, site := range []string{"Redmond", "Dublin"} {
		p.Steps = append(p.Steps, plan.Step{Target: site, To: "edge1.contoso.com", Act: plan.SetSiteRoute{Site: site, EdgePool: "edge1.contoso.com"}})
	}
	return Order{Route: r.Object, Edition: r.Edition, Topology: memory.Object{Namespace: "lync", Name: topology}, PlanID: p.ID, Plan: p,
		Hands: apply.Hands{Operator: g, Clock: stopped{}}, Changed: func() {}}
}

// finish lets the run end with the error, or succeed if err is nil.
func (g *gate) finish(m *Memory, r route, err error) {
	g.open <- err
	g.open <- err // the second site, which does not need the first
	<-m.of(r).Done()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOneRunForEachOrganization(t *testing.T) {
	r, g := New(apply.DefaultLimits), newGate()
	a, b := routeOf("a"), routeOf("b")
	must(t, r.Begin(orderOf(a, "org", g)))
	for _, again := range []route{a, b} {
		err := r.Begin(orderOf(again, "org", g))
		if !fault.Is(err, fault.Busy) || !strings.Contains(fault.Sentence(err), "this one waits; it begins when the other has ended") {
			t.Errorf("route %s beside a run of the organization: %v, want to wait", again.Name, err)
		}
	}
	other := newGate()
	must(t, r.Begin(orderOf(b, "elsewhere", other)))
	other.finish(r, b, nil)
	g.finish(r, a, nil)
	must(t, r.Begin(orderOf(b, "org", g)))
	g.finish(r, b, nil)
}

func TestARouteThatIsGoneStillHoldsItsOrganization(t *testing.T) {
	r, g := New(apply.DefaultLimits), newGate()
	a, b := routeOf("a"), routeOf("b")
	must(t, r.Begin(orderOf(a, "org", g)))
	run := r.of(a)
	<-g.began
	r.Forget(a.Object)
	if have := r.of(a); have != run || !have.Stopping() {
		t.Error("a run under way goes on unseen when its route is gone")
	}
	next, told := newGate(), make(chan struct{}, 10)
	o := orderOf(b, "org", next)
	o.Changed = func() { told <- struct{}{} }
	must(t, r.Begin(o))
	<-told // its first step waits
	if e := r.of(b).Entries()[0]; len(next.began) > 0 || e.State != apply.Pending || e.Message != "waits for SetSiteRoute Redmond, which an earlier plan began" {
		t.Fatalf("a route is set beside a step under way: %s %q", e.State, e.Message)
	}
	g.open <- nil
	<-run.Done()
	if states := run.Entries(); states[0].State != apply.Done || states[1].State != apply.Pending {
		t.Errorf("after deletion the steps are %s and %s, want the one under way done and no further one", states[0].State, states[1].State)
	}
	next.finish(r, b, nil)
	waitUntil(func() bool { return !r.Working(o.Topology) })
	r.Observed(o.Topology, stopped{}.Now().Add(-time.Second))
	if r.of(a) != run {
		t.Error("a new route of the name would be judged by a look from before the run's end")
	}
	r.Observed(o.Topology, stopped{}.Now())
	if r.of(a) != nil || r.of(b) == nil {
		t.Error("the run of a route that is gone is kept after another look, or that of another route is not")
	}
}

func TestRunsBelongToOneObject(t *testing.T) {
	r, g := New(apply.DefaultLimits), newGate()
	a := routeOf("a")
	must(t, r.Begin(orderOf(a, "org", g)))
	g.finish(r, a, nil)
	again := a
	again.UID = "another object of the same name"
	if have := r.of(again); have == nil || have.IsOfObject(again.UID) || have.IsOf(again.Edition) || !have.IsOfObject(a.UID) || r.of(routeOf("b")) != nil {
		t.Error("an object finds the run of an earlier one of its name, and knows that it is not its own")
	}
	again = a.changed()
	if have := r.of(again); have == nil || have.IsOf(again.Edition) || !have.IsOf(a.Edition) {
		t.Error("the run of an older spec is found and known to be older")
	}
}

func TestRetryAfter(t *testing.T) {
	cases := map[string]struct {
		reason string
		kinds  []fault.Kind // how the runs in a row ended
		want   []int        // seconds until the next run
	}{
		"unreachable":     {"longer and longer, up to five minutes", repeat(fault.Unreachable, 8), []int{5, 10, 20, 40, 80, 160, 300, 300}},
		"failed":          {"a step that fails may hurt: up to half an hour", repeat(fault.Failed, 11), []int{5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800}},
		"refused":         {"so may one that is refused", repeat(fault.Refused, 11), []int{5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800}},
		"conflict":        {"the world moved: at once, and with pauses when it goes on moving", repeat(fault.WorldChanged, 4), []int{0, 10, 20, 40}},
		"outcome unknown": {"the organization is looked at and planned anew", repeat(fault.OutcomeUnknown, 2), []int{0, 10}},
		"success":         {"there is nothing to wait for", []fault.Kind{""}, []int{0}},
		"success between": {"a success ends the row", []fault.Kind{fault.Unreachable, fault.Unreachable, "", fault.Unreachable}, []int{5, 10, 0, 5}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r, a := New(apply.DefaultLimits), routeOf("a")
			for i, kind := range c.kinds {
				g := newGate()
				must(t, r.Begin(orderOf(a, "org", g)))
				g.finish(r, a, failure(kind))
				if got, want := r.of(a).RetryAfter(), time.Duration(c.want[i])*time.Second; got != want {
					t.Errorf("%s: after run %d (%q) it waits %s, want %s", c.reason, i+1, kind, got, want)
				}
			}
			changed := a.changed()
			g := newGate()
			must(t, r.Begin(orderOf(changed, "org", g)))
			g.finish(r, changed, failure(fault.Unreachable))
			if got := r.of(changed).RetryAfter(); got != 5*time.Second {
				t.Errorf("a changed spec waits %s after its first failure, want 5s", got)
			}
		})
	}
}

// refusing is a zone that takes no update.
type refusing struct{ dns.Writer }

func (refusing) Check(context.Context, []dns.Change) error { return failure(fault.Refused) }

func TestRetryAfterARefusedUpdate(t *testing.T) {
	r, a := New(apply.DefaultLimits), routeOf("a")
	o := orderOf(a, "org", newGate())
	o.Plan.Steps = []plan.Step{{Target: "contoso.com", Act: plan.UpdateDNS{Zone: "contoso.com"}}}
	o.Hands.Zones = map[string]apply.Zone{"contoso.com": {Writer: refusing{}}}
	for n, want := range []int{5, 10, 20, 40, 60, 60} {
		must(t, r.Begin(o))
		<-r.of(a).Done()
		if _, _, err := r.of(a).Ended(); !fault.Is(err, fault.Refused) {
			t.Fatalf("run %d ended with %v, want a refusal", n+1, err)
		}
		if got, want := r.of(a).RetryAfter(), time.Duration(want)*time.Second; got != want {
			t.Errorf("after run %d it waits %s, want %s", n+1, got, want)
		}
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
		r, g := New(apply.DefaultLimits), newGate()
		a := routeOf("a")
		must(t, r.Begin(orderOf(a, "org", g)))
		<-g.began
		stopped := make(chan struct{})
		go func() { r.Stop(context.Background()); close(stopped) }()
		synctest.Wait() // the stop waits until the first site's route is set
		g.open <- nil
		<-stopped
		if e := r.of(a).Entries(); e[0].State != apply.Done || e[1].State != apply.Pending {
			t.Errorf("steps are %s and %s, want the one under way done and no further one", e[0].State, e[1].State)
		}
		if err := r.Begin(orderOf(routeOf("b"), "elsewhere", newGate())); !fault.Is(err, fault.Busy) {
			t.Errorf("a run began while the controller stops: %v", err)
		}
	})
}

func TestStopAbortsWhatTakesTooLong(t *testing.T) {
	r, gone, g := New(apply.DefaultLimits), newGate(), newGate()
	a, b := routeOf("a"), routeOf("b")
	must(t, r.Begin(orderOf(a, "org", gone)))
	must(t, r.Begin(orderOf(b, "elsewhere", g)))
	<-gone.began
	<-g.began
	ofGone := r.of(a).Run
	r.Forget(a.Object)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.Stop(ctx)
	for name, run := range map[string]*apply.Run{"a": ofGone, "b": r.of(b).Run} {
		if over, _, err := run.Ended(); !over || !fault.Is(err, fault.OutcomeUnknown) {
			t.Errorf("the run of route %s: over %v with %v, want an aborted end", name, over, err)
		}
	}
}

// TestAnOrganizationIsForgottenWhenItsRunEnds: nothing is kept for an organization without a run.
// A run holds a plan and a topology, which would pile up as organizations come and go.
func TestAnOrganizationIsForgottenWhenItsRunEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, g, a := New(apply.DefaultLimits), newGate(), routeOf("a")
		must(t, r.Begin(orderOf(a, "org", g)))
		synctest.Wait()
		if len(r.working) != 1 {
			t.Errorf("%d organizations are worked on, want one", len(r.working))
		}
		g.finish(r, a, nil)
		synctest.Wait()
		if len(r.working) != 0 {
			t.Errorf("%d organizations are kept after their runs", len(r.working))
		}
	})
}

type panicking struct{ lync.Operator }

func (panicking) SetSiteRoute(context.Context, string, lync.Protocol, string) (string, error) {
	panic("swordfish")
}

func TestARunThatPanicsFreesItsOrganization(t *testing.T) {
	r, g := New(apply.DefaultLimits), newGate()
	a, b := routeOf("a"), routeOf("b")
	o := orderOf(a, "org", g)
	o.Hands.Operator = panicking{}
	must(t, r.Begin(o))
	<-r.of(a).Done()
	if _, _, err := r.of(a).Ended(); !fault.Is(err, fault.Internal) || r.of(a).Entries()[0].State != apply.Failed {
		t.Errorf("the run ended with %v, its step is %s", err, r.of(a).Entries()[0].State)
	} else if told := fmt.Sprintf("%s %+v %#v", fault.Sentence(err), r.of(a).Entries(), err); strings.Contains(told, "swordfish") {
		t.Errorf("what it panicked with is told: %s", told)
	}
	must(t, r.Begin(orderOf(b, "org", g)))
	g.finish(r, b, nil)
}

// failingBack is a gate whose failbacks wait, too.
type failingBack struct{ *gate }

func (f failingBack) FailBack(ctx context.Context, pool string) error {
	_, err := f.SetSiteRoute(ctx, pool, "", "")
	return err
}

// failedOver is an Observer of an organization with one pool that is failed over.
type failedOver struct{ lync.Observer }

func (failedOver) ReadTopology(context.Context) (lync.Topology, string, error) {
	return lync.Topology{FrontEndPools: []lync.FrontEndPool{{FQDN: "fe1.contoso.com", State: lync.PoolFailedOver}},
		Replicas: map[lync.Host]lync.Replica{"fe1.contoso.com": {UpToDate: true}}}, "", nil
}

// up is a Prober to which every port speaks.
type up struct{ probe.Prober }

func (up) Probe(_ context.Context, t probe.Target) probe.Reading {
	return probe.Reading{Target: t, Open: true, Spoke: true}
}

// TestANewerWishPassesAFailBack: a run is stopped while a Front End pool fails back. The next run
// sets routes at once. The pool's failback is not cut, and is remembered until it has ended.
func TestANewerWishPassesAFailBack(t *testing.T) {
	m, slow, fast := New(apply.DefaultLimits), newGate(), newGate()
	a := routeOf("a")
	o := orderOf(a, "org", slow)
	o.Plan.Steps = []plan.Step{{Target: "fe1.contoso.com", Act: plan.FailBackFrontEnd{Pool: "fe1.contoso.com", Machines: []plan.FrontEndMachine{{FQDN: "fe1.contoso.com"}}}}}
	o.Hands.Operator, o.Hands.Observer, o.Hands.Prober = failingBack{slow}, failedOver{}, up{}
	must(t, m.Begin(o))
	<-slow.began
	before := m.of(a)
	if before.Finishing() || !fault.Is(m.Begin(orderOf(a.changed(), "org", fast)), fault.Busy) {
		t.Fatal("a run that nobody stopped does not count as finishing")
	}
	before.Stop()
	if !before.Finishing() {
		t.Fatal("a stopped run that only fails a pool back holds up the next")
	}
	must(t, m.Begin(orderOf(a.changed(), "org", fast)))
	fast.finish(m, a.changed(), nil)
	now := m.of(a.changed())
	if len(now.Before) != 1 || now.Before[0] != before || before.Entries()[0].State != apply.Running {
		t.Errorf("the failback was cut or forgotten: %v, %s", now.Before, before.Entries()[0].State)
	}
	slow.open <- nil
	<-before.Done()
	if before.Entries()[0].Message == "" && before.Entries()[0].State == apply.Done {
		t.Error("the pool reads failed over after the failback, and the step says it is done")
	}
}

// TestANewerWishWaitsForTheStore: while a stopped run still sets a route, no plan can be made, for
// nobody knows what it will find.
func TestANewerWishWaitsForTheStore(t *testing.T) {
	m, g := New(apply.DefaultLimits), newGate()
	a := routeOf("a")
	must(t, m.Begin(orderOf(a, "org", g)))
	<-g.began
	run := m.of(a)
	run.Stop()
	if run.Finishing() {
		t.Error("a plan would be made while a route is being set")
	}
	g.open <- nil
	<-run.Done()
}

// TestNothingElseBeginsWhileARunIsPrepared: preparing asks the API server. Until it has answered,
// the organization counts as worked on.
func TestNothingElseBeginsWhileARunIsPrepared(t *testing.T) {
	m, g := New(apply.DefaultLimits), newGate()
	a, b := routeOf("a"), routeOf("b")
	o := orderOf(a, "org", g)
	refusal := fault.New(fault.Unreachable, "attach", "a", "connection refused")
	o.Prepare = func() error {
		if !m.Working(o.Topology) || !fault.Is(m.Begin(orderOf(b, "org", g)), fault.Busy) {
			t.Error("another run may begin meanwhile")
		}
		return refusal
	}
	if err := m.Begin(o); !errors.Is(err, refusal) || m.of(a) != nil || m.Working(o.Topology) {
		t.Errorf("a run that could not be prepared: %v, run %v", err, m.of(a))
	}
	o.Prepare = func() error { go m.Stop(context.Background()); waitUntil(m.stopping); return nil }
	if err := m.Begin(o); !fault.Is(err, fault.Busy) || m.of(a) != nil {
		t.Errorf("a run began after the stop: %v", err)
	}
}

func (m *Memory) stopping() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.leaving
}

func waitUntil(ok func() bool) {
	for !ok() {
		runtime.Gosched()
	}
}
