package controllers

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory/sights"
)

// withFrontEnd adds a Front End pool in the given state to the organization.
func withFrontEnd(state lync.PoolState) func(*sights.Sight) {
	return func(now *sights.Sight) {
		t := &now.Snapshot.Topology.Value
		edge := lync.Association{Registrar: "edge2.contoso.com", Conferencing: "edge2.contoso.com"}
		t.FrontEndPools = []lync.FrontEndPool{{FQDN: "fe1.contoso.com", Servers: []string{"fe1.contoso.com"}, State: state, Edge: edge}}
		t.Replicas["fe1.contoso.com"] = lync.Replica{UpToDate: true}
	}
}

func movingRoute() *v1alpha1.FederationRoute {
	route := federationRoute("r", "edge2.contoso.com")
	route.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "fe1.contoso.com", FailBack: true}}
	return route
}

// TestAMoveIsWrittenDownBeforeItBegins: a move is in status before its first step. Once the
// routes have moved, only status shows that there was a move, and the manager may crash in
// between.
func TestAMoveIsWrittenDownBeforeItBegins(t *testing.T) {
	cases := map[string]struct {
		reason string
		route  *v1alpha1.FederationRoute
		spoil  func(*v1alpha1.FederationRouteSpec)
		seen   []func(*sights.Sight)
		want   v1alpha1.Move
	}{
		"it owes a failback": {"the failback comes last", movingRoute(), func(*v1alpha1.FederationRouteSpec) {}, []func(*sights.Sight){withFrontEnd(lync.PoolFailedOver)},
			v1alpha1.Move{FailBackOwed: []string{"fe1.contoso.com"}, Leaves: []string{"edge1.contoso.com"}}},
		"it leaves a pool that works": {"the flags of that pool are cleared last", federationRoute("r", "edge2.contoso.com"),
			func(spec *v1alpha1.FederationRouteSpec) { spec.Strategy = v1alpha1.StrategyPrepareFirst }, nil,
			v1alpha1.Move{Leaves: []string{"edge1.contoso.com"}}},
		"it owes nothing": {"where no address answers it goes back to the pool that it came from", federationRoute("r", "edge2.contoso.com"),
			func(spec *v1alpha1.FederationRouteSpec) { spec.Strategy = v1alpha1.StrategyProcedure }, nil,
			v1alpha1.Move{Leaves: []string{"edge1.contoso.com"}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			route := c.route
			c.spoil(&route.Spec)
			s := newStage(t, lyncTopology(), managerSecret(), route)
			s.hosts.answer = func(ctx context.Context, _ string) (json.RawMessage, error) {
				select { // the run is still under way when status is written
				case <-ctx.Done():
				case <-t.Context().Done():
				}
				return nil, errors.New("the test is over")
			}
			s.seen(c.seen...)
			s.clock.forward(time.Second)
			s.reconcile(route) // asks for one more observation before the first change
			if route.Status.Move != nil {
				t.Fatalf("%+v is remembered and has not begun", route.Status.Move)
			}
			s.seen(c.seen...)
			again := s.reconcileOnce(route)
			if route.Status.Move == nil || again != recorded || s.latest(route) != nil {
				t.Fatalf("%s: again after %s, run %v, move %+v", c.reason, again, s.latest(route), route.Status.Move)
			}
			c.want.EdgePool, c.want.From, c.want.Shown = "edge2.contoso.com", "edge1.contoso.com", route.Status.Move.Shown
			if diff := cmp.Diff(&c.want, route.Status.Move); diff != "" {
				t.Fatalf("%s: move (-want +got):\n%s", c.reason, diff)
			}
			s.reconcile(route)
			s.expect(route, v1alpha1.ReasonProgressing, "steps are done")
		})
	}
}

// TestAMoveIsKeptWhileTheRoutesAreUnknown: what a move owes stays in status while nobody can see
// where the sites lead, and while nobody can see the states of the pools.
func TestAMoveIsKeptWhileTheRoutesAreUnknown(t *testing.T) {
	for _, part := range []lync.TopologyPart{lync.PartSites, lync.PartPoolStates, lync.PartServices} {
		route := movingRoute()
		route.Status.Move = &v1alpha1.Move{EdgePool: "edge2.contoso.com", From: "edge1.contoso.com", FailBackOwed: []string{"fe1.contoso.com"}}
		want := route.Status.Move.DeepCopy()
		s := newStage(t, lyncTopology(), managerSecret(), route)
		s.seen(withFrontEnd(lync.PoolActive), func(now *sights.Sight) {
			topology := &now.Snapshot.Topology.Value
			topology.Sites[0].SIPRoute = "edge2.contoso.com"
			topology.Unknown = []lync.UnknownPart{{Part: part, Err: fault.New(fault.RightsMissing, "read the "+string(part), "fe1", "no right")}}
			now.Snapshot.Topology.Err = topology.Unknown[0].Err
		})
		s.reconcile(route)
		if diff := cmp.Diff(want, route.Status.Move); diff != "" {
			t.Errorf("without the %s (-want +got):\n%s", part, diff)
		}
		if len(route.Status.Owed) == 0 {
			t.Errorf("without the %s nothing is owed", part)
		}
	}
}

