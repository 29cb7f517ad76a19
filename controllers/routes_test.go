package controllers

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/runs"
	"github.com/fedroute/fedroute/internal/memory/sights"
)

// reconcile reconciles the route, and once more where a move was only written down.
func (s *stage) reconcile(route *v1alpha1.FederationRoute) time.Duration {
	s.Helper()
	again := s.reconcileOnce(route)
	if again == recorded {
		again = s.reconcileOnce(route)
	}
	return again
}

// reconcileOnce gives how long the reconciler wants to wait for the next time.
func (s *stage) reconcileOnce(route *v1alpha1.FederationRoute) time.Duration {
	s.Helper()
	key := client.ObjectKeyFromObject(route)
	result, err := s.routes.Reconcile(s.Context(), ctrl.Request{NamespacedName: key})
	if err != nil {
		s.Fatal(err)
	}
	if err := s.objects.Get(s.Context(), key, route); client.IgnoreNotFound(err) != nil {
		s.Fatal(err)
	}
	return result.RequeueAfter
}

// expect compares the reason of the route's condition Ready, and looks for a text in its message.
func (s *stage) expect(route *v1alpha1.FederationRoute, reason, says string) {
	s.Helper()
	ready := meta.FindStatusCondition(route.Status.Conditions, v1alpha1.ConditionReady)
	if ready == nil || ready.Reason != reason || !strings.Contains(ready.Message, says) {
		s.Fatalf("Ready is %+v, want %s saying %q", ready, reason, says)
	}
}

// seen stores an observation of the two pools, begun now, and connects the organization.
func (s *stage) seen(change ...func(*sights.Sight)) (wakes bool) {
	now := twoPools(s.clock.Now())
	for _, f := range change {
		f(&now)
	}
	lt := lyncTopology()
	if err := s.objects.Get(s.Context(), orgKey, lt); client.IgnoreNotFound(err) != nil {
		s.Fatal(err)
	}
	s.topologies.fleet(lt)
	return s.topologies.sights.Put(memory.Object(orgKey), now)
}

// latest is the route's latest run.
func (s *stage) latest(route *v1alpha1.FederationRoute) *runs.Run {
	return s.routes.runs.Latest(objectOf(route))
}

// edit changes the route's spec as a person does.
func (s *stage) edit(route *v1alpha1.FederationRoute, change func(*v1alpha1.FederationRouteSpec)) {
	s.Helper()
	change(&route.Spec)
	route.Generation++
	if err := s.objects.Update(s.Context(), route); err != nil {
		s.Fatal(err)
	}
}

func TestRouteThatCannotBePlanned(t *testing.T) {
	cases := map[string]struct {
		reason  string
		objects []client.Object
		set     func(*stage)
		why     string
		says    string
	}{
		"no topology":  {"the name and the namespace tell where to look", nil, func(*stage) {}, v1alpha1.ReasonTopologyMissing, "LyncTopology org does not exist in namespace lync; nothing is observed or changed; create it or correct spec.topologyRef"},
		"not observed": {"it goes on by itself", []client.Object{lyncTopology()}, func(*stage) {}, v1alpha1.ReasonNotObserved, "this route goes on when it has been"},
		"no credentials": {"why nobody could look", []client.Object{lyncTopology()}, func(s *stage) {
			s.seen(func(now *sights.Sight) { now.Err = fault.New(fault.Denied, "sign in", "fe1", "no") })
		}, v1alpha1.ReasonDenied, "sign in fe1: no"},
		"unreadable": {"a failed read causes no change", []client.Object{lyncTopology()}, func(s *stage) {
			s.seen(func(now *sights.Sight) { now.Snapshot.Topology.Err = fault.New(fault.Unreachable, "read", "fe1", "no") })
		}, v1alpha1.ReasonUnreachable, "read fe1: no"},
		"unknown pool": {"what exists is listed", []client.Object{lyncTopology()}, func(s *stage) { s.seen(func(now *sights.Sight) { now.Snapshot.Topology.Value.EdgePools = nil }) }, v1alpha1.ReasonInvalid, "edge2.contoso.com"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			route := federationRoute("r", "edge2.contoso.com")
			s := newStage(t, append(c.objects, route)...)
			c.set(s)
			again := s.reconcile(route)
			s.expect(route, c.why, c.says)
			if again < time.Minute || again > 66*time.Second || len(s.hosts.called()) > 0 {
				t.Errorf("%s: again after %s with calls %v, want the interval and no call", c.reason, again, s.hosts.called())
			}
		})
	}
}

