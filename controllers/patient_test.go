package controllers

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
)

// TestAServerThatLetALookWaitIsLeftAlone: the machine and the server are not asked at each
// look, and are asked at once when a person wants it or the spec is corrected.
func TestAServerThatLetALookWaitIsLeftAlone(t *testing.T) {
	lt, route := lyncTopology(), federationRoute("r", "edge1.contoso.com")
	s := newStage(t, lt, managerSecret(), route)
	s.hosts.answer = func(context.Context, string) (json.RawMessage, error) {
		s.clock.forward(10 * time.Second) // the connection was never made
		return nil, fault.New(fault.Unreachable, "connect to", "fe1", "no answer in time")
	}
	asked := func(when string, want bool) {
		t.Helper()
		before := len(s.hosts.called())
		s.look(lt)
		if got := slices.Contains(s.hosts.called()[before:], "Read-Topology"); got != want {
			t.Errorf("%s the server was asked: %v", when, got)
		}
		if c := conditionOf(lt.Status.Conditions, v1alpha1.ConditionReconciling); c.Reason != v1alpha1.ReasonUnreachable {
			t.Errorf("%s status says %+v", when, c)
		}
	}
	asked("at first", true)
	written := lt.ResourceVersion
	asked("right after that", false)
	if lt.ResourceVersion != written {
		t.Error("the pause is written into status")
	}
	s.clock.forward(29 * time.Second)
	asked("29 seconds later", false)
	s.clock.forward(time.Second)
	asked("30 seconds later", true)

	route.Annotations = map[string]string{v1alpha1.AnnotationRequestedAt: "now"}
	must(t, s.objects.Update(t.Context(), route))
	s.reconcile(route)
	asked("when a person wants it", true)

	lt.Generation++
	must(t, s.objects.Update(t.Context(), lt))
	asked("when the spec was edited", true)
}
