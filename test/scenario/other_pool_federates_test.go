package scenario_test

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// TestOtherPoolFederates: somebody ticks the check boxes of an Edge pool that no route names.
// That is told for each protocol, and nothing is changed. A route that names the pool ends it.
func TestOtherPoolFederates(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	before := s.acts("Publish-CsTopology", "Topology")
	s.tick("edge2.contoso.com", true)
	s.until(r, "the other pool being told", func(r *v1alpha1.FederationRoute) bool {
		told := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionOtherPoolFederates)
		return told != nil && strings.Contains(told.Message, "SIP (port 5061): edge2.contoso.com") &&
			(r.Spec.XMPP == nil || strings.Contains(told.Message, "XMPP (port 5269): edge2.contoso.com"))
	})
	s.settled(r)
	s.federates("edge2.contoso.com", true)
	if n := s.acts("Publish-CsTopology", "Topology"); n != before {
		t.Errorf("the topology was published %d times for a pool that nobody names", n-before)
	}
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.Prepare = []v1alpha1.Hostname{"edge2.contoso.com"} })
	s.until(r, "the pool being named", func(r *v1alpha1.FederationRoute) bool {
		return meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionOtherPoolFederates) == nil
	})
	s.settled(r)
}