func TestRouteInSyncWritesOnce(t *testing.T) {
	route := federationRoute("r", "edge1.contoso.com")
	alone := func(now *sights.Sight) { now.Snapshot.Topology.Value.EdgePools[1].SIPEnabled = false } // the other pool does not federate
	s := newStage(t, lyncTopology(), route)
	s.seen(alone)
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonInSync, "edge1.contoso.com")
	written := route.ResourceVersion
	for range 3 {
		s.clock.forward(time.Hour)
		s.seen(alone)
		s.reconcile(route)
	}
	if route.ResourceVersion != written || len(s.events.Events) != 1 {
		t.Errorf("nothing happened, and version %s became %s with %d events", written, route.ResourceVersion, len(s.events.Events))
	}
}

func TestObservingHoldsNoWriter(t *testing.T) {
	route := federationRoute("r", "edge2.contoso.com")
	route.Spec.Mode = v1alpha1.ModeObserve
	s := newStage(t, lyncTopology(), managerSecret(), route)
	s.seen()
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonDrifted, "mode Observe changes nothing")
	if route.Status.Plan == nil || len(route.Status.Drift) == 0 || len(s.hosts.called()) > 0 || s.latest(route) != nil {
		t.Errorf("plan %v, drift %v, calls %v: want a plan that nobody carries out", route.Status.Plan, route.Status.Drift, s.hosts.called())
	}
}

// answer is the result of a script on a host.
type answer struct {
	text json.RawMessage
	err  error
}

// heldCalls are calls to the hosts that last until a test answers them.
type heldCalls struct {
	began    chan string   // the script of each call that has begun
	answers  chan answer   // each ends one call
	testOver chan struct{} // closed: every call fails
}

// holdCalls makes each call to the hosts wait until the test answers it.
func holdCalls(s *stage) heldCalls {
	h := heldCalls{began: make(chan string, 100), answers: make(chan answer), testOver: make(chan struct{})}
	s.Cleanup(func() { close(h.testOver) })
	s.hosts.answer = func(_ context.Context, script string) (json.RawMessage, error) {
		h.began <- script
		select {
		case a := <-h.answers:
			return a.text, a.err
		case <-h.testOver:
			return nil, fault.New(fault.Failed, "call", "host", "the test is over")
		}
	}
	return h
}

// failover starts a run for a route and returns when the first step is under way. finish answers
// the call that is under way and waits until its run has ended and has asked for a look.
func failover(t *testing.T) (s *stage, route *v1alpha1.FederationRoute, finish func(json.RawMessage, error)) {
	route = federationRoute("r", "edge2.contoso.com")
	s = newStage(t, lyncTopology(), managerSecret(), route)
	calls := holdCalls(s)
	s.seen()
	s.clock.forward(time.Second)
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonPlanned, "they begin now")
	if len(s.routes.wakeTopology) != 1 || len(s.hosts.called()) > 0 {
		t.Fatalf("%d looks asked for and calls %v, want one more look before the first change", len(s.routes.wakeTopology), s.hosts.called())
	}
	s.seen()
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonProgressing, "of 4 steps are done")
	<-calls.began
	run := s.latest(route)
	return s, route, func(text json.RawMessage, err error) {
		if latest := s.latest(route); latest != nil { // of a deleted route no run is remembered
			run = latest
		}
		s.clock.forward(time.Second)
		asked := len(s.topologies.wake)
		calls.answers <- answer{text, err}
		<-run.Done()
		for range asked + 1 { // the last of them is the run's; they wait for who reads them
			defer func(e event.TypedGenericEvent[types.NamespacedName]) { s.topologies.wake <- e }(<-s.topologies.wake)
		}
	}
}

