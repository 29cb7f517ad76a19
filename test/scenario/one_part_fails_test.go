package scenario_test

import (
	"net"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// silentServer gives the address of a server that accepts connections and never answers.
func (s *story) silentServer() string {
	s.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	s.Cleanup(func() { l.Close() })
	return l.Addr().String() // connections stay in the queue of the listener
}

// owes waits until status names the part with the texts, and checks that the condition
// says so, too.
func (s *story) owes(r *v1alpha1.FederationRoute, part, condition string, texts ...string) {
	s.Helper()
	s.until(r, "owing "+part, func(r *v1alpha1.FederationRoute) bool {
		i := slices.IndexFunc(r.Status.Owed, func(o v1alpha1.Owed) bool { return o.Part == part })
		return i >= 0 && r.Status.ObservedGeneration == r.Generation && containsAll(r.Status.Owed[i].Message, texts)
	})
	c := meta.FindStatusCondition(r.Status.Conditions, condition)
	if c == nil || c.Status == metav1.ConditionTrue || !containsAll(c.Message, append(texts, part+" waits since 20")) {
		s.Errorf("%s says %+v", condition, c)
	}
}

// TestOneZoneServerIsSilent: federation is to move, and the server of one of two domains does
// not answer. Its partners would be led to a pool that no site is led to any more, so the
// new pool is made ready and the move waits. It goes on once a person says so, or the old
// pool dies: then the other domain, the routes and the users move.
func TestOneZoneServerIsSilent(t *testing.T) {
	goesOn := map[string]func(*story, *v1alpha1.FederationRoute){
		"a person says so": func(s *story, r *v1alpha1.FederationRoute) {
			change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.DNS.OnBlocked = v1alpha1.BlockedLeave })
		},
		"the old pool dies": func(s *story, _ *v1alpha1.FederationRoute) {
			for _, machine := range []string{"edge-ams1.northwind.com", "edge-ams2.northwind.com", "edge-ams3.northwind.com"} {
				s.must(s.org.Farm().Kill(nora, machine))
			}
		},
	}
	for name, goOn := range goesOn {
		t.Run(name, func(t *testing.T) {
			s := tell(t, sampleFarm(t, "three-sites-four-pools"))
			r := s.route("edge-ams.northwind.com", func(r *v1alpha1.FederationRoute) {
				r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "pool-sin.northwind.com"}}
			})
			s.settled(r)
			stays := s.published("fed.tailspin.com", "A")
			silent := s.silentServer()

			change(s, r, func(r *v1alpha1.FederationRoute) {
				r.Spec.EdgePool = "edge-sin.northwind.com"
				for i := range r.Spec.DNS.Servers {
					if d := &r.Spec.DNS.Servers[i]; d.Zone == "tailspin.com" {
						d.Address, d.ReadBackFrom = silent, nil
					}
				}
			})
			s.until(r, "the new pool being ready", func(r *v1alpha1.FederationRoute) bool {
				return r.Status.Plan != nil && r.Status.Plan.Steps[0].Kind == "PublishFlags" && !slices.ContainsFunc(r.Status.Plan.Steps, func(step v1alpha1.Step) bool {
					return step.Kind == "SetupEdgeServer" && strings.HasPrefix(step.Target, "edge-sin") && step.State != v1alpha1.StepDone
				})
			})
			s.says(r, v1alpha1.ReasonUnreachable, silent, "federation stays where it is while edge-sin.northwind.com is made ready", "SIP federation still runs on edge-ams.northwind.com")
			s.owes(r, "zone tailspin.com", v1alpha1.ConditionDNSPublished, silent, "no answer in time")
			s.led("SIP", "edge-ams.northwind.com")
			s.associated("pool-sin.northwind.com", "edge-ams.northwind.com")

			goOn(s, r)
			s.until(r, "the other domain moving", func(*v1alpha1.FederationRoute) bool {
				return sameSet(s.published("fed.northwind.com", "A"), s.publicAddresses("edge-sin.northwind.com"))
			})
			s.until(r, "the plan being done but for the silent zone and the old pool", func(r *v1alpha1.FederationRoute) bool {
				return r.Status.Plan == nil || !slices.ContainsFunc(r.Status.Plan.Steps, func(step v1alpha1.Step) bool {
					return step.State != v1alpha1.StepDone && slices.Contains([]string{"SetSiteRoute", "UpdateDNS", "AssociateFrontEnd"}, step.Kind)
				})
			})
			s.owes(r, "zone tailspin.com", v1alpha1.ConditionDNSPublished, silent, "no answer in time")
			s.led("SIP", "edge-sin.northwind.com")
			s.associated("pool-sin.northwind.com", "edge-sin.northwind.com")
			if now := s.published("fed.tailspin.com", "A"); !sameSet(now, stays) {
				t.Errorf("the silent zone shows %v, was %v", now, stays)
			}

			change(s, r, func(r *v1alpha1.FederationRoute) {
				for i := range r.Spec.DNS.Servers {
					if d := &r.Spec.DNS.Servers[i]; d.Zone == "tailspin.com" {
						d.Address, d.ReadBackFrom = s.org.DNSServers()[0], s.org.DNSServers()
					}
				}
			})
			s.settled(r)
			s.hosts("edge-sin.northwind.com")
			if len(r.Status.Owed) > 0 {
				t.Errorf("nothing is owed any more, status says %+v", r.Status.Owed)
			}
		})
	}
}

