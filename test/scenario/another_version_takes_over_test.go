//go:build upgrade

package scenario_test

import (
	"flag"
	"slices"
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

var older = flag.String("older", "", "the manager program of an older version (make upgrade builds it)")

// versionsOf gives the programs of a change of version: the one that begins, the one that
// takes over.
func versionsOf(t *testing.T) map[string][2]string {
	t.Helper()
	if *older == "" {
		t.Fatal("say with -older which program is the older manager; make upgrade builds one")
	}
	this, err := builtManager()
	if err != nil {
		t.Fatal(err)
	}
	return map[string][2]string{"upgrade": {*older, this}, "downgrade": {this, *older}}
}

// slowFarm is a farm that both versions can sign in to, slow enough to be killed in each
// step. 0.1 asks to start PowerShell without cmd.exe, which only a later Windows passes over.
func slowFarm(t *testing.T) farm.Spec {
	t.Helper()
	spec := sampleFarm(t, "one-site-two-pools")
	spec.ADReadableFromNetworkLogon, spec.SQLReachableFromNetworkLogon = true, true
	spec.Hosts = append(spec.Hosts, farm.HostSpec{StartsByCmd: true})
	spec.Durations = farm.DurationsSpec{Durations: farm.Durations{Publish: farm.Duration(700 * time.Millisecond), Enable: farm.Duration(700 * time.Millisecond),
		Setup: farm.Duration(time.Second), Replication: farm.Duration(600 * time.Millisecond), ServiceStart: farm.Duration(300 * time.Millisecond)}}
	return spec
}

// TestAnotherVersionTakesOver kills a manager at each kind of step of a failover and of the
// way back. A manager of another version, older or newer, ends what it began. 0.1 knows the
// procedure only.
func TestAnotherVersionTakesOver(t *testing.T) {
	kinds := []string{"PublishFlags", "SetSiteRoute", "AwaitReplication", "SetupEdgeServer", "CheckPorts", "UpdateDNS", "AssociateFrontEnd"}
	for direction, programs := range versionsOf(t) {
		for _, kind := range kinds {
			t.Run(direction+"/killed at "+kind, func(t *testing.T) {
				programs := programs // an array, which each case turns round for itself
				s := lonely(t, slowFarm(t))
				urls := s.org.State().SimpleURLs
				m := s.hireProgram(programs[0])
				r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) {
					r.Spec.Strategy = v1alpha1.StrategyProcedure
					r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "fe1.contoso.com"}}
				})
				s.settled(r)
				for _, pool := range []string{"edge2.contoso.com", "edge1.contoso.com"} {
					before := s.setups()
					s.moveTo(r, pool)
					s.until(r, "a step "+kind+" that has begun", func(r *v1alpha1.FederationRoute) bool { return begun(r, kind) || ready(r) })
					if ready(r) {
						t.Fatalf("the move to %s ended before the manager could be killed in %s; make the farm slower", pool, kind)
					}
					s.must(m.Process.Kill())
					m.leave(s)
					s.dropLease()
					slices.Reverse(programs[:])
					m = s.hireProgram(programs[0])
					s.settled(r)
					s.hosts(pool)
					s.sameURLs(urls)
					for machine, n := range s.setups() {
						if n -= before[machine]; n > 1 {
							t.Errorf("setup of %s ran %d times in one move\n%s", machine, n, s.journal())
						}
					}
				}
			})
		}
	}
}

// begun reports whether a step of the kind runs or has run.
func begun(r *v1alpha1.FederationRoute, kind string) bool {
	return r.Status.Plan != nil && slices.ContainsFunc(r.Status.Plan.Steps, func(step v1alpha1.Step) bool {
		return step.Kind == kind && step.State != v1alpha1.StepPending
	})
}

// TestApprovalOutlivesTheVersion approves a plan that one version has made, under the id that
// both give it. The other version carries it out, because the plan means the same: a link of a Front End pool is set. Of a pool
// that listens only once a route names it, 0.1 thinks otherwise.
func TestApprovalOutlivesTheVersion(t *testing.T) {
	for direction, programs := range versionsOf(t) {
		t.Run(direction, func(t *testing.T) {
			s := lonely(t, slowFarm(t))
			m := s.hireProgram(programs[0])
			r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) {
				r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "fe1.contoso.com"}}
			})
			s.settled(r)
			change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.Suspend = true })
			s.must(s.org.Farm().SetAssociation(nora, "fe1.contoso.com", farm.LinkRegistrar, "edge2.contoso.com"))
			change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.Mode, r.Spec.Suspend = v1alpha1.ModeApprove, false })
			s.says(r, v1alpha1.ReasonAwaitingApproval)
			plan := r.Status.Plan.ID
			s.must(m.Process.Kill())
			m.leave(s)
			s.dropLease()
			s.hireProgram(programs[1])
			asked := time.Now().UTC().Format(time.RFC3339Nano)
			change(s, r, func(r *v1alpha1.FederationRoute) {
				r.Annotations = map[string]string{v1alpha1.AnnotationRequestedAt: asked}
			})
			s.until(r, "the other version looking", func(r *v1alpha1.FederationRoute) bool { return r.Status.LastHandledReconcileAt == asked })
			s.says(r, v1alpha1.ReasonAwaitingApproval)
			if r.Status.Plan.ID != plan {
				t.Errorf("the other version calls the plan %s, and not %s", r.Status.Plan.ID, plan)
			}
			change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.ApprovedPlan = plan })
			s.settled(r)
			s.associated("fe1.contoso.com", "edge1.contoso.com")
		})
	}
}
