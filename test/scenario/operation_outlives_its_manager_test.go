package scenario_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// TestOperationOutlivesItsManager: a publish or a setup is under way when its manager dies or
// loses the lease. The next one finds it by its mutex, waits for it inside its own step, and
// does not start it beside the first. No run fails for that.
func TestOperationOutlivesItsManager(t *testing.T) {
	killed := func(s *story, m *manager) { s.must(m.Process.Kill()) }
	cases := map[string]struct {
		reason  string
		slow    func(*farm.Durations)
		begun   func(*story) bool
		ends    func(*story, *manager)
		waiting string // the step of the next manager that waits, and its message
		message string
	}{
		"killed in mid-publish": {
			"the process is gone, its shell is not",
			func(d *farm.Durations) { d.Publish = heldFor },
			func(s *story) bool { return s.org.Counters().Cmdlets["Publish-CsTopology"] > 0 },
			killed, "PublishFlags", "waits: another publish is still running",
		},
		"killed in mid-setup": {
			"the services are disabled while it works, and a start would not wait for it",
			func(d *farm.Durations) { d.Setup = heldFor },
			func(s *story) bool { return disabled(s.machine("edge2.contoso.com")) },
			killed, "SetupEdgeServer", "waits: setup is still running",
		},
		"lease taken in mid-setup": {
			"the manager ends by itself with its step under way",
			func(d *farm.Durations) { d.Setup = heldFor },
			func(s *story) bool { return disabled(s.machine("edge2.contoso.com")) },
			func(s *story, _ *manager) { s.takeLease() }, "SetupEdgeServer", "waits: setup is still running",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			spec := sampleFarm(t, "one-site-two-pools")
			c.slow(&spec.Durations.Durations)
			operation := hold(t)
			s := lonelyWith(t, sim.Config{Spec: spec, Clock: operation})
			m := s.hire()
			r := s.route("edge1.contoso.com")
			s.settled(r)
			s.moveTo(r, "edge2.contoso.com")
			s.eventually("the long operation", func() bool { return c.begun(s) }, s.journal)
			s.hire() // waits for the lease
			c.ends(s, m)
			m.leave(s)
			s.dropLease()
			s.until(r, "the next manager waiting: "+c.reason, func(r *v1alpha1.FederationRoute) bool {
				if r.Status.Plan == nil {
					return false
				}
				for _, step := range r.Status.Plan.Steps {
					if step.Kind == c.waiting && step.State == v1alpha1.StepRunning && strings.Contains(step.Message, c.message) {
						return true
					}
				}
				return false
			})
			operation.end()
			s.settled(r)
			s.hosts("edge2.contoso.com")
			for _, h := range r.Status.History {
				if h.Result == v1alpha1.StepFailed && strings.Contains(h.Message, "still running") {
					t.Errorf("a step failed for an operation that it should have waited for: %+v", h)
				}
			}
			s.onceEach()
		})
	}
}

// onceEach checks that no long operation of one move was carried out twice. The pool that the
// move leaves is set up once, too.
func (s *story) onceEach() {
	s.Helper()
	if n := s.acts("Publish-CsTopology", "Topology"); n != publishesOfAMove {
		s.Errorf("the flags were published %d times\n%s", n, s.journal())
	}
	for machine, n := range s.setups() {
		if n > 1 {
			s.Errorf("setup ran %d times on %s\n%s", n, machine, s.journal())
		}
	}
}

// TestOperationOutlivesAnIdleShell: nobody has used the shell of an operation since its
// manager died. Windows ends a shell that is idle for longer than it was asked to wait, and
// the operation with it. Here long times of shells pass sixty times as fast: an idle shell of the
// usual three minutes lasts three seconds.
func TestOperationOutlivesAnIdleShell(t *testing.T) {
	const long = farm.Duration(7 * time.Second)
	cases := map[string]struct {
		slow  func(*farm.Durations)
		begun func(*story) bool
		over  func(*story) bool
	}{
		"publish": {
			func(d *farm.Durations) { d.Publish = long },
			func(s *story) bool { return s.org.Counters().Cmdlets["Publish-CsTopology"] > 0 },
			func(s *story) bool { return s.acts("Publish-CsTopology", "Topology") > 0 },
		},
		"setup": {
			func(d *farm.Durations) { d.Setup = long },
			func(s *story) bool { return disabled(s.machine("edge2.contoso.com")) },
			func(s *story) bool { return s.setups()["edge2.contoso.com"] > 0 },
		},
		"failback": {
			func(d *farm.Durations) { d.FailBack = long },
			func(s *story) bool { return s.org.Counters().Cmdlets["Invoke-CsPoolFailBack"] > 0 },
			func(s *story) bool {
				i := slices.IndexFunc(s.org.State().FrontEndPools, func(p sim.FrontEndPoolState) bool { return p.FQDN == "fe1.contoso.com" })
				return s.org.State().FrontEndPools[i].State == farm.PoolActive
			},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			spec := sampleFarm(t, "one-site-two-pools")
			c.slow(&spec.Durations.Durations)
			s := openWith(t, sim.Config{Spec: spec, ShellClock: hasty{}})
			s.labels = map[string]string{alone: ""}
			s.credentials()
			s.create(s.topology())
			m := s.hire()
			r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) {
				r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "fe1.contoso.com", FailBack: true}}
			})
			s.settled(r)
			s.must(s.org.Farm().SetPoolState(nora, "fe1.contoso.com", farm.PoolFailedOver))
			s.moveTo(r, "edge2.contoso.com")
			s.eventually("the long operation", func() bool { return c.begun(s) }, s.journal)
			s.must(m.Process.Kill())
			m.leave(s)
			s.eventually("the end of the operation that nobody waits for", func() bool { return c.over(s) }, s.journal)
			s.dropLease()
			s.hire()
			s.settled(r)
			s.hosts("edge2.contoso.com")
			s.onceEach()
		})
	}
}

// hasty is a clock on which a timer of more than two minutes runs sixty times as fast.
type hasty struct{ wsman.SystemClock }

// AfterFunc implements wsman.Clock.
func (h hasty) AfterFunc(d time.Duration, f func()) (stop func()) {
	if d > 2*time.Minute {
		d /= 60
	}
	return h.SystemClock.AfterFunc(d, f)
}

// takeLease gives the lease to somebody who is no manager.
func (s *story) takeLease() {
	s.Helper()
	var leases coordinationv1.LeaseList
	s.must(objects.List(s.ctx, &leases, client.InNamespace(s.namespace)))
	for i := range leases.Items {
		lease := &leases.Items[i]
		taken := client.MergeFrom(lease.DeepCopy())
		other, seconds := "somebody else", int32(3600)
		lease.Spec.HolderIdentity, lease.Spec.LeaseDurationSeconds = &other, &seconds
		s.must(objects.Patch(s.ctx, lease, taken))
	}
}
