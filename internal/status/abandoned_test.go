package status

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

func TestAbandoned(t *testing.T) {
	steps := []v1alpha1.Step{
		{Kind: "SetSiteRoute", Target: "SIP route of site Redmond", State: v1alpha1.StepDone},
		{Kind: "CheckPorts", Target: "192.0.2.2 port 5061", State: v1alpha1.StepPending},
		{Kind: "UpdateDNS", Target: "zone contoso.com", State: v1alpha1.StepPending},
	}
	const deleted = "the route was deleted while a plan was carried out, and "
	cases := map[string]struct {
		reason string
		status v1alpha1.FederationRouteStatus
		want   string
	}{
		"half-way": {"a person has to know what is missing", v1alpha1.FederationRouteStatus{SIPEdgePool: "edge2.contoso.com", Plan: &v1alpha1.Plan{Steps: steps}},
			"nobody goes on with the plan; SIP federation is led over edge2.contoso.com; not done: UpdateDNS zone contoso.com"},
		"done": {"nothing is missing", v1alpha1.FederationRouteStatus{SIPEdgePool: "edge2.contoso.com", XMPPEdgePool: "edge2.contoso.com", Plan: &v1alpha1.Plan{Steps: steps[:2]}},
			"the plan was carried out to its end; SIP federation is led over edge2.contoso.com; XMPP federation is led over edge2.contoso.com"},
		"two pools at once": {"no pool can be named", v1alpha1.FederationRouteStatus{Plan: &v1alpha1.Plan{Steps: steps[2:]}},
			"nobody goes on with the plan; not done: UpdateDNS zone contoso.com"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e := Abandoned("the route", c.status)
			if diff := cmp.Diff(deleted+c.want, e.Note); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			if warns := e.Type == "Warning"; warns != strings.Contains(c.want, "not done") {
				t.Errorf("%s: the event is %s", c.reason, e.Type)
			}
		})
	}
}
