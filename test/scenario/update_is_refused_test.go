package scenario_test

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// dnsFails makes the n-th DNS server fail in one way. "" ends the failure.
func (s *story) dnsFails(n, fault string) {
	s.Helper()
	s.rehearse("POST", "/dns/servers/"+n, map[string]string{"fault": fault})
}

func TestUpdateKeyIsWrong(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)

	wrong := s.dnsSecret()
	wrong["secret"] = "bm90IHRoZSBzZWNyZXQgb2YgdGhpcyBrZXkgYXQgYWxsIQ=="
	s.secrets = append(s.secrets, wrong["secret"])
	s.store("dns-key", wrong)
	before := s.writes()
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonDenied, "does not accept the signature of key", "nothing was changed and no step of the plan was begun", "compare the secret with the server's")
	s.stands(r, "UpdateDNS", v1alpha1.StepFailed, "does not accept the signature of key")
	if c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionDNSPublished); c == nil || c.Reason != v1alpha1.ReasonDenied {
		t.Errorf("DNSPublished says %+v", c)
	}
	s.unchanged(before)

	s.store("dns-key", s.dnsSecret())
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

func TestServerRefusesUpdatesByPolicy(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.dnsFails("1", "RefuseUpdates")
	before := s.writes()
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonRefused, "policy does not allow this change (REFUSED)", "nothing was changed", "allow the key to change these names")
	s.hears(r, "StepFailed", "UpdateDNS zone contoso.com", "REFUSED")
	s.unchanged(before)

	s.dnsFails("1", "")
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

// TestKeyMayNotChangeTheName: a server checks a policy for single names only for names that
// change. So the refusal shows only after flags and routes have moved.
func TestKeyMayNotChangeTheName(t *testing.T) {
	spec := sampleFarm(t, "one-site-two-pools")
	spec.DNS.Keys = []farm.DNSKey{{Name: "fedroute", Domains: []string{"other.contoso.com"}}}
	s := tell(t, spec)
	old := s.published("fed.contoso.com", "A")
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonRefused, "policy does not allow this change (REFUSED)", "nothing was changed", "allow the key to change these names")
	s.led("SIP", "edge2.contoso.com")
	if now := s.published("fed.contoso.com", "A"); !sameSet(now, old) {
		t.Errorf("partners are led to %v, were %v", now, old)
	}
}

func TestZoneIsElsewhere(t *testing.T) {
	spec := sampleFarm(t, "one-site-two-pools")
	spec.DNS.Zones = []farm.ZoneSpec{{Name: "wingtip.com"}}
	s := tell(t, spec)
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonNameBlocked, "publish A of fed.contoso.com", "REFUSED", "no record was changed", "correct zone and address in spec.dns.servers")
	s.movesButForItsZone(r, v1alpha1.ReasonNameBlocked)

	// The zone is on another organization's servers.
	other := beside(s, sampleFarm(t, "one-site-two-pools"))
	k := other.dnsSecret()
	s.secrets = append(s.secrets, k["secret"])
	s.store("dns-key", k)
	change(s, r, func(r *v1alpha1.FederationRoute) {
		r.Spec.DNS.Servers[0].Address, r.Spec.DNS.Servers[0].ReadBackFrom = other.org.DNSServers()[0], other.org.DNSServers()
	})
	s.settled(r)
	s.routed("SIP", "edge2.contoso.com")
	if got, want := other.published("fed.contoso.com", "A"), s.publicAddresses("edge2.contoso.com"); !sameSet(got, want) {
		t.Errorf("fed.contoso.com has addresses %v, want %v", got, want)
	}
	other.unwatched = true // this simulator cannot know to which organization's ports its zone leads
}

// movesButForItsZone: partners are still led to the old pool, and the name cannot be written.
// Federation stays there, and the new pool is made ready. Once a person says that the
// move is not to wait, the routes lead to the new pool, and the zone stays behind.
func (s *story) movesButForItsZone(r *v1alpha1.FederationRoute, reason string) {
	s.Helper()
	s.eventually("the new pool being set up", func() bool { return s.setups()["edge2.contoso.com"] > 0 }, s.journal)
	s.says(r, reason, "federation stays where it is while edge2.contoso.com is made ready", "set spec.dns.onBlocked to Leave", "SIP federation still runs on edge1.contoso.com")
	s.led("SIP", "edge1.contoso.com")
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.DNS.OnBlocked = v1alpha1.BlockedLeave })
	s.until(r, "on the new pool", func(r *v1alpha1.FederationRoute) bool { return r.Status.SIPEdgePool == "edge2.contoso.com" })
	s.says(r, reason)
	s.led("SIP", "edge2.contoso.com")
	s.federates("edge1.contoso.com", true) // partners are still led there
}