func TestSuspendReachesARunThatNobodyCanSee(t *testing.T) {
	s, route, finish := failover(t)
	s.seen(func(now *sights.Sight) {
		now.Snapshot.Topology.Err = fault.New(fault.Unreachable, "read", "fe1", "the server died")
	})
	s.edit(route, func(spec *v1alpha1.FederationRouteSpec) { spec.Suspend = true })
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonProgressing, "PublishFlags")
	finish(json.RawMessage(`[{"Signature":"s2","BackupFile":"","ExportFile":"","ExportError":"","SimpleUrlsRestored":false}]`), nil)
	if called := s.hosts.called(); len(called) != 1 {
		t.Fatalf("calls %v: a person said stop and steps went on", called)
	}
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonUnreachable, "the server died")
	if h := route.Status.History; len(h) != 1 || h[0].Kind != "PublishFlags" {
		t.Errorf("history %v, want what was done before the stop", h)
	}
	s.clock.forward(time.Second)
	s.seen()
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonSuspended, "nothing is changed while spec.suspend is true")
}

func TestAFailedRunIsTriedAgainAfterAPause(t *testing.T) {
	s, route, finish := failover(t)
	finish(nil, fault.New(fault.Failed, "publish", "topology", "SQL said no"))
	s.clock.forward(time.Second)
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonProgressing, "looking at the organization again")
	s.seen()
	if again := s.reconcile(route); again > 5*time.Second {
		t.Errorf("again after %s, want the end of the pause", again)
	}
	s.expect(route, v1alpha1.ReasonStepFailed, "SQL said no")
	if len(s.hosts.called()) != 1 {
		t.Fatalf("calls %v within the pause", s.hosts.called())
	}
	s.clock.forward(5 * time.Second)
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonProgressing, "0 of 4 steps are done")
	if have := s.latest(route); have.Failures != 1 {
		t.Errorf("%d failures in a row, want 1", have.Failures)
	}
}

func TestARequestedLookNeedsNoPause(t *testing.T) {
	s, route, finish := failover(t)
	finish(nil, fault.New(fault.Failed, "publish", "topology", "SQL said no"))
	s.clock.forward(time.Second)
	s.reconcile(route)
	s.seen()
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonStepFailed, "SQL said no")
	asked := len(s.routes.wakeTopology)

	route.Annotations = map[string]string{v1alpha1.AnnotationRequestedAt: "now"}
	must(t, s.objects.Update(t.Context(), route))
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonProgressing, "0 of 4 steps are done")
	if len(s.routes.wakeTopology) != asked+1 || route.Status.LastHandledReconcileAt != "now" {
		t.Errorf("%d looks were asked for, %q is handled; want one look for the request", len(s.routes.wakeTopology)-asked, route.Status.LastHandledReconcileAt)
	}
}

