package scenario_test

import (
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// closeFirewall lets no partner through to the standby pool.
func (s *story) closeFirewall(machine string) {
	s.Helper()
	for _, port := range []string{"5061", "5269"} {
		s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultFirewall, Target: machine + "/" + port}))
	}
}

// TestMoveGoesBackWhenNoAddressAnswers: nobody has opened the firewall before the new pool,
// and the old one still works. Federation goes back to it and stays there until a person
// asks for another try.
func TestMoveGoesBackWhenNoAddressAnswers(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.closeFirewall("edge2.contoso.com")

	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonMoveUndone, "no address of the new Edge pool answered", "led back to edge1.contoso.com", "kubectl fedroute reconcile")
	s.stalled(r)
	s.hosts("edge1.contoso.com")

	// Drift is measured against the old pool meanwhile.
	s.must(s.org.Farm().SetSiteRoute(nora, "Redmond", farm.SIP, "edge2.contoso.com"))
	s.until(r, "the route being set back", func(*v1alpha1.FederationRoute) bool { return s.org.State().Sites[0].SIPRoute == "edge1.contoso.com" })
	s.says(r, v1alpha1.ReasonMoveUndone)

	s.org.Farm().ClearFaults()
	change(s, r, func(r *v1alpha1.FederationRoute) {
		r.Annotations = map[string]string{v1alpha1.AnnotationRequestedAt: time.Now().UTC().Format(time.RFC3339Nano)}
	})
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

// TestMoveStaysWhenThePersonSaysSo: with onFailure Stay, and also while the old pool is
// dead, a move is not undone.
func TestMoveStaysWhenThePersonSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		policy v1alpha1.FailurePolicy
		set    func(*story)
	}{
		"Stay":             {v1alpha1.FailureStay, func(*story) {}},
		"old pool is dead": {v1alpha1.FailureUndo, func(s *story) { s.must(s.org.Farm().Kill(nora, "edge1.contoso.com")) }},
	} {
		t.Run(name, func(t *testing.T) {
			s := tell(t, sampleFarm(t, "one-site-two-pools"))
			r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.OnFailure = c.policy })
			s.settled(r)
			c.set(s)
			s.closeFirewall("edge2.contoso.com")
			s.moveTo(r, "edge2.contoso.com")
			s.says(r, v1alpha1.ReasonUnreachable, "port 5061", "DNS stays where it is")
			s.lookedAt(3)
			s.led("SIP", "edge2.contoso.com")
			s.org.Farm().ClearFaults()
			s.settled(r)
			s.hosts("edge2.contoso.com")
		})
	}
}

// TestApprovedMoveGoesBackUnasked: a person approved the move. To take it back needs no
// further approval; every later plan does.
func TestApprovedMoveGoesBackUnasked(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.closeFirewall("edge2.contoso.com")
	change(s, r, func(r *v1alpha1.FederationRoute) {
		r.Spec.Mode, r.Spec.EdgePool = v1alpha1.ModeApprove, "edge2.contoso.com"
	})
	s.says(r, v1alpha1.ReasonAwaitingApproval, "waits for approval")
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.ApprovedPlan = r.Status.Plan.ID })
	s.says(r, v1alpha1.ReasonMoveUndone, "led back to edge1.contoso.com")
	s.hosts("edge1.contoso.com")

	s.must(s.org.Farm().SetSiteRoute(nora, "Redmond", farm.SIP, "edge2.contoso.com"))
	s.says(r, v1alpha1.ReasonAwaitingApproval, "waits for approval")
}