func TestAliasIsInTheWay(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	s.must(s.org.Zones().Set("nora", "fed.contoso.com", "CNAME", 300, "www.contoso.com."))
	before := len(s.org.Zones().Journal())
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonNameBlocked, "fed.contoso.com", "alias (CNAME) of www.contoso.com", "no record was changed", "remove the CNAME, or choose another host")
	s.movesButForItsZone(r, v1alpha1.ReasonNameBlocked)
	if n := len(s.org.Zones().Journal()) - before; n != 0 {
		t.Errorf("the zone was changed %d times", n)
	}

	s.must(s.org.Zones().Delete("nora", "fed.contoso.com", "CNAME"))
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

// TestDomainIsHostedByMicrosoft365: replacing the record would take federation away from
// users who are elsewhere.
func TestDomainIsHostedByMicrosoft365(t *testing.T) {
	const name, hosted = "_sipfederationtls._tcp.contoso.com", "100 1 5061 sipfed.online.lync.com."
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	s.must(s.org.Zones().Set("nora", name, "SRV", 1, hosted))
	before := len(s.org.Zones().Journal())
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonHostedFederation, name, "sipfed.online.lync.com", "no record was changed", "remove the record by hand")
	s.stalled(r)
	s.movesButForItsZone(r, v1alpha1.ReasonHostedFederation)
	if n := len(s.org.Zones().Journal()) - before; n != 0 {
		t.Errorf("the zone was changed %d times", n)
	}

	s.must(s.org.Zones().Delete("nora", name, "SRV"))
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

// TestAnswerOfTheUpdateIsLost: the change was made, and its answer never arrived.
func TestAnswerOfTheUpdateIsLost(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.dnsFails("1", "LoseReplies")
	before := len(s.org.Zones().Journal())
	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.hosts("edge2.contoso.com")
	if n := len(s.org.Zones().Journal()) - before; n != 1 {
		t.Errorf("the zone was changed %d times", n)
	}
}

// TestAnswerCannotBeVerified: like Samba's own DNS server, the server makes the change and
// signs its answer so that nobody can verify it.
func TestAnswerCannotBeVerified(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	s.dnsFails("1", "WrongSignature")
	r := s.route("edge2.contoso.com")
	s.settled(r)
	s.hosts("edge2.contoso.com")
	const how = "the signature of the server's reply did not verify; confirmed by reading back"
	if c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionDNSPublished); c == nil || !strings.Contains(c.Message, how) {
		t.Errorf("DNSPublished does not say %q: %+v", how, c)
	}
	s.hears(r, "StepDone", "UpdateDNS zone contoso.com", how)
}

// TestAnswerIsForged: an attacker on the network swallows the update and reports success.
func TestAnswerIsForged(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	s.dnsFails("1", "ForgeReplies")
	before := len(s.org.Zones().Journal())
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonStepFailed, "did not verify, and the server does not show the change")
	if n := len(s.org.Zones().Journal()) - before; n != 0 {
		t.Errorf("the zone was changed %d times", n)
	}
	s.dnsFails("1", "")
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

func TestSecondaryLags(t *testing.T) {
	spec := sampleFarm(t, "one-site-two-pools")
	spec.DNS.Servers = 2
	s := tell(t, spec)
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.rehearse("POST", "/dns/servers/2", map[string]string{"lag": "1h"})
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonPropagating, "the primary has the records", s.org.DNSServers()[1]+" does not show", "some partners see the old ones")
	s.led("SIP", "edge2.contoso.com")
	s.federates("edge1.contoso.com", true) // partners who ask the secondary go there

	s.rehearse("POST", "/dns/servers/2", map[string]string{"lag": "0s"})
	s.settled(r)
	s.hosts("edge2.contoso.com")
}
