package scenario_test

import (
	"slices"
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// ttl makes a route whose records partners may remember for so many seconds.
func ttl(seconds int32) func(*v1alpha1.FederationRoute) {
	return func(r *v1alpha1.FederationRoute) { r.Spec.DNS.TTL = seconds }
}

// led checks the site routes of a protocol and says nothing of flags.
func (s *story) led(protocol, pool string) {
	s.Helper()
	for _, site := range s.org.State().Sites {
		if got := map[string]string{"SIP": site.SIPRoute, "XMPP": site.XMPPRoute}[protocol]; got != pool {
			s.Errorf("site %s routes %s to %q, want %s", site.Name, protocol, got, pool)
		}
	}
}

// federates checks whether a pool has the SIP flag.
func (s *story) federates(pool string, want bool) {
	s.Helper()
	for _, p := range s.org.State().EdgePools {
		if p.FQDN == pool && p.SIP != want {
			s.Errorf("pool %s has the SIP flag %v", pool, p.SIP)
		}
	}
}

// TestOldPoolServesUntilPartnersHaveLeft: partners who looked the old address up right before
// the move go there until the record's TTL is over. The old pool has its flags until then. The
// route is Ready meanwhile, and nothing is under way.
func TestOldPoolServesUntilPartnersHaveLeft(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", ttl(4))
	s.settled(r)
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonDraining, "hosted by edge2.contoso.com", "served by edge1.contoso.com until 20", "then its flags are cleared")
	seen := time.Now()
	s.until(r, "the finalizer going with its run", func(r *v1alpha1.FederationRoute) bool { return len(r.Finalizers) == 0 })
	if r.Status.Move.DrainsUntil == nil || !slices.Equal(r.Status.Move.Leaves, []string{"edge1.contoso.com"}) || r.Status.Move.LongestTTL != 4 {
		t.Errorf("move %+v", r.Status.Move)
	}
	for _, step := range r.Status.Plan.Steps {
		if step.State == v1alpha1.StepRunning {
			t.Errorf("%s %s is under way", step.Kind, step.Target)
		}
	}
	s.federates("edge1.contoso.com", true)
	s.led("SIP", "edge2.contoso.com")
	ends := r.Status.Move.DrainsUntil.Time
	s.settled(r)
	if early := time.Until(ends); early > 0 {
		t.Errorf("the old pool lost its flags %s too early; it had drained for %s", early, time.Since(seen))
	}
	s.hosts("edge2.contoso.com")
	if m := s.machine("edge1.contoso.com"); m.SIPInstalled || m.XMPPInstalled {
		t.Errorf("the old pool still has federation ports: %+v", m)
	}
	if r.Status.Move.Leaves != nil || r.Status.Move.DrainsUntil != nil {
		t.Errorf("the old pool is done with, and status remembers %+v", r.Status.Move)
	}
}

// TestPreparedPoolIsNotSetUpAgain: a person takes the move back while the old pool drains, which
// takes an hour here. The newer wish does not wait for that. The old pool is still set up.
func TestPreparedPoolIsNotSetUpAgain(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", ttl(3600))
	s.settled(r)
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonDraining, "served by edge1.contoso.com")
	before := s.setups()["edge1.contoso.com"]
	s.moveTo(r, "edge1.contoso.com")
	s.says(r, v1alpha1.ReasonDraining, "hosted by edge1.contoso.com", "served by edge2.contoso.com")
	s.led("SIP", "edge1.contoso.com")
	s.federates("edge2.contoso.com", true)
	s.answers(s.publicAddresses("edge1.contoso.com")[0], 5061)
	if n := s.setups()["edge1.contoso.com"] - before; n != 0 {
		t.Errorf("setup ran %d times on the pool that federation came back to", n)
	}
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonDraining, "hosted by edge2.contoso.com", "served by edge1.contoso.com")
	if n := s.setups()["edge2.contoso.com"]; n != 1 {
		t.Errorf("setup ran %d times on the pool that federation moved to twice", n)
	}
}

// TestPreparationFails: the new pool cannot be made ready, because no replica reaches it.
// Federation still runs on the old pool, and the route says so.
func TestPreparationFails(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultStuckReplica, Target: "edge2.contoso.com"}))
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonUnreachable, "SIP federation still runs on edge1.contoso.com")
	s.led("SIP", "edge1.contoso.com")
	s.federates("edge1.contoso.com", true)
	s.answers(s.publicAddresses("edge1.contoso.com")[0], 5061)
	if got := s.published("fed.contoso.com", "A"); !sameSet(got, s.publicAddresses("edge1.contoso.com")) {
		t.Errorf("partners are led to %v", got)
	}
	s.org.Farm().ClearFaults()
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

// TestProcedureIsAskedFor: one publish clears and sets all flags, as Microsoft's procedure has it,
// and nothing drains.
func TestProcedureIsAskedFor(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.Strategy = v1alpha1.StrategyProcedure })
	s.settled(r)
	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if n := s.acts("Publish-CsTopology", "Topology"); n != 1 {
		t.Errorf("the topology was published %d times\n%s", n, s.journal())
	}
}

// TestNewPoolDiesBeforeTheOldOneLostItsFlags: federation has moved, partners who remember the old
// records are still served by the old pool, and the new pool dies. The old pool has all that it
// needs, so the routes lead back before anything is published; the dead pool loses its flags then.
func TestNewPoolDiesBeforeTheOldOneLostItsFlags(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", ttl(3600))
	s.settled(r)
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonDraining, "served by edge1.contoso.com")
	before := len(s.org.Farm().Journal())
	s.must(s.org.Farm().Kill(nora, "edge2.contoso.com"))
	s.moveTo(r, "edge1.contoso.com")
	s.settled(r)
	s.hosts("edge1.contoso.com")
	var order []string
	for _, e := range s.org.Farm().Journal()[before:] {
		if c := e.Actor.Command; e.Error == "" && (c == "Set-CsSite" || c == "Publish-CsTopology") {
			order = append(order, c)
		}
	}
	if order = slices.Compact(order); !slices.Equal(order, []string{"Set-CsSite", "Publish-CsTopology"}) {
		t.Errorf("changed in the order %v", order)
	}
}
