package controllers

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/internal/fault"
)

// TestLastWords: the manager stops in the middle of a step. How the step ended is written down
// although nobody reconciles the route any more.
func TestLastWords(t *testing.T) {
	s, route, finish := failover(t)
	stopped := make(chan struct{})
	go func() { s.routes.runs.Stop(t.Context()); close(stopped) }()
	for !s.latest(route).Stopping() {
		time.Sleep(time.Millisecond) // the publish ends after the manager was told to stop
	}
	finish(nil, fault.New(fault.Failed, "publish", "topology", "SQL said no"))
	<-stopped
	must(t, s.objects.Get(t.Context(), client.ObjectKeyFromObject(route), route))
	if len(route.Status.History) > 0 {
		t.Fatalf("the story is not told: history has %+v already", route.Status.History)
	}
	s.routes.lastWords(t.Context())
	must(t, s.objects.Get(t.Context(), client.ObjectKeyFromObject(route), route))
	if h := route.Status.History; len(h) != 1 || h[0].Kind != "PublishFlags" {
		t.Errorf("what the run did last is not in history: %+v", h)
	}
}

// TestAnEndedRunHasNoLastWords: a run that was stopped and had ended before the manager stops
// has been told, and its route says what is so since.
func TestAnEndedRunHasNoLastWords(t *testing.T) {
	s, route, finish := failover(t)
	s.latest(route).Stop()
	finish(nil, fault.New(fault.Failed, "publish", "topology", "SQL said no"))
	s.reconcile(route)
	s.routes.runs.Stop(t.Context())
	must(t, s.objects.Get(t.Context(), client.ObjectKeyFromObject(route), route))
	before := route.Status.DeepCopy()
	s.routes.lastWords(t.Context())
	must(t, s.objects.Get(t.Context(), client.ObjectKeyFromObject(route), route))
	if diff := cmp.Diff(before, &route.Status); diff != "" {
		t.Errorf("the status was written anew (-before +after):\n%s", diff)
	}
}
