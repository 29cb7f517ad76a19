package scenario_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// writing lists the writing cmdlets that have run.
func (s *story) writing() []string {
	var out []string
	for name := range s.org.Counters().Cmdlets {
		if !strings.HasPrefix(name, "Get-") {
			out = append(out, name)
		}
	}
	return slices.Sorted(slices.Values(out))
}

func TestObserveWritesNothing(t *testing.T) {
	s := tell(t, sampleFarm(t, "three-sites-four-pools"))
	s.must(s.org.Farm().Kill(nora, "edge-fra1.northwind.com"))
	s.must(s.org.Farm().Return(nora, "edge-fra1.northwind.com", farm.ServicesStayStopped))
	before := s.writes()
	r := s.route("edge-fra.northwind.com", func(r *v1alpha1.FederationRoute) { r.Spec.Mode = v1alpha1.ModeObserve })
	s.says(r, v1alpha1.ReasonDrifted, "mode Observe changes nothing", "set spec.mode to Approve or Enforce")
	s.lookedAt(3)
	s.unchanged(before)
	if ran := s.writing(); len(ran) > 0 {
		t.Errorf("writing cmdlets ran: %v", ran)
	}
	kinds := map[string]bool{}
	for _, step := range r.Status.Plan.Steps {
		kinds[step.Kind] = true
		if step.State != v1alpha1.StepPending {
			t.Errorf("step %s %s is %s", step.Kind, step.Target, step.State)
		}
	}
	for _, kind := range []string{"StartEdgeServices", "PublishFlags", "SetSiteRoute", "AwaitReplication", "SetupEdgeServer", "CheckPorts", "UpdateDNS"} {
		if !kinds[kind] {
			t.Errorf("the plan shows no %s, only %v", kind, slices.Sorted(maps.Keys(kinds)))
		}
	}
}

func TestApprovalIsWaitedFor(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	before := s.writes()
	r := s.route("edge2.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.Mode = v1alpha1.ModeApprove })
	s.says(r, v1alpha1.ReasonAwaitingApproval, "waits for approval", "set spec.approvedPlan to its id")
	s.stalled(r)
	plan := r.Status.Plan.ID

	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.ApprovedPlan = "sha256-0123456789abcdef" })
	s.says(r, v1alpha1.ReasonAwaitingApproval, plan)
	s.lookedAt(2)
	s.unchanged(before)
	if ran := s.writing(); len(ran) > 0 {
		t.Errorf("writing cmdlets ran: %v", ran)
	}

	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.ApprovedPlan = plan })
	s.settled(r)
	s.hosts("edge2.contoso.com")

	// The approval counts for that plan only. A later change by somebody waits for another
	// approval.
	s.must(s.org.Farm().SetSiteRoute(nora, "Redmond", farm.SIP, "edge1.contoso.com"))
	before = s.writes()
	s.says(r, v1alpha1.ReasonAwaitingApproval, "waits for approval")
	if r.Status.Plan.ID == plan {
		t.Error("another plan has the approved id")
	}
	s.lookedAt(2)
	s.unchanged(before)
}

func TestSuspendHoldsAndResumes(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	before := s.writes()
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.Suspend, r.Spec.EdgePool = true, "edge2.contoso.com" })
	s.says(r, v1alpha1.ReasonSuspended, "steps are to be taken", "nothing is changed while spec.suspend is true", "set it to false to go on")
	s.lookedAt(3)
	s.unchanged(before)
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.Suspend = false })
	s.settled(r)
	s.hosts("edge2.contoso.com")
}
