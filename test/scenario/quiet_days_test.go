package scenario_test

import (
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestNothingHappens checks that repeated observations write nothing, neither to the
// organization nor to the API server.
func TestNothingHappens(t *testing.T) {
	s := tell(t, sampleFarm(t, "three-sites-four-pools"))
	r := s.route("edge-ams.northwind.com")
	s.settled(r)
	s.lookedAt(2)
	lt := s.organization()
	s.must(objects.Get(s.ctx, key(lt), lt))
	s.must(objects.Get(s.ctx, key(r), r))
	topology, route, before := lt.ResourceVersion, r.ResourceVersion, s.writes()

	s.lookedAt(4)
	s.must(objects.Get(s.ctx, key(lt), lt))
	s.must(objects.Get(s.ctx, key(r), r))
	if lt.ResourceVersion != topology || r.ResourceVersion != route {
		t.Errorf("status was written though nothing changed: topology %s to %s, route %s to %s\n%s", topology, lt.ResourceVersion, route, r.ResourceVersion, describe(r))
	}
	s.unchanged(before)
}

func TestDeletionOrphansEverything(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge2.contoso.com")
	s.settled(r)
	before := s.writes()
	s.delete(r)
	if err := objects.Get(s.ctx, key(r), r); !apierrors.IsNotFound(err) {
		t.Errorf("the route is still there: %v", err)
	}
	s.lookedAt(3)
	s.unchanged(before)
	s.hosts("edge2.contoso.com")
}

func TestALookIsRequested(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	before := s.writes()
	change(s, r, func(r *v1alpha1.FederationRoute) {
		r.Annotations = map[string]string{v1alpha1.AnnotationRequestedAt: "2026-03-01T10:00:00Z"}
	})
	s.until(r, "the request being handled", func(r *v1alpha1.FederationRoute) bool {
		return r.Status.LastHandledReconcileAt == "2026-03-01T10:00:00Z"
	})
	s.settled(r)
	s.unchanged(before)
}

// TestServicesWereStopped: services are stopped on the pool that is to take over.
func TestServicesWereStopped(t *testing.T) {
	s := tell(t, sampleFarm(t, "three-sites-four-pools"))
	r := s.route("edge-ams.northwind.com")
	s.settled(r)
	s.must(s.org.Farm().StopServices(s.ctx, nora, farm.ServicesRequest{Machine: "edge-fra2.northwind.com"}))
	s.moveTo(r, "edge-fra.northwind.com")
	s.settled(r)
	s.hosts("edge-fra.northwind.com")
	if !has(r.Status.History, "StartEdgeServices", "stopped", "running") {
		t.Errorf("history does not tell of the start:\n%s", describe(r))
	}
}

// TestSIPAlone checks that a route for SIP leaves the organization's XMPP settings alone.
func TestSIPAlone(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge2.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.XMPP = nil })
	s.settled(r)
	s.routed("SIP", "edge2.contoso.com")
	if !s.xmpp() {
		s.hosts("edge2.contoso.com")
		return
	}
	s.routed("XMPP", "edge1.contoso.com")
	if got := s.published("_xmpp-server._tcp.contoso.com", "SRV"); len(got) != 1 || !containsAll(got[0], []string{"sip.contoso.com"}) {
		t.Errorf("the XMPP record was touched: %v", got)
	}
}
