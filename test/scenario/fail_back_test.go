package scenario_test

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

const reserve = "fe2.contoso.com" // no Edge pool names this pool as its next hop, so it can fail over

func failsBack(r *v1alpha1.FederationRoute) {
	r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: reserve, FailBack: true}}
}

// TestFailoverOnPurposeIsLeft: an administrator fails over a pool that failBack names. The
// Edge pool has not moved, so fedroute does not fail the pool back.
func TestFailoverOnPurposeIsLeft(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", failsBack)
	s.settled(r)
	s.failOver(farm.Planned)
	if s.pairsPools() {
		s.tells(r, metav1.ConditionTrue, v1alpha1.ReasonInSync, "left so: "+reserve, "failback.fedroute.io/requestedAt")
	}
	s.lookedAt(3)
	s.leftFailedOver(r, 0)

	// fedroute undoes the drift of other things meanwhile, and still leaves the pool failed
	// over.
	s.must(s.org.Farm().SetSiteRoute(nora, "Redmond", farm.SIP, "edge2.contoso.com"))
	s.until(r, "the route being set back", func(r *v1alpha1.FederationRoute) bool {
		return len(r.Status.History) > 0 && ready(r) && s.acts("Set-CsSite", "Site:Redmond FederationRoute") > 0
	})
	s.lookedAt(2)
	s.leftFailedOver(r, 0)
}

// TestRouteIsMadeWhileAPoolIsFailedOver: a new route for a farm that is already as the
// route says moves nothing.
func TestRouteIsMadeWhileAPoolIsFailedOver(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	s.failOver(farm.Planned)
	r := s.route("edge1.contoso.com", failsBack)
	s.settled(r)
	s.lookedAt(3)
	s.leftFailedOver(r, 0)
}

// TestMoveFailsBackOnce: a pool that was failed over when the Edge pool moved comes back
// with the move. A pool that is failed over afterwards stays failed over.
func TestMoveFailsBackOnce(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", failsBack)
	s.settled(r)
	s.failOver(farm.Planned)
	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.hosts("edge2.contoso.com")
	s.inState(reserve, farm.PoolActive)

	s.failOver(farm.Planned)
	s.lookedAt(3)
	s.leftFailedOver(r, 1)
}

// TestMoveIsInterruptedBeforeTheFailBack: the manager dies when the site routes have moved.
// Nothing in the organization shows the move any more, and fedroute still owes the
// failback.
func TestMoveIsInterruptedBeforeTheFailBack(t *testing.T) {
	s := lonely(t, sampleFarm(t, "one-site-two-pools"))
	first := s.hire()
	r := s.route("edge1.contoso.com", failsBack)
	s.settled(r)
	s.failOver(farm.Planned)
	s.must(s.org.Farm().StopReplication(nora))
	s.moveTo(r, "edge2.contoso.com")
	s.stands(r, "AwaitReplication", v1alpha1.StepRunning)
	s.must(first.Process.Kill())
	first.leave(s)
	s.dropLease()
	s.leftFailedOver(r, 0)

	s.must(s.org.Farm().StartReplication(nora))
	s.hire()
	s.settled(r)
	s.hosts("edge2.contoso.com")
	s.inState(reserve, farm.PoolActive)
}

// TestFrontEndMachineIsDead: the machine of the pool that a move is to fail back is dead.
// The move goes on without the pool, and the pool comes back when its machine does.
func TestFrontEndMachineIsDead(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", failsBack)
	s.settled(r)
	s.must(s.org.Farm().Kill(nora, reserve))
	s.failOver(farm.Disaster)
	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if s.pairsPools() {
		s.tells(r, metav1.ConditionFalse, v1alpha1.ReasonFailBackWaits, "these are down: "+reserve, "nothing else waits for it", "bring them up")
		s.hears(r, v1alpha1.ReasonFailBackWaits, reserve)
	}
	s.asks(r, reserve) // asking for the failback does not help either
	s.lookedAt(3)
	s.leftFailedOver(r, 0)

	s.must(s.org.Farm().Return(nora, reserve, farm.ServicesStart))
	s.tells(r, metav1.ConditionTrue, v1alpha1.ReasonInSync)
	s.inState(reserve, farm.PoolActive)
}

// TestServicesOfAFrontEndAreStopped: the machine runs and its replica is unchanged, so only
// its port shows the failure.
func TestServicesOfAFrontEndAreStopped(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", failsBack)
	s.settled(r)
	s.failOver(farm.Planned)
	s.must(s.org.Farm().StopServices(s.ctx, nora, farm.ServicesRequest{Machine: reserve, Names: []string{farm.ServiceFrontEnd}}))
	asked := s.asks(r, reserve)
	if s.pairsPools() {
		s.tells(r, metav1.ConditionFalse, v1alpha1.ReasonFailBackWaits, reserve+" (port 5061: connection refused)")
	}
	s.lookedAt(2)
	s.leftFailedOver(r, 0)

	s.must(s.org.Farm().StartServices(s.ctx, nora, farm.ServicesRequest{Machine: reserve}))
	s.handled(r, asked)
	s.inState(reserve, farm.PoolActive)
}

