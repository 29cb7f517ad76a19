package controllers

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/looks"
	"github.com/fedroute/fedroute/internal/memory/ports"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/probe"
)

// slowPorts lets a route's look wait until answer is closed, longer than the reconcile does.
func (s *stage) slowPorts() (answer chan struct{}) {
	answer = make(chan struct{})
	s.routes.ports = ports.New(proberFunc(func(p probe.Target) probe.Reading { <-answer; return allOpen(p) }), s.clock.Now)
	s.routes.looks = looks.New[view]("look for", time.Millisecond, waker(s.routes.moved))
	s.routes.measures = looks.New[measure]("measure", time.Millisecond, func(o memory.Object) { s.routes.measures.Forget(o) })
	return answer
}

func TestASlowLookHoldsNoReconcile(t *testing.T) {
	route := federationRoute("r", "edge1.contoso.com")
	s := newStage(t, lyncTopology(), route)
	s.seen()
	answer := s.slowPorts()
	for range 2 {
		if s.reconcile(route); len(route.Status.Conditions) > 0 {
			t.Fatalf("the look is under way, and status says %+v", route.Status.Conditions)
		}
	}
	close(answer)
	<-s.routes.moved // the end of the look wakes the route
	if s.reconcile(route); len(s.routes.moved) > 0 {
		t.Error("a look that was taken wakes the route again")
	}
	s.expect(route, v1alpha1.ReasonInSync, "edge1.contoso.com")
}

// TestASlowLookCountsWithItsOwnObservation: an organization that is observed more often than
// a slow DNS server answers would otherwise never be compared with its route.
func TestASlowLookCountsWithItsOwnObservation(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*stage, *sights.Sight)
		want   string
	}{
		"observed again": {"the look goes with the observation before it, and the next look follows soon", func(*stage, *sights.Sight) {}, v1alpha1.ReasonInSync},
		"another spec": {"the look was of another organization, and a new one begins", func(s *stage, now *sights.Sight) {
			now.Edition.Generation++
		}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			route := federationRoute("r", "edge1.contoso.com")
			s := newStage(t, lyncTopology(), route)
			s.seen()
			answer := s.slowPorts()
			s.reconcile(route)
			s.clock.forward(time.Second)
			s.seen(func(now *sights.Sight) { c.change(s, now) })
			close(answer)
			<-s.routes.moved
			again := s.reconcile(route)
			if c.want == "" {
				for len(route.Status.Conditions) == 0 {
					<-s.routes.moved // the new look
					s.reconcile(route)
				}
				s.expect(route, v1alpha1.ReasonInSync, "")
				return
			}
			s.expect(route, c.want, "edge1.contoso.com")
			if again > soon {
				t.Errorf("%s: again after %s", c.reason, again)
			}
		})
	}
}

func TestADeletedRouteLooksNoMore(t *testing.T) {
	route := federationRoute("r", "edge1.contoso.com")
	s := newStage(t, lyncTopology(), route)
	s.seen()
	answer := s.slowPorts()
	s.reconcile(route)
	must(t, s.objects.Delete(t.Context(), route.DeepCopy()))
	s.reconcile(route)
	if found := s.routes.looks.Wait(t.Context(), objectOf(route), editionOf(route)); found.Begun {
		t.Errorf("the look of a deleted route goes on: %+v", found)
	}
	close(answer)
}

func TestADeletedOrganizationIsLookedAtNoMore(t *testing.T) {
	lt := lyncTopology()
	s := newStage(t, lt, managerSecret())
	s.topologies.looks = looks.New[sights.Sight]("observe", time.Millisecond, waker(s.topologies.wake))
	asked, ended := make(chan struct{}, 1), make(chan error, 1)
	s.hosts.answer = func(ctx context.Context, _ string) (json.RawMessage, error) {
		asked <- struct{}{}
		<-ctx.Done()
		ended <- ctx.Err()
		return nil, ctx.Err()
	}
	s.look(lt)
	<-asked
	must(t, s.objects.Delete(t.Context(), lt.DeepCopy()))
	s.look(lt)
	if err := <-ended; err != context.Canceled || len(s.topologies.wake) > 0 {
		t.Errorf("the call of a deleted organization ended by %v, and %d looks were asked for", err, len(s.topologies.wake))
	}
}

// TestARequestIsHeardOnce: a request stays in the annotation until the look for it has ended.
// In the meantime other reconciles must not show a refused account to a host again.
func TestARequestIsHeardOnce(t *testing.T) {
	route := federationRoute("r", "edge1.contoso.com")
	route.Annotations = map[string]string{v1alpha1.AnnotationRequestedAt: "now"}
	s := newStage(t, lyncTopology(), route)
	s.seen()
	answer := s.slowPorts()
	for range 3 {
		s.reconcile(route)
	}
	if len(s.topologies.wake) != 1 {
		t.Errorf("one request was heard %d times", len(s.topologies.wake))
	}
	close(answer)
	<-s.routes.moved
	if s.reconcile(route); route.Status.LastHandledReconcileAt != "now" {
		t.Errorf("handled %q", route.Status.LastHandledReconcileAt)
	}
}
