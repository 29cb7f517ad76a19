package apply

import (
	"fmt"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// overtaken fails when a site's route is not what the plan expects: somebody changed it.
// The change may even have come while the organization was being observed, because an
// observation is read piece by piece. Such a plan then rests on a port that is silent since
// the change and on a route from before it. No setup and no restart must follow from that.
// Fault: WorldChanged.
func (w work) overtaken(t lync.Topology) error {
	for _, site := range t.Sites {
		for _, p := range []lync.Protocol{lync.SIP, lync.XMPP} {
			want, found := w.routeByNow(site.Name, p), site.Route(p)
			if lync.ContainsHost(want, found) {
				continue
			}
			return fault.New(fault.WorldChanged, opCarryOut, w.Plan.ID, fmt.Sprintf("the %s route of site %s is %q and not %q any more", p, site.Name, found, want[0])).
				With("setup, ports and DNS were not touched", "a new plan is made")
		}
	}
	return nil
}

// routeByNow lists the routes that a site may have now: the one of before until the plan's
// step begins to set it, the plan's once the step is done, and either of them meanwhile.
func (w work) routeByNow(site string, p lync.Protocol) []string {
	before, _ := w.Base.Site(site) // an unknown site has no route
	for _, e := range w.Entries() {
		a, ok := e.Step.Act.(plan.SetSiteRoute)
		if !ok || a.Site != site || a.Protocol != p {
			continue
		}
		switch e.State {
		case Pending:
		case Done, Skipped:
			return []string{a.EdgePool}
		case Running, Failed:
			return []string{a.EdgePool, before.Route(p)}
		}
	}
	return []string{before.Route(p)}
}
