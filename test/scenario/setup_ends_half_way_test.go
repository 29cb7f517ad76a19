package scenario_test

import (
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestSetupEndsHalfWay: setup first disables the services. When it fails or is killed, the
// machine's services cannot be started. fedroute repairs this without a person's help.
func TestSetupEndsHalfWay(t *testing.T) {
	t.Parallel()
	const machine = "edge2.contoso.com"
	fails := func(s *story) {
		s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultSetupFails, Target: machine}))
	}
	kill := func(s *story) {
		s.eventually("setup disabling the services", func() bool { return disabled(s.machine(machine)) }, s.journal)
		s.org.WinRM(machine).DeleteShells()
	}
	nothing := func(*story) {}
	cases := map[string]struct {
		reason        string
		mode          v1alpha1.Mode
		before, after func(*story) // the wish
	}{
		"it fails":                {"with the machine's own words", v1alpha1.ModeEnforce, fails, nothing},
		"it is killed":            {"its shell is gone and nobody hears its end", v1alpha1.ModeEnforce, nothing, kill},
		"it fails, approved once": {"the rest of an approved plan is approved", v1alpha1.ModeApprove, fails, nothing},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			spec := sampleFarm(t, "one-site-two-pools")
			spec.Durations.Setup = farm.Duration(time.Second)
			s := tell(t, spec)
			r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.Mode = c.mode })
			s.approve(r)
			s.settled(r)
			c.before(s)
			s.moveTo(r, "edge2.contoso.com")
			s.approve(r)
			c.after(s)
			s.until(r, "setup ending half-way", func(r *v1alpha1.FederationRoute) bool {
				return recorded(r, "SetupEdgeServer", machine, v1alpha1.StepFailed)
			})
			if disabled := disabled(s.machine(machine)); !disabled {
				t.Errorf("%s: the story is not told: the services of %s are not disabled", c.reason, machine)
			}
			s.settled(r)
			s.hosts("edge2.contoso.com")
			if recorded(r, "StartEdgeServices", machine, v1alpha1.StepFailed) {
				t.Errorf("%s: services that are disabled were to be started\n%s", c.reason, describe(r))
			}
		})
	}
}

// TestServicesDoNotStart: when starting the services fails, fedroute runs setup.
func TestServicesDoNotStart(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	setups := s.acts("Bootstrapper.exe", "Setup:edge1.contoso.com") + s.acts("Enable-CsComputer", "Setup:edge1.contoso.com")
	s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultServiceWillNotStart, Target: "edge1.contoso.com/" + farm.ServiceAccessEdge}))
	s.must(s.org.Farm().StopServices(s.ctx, nora, farm.ServicesRequest{Machine: "edge1.contoso.com"}))

	s.until(r, "a start failing", func(r *v1alpha1.FederationRoute) bool {
		return recorded(r, "StartEdgeServices", "edge1.contoso.com", v1alpha1.StepFailed)
	})
	s.until(r, "setup following", func(r *v1alpha1.FederationRoute) bool {
		return recorded(r, "SetupEdgeServer", "edge1.contoso.com", v1alpha1.StepDone)
	})
	s.settled(r)
	s.hosts("edge1.contoso.com")
	if n := s.acts("Bootstrapper.exe", "Setup:edge1.contoso.com") + s.acts("Enable-CsComputer", "Setup:edge1.contoso.com") - setups; n != 1 {
		t.Errorf("setup ran %d times\n%s", n, s.journal())
	}
}

// disabled reports whether the machine's Access Edge service is disabled.
func disabled(m farm.Machine) bool {
	for _, service := range m.Services {
		if service.Name == farm.ServiceAccessEdge {
			return service.StartType == farm.Disabled
		}
	}
	return false
}

// recorded reports whether history has a step of the kind on the target in the state.
func recorded(r *v1alpha1.FederationRoute, kind, target string, result v1alpha1.StepState) bool {
	for _, h := range r.Status.History {
		if h.Kind == kind && h.Target == target && h.Result == result {
			return true
		}
	}
	return false
}

// approve approves the route's plan where the route's mode asks for approval.
func (s *story) approve(r *v1alpha1.FederationRoute) {
	s.Helper()
	if r.Spec.Mode != v1alpha1.ModeApprove {
		return
	}
	s.says(r, v1alpha1.ReasonAwaitingApproval)
	id := r.Status.Plan.ID
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.ApprovedPlan = id })
}
