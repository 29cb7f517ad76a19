package scenario_test

import (
	"slices"
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// approving makes a route wait for approvals.
func approving(r *v1alpha1.FederationRoute) { r.Spec.Mode = v1alpha1.ModeApprove }

// silentProxy tells of a person who led XMPP to the other pool and restarted the services of
// the machine. The plan to undo that stops and starts them. The manager that carries it out
// dies when it has stopped the services, and so does the PowerShell that would start them.
func silentProxy(t *testing.T, machine string) (*story, *v1alpha1.FederationRoute) {
	spec := sampleFarm(t, "one-site-two-pools")
	spec.Behaviour.XMPPProxyNeedsRestart = true
	spec.Durations.ServiceStart = farm.Duration(2 * time.Second)
	s := lonely(t, spec)
	m := s.hire()
	r := s.route(machine, approving)
	s.approve(r)
	s.settled(r)
	s.must(s.org.Farm().SetSiteRoute(nora, "Redmond", farm.XMPP, "edge2.contoso.com"))
	s.says(r, v1alpha1.ReasonAwaitingApproval)
	s.must(s.org.Farm().StopServices(s.ctx, nora, farm.ServicesRequest{Machine: machine}))
	s.must(s.org.Farm().StartServices(s.ctx, nora, farm.ServicesRequest{Machine: machine}))
	s.until(r, "the plan of a restart", func(r *v1alpha1.FederationRoute) bool {
		return r.Status.Plan != nil && !slices.ContainsFunc(r.Status.Plan.Steps, func(step v1alpha1.Step) bool { return step.Kind == "StartEdgeServices" })
	})
	s.approve(r)
	s.eventually("the services being stopped", func() bool { return s.stops(machine) > 0 }, s.journal)
	s.must(m.Process.Kill())
	s.org.WinRM(machine).DeleteShells()
	m.leave(s)
	s.dropLease()
	if running(s.machine(machine)) {
		t.Fatal("the story is not told: the services run")
	}
	return s, r
}

// stops counts how often fedroute stopped the services of an Edge machine.
func (s *story) stops(machine string) int {
	n := 0
	for _, e := range s.org.Farm().Journal() {
		if e.Actor.Command == "Stop-CsWindowsService" && e.Object == `Service:`+machine+`\`+farm.ServiceAccessEdge {
			n++
		}
	}
	return n
}

// TestKilledBetweenStopAndStart: the next manager starts the services and finishes the plan.
// Nobody has to approve anything again.
func TestKilledBetweenStopAndStart(t *testing.T) {
	const machine = "edge1.contoso.com"
	s, r := silentProxy(t, machine)
	approved := r.Spec.ApprovedPlan
	s.hire()
	s.settled(r)
	s.hosts(machine)
	if r.Spec.ApprovedPlan != approved || s.stops(machine) != 1 {
		t.Errorf("the services were stopped %d times\n%s", s.stops(machine), s.journal())
	}

	// Services that somebody else stops wait for a person.
	s.must(s.org.Farm().StopServices(s.ctx, nora, farm.ServicesRequest{Machine: machine}))
	s.says(r, v1alpha1.ReasonAwaitingApproval)
}

// TestServicesAreOwedToAnotherPlan: the spec asks for something else before the next manager
// comes. The services are started, and the new plan waits for an approval.
func TestServicesAreOwedToAnotherPlan(t *testing.T) {
	const machine = "edge1.contoso.com"
	s, r := silentProxy(t, machine)
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.EdgePool = "edge2.contoso.com" })
	s.hire()
	s.eventually("the services being started", func() bool { return running(s.machine(machine)) }, s.journal)
	// A pool that is down is left by the procedure, one that serves by a prepared move.
	s.until(r, "the plan of a prepared move", func(r *v1alpha1.FederationRoute) bool {
		publishes := 0
		if r.Status.Plan != nil {
			for _, step := range r.Status.Plan.Steps {
				if step.Kind == "PublishFlags" {
					publishes++
				}
			}
		}
		return publishes == 2
	})
	s.says(r, v1alpha1.ReasonAwaitingApproval)
	s.routed("SIP", machine)
	s.approve(r)
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

func running(m farm.Machine) bool {
	return !slices.ContainsFunc(m.Services, func(service farm.Service) bool { return service.Status != farm.Running })
}

// TestReplicationStatusLags: for a while after a publish the replication status says that
// every replica is up to date. To a manager that begins then, the publish looks as if it
// had never been enabled. The approval of the publish covers the enable.
func TestReplicationStatusLags(t *testing.T) {
	spec := sampleFarm(t, "one-site-two-pools")
	spec.Durations.ReplicationNotice, spec.Durations.Replication = farm.Duration(20*time.Second), farm.Duration(4*time.Second)
	s := lonely(t, spec)
	m := s.hire()
	r := s.route("edge1.contoso.com", approving)
	s.approve(r)
	s.settled(r)
	s.moveTo(r, "edge2.contoso.com")
	s.approve(r)
	approved, enables := r.Spec.ApprovedPlan, s.org.Counters().Cmdlets["Enable-CsTopology"]
	s.eventually("the publish being enabled", func() bool { return s.acts("Set-CsSite", "Site:Redmond FederationRoute") > 0 }, s.journal)
	s.must(m.Process.Kill())
	m.leave(s)
	s.dropLease()
	s.hire()
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if s.org.Counters().Cmdlets["Enable-CsTopology"] <= enables {
		t.Error("the story is not told: no plan enabled the topology again")
	}
	if r.Spec.ApprovedPlan != approved {
		t.Errorf("another plan was approved\n%s", describe(r))
	}
}

// TestPlanComesAndGoes: a long plan comes up beside a short one that a person has read, and
// goes. The approval of the short one counts.
func TestPlanComesAndGoes(t *testing.T) {
	s := tell(t, sampleFarm(t, "three-sites-four-pools"))
	pools := s.org.State().EdgePools
	home, other := pools[0].FQDN, pools[1].FQDN
	r := s.route(home, approving)
	s.approve(r)
	s.settled(r)
	sites := s.org.State().Sites
	s.must(s.org.Farm().SetSiteRoute(nora, sites[0].Name, farm.SIP, other))
	s.says(r, v1alpha1.ReasonAwaitingApproval, "waits for approval")
	read, short := r.Status.Plan.ID, len(r.Status.Plan.Steps)

	for _, site := range sites[1:] {
		s.must(s.org.Farm().SetSiteRoute(nora, site.Name, farm.SIP, other))
	}
	s.until(r, "a longer plan", func(r *v1alpha1.FederationRoute) bool {
		return r.Status.Plan != nil && len(r.Status.Plan.Steps) > short
	})
	if r.Status.Plan.ID == read {
		t.Error("another plan has the id of the first")
	}
	for _, site := range sites[1:] {
		s.must(s.org.Farm().SetSiteRoute(nora, site.Name, farm.SIP, home))
	}
	s.until(r, "the short plan again", func(r *v1alpha1.FederationRoute) bool {
		return r.Status.Plan != nil && r.Status.Plan.ID == read && len(r.Status.Plan.Steps) == short
	})
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.ApprovedPlan = read })
	s.settled(r)
	s.hosts(home)
}

// TestPartOfTheSpecIsDropped: a plan is approved, and before it begins the spec asks for
// less. What is left is another plan, and what was dropped is not done.
func TestPartOfTheSpecIsDropped(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", approving)
	s.approve(r)
	s.settled(r)
	before := s.writes()
	change(s, r, func(r *v1alpha1.FederationRoute) {
		r.Spec.EdgePool, r.Spec.Suspend = "edge2.contoso.com", true
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "fe1.contoso.com"}}
	})
	s.says(r, v1alpha1.ReasonSuspended)
	whole := r.Status.Plan.ID
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.ApprovedPlan = whole })
	s.says(r, v1alpha1.ReasonSuspended)
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.FrontEndPools, r.Spec.Suspend = nil, false })
	s.says(r, v1alpha1.ReasonAwaitingApproval)
	s.lookedAt(2)
	s.unchanged(before)
	for _, step := range r.Status.Plan.Steps {
		if step.State != v1alpha1.StepPending || step.Kind == "AssociateFrontEnd" {
			t.Errorf("%s %s is %s", step.Kind, step.Target, step.State)
		}
	}
	s.approve(r)
	s.settled(r)
	s.hosts("edge2.contoso.com")
	s.associated("fe1.contoso.com", "edge1.contoso.com")
}