// TestPersonAsksForAFailBack: the pool is failed back once, whatever follows, and by the
// rules of the mode.
func TestPersonAsksForAFailBack(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) {
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: reserve}}
	})
	s.settled(r)
	s.failOver(farm.Planned)
	s.handled(r, s.asks(r, reserve))
	s.inState(reserve, farm.PoolActive)

	s.failOver(farm.Planned)
	s.lookedAt(3)
	s.leftFailedOver(r, 1)

	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.Mode = v1alpha1.ModeApprove })
	asked := s.asks(r, reserve)
	if s.pairsPools() {
		s.says(r, v1alpha1.ReasonAwaitingApproval, "1 step is to be taken")
		s.lookedAt(2)
		s.leftFailedOver(r, 1)
		change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.ApprovedPlan = r.Status.Plan.ID })
	}
	s.handled(r, asked)
	s.inState(reserve, farm.PoolActive)
}

// TestRequestToFailBackIsMistyped: fedroute reports the mistake and fails nothing back.
func TestRequestToFailBackIsMistyped(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", failsBack)
	s.settled(r)
	s.failOver(farm.Planned)
	s.asks(r, "fe22.contoso.com")
	s.tells(r, metav1.ConditionFalse, v1alpha1.ReasonInvalid, `spec.frontEndPools does not list "fe22.contoso.com"`, "no pool is failed back by it", "correct its name")
	s.hears(r, v1alpha1.ReasonInvalid, "fe22.contoso.com")
	change(s, r, func(r *v1alpha1.FederationRoute) {
		r.Annotations[v1alpha1.AnnotationFailBackRequestedAt] = "now, please"
	})
	s.tells(r, metav1.ConditionFalse, v1alpha1.ReasonInvalid, `"now, please" is no time and pool`)
	s.hears(r, v1alpha1.ReasonInvalid, "now, please")
	s.lookedAt(2)
	s.leftFailedOver(r, 0)
	if r.Status.LastHandledFailBackAt != "" {
		t.Errorf("%q counts as handled", r.Status.LastHandledFailBackAt)
	}
}

// asks writes the annotation as kubectl fedroute failback does.
func (s *story) asks(r *v1alpha1.FederationRoute, pool string) string {
	s.Helper()
	text := time.Now().UTC().Format(time.RFC3339) + " " + pool
	change(s, r, func(r *v1alpha1.FederationRoute) {
		if r.Annotations == nil {
			r.Annotations = map[string]string{}
		}
		r.Annotations[v1alpha1.AnnotationFailBackRequestedAt] = text
	})
	return text
}

func (s *story) handled(r *v1alpha1.FederationRoute, request string) {
	s.Helper()
	s.until(r, "handling the request "+request, func(r *v1alpha1.FederationRoute) bool { return r.Status.LastHandledFailBackAt == request })
}

// tells waits until FrontEndsAssociated has the reason and the texts.
func (s *story) tells(r *v1alpha1.FederationRoute, state metav1.ConditionStatus, reason string, texts ...string) {
	s.Helper()
	s.until(r, "telling "+reason+" of the Front End pools", func(r *v1alpha1.FederationRoute) bool {
		c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionFrontEndsAssociated)
		return c != nil && c.Status == state && c.Reason == reason && containsAll(c.Message, texts)
	})
}

// pairsPools reports whether pools of this version can fail over. Where they cannot, every
// request for a failback is fulfilled from the start.
func (s *story) pairsPools() bool { return s.org.Farm().Product().PairsPools() }

// failOver fails the pool over, as nora does on purpose.
func (s *story) failOver(mode farm.FailOverMode) {
	s.Helper()
	if s.pairsPools() {
		s.must(s.org.Farm().FailOver(s.ctx, nora, reserve, mode))
	}
}

// leftFailedOver checks that the pool is still failed over, and how often the controller
// has tried to fail it back. Refused attempts count.
func (s *story) leftFailedOver(r *v1alpha1.FederationRoute, tried int64) {
	s.Helper()
	want := farm.PoolFailedOver
	if !s.pairsPools() {
		want, tried = farm.PoolActive, 0
	}
	s.inState(reserve, want)
	if n := s.org.Counters().Cmdlets["Invoke-CsPoolFailBack"]; n != tried {
		s.Errorf("Invoke-CsPoolFailBack ran %d times, want %d\n%s%s", n, tried, s.journal(), describe(r))
	}
}

func (s *story) inState(pool string, want farm.PoolState) {
	s.Helper()
	for _, p := range s.org.State().FrontEndPools {
		if p.FQDN == pool && p.State != want {
			s.Errorf("pool %s is %s, want %s", pool, p.State, want)
		}
	}
}
