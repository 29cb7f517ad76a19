package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// without makes a part of the topology unknown, with an obstacle for each aspect.
func without(f *status.Facts, part lync.TopologyPart, aspects ...plan.Aspect) {
	err := fault.New(fault.Unsupported, "read the "+string(part), "fe1", "no such cmdlet").With("it is unknown", "look there")
	f.Observed.Topology.Unknown = append(f.Observed.Topology.Unknown, lync.UnknownPart{Part: part, Err: err})
	for _, a := range aspects {
		f.Plan.Obstacles = append(f.Plan.Obstacles, plan.Obstacle{Aspect: a, Lacks: part, Err: err})
	}
}

// TestAnUnknownPartIsOwedOnce: a part of the topology that several aspects need is one entry of
// status.owed and one reason of Ready. The conditions of the aspects are Unknown, whatever kept
// the part from being read.
func TestAnUnknownPartIsOwedOnce(t *testing.T) {
	f := inSync()
	without(&f, lync.PartSites, plan.AspectSIP, plan.AspectXMPP)
	s := status.Route(f)
	const says = "read the sites and routes fe1: no such cmdlet; it is unknown; look there"
	if diff := cmp.Diff([]v1alpha1.Owed{{Part: "sites and routes", Since: metav1.NewTime(now), Message: says}}, s.Owed); diff != "" {
		t.Errorf("owed (-want +got):\n%s", diff)
	}
	if c := condition(s.Conditions, v1alpha1.ConditionReady); c.Reason != v1alpha1.ReasonUnsupported || c.Message != says {
		t.Errorf("Ready is %s %q", c.Reason, c.Message)
	}
	for _, kind := range []string{v1alpha1.ConditionSIPRouted, v1alpha1.ConditionXMPPRouted} {
		if c := condition(s.Conditions, kind); c.Status != metav1.ConditionUnknown || c.Reason != v1alpha1.ReasonUnsupported {
			t.Errorf("%s is %s %s", kind, c.Status, c.Reason)
		}
	}
}

// TestUnknownRoutesAreNotForgotten: while the routes cannot be read, status keeps the pool that
// was seen last. Partners are still led there.
func TestUnknownRoutesAreNotForgotten(t *testing.T) {
	f := inSync()
	f.Previous.SIPEdgePool, f.Previous.XMPPEdgePool = "edge1.contoso.com", "edge2.contoso.com"
	f.Observed.Topology.Sites = nil
	f.Spec.EdgePool = "edge1.contoso.com"
	delete(f.Observed.Ports, target)
	without(&f, lync.PartSites, plan.AspectSIP)
	s := status.Route(f)
	if s.SIPEdgePool != "edge1.contoso.com" || s.XMPPEdgePool != "edge2.contoso.com" {
		t.Errorf("status names %q and %q", s.SIPEdgePool, s.XMPPEdgePool)
	}
	if c := condition(s.Conditions, v1alpha1.ConditionPortsOpen); c.Message != "port 5061 of 192.0.2.1: not asked yet; partners may not get through; look at the Edge server's services and its firewall" {
		t.Errorf("PortsOpen says %q", c.Message)
	}
}

// TestARequestWaitsForTheState: a request to fail a pool back is not handled while nobody knows
// whether the pool is failed over.
func TestARequestWaitsForTheState(t *testing.T) {
	for part, want := range map[lync.TopologyPart]string{lync.PartPoolStates: "", lync.PartServices: "", lync.PartReplicas: "request"} {
		f := inSync()
		f.FailBack = status.FailBackRequest{Text: "request", Pool: "fe1.contoso.com"}
		without(&f, part)
		if got := status.Route(f).LastHandledFailBackAt; got != want {
			t.Errorf("without the %s the request %q counts as handled, want %q", part, got, want)
		}
	}
}

// TestWhetherUsersComeHomeIsUnknown: Ready tells it beside its own reason.
func TestWhetherUsersComeHomeIsUnknown(t *testing.T) {
	f := inSync()
	f.Plan.Waits = []plan.Obstacle{{Aspect: plan.AspectFrontEnds, Lacks: lync.PartPoolStates, Holds: []plan.Resource{{Sort: plan.SortFrontEnd, Name: "fe1.contoso.com"}},
		Err: fault.New(fault.RightsMissing, "fail back", "fe1.contoso.com", "unknown")}}
	s := status.Route(f)
	const want = "federation is hosted by edge1.contoso.com as the spec says; whether a Front End pool is to be failed back is unknown, see FrontEndsAssociated"
	if c := condition(s.Conditions, v1alpha1.ConditionReady); c.Status != metav1.ConditionTrue || c.Message != want {
		t.Errorf("Ready is %s %q", c.Status, c.Message)
	}
	if len(s.Owed) != 1 || s.Owed[0].Part != "Front End pool fe1.contoso.com" {
		t.Errorf("owed is %+v", s.Owed)
	}
}
