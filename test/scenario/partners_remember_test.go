package scenario_test

import "testing"

// TestPartnersRememberTheOldAddress: the records have a TTL of an hour. What that means for
// partners is said before the move, and so it is of the names that nobody published before.
func TestPartnersRememberTheOldAddress(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", ttl(3600))
	s.settled(r)
	s.hears(r, "PlanNotice", "published for the first time: fed.contoso.com A; who has asked", "changes from sip.contoso.com to fed.contoso.com")
	s.moveTo(r, "edge2.contoso.com")
	s.hears(r, "PlanNotice", "partners may go where fed.contoso.com A leads now for another 1h0m0s", "edge1.contoso.com serves them meanwhile")
}
