package controllers

import (
	"context"
	"errors"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/plan"
)

func TestHolder(t *testing.T) {
	const redmond = "the SIP route of site Redmond"
	cases := map[string]struct {
		reason string
		change func(other *v1alpha1.FederationRoute)
		holds  bool
	}{
		"older":               {"age decides", func(*v1alpha1.FederationRoute) {}, true},
		"older and suspended": {"who is stopped holds what they claim", func(o *v1alpha1.FederationRoute) { o.Spec.Suspend = true }, true},
		"younger":             {"the younger gives way", func(o *v1alpha1.FederationRoute) { o.CreationTimestamp = metav1.NewTime(begin.Add(time.Hour)) }, false},
		"observing":           {"who changes nothing holds nothing", func(o *v1alpha1.FederationRoute) { o.Spec.Mode = v1alpha1.ModeObserve }, false},
		"other organization":  {"switches of another organization are others", func(o *v1alpha1.FederationRoute) { o.Spec.TopologyRef.Name = "elsewhere" }, false},
		"typo in the LyncTopology": {"an organization that nobody knows may be this one", func(o *v1alpha1.FederationRoute) {
			o.Spec.TopologyRef.Name = "contsoo"
		}, true},
		"typo in the LyncTopology, other protocol": {"it holds what it names and no more", func(o *v1alpha1.FederationRoute) {
			o.Spec.TopologyRef.Name, o.Spec.SIP, o.Spec.XMPP = "contsoo", nil, o.Spec.SIP
		}, false},
		"other namespace":   {"so are those of another namespace", func(o *v1alpha1.FederationRoute) { o.Namespace = "elsewhere" }, false},
		"older, to approve": {"so does who waits for a person", func(o *v1alpha1.FederationRoute) { o.Spec.Mode = v1alpha1.ModeApprove }, true},
		"being deleted": {"a route holds until it is gone", func(o *v1alpha1.FederationRoute) {
			o.Finalizers, o.DeletionTimestamp = []string{"example.org/keep"}, new(metav1.NewTime(begin))
		}, true},
		"typo in the Edge pool": {"one wrong name takes nothing away", func(o *v1alpha1.FederationRoute) { o.Spec.EdgePool = "edge9.contoso.com" }, true},
		"typo in a Front End pool": {"one wrong name takes nothing away", func(o *v1alpha1.FederationRoute) {
			o.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: "fe9.contoso.com"}}
		}, true},
		"unlisted zone": {"nor does a record that can be written nowhere", func(o *v1alpha1.FederationRoute) {
			o.Spec.DNS = &v1alpha1.DNS{Servers: []v1alpha1.DNSServer{{Zone: "fabrikam.com"}}}
		}, true},
		"site in another case": {"sites know no upper case", func(o *v1alpha1.FederationRoute) { o.Spec.SIP.Sites = []string{"REDMOND"} }, true},
		"other protocol": {"routes that share no switch do not meet", func(o *v1alpha1.FederationRoute) {
			o.Spec.SIP, o.Spec.XMPP = nil, o.Spec.SIP
		}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			mine, other := federationRoute("mine", "edge1.contoso.com"), federationRoute("other", "edge2.contoso.com")
			other.CreationTimestamp = metav1.NewTime(begin.Add(-time.Hour))
			c.change(other)
			elsewhere := lyncTopology()
			elsewhere.Name = "elsewhere"
			st := newStage(t, mine, other, lyncTopology(), elsewhere)
			s := scope{FederationRouteReconciler: st.routes, route: mine, topology: *lyncTopology()}
			seen := twoPools(begin).Snapshot.Topology.Value
			holder, claim, err := s.holder(t.Context(), seen)
			if err != nil {
				t.Fatal(err)
			}
			if want := "lync/other"; c.holds != (holder == want) || (c.holds && claim != redmond) || (!c.holds && holder != "") {
				t.Errorf("%s: %q holds %q, want that the other holds it: %v", c.reason, holder, claim, c.holds)
			}
		})
	}
}