func TestAnotherRouteWaitsForTheRun(t *testing.T) {
	s, route, finish := failover(t)
	xmpp := federationRoute("x", "edge1.contoso.com")
	xmpp.CreationTimestamp = metav1.NewTime(begin.Add(-time.Hour)) // a young route is looked at sooner
	xmpp.Spec.SIP, xmpp.Spec.XMPP = nil, xmpp.Spec.SIP
	must(t, s.objects.Create(t.Context(), xmpp))
	s.reconcile(xmpp)
	if again := s.reconcile(xmpp); again < 10*time.Second {
		t.Errorf("again after %s, and nothing is there to be seen before the run has ended", again)
	}
	s.expect(xmpp, v1alpha1.ReasonBusy, "it begins when the other has ended")
	if part := conditionOf(xmpp.Status.Conditions, v1alpha1.ConditionXMPPRouted); xmpp.Status.Plan == nil || part.Reason != v1alpha1.ReasonPlanned {
		t.Error("what waits does not show what it waits to do")
	}

	must(t, s.objects.Delete(t.Context(), route)) // nobody asks for a look on its behalf any more
	s.routes.forget(objectOf(route))
	for len(s.topologies.wake) > 0 {
		<-s.topologies.wake
	}
	finish(nil, nil)
	<-s.topologies.wake
	s.clock.forward(time.Second)
	if !s.seen() {
		t.Fatal("the look after the run wakes nobody")
	}
	s.reconcile(xmpp)
	s.expect(xmpp, v1alpha1.ReasonProgressing, "steps are done")
}

func TestNothingIsDoneToAnOrganizationThatWasNotSeen(t *testing.T) {
	route := federationRoute("r", "edge2.contoso.com")
	s := newStage(t, lyncTopology(), managerSecret(), route)
	s.seen()
	changed := lyncTopology()
	changed.Generation = 2 // its endpoints now belong to another organization
	s.topologies.fleet(changed)
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonNotObserved, "since its LyncTopology changed; nothing is changed; this route goes on")
	if len(s.hosts.called()) > 0 {
		t.Errorf("calls %v", s.hosts.called())
	}
	if !s.topologies.sights.Put(memory.Object(orgKey), func() sights.Sight { now := twoPools(begin); now.Edition = editionOf(changed); return now }()) {
		t.Error("a look with the new spec does not wake the route that waits for it")
	}
}

func TestADeletedRouteIsForgotten(t *testing.T) {
	s, route, finish := failover(t)
	route.Finalizers = nil // somebody took it away
	must(t, s.objects.Update(t.Context(), route))
	last := route.DeepCopy()
	must(t, s.objects.Delete(t.Context(), route.DeepCopy()))
	s.routes.written.Note(versionOf(last), versionOf(last), route.Status) // as if the cache did not show its last write yet
	s.reconcile(route)
	run := s.latest(route)
	if _, _, lags := s.routes.written.Newer(versionOf(last)); !run.Stopping() || lags || hasSeries(t, "fedroute_route_ready", "r") {
		t.Error("a deleted route is remembered")
	}
	finish(json.RawMessage(`[{"Signature":"s2","BackupFile":"","ExportFile":"","ExportError":"","SimpleUrlsRestored":false}]`), nil)
	<-run.Done()
	if called := s.hosts.called(); len(called) != 1 {
		t.Errorf("calls %v: steps went on after deletion", called)
	}
}

func TestARouteBeingDeletedStops(t *testing.T) {
	s, route, finish := failover(t)
	route.Finalizers = []string{"example.com/keeps-it-for-a-while"}
	must(t, s.objects.Update(t.Context(), route))
	must(t, s.objects.Delete(t.Context(), route.DeepCopy()))
	s.reconcile(route)
	finish(json.RawMessage(`[{"Signature":"s2","BackupFile":"","ExportFile":"","ExportError":"","SimpleUrlsRestored":false}]`), nil)
	if called := s.hosts.called(); len(called) != 1 {
		t.Errorf("calls %v: steps went on although the route is being deleted", called)
	}
}

// hasSeries reports whether a metric has a series with the label value.
func hasSeries(t *testing.T, metric, value string) bool {
	t.Helper()
	families, err := metrics.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if f.GetName() == metric && l.GetValue() == value {
					return true
				}
			}
		}
	}
	return false
}

func conditionOf(all []metav1.Condition, kind string) metav1.Condition {
	if c := meta.FindStatusCondition(all, kind); c != nil {
		return *c
	}
	return metav1.Condition{}
}