// TestAMoveThatIsHeldIsNotRemembered: while the route may not begin a move, status records none.
// An administrator who then moves the routes by hand has not asked for a failback.
func TestAMoveThatIsHeldIsNotRemembered(t *testing.T) {
	cases := map[string]struct {
		reason string
		hold   func(*v1alpha1.FederationRouteSpec)
	}{
		"observing":  {"the mode changes nothing", func(spec *v1alpha1.FederationRouteSpec) { spec.Mode = v1alpha1.ModeObserve }},
		"suspended":  {"a person said stop", func(spec *v1alpha1.FederationRouteSpec) { spec.Suspend = true }},
		"to approve": {"a person was asked", func(spec *v1alpha1.FederationRouteSpec) { spec.Mode = v1alpha1.ModeApprove }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			route := movingRoute()
			c.hold(&route.Spec)
			s := newStage(t, lyncTopology(), managerSecret(), route)
			s.seen(withFrontEnd(lync.PoolFailedOver))
			s.reconcile(route)
			if route.Status.Move != nil || route.Status.Plan == nil {
				t.Fatalf("%s: plan %v, move %+v", c.reason, route.Status.Plan, route.Status.Move)
			}
			s.seen(withFrontEnd(lync.PoolFailedOver), func(now *sights.Sight) { now.Snapshot.Topology.Value.Sites[0].SIPRoute = "edge2.contoso.com" })
			s.reconcile(route)
			if diff := cmp.Diff(&v1alpha1.Move{EdgePool: "edge2.contoso.com"}, route.Status.Move); diff != "" || route.Status.Plan != nil {
				t.Errorf("%s: moved by hand, plan %v, move (-want +got):\n%s", c.reason, route.Status.Plan, diff)
			}
		})
	}
}

// TestARequestIsJudgedByWhatIsSeenAfterIt: a request to fail back waits for an observation made
// after it. An older observation may show the pool before it was failed over, and the request
// would count as handled.
func TestARequestIsJudgedByWhatIsSeenAfterIt(t *testing.T) {
	route := movingRoute()
	route.Spec.EdgePool = "edge1.contoso.com"
	s := newStage(t, lyncTopology(), managerSecret(), route)
	associated := func(now *sights.Sight) {
		now.Snapshot.Topology.Value.FrontEndPools[0].Edge = lync.Association{Registrar: "edge1.contoso.com", Conferencing: "edge1.contoso.com"}
	}
	s.seen(withFrontEnd(lync.PoolActive), associated)
	s.clock.forward(100 * time.Millisecond) // within the same second as the time in the request
	request := s.clock.Now().Format(time.RFC3339) + " fe1.contoso.com"
	route.Annotations = map[string]string{v1alpha1.AnnotationFailBackRequestedAt: request}
	if err := s.objects.Update(t.Context(), route); err != nil {
		t.Fatal(err)
	}
	s.reconcile(route)
	if route.Status.LastHandledFailBackAt != "" || len(s.routes.wakeTopology) != 1 {
		t.Fatalf("handled is %q after %d further looks", route.Status.LastHandledFailBackAt, len(s.routes.wakeTopology))
	}
	s.seen(withFrontEnd(lync.PoolActive), associated)
	s.reconcile(route)
	if route.Status.LastHandledFailBackAt != request {
		t.Errorf("the pool is back, and handled is %q", route.Status.LastHandledFailBackAt)
	}
}

// TestARequestThatWasHandledIsNoNewOne: the annotation stays at the route. What it asked for is not
// done again when somebody fails the pool over later, and a route without it asks for nothing.
func TestARequestThatWasHandledIsNoNewOne(t *testing.T) {
	const request = "2026-03-14T21:00:00Z fe1.contoso.com"
	for _, text := range []string{request, ""} {
		route := movingRoute()
		route.Spec.EdgePool, route.Status.LastHandledFailBackAt = "edge1.contoso.com", request
		if text != "" {
			route.Annotations = map[string]string{v1alpha1.AnnotationFailBackRequestedAt: text}
		}
		s := newStage(t, lyncTopology(), managerSecret(), route)
		s.seen(withFrontEnd(lync.PoolFailedOver), func(now *sights.Sight) {
			now.Snapshot.Topology.Value.FrontEndPools[0].Edge = lync.Association{Registrar: "edge1.contoso.com", Conferencing: "edge1.contoso.com"}
		})
		s.reconcile(route)
		told := meta.FindStatusCondition(route.Status.Conditions, v1alpha1.ConditionFrontEndsAssociated)
		if told == nil || told.Status != metav1.ConditionTrue || !strings.Contains(told.Message, "failed over outside a move of the Edge pool and left so: fe1.contoso.com") || route.Status.LastHandledFailBackAt != request {
			t.Errorf("with the annotation %q the pool is told of as %+v", text, told)
		}
	}
}