// TestHolderInAnotherOrganization: a name in DNS is one name, whatever organization a route
// is about. Two LyncTopologies may also describe one organization.
func TestHolderInAnotherOrganization(t *testing.T) {
	zones := func(r *v1alpha1.FederationRoute) {
		r.Spec.DNS = &v1alpha1.DNS{TTL: 300, Servers: []v1alpha1.DNSServer{{Zone: "contoso.com"}}}
	}
	same := func(lt *v1alpha1.LyncTopology) {
		lt.Status.DefaultDomain, lt.Status.Sites = "contoso.com", []v1alpha1.SiteStatus{{Name: "redmond"}}
	}
	cases := map[string]struct {
		reason string
		other  func(*v1alpha1.FederationRoute)
		at     func(*v1alpha1.LyncTopology)
		claim  string
	}{
		"one name": {"both would write the record", zones, func(*v1alpha1.LyncTopology) {}, "the SRV record of _sipfederationtls._tcp.contoso.com"},
		"other names": {"they do not meet", func(r *v1alpha1.FederationRoute) {
			zones(r)
			r.Spec.SIP.Domains = []v1alpha1.Domain{{Name: "fabrikam.com", Host: "sip.fabrikam.com"}}
		}, func(*v1alpha1.LyncTopology) {}, ""},
		"DNS by hand":              {"who writes no record holds none", func(*v1alpha1.FederationRoute) {}, func(*v1alpha1.LyncTopology) {}, ""},
		"a twin":                   {"a rehearsal has the names of the other on purpose", zones, func(lt *v1alpha1.LyncTopology) { lt.Spec.Twin = true }, ""},
		"one organization":         {"it has one route of the site", func(*v1alpha1.FederationRoute) {}, same, "the SIP route of site Redmond"},
		"one organization, a twin": {"it only looks like one", func(*v1alpha1.FederationRoute) {}, func(lt *v1alpha1.LyncTopology) { same(lt); lt.Spec.Twin = true }, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			mine, other, elsewhere := federationRoute("mine", "edge1.contoso.com"), federationRoute("other", "edge2.contoso.com"), lyncTopology()
			other.CreationTimestamp = metav1.NewTime(begin.Add(-time.Hour))
			elsewhere.Name, elsewhere.UID, other.Spec.TopologyRef.Name = "elsewhere", "elsewhere", "elsewhere"
			zones(mine)
			c.other(other)
			c.at(elsewhere)
			st := newStage(t, mine, other, lyncTopology(), elsewhere)
			s := scope{FederationRouteReconciler: st.routes, route: mine, topology: *lyncTopology()}
			seen := twoPools(begin).Snapshot.Topology.Value
			seen.DefaultDomain = "contoso.com"
			_, claim, err := s.holder(t.Context(), seen)
			if err != nil || claim != c.claim {
				t.Errorf("%s: held is %q (%v), want %q", c.reason, claim, err, c.claim)
			}
		})
	}
}

// TestRoutesThatAgreeShareARecord: SIP and XMPP of one domain have one host, and a route each.
func TestRoutesThatAgreeShareARecord(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*v1alpha1.FederationRoute)
		claim  string
	}{
		"same addresses":        {"either may write them", func(*v1alpha1.FederationRoute) {}, ""},
		"another pool":          {"a host has one set of addresses", func(r *v1alpha1.FederationRoute) { r.Spec.EdgePool = "edge2.contoso.com" }, "the A record of fed.contoso.com"},
		"another TTL":           {"they would set it back again and again", func(r *v1alpha1.FederationRoute) { r.Spec.DNS.TTL = 60 }, "the A record of fed.contoso.com"},
		"a pool without a name": {"nobody knows what it would write", func(r *v1alpha1.FederationRoute) { r.Spec.EdgePool = "edge9.contoso.com" }, "the A record of fed.contoso.com"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			mine, other := federationRoute("mine", "edge1.contoso.com"), federationRoute("other", "edge1.contoso.com")
			other.CreationTimestamp = metav1.NewTime(begin.Add(-time.Hour))
			other.Spec.SIP, other.Spec.XMPP = nil, &v1alpha1.ProtocolRoute{}
			for _, r := range []*v1alpha1.FederationRoute{mine, other} {
				r.Spec.Mode = v1alpha1.ModeEnforce
				r.Spec.DNS = &v1alpha1.DNS{TTL: 300, Servers: []v1alpha1.DNSServer{{Zone: "contoso.com"}}}
				for _, p := range []*v1alpha1.ProtocolRoute{r.Spec.SIP, r.Spec.XMPP} {
					if p != nil {
						p.Domains = []v1alpha1.Domain{{Name: "contoso.com", Host: "fed.contoso.com"}}
					}
				}
			}
			c.change(other)
			st := newStage(t, mine, other, lyncTopology())
			s := scope{FederationRouteReconciler: st.routes, route: mine, topology: *lyncTopology()}
			_, claim, err := s.holder(t.Context(), twoPools(begin).Snapshot.Topology.Value)
			if err != nil || claim != c.claim {
				t.Errorf("%s: held is %q (%v), want %q", c.reason, claim, err, c.claim)
			}
		})
	}
}

// TestRoutesThatCannotBeListed: a route changes nothing while the routes cannot be listed. Another
// one may hold the switch that it wants to set.
func TestRoutesThatCannotBeListed(t *testing.T) {
	mine := federationRoute("mine", "edge2.contoso.com")
	st := newStage(t, mine, lyncTopology())
	st.routes.options.Client = interceptor.NewClient(st.objects, interceptor.Funcs{
		List: func(context.Context, client.WithWatch, client.ObjectList, ...client.ListOption) error {
			return errors.New("the cache is not there")
		}})
	now := twoPools(begin)
	s := scope{FederationRouteReconciler: st.routes, route: mine, topology: *lyncTopology()}
	s.facts.Plan = plan.Plan{ID: "sha256-1", Steps: []plan.Step{{Act: plan.SetSiteRoute{}}}}
	if _, err := s.judge(t.Context(), now); err == nil {
		t.Errorf("nobody knows who holds the site, and the verdict is %+v", s.facts.Verdict)
	}
}
