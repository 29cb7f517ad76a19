package scenario_test

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// slowMove is an organization in which a move takes seconds after the routes changed.
func slowMove(t *testing.T) farm.Spec {
	t.Helper()
	spec := sampleFarm(t, "one-site-two-pools")
	spec.Durations.Setup, spec.Durations.Replication = farm.Duration(2*time.Second), farm.Duration(2*time.Second)
	return spec
}

// routesMoved waits until both routes of the site have changed. DNS then still leads partners
// to the old pool.
func (s *story) routesMoved() {
	s.Helper()
	s.eventually("the routes changing", func() bool {
		for _, site := range s.org.State().Sites {
			if site.SIPRoute != "edge2.contoso.com" || site.XMPPRoute != "edge2.contoso.com" {
				return false
			}
		}
		return true
	}, s.journal)
}

// gone waits until an object does not exist any more.
func (s *story) gone(o client.Object) {
	s.Helper()
	s.eventually(o.GetName()+" being gone", func() bool {
		return apierrors.IsNotFound(objects.Get(s.ctx, key(o), o))
	}, s.journal)
}

// TestDeletedInMidMove deletes an object when the routes have moved and DNS has not. The move
// is finished with the credentials that it began with, and then the object is gone.
func TestDeletedInMidMove(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		reason string
		setup  farm.Duration // until the target answers
		delete func(s *story, r *v1alpha1.FederationRoute)
		goes   func(s *story, r *v1alpha1.FederationRoute) client.Object
		left   string // what an event says; "" where no event can be written
	}{
		"the route": {"a GitOps tool pruned it", farm.Duration(2 * time.Second),
			func(s *story, r *v1alpha1.FederationRoute) { s.delete(r) },
			func(_ *story, r *v1alpha1.FederationRoute) client.Object { return r }, "the route was deleted"},
		"its LyncTopology": {"nothing says any more how to reach the servers", farm.Duration(2 * time.Second),
			func(s *story, _ *v1alpha1.FederationRoute) { s.delete(s.organization()) },
			func(s *story, _ *v1alpha1.FederationRoute) client.Object { return s.organization() }, "the LyncTopology was deleted"},
		"the namespace": {"it takes the Secrets first", farm.Duration(12 * time.Second),
			func(s *story, _ *v1alpha1.FederationRoute) {
				s.delete(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}})
			},
			func(s *story, _ *v1alpha1.FederationRoute) client.Object {
				return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}}
			}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			spec := slowMove(t)
			spec.Durations.Setup = c.setup
			s := tell(t, spec)
			r := s.route("edge1.contoso.com")
			s.settled(r)
			s.until(r, "the finalizer going with its run", func(r *v1alpha1.FederationRoute) bool { return len(r.Finalizers) == 0 })
			s.moveTo(r, "edge2.contoso.com")
			s.routesMoved()
			c.delete(s, r)
			if c.left != "" {
				s.hears(r, "FederationLeft", c.left, "SIP federation is led over edge2.contoso.com", "not done: PublishFlags topology")
			}
			s.gone(c.goes(s, r))
			s.led("SIP", "edge2.contoso.com")
			s.answers(s.publicAddresses("edge2.contoso.com")[0], 5061)
			if got := s.published("fed.contoso.com", "A"); !sameSet(got, s.publicAddresses("edge2.contoso.com")) {
				t.Errorf("%s: partners are led to %v", c.reason, got)
			}
		})
	}
}

// TestDeletedAndCreatedAnew deletes a route in mid-move, and creates one of the same name for
// the old pool at once. The new one must not call itself Ready while the old move goes on.
func TestDeletedAndCreatedAnew(t *testing.T) {
	s := tell(t, slowMove(t))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.moveTo(r, "edge2.contoso.com")
	s.routesMoved()
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Finalizers = nil }) // somebody takes it away
	s.delete(r)
	s.eventually("the name being free", func() bool { return apierrors.IsNotFound(objects.Get(s.ctx, key(r), &v1alpha1.FederationRoute{})) }, s.journal)
	again := s.route("edge1.contoso.com")
	s.settled(again)
	s.hosts("edge1.contoso.com")
}

// TestTakenAwayInMidMove: a tool takes a part of the spec away when the routes have moved and
// DNS has not. Nothing stands in its place, so the move is finished.
func TestTakenAwayInMidMove(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		reason string
		mode   v1alpha1.Mode
		take   func(*v1alpha1.FederationRoute)
	}{
		"the approval": {"what was approved and begun is not left half-way", v1alpha1.ModeApprove,
			func(r *v1alpha1.FederationRoute) { r.Spec.ApprovedPlan = "" }},
		"DNS": {"partners would stay at the old pool, which has no flag any more", v1alpha1.ModeEnforce,
			func(r *v1alpha1.FederationRoute) { r.Spec.DNS = nil }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := tell(t, slowMove(t))
			r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.Mode = c.mode })
			s.approve(r)
			s.settled(r)
			s.moveTo(r, "edge2.contoso.com")
			s.approve(r)
			s.routesMoved()
			change(s, r, c.take)
			s.until(r, "partners being led to the new pool", func(*v1alpha1.FederationRoute) bool {
				return sameSet(s.published("fed.contoso.com", "A"), s.publicAddresses("edge2.contoso.com"))
			})
			s.approve(r) // the old pool keeps its flags until somebody approves
			s.settled(r)
			s.hosts("edge2.contoso.com")
		})
	}
}
