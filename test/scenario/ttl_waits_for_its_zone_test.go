package scenario_test

import (
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// lowers is a route whose planned moves first lower the TTL from so many seconds to one.
func lowers(from int32) func(*v1alpha1.FederationRoute) {
	return func(r *v1alpha1.FederationRoute) { r.Spec.DNS.TTL, r.Spec.DNS.MoveTTL = from, 1 }
}

// ready waits until the new pool of a move was set up.
func (s *story) ready(pool string) {
	s.Helper()
	s.eventually("the new pool being set up", func() bool { return s.setups()[pool] > 0 }, s.journal)
}

// TestZoneFallsSilentWhileTheTTLIsWaitedOut: the TTL was lowered, and then the zone's servers fall
// silent. The time of the old TTL passes, and the routes stay where partners are led. Once the
// servers answer again nothing is waited out a second time.
func TestZoneFallsSilentWhileTheTTLIsWaitedOut(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", lowers(6))
	s.settled(r)
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonProgressing, "the TTL of the records was lowered to 1 seconds", "until 20")
	ends := r.Status.Move.Lowered.Add(6 * time.Second)
	s.dnsFails("1", "Silent")
	s.says(r, v1alpha1.ReasonUnreachable, "federation stays where it is while edge2.contoso.com is made ready", "SIP federation still runs on edge1.contoso.com")
	time.Sleep(time.Until(ends) + 2*time.Second)
	s.led("SIP", "edge1.contoso.com")
	updates := len(s.org.Zones().Journal())
	s.dnsFails("1", "")
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if n := len(s.org.Zones().Journal()) - updates; n != 1 {
		t.Errorf("the zone was changed %d times since its servers answer, want once, for the move", n)
	}
}

// TestZoneIsSilentBeforeTheTTLIsLowered: the zone's servers are silent when the move begins. The
// new pool is made ready. Once they answer the TTL is lowered, waited out, and the move goes on.
func TestZoneIsSilentBeforeTheTTLIsLowered(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", lowers(4))
	s.settled(r)
	s.dnsFails("1", "Silent")
	s.moveTo(r, "edge2.contoso.com")
	s.ready("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonUnreachable, "federation stays where it is while edge2.contoso.com is made ready")
	s.led("SIP", "edge1.contoso.com")
	s.dnsFails("1", "")
	s.says(r, v1alpha1.ReasonProgressing, "the TTL of the records was lowered to 1 seconds", "until 20", "SIP federation still runs on edge1.contoso.com")
	ends := r.Status.Move.Lowered.Add(4 * time.Second)
	s.until(r, "the routes moving", func(*v1alpha1.FederationRoute) bool { return s.org.State().Sites[0].SIPRoute == "edge2.contoso.com" })
	if early := time.Until(ends); early > 0 {
		t.Errorf("the routes moved %s before partners had forgotten the old TTL", early)
	}
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

// TestTheLowerTTLCannotBeWritten: the records can be read, and the lower TTL cannot be written, or
// the records cannot be read. The move waits, and says for what. A person who lets it leave records
// behind lets it leave their TTL, too: the routes move at once, and not after an hour.
func TestTheLowerTTLCannotBeWritten(t *testing.T) {
	for fault, reason := range map[string]string{"RefuseUpdates": v1alpha1.ReasonRefused, "Silent": v1alpha1.ReasonUnreachable} {
		t.Run(fault, func(t *testing.T) {
			s := tell(t, sampleFarm(t, "one-site-two-pools"))
			r := s.route("edge1.contoso.com", lowers(3600))
			s.settled(r)
			s.dnsFails("1", fault)
			s.moveTo(r, "edge2.contoso.com")
			s.says(r, reason, "SIP federation still runs on edge1.contoso.com")
			s.led("SIP", "edge1.contoso.com")
			change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.DNS.OnBlocked = v1alpha1.BlockedLeave })
			s.until(r, "on the new pool", func(r *v1alpha1.FederationRoute) bool { return r.Status.SIPEdgePool == "edge2.contoso.com" })
			s.led("SIP", "edge2.contoso.com")
			s.federates("edge1.contoso.com", true) // partners are still led there
			if got := s.published("fed.contoso.com", "A"); !sameSet(got, s.publicAddresses("edge1.contoso.com")) {
				t.Errorf("partners are led to %v", got)
			}
			s.dnsFails("1", "")
			s.until(r, "the records following", func(*v1alpha1.FederationRoute) bool {
				return sameSet(s.published("fed.contoso.com", "A"), s.publicAddresses("edge2.contoso.com"))
			})
			s.says(r, v1alpha1.ReasonDraining, "partners who remember the old records are served by edge1.contoso.com")
		})
	}
}
