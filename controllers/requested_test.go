package controllers

import (
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
)

// TestARequestEndsOnePause: after a failed run, a request ends the pause before the next run. That
// run fails too. The request is then used up, and the next pause is longer than the one that it
// ended. So a wrong password is tried once for each request, and without a request as rarely as
// before.
func TestARequestEndsOnePause(t *testing.T) {
	s, route, finish := failover(t)
	fails := func() {
		finish(nil, fault.New(fault.Failed, "publish", "topology", "SQL said no"))
		s.clock.forward(time.Second)
		s.reconcile(route)
		s.seen()
		s.reconcile(route)
		s.expect(route, v1alpha1.ReasonStepFailed, "SQL said no")
	}
	fails() // the pause is 5s
	route.Annotations = map[string]string{v1alpha1.AnnotationRequestedAt: "now"}
	must(t, s.objects.Update(t.Context(), route))
	s.reconcile(route)
	s.expect(route, v1alpha1.ReasonProgressing, "0 of 4 steps are done")
	fails() // the pause is 10s, of which a second has passed
	s.clock.forward(6 * time.Second)
	again := s.reconcile(route)
	s.expect(route, v1alpha1.ReasonStepFailed, "SQL said no")
	if called := s.hosts.called(); len(called) != 2 || again != 3*time.Second {
		t.Errorf("calls %v, again after %s; want the first call and the one that was asked for, and the rest of ten seconds", called, again)
	}
}
