package scenario_test

import (
	"regexp"
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

const (
	xmppService = "_xmpp-server._tcp.contoso.com"
	sipService  = "_sipfederationtls._tcp.contoso.com"
)

var setHash = regexp.MustCompile(`sha256-[0-9a-f]{16}`)

// hash waits until the route says ForeignRecords with the texts, and gives the hash of the
// set that it names.
func (s *story) hash(r *v1alpha1.FederationRoute, texts ...string) string {
	s.Helper()
	s.says(r, v1alpha1.ReasonForeignRecords, append(texts, "it was left as it is", "spec.dns.adopt")...)
	s.stalled(r)
	c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionDNSPublished)
	if c == nil || c.Reason != v1alpha1.ReasonForeignRecords || !containsAll(c.Message, texts) {
		s.Errorf("DNSPublished says %+v", c)
	}
	return setHash.FindString(c.Message)
}

// TestEachEdgePoolHasAnXMPPRecord: an administrator followed Microsoft's XMPP procedure,
// which advises one SRV record for each Edge pool, with priorities. The set waits for a
// person, and a failover does not wait for it. Then the record is declared.
func TestEachEdgePoolHasAnXMPPRecord(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	if !s.xmpp() {
		return // there is no such record
	}
	both := []string{"0 0 5269 fed.contoso.com.", "10 0 5269 xmpp2.contoso.com."}
	s.must(s.org.Zones().Set("nora", "fed.contoso.com", "A", 1, s.publicAddresses("edge1.contoso.com")...))
	s.must(s.org.Zones().Set("nora", "xmpp2.contoso.com", "A", 1, s.publicAddresses("edge2.contoso.com")...))
	s.must(s.org.Zones().Set("nora", xmppService, "SRV", 1, both...))

	r := s.route("edge1.contoso.com")
	s.hash(r, xmppService, "0 0 5269 fed.contoso.com, 10 0 5269 xmpp2.contoso.com", "declare what is to stay under standby")
	s.owes(r, "record "+xmppService+" SRV", v1alpha1.ConditionDNSPublished, "10 0 5269 xmpp2.contoso.com")
	s.eventually("the SIP record of the zone going on", func() bool {
		return sameSet(s.published(sipService, "SRV"), []string{"0 0 5061 fed.contoso.com."})
	}, func() string { return describe(r) })

	s.moveTo(r, "edge2.contoso.com")
	s.until(r, "the addresses moving", func(*v1alpha1.FederationRoute) bool {
		return sameSet(s.published("fed.contoso.com", "A"), s.publicAddresses("edge2.contoso.com"))
	})
	s.hash(r, xmppService)
	s.led("XMPP", "edge2.contoso.com")
	s.moveTo(r, "edge1.contoso.com")
	s.until(r, "the addresses coming back", func(*v1alpha1.FederationRoute) bool {
		return sameSet(s.published("fed.contoso.com", "A"), s.publicAddresses("edge1.contoso.com"))
	})
	if got := s.published(xmppService, "SRV"); !sameSet(got, both) {
		t.Errorf("the set of the administrator is now %v", got)
	}

	change(s, r, func(r *v1alpha1.FederationRoute) {
		r.Spec.XMPP.Domains[0].Standby = []v1alpha1.StandbyRecord{{Host: "xmpp2.contoso.com", Priority: 10}}
	})
	s.settled(r)
	if got := s.published(xmppService, "SRV"); !sameSet(got, both) {
		t.Errorf("the declared set is now %v", got)
	}
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.XMPP.Domains[0].Standby = nil })
	s.settled(r)
	if got := s.published(xmppService, "SRV"); !sameSet(got, both[:1]) {
		t.Errorf("a record that the spec does not declare any more stays: %v", got)
	}

	s.must(s.org.Zones().Set("nora", xmppService, "SRV", 1, both...)) // by hand, beside the route's own
	s.hash(r, xmppService, "10 0 5269 xmpp2.contoso.com")
	if got := s.published(xmppService, "SRV"); !sameSet(got, both) {
		t.Errorf("the record of another pool was deleted at first sight: %v", got)
	}
}

// TestWebsiteHasTheHostsAddresses: the host is the domain itself, and its address is that
// of the website. Partners are not led there, and the website's address stays until a
// person consents to this very set and says that the domain itself is meant.
func TestWebsiteHasTheHostsAddresses(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	s.must(s.org.Zones().Set("webmaster", "contoso.com", "A", 300, "127.0.0.80"))
	before := s.published(sipService, "SRV")
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) {
		for _, p := range []*v1alpha1.ProtocolRoute{r.Spec.SIP, r.Spec.XMPP} {
			if p != nil {
				p.Domains[0].Host = "contoso.com"
			}
		}
	})
	first := s.hash(r, "replace A of contoso.com", "127.0.0.80", "set apex to true for the domain")
	if got := s.published(sipService, "SRV"); !slices.Equal(got, before) {
		t.Errorf("partners are led to the website: %v", got)
	}

	s.must(s.org.Zones().Set("webmaster", "contoso.com", "A", 300, "127.0.0.81"))
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.DNS.Adopt = first })
	second := s.hash(r, "127.0.0.81")
	if first == second {
		t.Errorf("two sets have the hash %s", first)
	}
	if got := s.published("contoso.com", "A"); !slices.Equal(got, []string{"127.0.0.81"}) {
		t.Errorf("a consent to another set took the website's address: %v", got)
	}

	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.DNS.Adopt = second })
	s.hash(r, "127.0.0.81", "set apex to true for the domain") // nobody has said that the domain itself is meant
	change(s, r, func(r *v1alpha1.FederationRoute) {
		for _, p := range []*v1alpha1.ProtocolRoute{r.Spec.SIP, r.Spec.XMPP} {
			if p != nil {
				p.Domains[0].Apex = true
			}
		}
	})
	s.settled(r)
	if got := s.published("contoso.com", "A"); !sameSet(got, s.publicAddresses("edge1.contoso.com")) {
		t.Errorf("the consent had no effect: %v", got)
	}
	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	if got := s.published("contoso.com", "A"); !sameSet(got, s.publicAddresses("edge2.contoso.com")) {
		t.Errorf("the set is the route's own now and did not move: %v", got)
	}
}

// TestHostIsFarBelowItsDomain: partners were reported to refuse a host more than one label
// below its domain. The route says so and does what it is told.
func TestHostIsFarBelowItsDomain(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.SIP.Domains[0].Host = "sip.emea.contoso.com" })
	s.settled(r)
	c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionDNSPublished)
	if c == nil || !containsAll(c.Message, []string{"sip.emea.contoso.com lies more than one label below contoso.com", "ms-diagnostics 1009"}) {
		t.Errorf("DNSPublished says %+v", c)
	}
}
