package controllers

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory/runs"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// TestWhenAMoveIsUndone: a move to edge2 has led the routes there, and its run has asked the port of
// edge2. In each case something is otherwise.
func TestWhenAMoveIsUndone(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(route *v1alpha1.FederationRoute, order *runs.Order, now *sights.Sight)
		opens  bool // the port
		noRun  bool
		asked  bool // a person asks for a reconcile
		undone bool
	}{
		"the port is silent": {"partners are led back to the pool that served them", nil, false, false, false, true},
		"the port answers":   {"the move goes on", nil, true, false, false, false},
		"nothing was tried":  {"another manager may have seen it answer", nil, false, true, false, false},
		"it answered once": {"partners have been there", func(r *v1alpha1.FederationRoute, _ *runs.Order, _ *sights.Sight) {
			r.Status.Move.Answered = true
		}, false, false, false, false},
		"the spec says Stay": {"a person wants it so", func(r *v1alpha1.FederationRoute, _ *runs.Order, _ *sights.Sight) {
			r.Spec.OnFailure = v1alpha1.FailureStay
		}, false, false, false, false},
		"it came from several pools": {"there is no pool to go back to", func(r *v1alpha1.FederationRoute, _ *runs.Order, _ *sights.Sight) { r.Status.Move.From = "" }, false, false, false, false},
		"there was no move":          {"there is nothing to undo", func(r *v1alpha1.FederationRoute, _ *runs.Order, _ *sights.Sight) { r.Status.Move = nil }, false, false, false, false},
		"the move on record is another": {"the spec has moved on", func(r *v1alpha1.FederationRoute, _ *runs.Order, _ *sights.Sight) {
			r.Status.Move.EdgePool = "edge3.contoso.com"
		}, false, false, false, false},
		"the run led elsewhere": {"its ports say nothing of this pool", func(_ *v1alpha1.FederationRoute, o *runs.Order, _ *sights.Sight) { o.EdgePool = "edge3.contoso.com" }, false, false, false, false},
		"the spec has changed": {"the new one gets a try of its own", func(r *v1alpha1.FederationRoute, _ *runs.Order, _ *sights.Sight) {
			r.Generation++
		}, false, false, false, false},
		"the old pool is stopped": {"nobody would be served there either", func(_ *v1alpha1.FederationRoute, _ *runs.Order, now *sights.Sight) {
			now.Snapshot.EdgeServers["edge1.contoso.com"] = lync.Part[lync.EdgeServerState]{Value: lync.EdgeServerState{Services: []lync.Service{{State: lync.ServiceStopped}}}}
		}, false, false, false, false},
		"the old pool cannot be read": {"whether it serves is unknown", func(_ *v1alpha1.FederationRoute, _ *runs.Order, now *sights.Sight) {
			part := now.Snapshot.EdgeServers["edge1.contoso.com"]
			part.Err = fault.New(fault.Unreachable, "read", "edge1", "no answer")
			now.Snapshot.EdgeServers["edge1.contoso.com"] = part
		}, false, false, false, false},
		"the old pool is gone": {"there is no pool to go back to", func(_ *v1alpha1.FederationRoute, _ *runs.Order, now *sights.Sight) {
			now.Snapshot.Topology.Value.EdgePools = now.Snapshot.Topology.Value.EdgePools[1:]
		}, false, false, false, false},
		"it is undone": {"it stays so, without a run", func(r *v1alpha1.FederationRoute, _ *runs.Order, _ *sights.Sight) {
			r.Status.Move.Undone = &v1alpha1.UndoneMove{Generation: 1, Message: "port 5061: silent"}
		}, false, true, false, true},
		"it is undone, and the spec changes": {"that asks for another try", func(r *v1alpha1.FederationRoute, _ *runs.Order, _ *sights.Sight) {
			r.Status.Move.Undone = &v1alpha1.UndoneMove{Generation: 1, Message: "port 5061: silent"}
			r.Generation++
		}, false, false, false, false},
		"it is undone, and a person asks": {"that asks for another try, too", func(r *v1alpha1.FederationRoute, _ *runs.Order, _ *sights.Sight) {
			r.Status.Move.Undone = &v1alpha1.UndoneMove{Generation: 1, Message: "port 5061: silent"}
		}, false, false, true, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			route := federationRoute("r", "Edge2.contoso.com")
			route.Status.Move = &v1alpha1.Move{EdgePool: "edge2.contoso.com", From: "Edge1.contoso.com"}
			s, now := newStage(t, lyncTopology(), managerSecret(), route), twoPools(begin)
			port := probe.Target{Protocol: lync.SIP, Domain: "contoso.com"}
			prober := proberFunc(func(target probe.Target) probe.Reading {
				s.clock.forward(time.Hour) // until no step waits any longer
				return probe.Reading{Target: target, Open: c.opens, Spoke: c.opens, Detail: "port 5061: silent"}
			})
			order := runs.Order{Route: objectOf(route), Edition: editionOf(route), Topology: objectOf(lyncTopology()), PlanID: "sha256-1", EdgePool: "edge2.contoso.com", Changed: func() {},
				Plan:  plan.Plan{ID: "sha256-1", Steps: []plan.Step{{Target: "port 5061", Act: plan.CheckPorts{Port: port}}}},
				Hands: apply.Hands{Clock: s.clock, Prober: prober}}
			if c.change != nil {
				c.change(route, &order, &now)
			}
			scope := scope{FederationRouteReconciler: s.routes, route: route}
			scope.facts.Now = begin
			if c.asked {
				scope.facts.RequestedAt = "now"
			}
			if !c.noRun {
				must(t, s.routes.runs.Begin(order))
				scope.run = s.latest(route)
				<-scope.run.Done()
			}
			got := scope.undone(now)
			if (got != nil) != c.undone || got != nil && (got.Generation != 1 || !strings.Contains(got.Message, "port 5061: silent")) {
				t.Errorf("%s: undone is %+v", c.reason, got)
			}
		})
	}
}

// TestGoingBackNeedsNoApproval until federation is back: what a person changes then is a new wish.
func TestGoingBackNeedsNoApproval(t *testing.T) {
	ready := func(reason string) []metav1.Condition {
		return []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: reason}}
	}
	for _, c := range []struct {
		reason     string
		undone     *v1alpha1.UndoneMove
		conditions []metav1.Condition
		want       bool
	}{
		{"nothing is undone", nil, ready(v1alpha1.ReasonProgressing), false},
		{"it is on its way back", &v1alpha1.UndoneMove{}, ready(v1alpha1.ReasonProgressing), true},
		{"status says nothing yet", &v1alpha1.UndoneMove{}, nil, true},
		{"it is back", &v1alpha1.UndoneMove{}, ready(v1alpha1.ReasonMoveUndone), false},
	} {
		s := scope{route: federationRoute("r", "edge2.contoso.com")}
		s.route.Status.Conditions, s.facts.Undone = c.conditions, c.undone
		if got := s.goingBack(); got != c.want {
			t.Errorf("%s: it goes back: %v", c.reason, got)
		}
	}
}