// TestOneZoneRefusesItsUpdate: the key of one of two zones is wrong. That is known before the
// routes move, so they stay until the key is right.
func TestOneZoneRefusesItsUpdate(t *testing.T) {
	s := tell(t, sampleFarm(t, "three-sites-four-pools"))
	r := s.route("edge-ams.northwind.com")
	s.settled(r)
	wrong := s.dnsSecret()
	wrong["secret"] = "bm90IHRoZSBzZWNyZXQgb2YgdGhpcyBrZXkgYXQgYWxsIQ=="
	s.secrets = append(s.secrets, wrong["secret"])
	s.secret("tailspin-key", wrong)
	change(s, r, func(r *v1alpha1.FederationRoute) {
		r.Spec.EdgePool = "edge-sin.northwind.com"
		for i := range r.Spec.DNS.Servers {
			if d := &r.Spec.DNS.Servers[i]; d.Zone == "tailspin.com" {
				d.TSIGSecretRef = &v1alpha1.LocalReference{Name: "tailspin-key"}
			}
		}
	})
	s.says(r, v1alpha1.ReasonDenied, "does not accept the signature of key", "federation stays where it is while the new Edge pool is made ready", "SIP federation still runs on edge-ams.northwind.com")
	s.led("SIP", "edge-ams.northwind.com")
	s.federates("edge-sin.northwind.com", true)
	if now := s.published("fed.northwind.com", "A"); !sameSet(now, s.publicAddresses("edge-ams.northwind.com")) {
		t.Errorf("partners of the other zone are led to %v", now)
	}
	s.store("tailspin-key", s.dnsSecret())
	s.settled(r)
	s.hosts("edge-sin.northwind.com")
}

// TestForeignRecordHoldsAPlannedMove: the host has the address of the old pool and another
// one, which somebody set. Whose the set is, a person decides; until then partners are
// led to the old pool, and federation stays there.
func TestForeignRecordHoldsAPlannedMove(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	s.must(s.org.Zones().Set("nora", "fed.contoso.com", "A", 1, append(s.publicAddresses("edge1.contoso.com"), "127.0.0.80")...))
	r := s.route("edge2.contoso.com")
	s.eventually("the new pool being set up", func() bool { return s.setups()["edge2.contoso.com"] > 0 }, s.journal)
	hash := s.hash(r, "127.0.0.80", "federation stays where it is while edge2.contoso.com is made ready")
	s.led("SIP", "edge1.contoso.com")
	change(s, r, func(r *v1alpha1.FederationRoute) { r.Spec.DNS.Adopt = hash })
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

// TestARouteIsPutBackBesideADeadMachine: one machine of the pool is dead when somebody
// leads a site elsewhere. The route needs no Edge machine, so it is put back.
func TestARouteIsPutBackBesideADeadMachine(t *testing.T) {
	s := tell(t, sampleFarm(t, "three-sites-four-pools"))
	r := s.route("edge-ams.northwind.com")
	s.settled(r)
	s.must(s.org.Farm().Kill(nora, "edge-ams2.northwind.com"))
	s.must(s.org.Farm().SetSiteRoute(nora, "Singapore", farm.SIP, "edge-sin.northwind.com"))

	s.until(r, "the route being put back", func(*v1alpha1.FederationRoute) bool {
		return s.org.State().Sites[2].SIPRoute == "edge-ams.northwind.com"
	})
	s.until(r, "the dead machine being told", func(r *v1alpha1.FederationRoute) bool {
		c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionPortsOpen)
		return c != nil && c.Reason == v1alpha1.ReasonPortsClosed && containsAll(c.Message, []string{"edge-ams2.northwind.com"})
	})
	s.must(s.org.Farm().Return(nora, "edge-ams2.northwind.com", farm.ServicesStart))
	s.settled(r)
	s.hosts("edge-ams.northwind.com")
}
