package scenario_test

import (
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// TestTTLIsLoweredFirst: partners may remember an address for six seconds. A planned move first
// lowers that to one, and waits until the six are over. The new pool is made ready meanwhile, and
// the old one serves.
func TestTTLIsLoweredFirst(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", ttl(6), func(r *v1alpha1.FederationRoute) { r.Spec.DNS.MoveTTL = 1 })
	s.settled(r)
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonProgressing, "the TTL of the records was lowered to 1 seconds", "until 20", "federation moves to edge2.contoso.com then", "SIP federation still runs on edge1.contoso.com")
	s.led("SIP", "edge1.contoso.com")
	if got := s.published("fed.contoso.com", "A"); !sameSet(got, s.publicAddresses("edge1.contoso.com")) {
		t.Errorf("partners are led to %v", got)
	}
	if r.Status.Move.LoweredFrom != 6 || r.Status.Move.Lowered == nil {
		t.Fatalf("move %+v", r.Status.Move)
	}
	ends := r.Status.Move.Lowered.Add(6 * time.Second)
	s.until(r, "the routes moving", func(*v1alpha1.FederationRoute) bool { return s.org.State().Sites[0].SIPRoute == "edge2.contoso.com" })
	if early := time.Until(ends); early > 0 {
		t.Errorf("the routes moved %s before partners had forgotten the old TTL", early)
	}
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if got := r.Status.Move.LongestTTL; got > 1 {
		t.Errorf("the old pool drained for %d seconds, and partners remembered it for one", got)
	}
}

// TestPoolDiesWhileTheTTLIsWaitedOut: the old pool dies during the wait, which takes an hour here.
// Nobody is served any more, so the move goes on at once.
func TestPoolDiesWhileTheTTLIsWaitedOut(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", ttl(3600), func(r *v1alpha1.FederationRoute) { r.Spec.DNS.MoveTTL = 30 })
	s.settled(r)
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonProgressing, "the TTL of the records was lowered to 30 seconds")
	s.must(s.org.Farm().Kill(nora, "edge1.contoso.com"))
	s.settled(r)
	s.hosts("edge2.contoso.com")
}
