package apply_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// TestRouteMovedMeanwhile: after the plan's own SetSiteRoute, somebody else may set a route as
// well. Each case says how the routes then read. The replicas carry every change.
func TestRouteMovedMeanwhile(t *testing.T) {
	const old, new = "edge1.contoso.com", "edge2.contoso.com"
	cases := map[string]struct {
		reason    string
		sip, xmpp string
		says      string
	}{
		"as planned":            {"the run's own change is none of somebody else", new, old, ""},
		"written otherwise":     {"names are compared as DNS does", "EDGE2.contoso.com", old, ""},
		"other protocol":        {"its port may be silent for that reason alone", new, new, `the XMPP route of site Redmond is "edge2.contoso.com" and not "edge1.contoso.com" any more; setup, ports and DNS were not touched; a new plan is made`},
		"put back":              {"somebody wants it otherwise", old, old, `the SIP route of site Redmond is "edge1.contoso.com" and not "edge2.contoso.com"`},
		"taken away altogether": {"no route is another route", "", old, `the SIP route of site Redmond is ""`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			dublin := lync.Site{Name: "Dublin", SIPRoute: old, XMPPRoute: old} // which the plan does not lead elsewhere
			f.topology.Sites = []lync.Site{{Name: "Redmond", SIPRoute: old, XMPPRoute: old}, dublin}
			for _, s := range []lync.EdgeServer{edgeA, edgeB} {
				f.topology.Replicas[lync.HostOf(s.FQDN)] = lync.Replica{UpToDate: true, LastUpdate: start}
			}
			f.effect["route SIP of Redmond"] = func() {
				f.topology.Sites = []lync.Site{{Name: "Redmond", SIPRoute: c.sip, XMPPRoute: c.xmpp}, dublin}
			}
			_, err := f.carryOut(t, siteRoute, awaitReplication, restart)
			restarted := slices.Contains(f.acts, "restart "+edgeA.FQDN)
			if c.says == "" {
				if !restarted || fault.Is(err, fault.WorldChanged) {
					t.Errorf("%s: %v", c.reason, err)
				}
				return
			}
			if restarted || !fault.Is(err, fault.WorldChanged) || !strings.Contains(fault.Sentence(err), c.says) {
				t.Errorf("%s: restarted %v, %v", c.reason, restarted, err)
			}
			if diff := cmp.Diff([]string{"route SIP of Redmond"}, f.acts); diff != "" {
				t.Errorf("acts (-want +got):\n%s", diff)
			}
		})
	}
}
