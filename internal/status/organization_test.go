package status_test

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/status"
)

func TestSameOrganization(t *testing.T) {
	described := func(domain string, twin bool, sites ...string) *v1alpha1.LyncTopology {
		lt := &v1alpha1.LyncTopology{Spec: v1alpha1.LyncTopologySpec{Twin: twin}}
		lt.Status.DefaultDomain = domain
		for _, s := range sites {
			lt.Status.Sites = append(lt.Status.Sites, v1alpha1.SiteStatus{Name: s})
		}
		return lt
	}
	mine := described("contoso.com", false, "Redmond", "Dublin")
	cases := map[string]struct {
		reason string
		other  *v1alpha1.LyncTopology
		want   bool
	}{
		"the same":        {"two LyncTopologies describe one organization", described("contoso.com", false, "Redmond", "Dublin"), true},
		"other spelling":  {"names of domains and sites mean the same in any case, and come in any order", described("Contoso.com", false, "dublin", "REDMOND"), true},
		"other domain":    {"another organization may have sites of the same names", described("fabrikam.com", false, "Redmond", "Dublin"), false},
		"other sites":     {"a forest may have the domain of another, as a rehearsal in a laboratory has", described("contoso.com", false, "Redmond"), false},
		"a twin":          {"it has the names of the other on purpose", described("contoso.com", true, "Redmond", "Dublin"), false},
		"not seen yet":    {"unknown is not the same", described("", false), false},
		"domain not told": {"an older endpoint kit does not tell it", described("", false, "Redmond", "Dublin"), false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if a, b := status.OrganizationOf(mine).Same(status.OrganizationOf(c.other)), status.OrganizationOf(c.other).Same(status.OrganizationOf(mine)); a != c.want || b != c.want {
				t.Errorf("%s: %t, and the other way round %t; want %t", c.reason, a, b, c.want)
			}
		})
	}
	if sites := status.OrganizationOf(described("contoso.com", false)); sites.Same(sites) {
		t.Error("two organizations whose sites nobody has seen are taken for one")
	}
	if unseen := status.OrganizationOf(described("", false)); unseen.Same(unseen) {
		t.Error("two organizations that nobody has seen are taken for one")
	}
}

// sharedFacts gives the facts of an organization that another LyncTopology describes, too.
func sharedFacts() status.TopologyFacts {
	f := seen()
	f.Snapshot.Topology.Value.DefaultDomain = "contoso.com"
	f.Shared = func(s v1alpha1.LyncTopologyStatus) bool { return s.DefaultDomain == "contoso.com" }
	return f
}

// TestAnOrganizationIsShared: the condition comes and goes with the other LyncTopology, also
// while the organization cannot be read, and one event tells of it.
func TestAnOrganizationIsShared(t *testing.T) {
	f := sharedFacts()
	heard := func(next v1alpha1.LyncTopologyStatus) (n int) {
		for _, e := range status.TopologyEvents(f.Previous, next) {
			if e.Reason == v1alpha1.ReasonSharedOrganization {
				n++
			}
		}
		return n
	}
	s := status.Topology(f)
	if got := condition(s.Conditions, v1alpha1.ConditionSharedOrganization); got.Status != metav1.ConditionTrue || !strings.Contains(got.Message, "spec.twin") || heard(s) != 1 {
		t.Errorf("it says %s (%s), with %d events", got.Status, got.Message, heard(s))
	}
	if got := condition(s.Conditions, v1alpha1.ConditionReady); got.Status != metav1.ConditionTrue || got.Reason != v1alpha1.ReasonObserved {
		t.Errorf("nobody may block anybody, and Ready is %s, %s", got.Status, got.Reason)
	}
	f.Previous, f.Err = s, fault.New(fault.Unreachable, "read", "fe1", "no answer")
	s = status.Topology(f)
	if got := condition(s.Conditions, v1alpha1.ConditionSharedOrganization); got.Status != metav1.ConditionTrue || heard(s) != 0 {
		t.Errorf("unread, it says %s, with %d events", got.Status, heard(s))
	}
	f.Previous, f.Shared = s, nil
	if got := condition(status.Topology(f).Conditions, v1alpha1.ConditionSharedOrganization); got.Status != "absent" {
		t.Errorf("the other is gone, and it says %s", got.Status)
	}
}

// TestDefaultDomainIsKept: what an answer leaves out is not another organization.
func TestDefaultDomainIsKept(t *testing.T) {
	f := sharedFacts()
	f.Previous = status.Topology(f)
	f.Snapshot.Topology.Value.DefaultDomain = ""
	if got := status.Topology(f).DefaultDomain; got != "contoso.com" {
		t.Errorf("an answer without it leaves %q", got)
	}
	f.Previous = v1alpha1.LyncTopologyStatus{}
	f.Snapshot.Topology = lync.Part[lync.Topology]{Value: lync.Topology{DefaultDomain: "contoso.com", Unknown: []lync.UnknownPart{{Part: lync.PartDocument, Local: true, Err: fault.New(fault.SecondHop, "read", "fe1", "no credential")}}}, Err: fault.New(fault.SecondHop, "read", "fe1", "no credential")}
	if got := status.Topology(f).DefaultDomain; got != "" {
		t.Errorf("a replica that may be old gives %q", got)
	}
}

// TestARouteShowsThatItsOrganizationIsShared: the condition tells of it, and Ready does not.
func TestARouteShowsThatItsOrganizationIsShared(t *testing.T) {
	f := inSync()
	f.Shared = true
	f.Previous = status.Route(f)
	if got := condition(f.Previous.Conditions, v1alpha1.ConditionSharedOrganization); got.Status != metav1.ConditionTrue || got.Reason != v1alpha1.ReasonSharedOrganization {
		t.Errorf("it says %s, %s", got.Status, got.Reason)
	}
	if got := condition(f.Previous.Conditions, v1alpha1.ConditionReady); got.Reason != v1alpha1.ReasonInSync {
		t.Errorf("Ready says %s", got.Reason)
	}
	f.Shared = false
	if got := condition(status.Route(f).Conditions, v1alpha1.ConditionSharedOrganization); got.Status != "absent" {
		t.Errorf("the other is gone, and the route says %s", got.Status)
	}
}
