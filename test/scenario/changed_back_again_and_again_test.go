package scenario_test

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// changesBack lets somebody change a value five times, each time after fedroute has put it
// back. fedroute then leaves it.
func (s *story) changesBack(r *v1alpha1.FederationRoute, field string, change func()) {
	s.Helper()
	for range 5 {
		s.until(r, field+" as wanted", ready)
		change()
		s.until(r, field+" being found changed", func(r *v1alpha1.FederationRoute) bool { return !ready(r) })
	}
	s.says(r, v1alpha1.ReasonContested, "somebody else changed back 5 times within an hour", field, "find out who sets it")
	s.stalled(r)
	if c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionContested); c == nil || !containsAll(c.Message, []string{field}) {
		s.Errorf("the condition Contested does not name %s: %+v", field, c)
	}
}

// leftTo checks that nothing is written while the organization is looked at, and that the
// route goes on to say so.
func (s *story) leftTo(r *v1alpha1.FederationRoute) {
	s.Helper()
	before := s.writes()
	s.lookedAt(3)
	s.unchanged(before)
	s.says(r, v1alpha1.ReasonContested)
}

// TestAValueIsChangedBackAgainAndAgain: a person, or a tool with another idea, sets one value
// of an organization back each time. The value is left, other values are not, and a new
// Edge pool takes all with it.
func TestAValueIsChangedBackAgainAndAgain(t *testing.T) {
	t.Parallel()
	const from, to = "edge-ams.northwind.com", "edge-fra.northwind.com"
	cases := map[string]struct {
		field string
		back  func(s *story)
	}{
		"a site's route": {"SIP federation route of site Singapore", func(s *story) {
			s.must(s.org.Farm().SetSiteRoute(nora, "Singapore", farm.SIP, "edge-sin.northwind.com"))
		}},
		"a flag": {"SIP federation flag (port 5061) of Edge pool edge-ams-dr.northwind.com", func(s *story) {
			s.rehearse("POST", "/edgepools/edge-ams-dr.northwind.com/flags", map[string]bool{"federation": true})
		}},
		"a record": {"fed.northwind.com A", func(s *story) { s.must(s.org.Zones().Set("terraform", "fed.northwind.com", "A", 300, "127.0.0.99")) }},
		"an association": {"Edge association of Front End pool pool-ams.northwind.com", func(s *story) {
			s.must(s.org.Farm().SetAssociation(nora, "pool-ams.northwind.com", farm.LinkRegistrar, "edge-sin.northwind.com"))
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := tell(t, sampleFarm(t, "three-sites-four-pools"))
			r := s.route(from, func(r *v1alpha1.FederationRoute) {
				r.Spec.StandbyEdgePools = []v1alpha1.Hostname{"edge-ams-dr.northwind.com"}
				r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "pool-ams.northwind.com"}}
			})
			s.changesBack(r, c.field, func() { c.back(s) })
			s.leftTo(r)
			s.hears(r, v1alpha1.ReasonContested, c.field)

			s.must(s.org.Zones().Set("nora", "fed.tailspin.com", "A", 300, "127.0.0.98"))
			s.until(r, "another record being put back", func(r *v1alpha1.FederationRoute) bool {
				h := r.Status.History
				return len(h) > 0 && h[0].Kind == "UpdateDNS" && containsAll(h[0].From, []string{"127.0.0.98"}) && h[0].Result == v1alpha1.StepDone
			})
			s.leftTo(r)

			s.moveTo(r, to)
			s.settled(r)
			s.hosts(to)
			s.associated("pool-ams.northwind.com", to)
		})
	}
}

// TestAPersonAsksThatItIsSetOnceMore: the person has found the tool that set the value, and
// stopped it.
func TestAPersonAsksThatItIsSetOnceMore(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.changesBack(r, "fed.contoso.com A", func() { s.must(s.org.Zones().Set("terraform", "fed.contoso.com", "A", 300, "127.0.0.99")) })
	s.leftTo(r)
	change(s, r, func(r *v1alpha1.FederationRoute) {
		r.Annotations = map[string]string{v1alpha1.AnnotationRequestedAt: time.Now().UTC().Format(time.RFC3339Nano)}
	})
	s.settled(r)
	s.hosts("edge1.contoso.com")
}

// TestNobodyTouchesItForAnHour: another manager has taken over meanwhile, and has only
// status to go by.
func TestNobodyTouchesItForAnHour(t *testing.T) {
	s := lonely(t, sampleFarm(t, "one-site-two-pools"))
	fire := s.hireHere()
	r := s.route("edge1.contoso.com")
	s.changesBack(r, "SIP federation route of site Redmond", func() { s.must(s.org.Farm().SetSiteRoute(nora, "Redmond", farm.SIP, "edge2.contoso.com")) })
	fire()
	later := ahead{by: 50 * time.Minute}
	fire = s.hireHereAt(later)
	s.leftTo(r)
	fire()
	later = ahead{by: 70 * time.Minute}
	defer s.hireHereAt(later)()
	s.settled(r)
	s.hosts("edge1.contoso.com")
}
