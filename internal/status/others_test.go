package status_test

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

func TestOtherPoolsAreTold(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*status.Facts)
		says   string // "": the condition is absent
	}{
		"nobody": {"the flag is off", func(*status.Facts) {}, ""},
		"SIP":    {"the pool is named, and the protocol", func(f *status.Facts) { others(f, true, false) }, "SIP (port 5061): edge9.contoso.com; partners"},
		"both":   {"each protocol is told", func(f *status.Facts) { others(f, true, true) }, "SIP (port 5061): edge9.contoso.com; XMPP (port 5269): edge9.contoso.com"},
		"SIP alone is managed": {"a protocol that the route does not manage is not its matter", func(f *status.Facts) {
			others(f, true, true)
			f.Spec.XMPP, f.Desired.Protocols = nil, f.Desired.Protocols[:1]
		}, "SIP (port 5061): edge9.contoso.com; partners"},
		"prepared": {"the spec wants the flag", func(f *status.Facts) {
			others(f, true, true)
			f.Spec.Prepare = []v1alpha1.Hostname{"edge9.contoso.com"}
		}, ""},
		"another route's, for SIP": {"it counts for the protocols that the other route manages", func(f *status.Facts) {
			others(f, true, true)
			f.Others = map[lync.Protocol][]string{lync.SIP: {"EDGE9.contoso.com"}}
		}, "no route names them: XMPP (port 5269): edge9.contoso.com"},
		"drains": {"a step of the plan clears the flag in its time", func(f *status.Facts) {
			others(f, true, false)
			f.Plan.Steps = []plan.Step{{Stage: plan.Leaving, Act: plan.PublishFlags{Flags: []lync.Flag{{Pool: "edge9.contoso.com", Protocol: lync.SIP}}}}}
		}, ""},
		"another flag is cleared": {"a step that clears another pool's flag, sets this one, or clears that of the other protocol, leaves it", func(f *status.Facts) {
			others(f, true, false)
			f.Plan.Steps = []plan.Step{{Act: plan.UpdateDNS{}}, {Act: plan.PublishFlags{Flags: []lync.Flag{
				{Pool: "edge2.contoso.com", Protocol: lync.SIP}, {Pool: "edge9.contoso.com", Protocol: lync.SIP, On: true}, {Pool: "edge9.contoso.com", Protocol: lync.XMPP}}}}}
		}, "SIP (port 5061): edge9.contoso.com; partners"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			c.change(&f)
			next := status.Route(f)
			got := meta.FindStatusCondition(next.Conditions, v1alpha1.ConditionOtherPoolFederates)
			if (got != nil) != (c.says != "") || got != nil && !strings.Contains(got.Message, c.says) {
				t.Errorf("%s: %+v, want %q", c.reason, got, c.says)
			}
			told := 0
			for _, e := range status.RouteEvents(f.Previous, next) {
				if e.Reason == v1alpha1.ReasonOtherPoolFederates {
					told++
				}
			}
			if (told == 1) != (c.says != "") {
				t.Errorf("%s: %d events", c.reason, told)
			}
		})
	}
}

// others adds an Edge pool that no route names.
func others(f *status.Facts, sip, xmpp bool) {
	f.Observed.Topology.EdgePools = append(f.Observed.Topology.EdgePools, lync.EdgePool{FQDN: "edge9.contoso.com", SIPEnabled: sip, XMPPEnabled: xmpp})
}
