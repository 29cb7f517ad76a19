package controllers

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// intent is the route's spec in the words of the domain. After a move was undone it names
// the pool that the move left, and drift is measured against that.
func (s *scope) intent(now sights.Sight) plan.Intent {
	in := intentOf(s.route.Spec, s.topology.Spec)
	s.facts.Undone = s.undone(now)
	if s.facts.Undone != nil {
		old := s.route.Status.Move.From
		in.EdgePool = old
		in.Standby = append(slices.DeleteFunc(in.Standby, func(pool string) bool { return lync.SameHost(pool, old) }), s.route.Status.Move.EdgePool)
		s.facts.Spec.EdgePool = v1alpha1.Hostname(old)
	}
	return in
}

// undone says whether, and since when, the route's move is undone; nil when it is not.
func (s *scope) undone(now sights.Sight) *v1alpha1.UndoneMove {
	m := s.route.Status.Move
	if m == nil || m.From == "" || !lync.SameHost(m.EdgePool, string(s.route.Spec.EdgePool)) || s.route.Spec.OnFailure == v1alpha1.FailureStay {
		return nil
	}
	if m.Undone != nil {
		if m.Undone.Generation == editionOf(s.route).Generation && !s.requested() {
			return m.Undone
		}
		return nil // a changed spec, or a person, asks for another try
	}
	if s.run == nil || s.outdated() || m.Answered || !lync.SameHost(s.run.EdgePool, m.EdgePool) || !works(m.From, now) {
		return nil
	}
	silent := status.NoneAnswered(s.run.Entries())
	if silent == "" {
		return nil
	}
	return &v1alpha1.UndoneMove{Generation: editionOf(s.route).Generation, Since: metav1.NewTime(s.facts.Now).Rfc3339Copy(), Message: silent}
}

// works reports whether the services of a machine of the Edge pool run.
func works(pool string, now sights.Sight) bool {
	for _, p := range now.Snapshot.Topology.Value.EdgePools {
		if lync.SameHost(p.FQDN, pool) {
			return slices.ContainsFunc(p.Servers, func(server lync.EdgeServer) bool {
				part, seen := now.Snapshot.EdgeServers[lync.HostOf(server.FQDN)]
				return seen && part.Known() && part.Value.Running()
			})
		}
	}
	return false
}

// goingBack reports whether a move is being undone and is not undone yet. It needs no
// approval: fedroute takes back what it began itself.
func (s *scope) goingBack() bool {
	ready := meta.FindStatusCondition(s.route.Status.Conditions, v1alpha1.ConditionReady)
	return s.facts.Undone != nil && (ready == nil || ready.Reason != v1alpha1.ReasonMoveUndone)
}
