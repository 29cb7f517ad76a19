package scenario_test

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// assigns gives a machine another certificate for its external Access Edge.
func (s *story) assigns(machine string, c farm.NewCertificate) {
	s.Helper()
	c.Life = 8760 * time.Hour
	s.must(s.org.Farm().AssignCertificate(nora, machine, c))
}

// TestTargetsCertificateLacksTheName: the new pool's certificate was renewed without the name that
// partners look up. Nothing is begun while the old pool serves. Nora assigns another one, and the
// move goes on by itself.
func TestTargetsCertificateLacksTheName(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.assigns("edge2.contoso.com", farm.NewCertificate{Without: []string{"fed.contoso.com"}})
	before := s.writes()
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonAwaitingPerson, "edge2.contoso.com lacks the name fed.contoso.com", "SIP federation still runs on edge1.contoso.com")
	s.unchanged(before)
	s.hosts("edge1.contoso.com")
	s.assigns("edge2.contoso.com", farm.NewCertificate{Loose: true})
	s.says(r, v1alpha1.ReasonAwaitingPerson, "edge2.contoso.com has a certificate whose chain is not whole (PartialChain)")
	s.assigns("edge2.contoso.com", farm.NewCertificate{})
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionPortsOpen); c.Reason != v1alpha1.ReasonInSync || containsAll(c.Message, []string{"another certificate"}) {
		t.Errorf("the port shows what is assigned, and PortsOpen says: %s", c.Message)
	}
}

// TestTargetsCertificateIsBadAndNobodyIsServed: the old pool is dead, so the new one cannot make it
// worse. What partners may refuse is said.
func TestTargetsCertificateIsBadAndNobodyIsServed(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.assigns("edge2.contoso.com", farm.NewCertificate{Without: []string{"fed.contoso.com"}})
	s.must(s.org.Farm().Kill(nora, "edge1.contoso.com"))
	s.moveTo(r, "edge2.contoso.com")
	s.hears(r, "PlanNotice", "partners may refuse edge2.contoso.com", "edge2.contoso.com lacks the name fed.contoso.com")
	s.settled(r)
	s.hosts("edge2.contoso.com")
}
