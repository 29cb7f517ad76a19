package scenario_test

import (
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestFirstManagementServerIsDead: a site burns down. Its Front End, Central Management
// Store and Edge pool are gone. The administrator has failed the store over, which is how
// the procedure begins.
func TestFirstManagementServerIsDead(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.must(s.org.Farm().Kill(nora, "fe1.contoso.com"))
	s.must(s.org.Farm().Kill(nora, "edge1.contoso.com"))
	s.must(s.org.Farm().MoveCMS(nora, "fe2.contoso.com"))

	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.hosts("edge2.contoso.com")
	lt := s.organization()
	s.must(objects.Get(s.ctx, key(lt), lt))
	if want := string(lt.Spec.Management.Endpoints[1].URL); lt.Status.Endpoint != want {
		t.Errorf("status names the endpoint %q, alive is %s", lt.Status.Endpoint, want)
	}
}

func TestBlackHoleHoldsUpNobodyElse(t *testing.T) {
	dark := tell(t, sampleFarm(t, "one-site-two-pools"))
	waiting := dark.route("edge1.contoso.com")
	dark.settled(waiting)
	for _, m := range []string{"fe1.contoso.com", "fe2.contoso.com"} {
		dark.must(dark.org.Farm().Disconnect(nora, m))
	}
	before := dark.writes()
	dark.moveTo(waiting, "edge2.contoso.com")

	bright := beside(dark, sampleFarm(t, "sfb2019-no-xmpp"))
	moving := bright.route("edge-a.fabrikam.com")
	bright.settled(moving)
	bright.moveTo(moving, "edge-b.fabrikam.com")
	bright.settled(moving)
	bright.hosts("edge-b.fabrikam.com")

	dark.says(waiting, v1alpha1.ReasonUnreachable, "no management server could be used", "no answer in time", "nothing was read or changed")
	dark.unchanged(before)
	for _, m := range []string{"fe1.contoso.com", "fe2.contoso.com"} {
		dark.must(dark.org.Farm().Return(nora, m, farm.ServicesStart))
	}
	dark.settled(waiting)
	dark.hosts("edge2.contoso.com")
}
