package controllers

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// parting reports whether the route or its LyncTopology is being deleted. What was begun
// then goes on to the nearest point where federation works, and nothing else is begun.
func (s *scope) parting() bool { return deleted(s.route) || deleted(&s.topology) }

// overdue reports whether a deleted object has waited for that point long enough.
func (s *scope) overdue() bool {
	now := s.options.Clock.Now()
	return deleted(s.route) && mayWait(s.route, now) <= 0 || deleted(&s.topology) && mayWait(&s.topology, now) <= 0
}

// finishes is called while a run is under way for a route that is parting. It stops the run
// where federation works, and gives the route up when it is overdue.
func (s *scope) finishes() {
	if s.overdue() {
		s.run.Stop()
		s.parted = true
		return
	}
	if !s.run.Halfway() {
		s.run.Stop()
	}
	s.wait()
}

// wait lets the next reconcile come no later than when a deleted object is overdue.
func (s *scope) wait() {
	now := s.options.Clock.Now()
	if deleted(s.route) {
		s.again = min(s.again, max(mayWait(s.route, now), recorded))
	}
	if deleted(&s.topology) {
		s.again = min(s.again, max(mayWait(&s.topology, now), recorded))
	}
}

// arrived reports whether a route that is parting has nothing to finish: no move of the
// route is half-way, or the guards forbid to go on. due is what may be carried out now.
func (s *scope) arrived(due plan.Plan) bool {
	if !s.facts.Verdict.Allows() && s.facts.Verdict.Reason != guard.Obstructed {
		return len(due.Steps) == 0
	}
	return !s.goingBack() && !s.facts.Plan.LeftHalfway(s.facts.Desired, s.facts.Observed)
}

// alone reports whether a route that was deleted has no LyncTopology any more: nobody can
// look at the organization for it, so it waits for nothing.
func (s *scope) alone(missing error) bool {
	_, gone := errors.AsType[*status.Missing](missing)
	return gone && deleted(s.route)
}

// goneTopology is the error of a route whose LyncTopology is being deleted.
func (s *scope) goneTopology() error {
	return &status.Missing{Reason: v1alpha1.ReasonTopologyMissing,
		Message: fmt.Sprintf("LyncTopology %s is being deleted; nothing is changed; create it again or correct spec.topologyRef", s.topology.Name)}
}

// attach lets the LyncTopology and the route wait, when they are deleted, for the run that
// is about to begin.
func (s *scope) attach(ctx context.Context) error {
	if _, err := attach(ctx, s.options.Client, &s.topology, "LyncTopology"); err != nil {
		return err
	}
	before := versionOf(s.route)
	version, err := attach(ctx, s.options.Client, s.route, "FederationRoute")
	if err != nil {
		return err
	}
	s.route.SetResourceVersion(version)
	s.written.Note(before, versionOf(s.route), s.route.Status)
	return nil
}

// release takes the route's finalizer away once no run needs it.
func (s *scope) release(ctx context.Context) error {
	if !attached(s.route) || !s.parted && (s.parting() || s.running() || s.unfinished) {
		return nil
	}
	if s.parted {
		s.abandon()
	}
	if err := detach(ctx, s.options.Client, s.route, "FederationRoute"); err != nil {
		return err
	}
	s.kept.forget(objectOf(s.route))
	if deleted(&s.topology) {
		s.wakeTopology <- event.TypedGenericEvent[types.NamespacedName]{Object: s.topologyKey()}
	}
	return nil
}

// abandon tells where federation stands when nobody goes on with it.
func (s *scope) abandon() {
	what := "the route"
	if !deleted(s.route) {
		what = "the LyncTopology"
	}
	e := status.Abandoned(what, s.route.Status)
	logOf(s.route).Warn("federation is left as it stands", "why", e.Note)
	s.options.Recorder.Eventf(s.route, nil, e.Type, e.Reason, e.Action, "%s", e.Note)
}
