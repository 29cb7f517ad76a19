package scenario_test

import (
	"net"
	"slices"
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

// TestOneZoneServerIsSilent: federation moves, and the server of one of two domains does
// not answer. The other domain, the routes and the users move.
func TestOneZoneServerIsSilent(t *testing.T) {
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
	s.until(r, "the other domain moving", func(*v1alpha1.FederationRoute) bool {
		return sameSet(s.published("fed.northwind.com", "A"), s.publicAddresses("edge-sin.northwind.com"))
	})
	s.until(r, "the plan being done but for the silent zone", func(r *v1alpha1.FederationRoute) bool { return r.Status.Plan == nil })
	s.owes(r, "zone tailspin.com", v1alpha1.ConditionDNSPublished, silent, "no answer in time")
	s.routed("SIP", "edge-sin.northwind.com")
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
