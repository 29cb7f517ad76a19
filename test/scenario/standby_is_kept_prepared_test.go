package scenario_test

import (
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// allPools lists every Edge pool as standby and keeps every one prepared.
func allPools(r *v1alpha1.FederationRoute) {
	r.Spec.Prepare = []v1alpha1.Hostname{"edge1.contoso.com", "edge2.contoso.com"}
	r.Spec.StandbyEdgePools = slices.Clone(r.Spec.Prepare)
}

// standbyIs waits for the status of the condition of the pools that are kept prepared.
func (s *story) standbyIs(r *v1alpha1.FederationRoute, want metav1.ConditionStatus) {
	s.Helper()
	s.until(r, "StandbyPrepared being "+string(want), func(r *v1alpha1.FederationRoute) bool {
		return meta.IsStatusConditionPresentAndEqual(r.Status.Conditions, v1alpha1.ConditionStandbyPrepared, want)
	})
}

// TestStandbyIsKeptPrepared: both pools are prepared all the time. A person clears the check
// boxes of the one that hosts nothing and stops its services; it is made ready again. The
// failover at three in the morning is then one line, publishes nothing and sets nothing up.
func TestStandbyIsKeptPrepared(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", allPools)
	s.settled(r)
	s.standbyIs(r, metav1.ConditionTrue)
	s.federates("edge2.contoso.com", true)
	if m := s.machine("edge2.contoso.com"); !m.SIPInstalled || r.Spec.XMPP != nil && !m.XMPPInstalled {
		t.Fatalf("the standby pool is not set up: %+v", m)
	}
	s.tick("edge2.contoso.com", false)
	s.must(s.org.Farm().StopServices(s.ctx, nora, farm.ServicesRequest{Machine: "edge2.contoso.com"}))
	s.until(r, "its services being started", func(r *v1alpha1.FederationRoute) bool {
		return slices.ContainsFunc(r.Status.History, func(h v1alpha1.HistoryEntry) bool {
			return h.Kind == "StartEdgeServices" && h.Target == "edge2.contoso.com"
		})
	})
	s.settled(r)
	s.standbyIs(r, metav1.ConditionTrue)
	s.federates("edge2.contoso.com", true)
	publishes, setups := s.acts("Publish-CsTopology", "Topology"), s.setups()["edge2.contoso.com"]
	s.must(s.org.Farm().Kill(nora, "edge1.contoso.com"))
	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.led("SIP", "edge2.contoso.com")
	s.answers(s.publicAddresses("edge2.contoso.com")[0], 5061)
	s.standbyIs(r, metav1.ConditionUnknown) // nobody knows how the dead pool is
	if n := s.acts("Publish-CsTopology", "Topology") - publishes; n != 0 {
		t.Errorf("the topology was published %d times during the failover", n)
	}
	if n := s.setups()["edge2.contoso.com"] - setups; n != 0 {
		t.Errorf("setup ran %d times on a pool that was prepared", n)
	}
}

// TestStandbysCertificateLacksTheName: the certificate of the standby pool was renewed without the
// name that partners look up. Nobody moves federation; the route says it all the same, and holds
// nothing. Nora assigns another one, and the warning goes.
func TestStandbysCertificateLacksTheName(t *testing.T) {
	for name, spec := range map[string]func(*v1alpha1.FederationRoute){
		"prepared": func(r *v1alpha1.FederationRoute) { r.Spec.Prepare = []v1alpha1.Hostname{"edge2.contoso.com"} },
		"standby":  func(r *v1alpha1.FederationRoute) { r.Spec.StandbyEdgePools = []v1alpha1.Hostname{"edge2.contoso.com"} },
	} {
		t.Run(name, func(t *testing.T) {
			s := tell(t, sampleFarm(t, "one-site-two-pools"))
			r := s.route("edge1.contoso.com", spec)
			s.settled(r)
			s.assigns("edge2.contoso.com", farm.NewCertificate{Without: []string{"fed.contoso.com"}})
			before := s.writes()
			s.hears(r, v1alpha1.ReasonStandbyMayBeRefused, "edge2.contoso.com lacks the name fed.contoso.com")
			s.until(r, "the warning, and being Ready", func(r *v1alpha1.FederationRoute) bool {
				return meta.IsStatusConditionTrue(r.Status.Conditions, v1alpha1.ConditionStandbyMayBeRefused) && meta.IsStatusConditionTrue(r.Status.Conditions, v1alpha1.ConditionReady)
			})
			s.unchanged(before)
			s.assigns("edge2.contoso.com", farm.NewCertificate{})
			s.until(r, "the warning being gone", func(r *v1alpha1.FederationRoute) bool {
				return meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionStandbyMayBeRefused) == nil
			})
		})
	}
}
