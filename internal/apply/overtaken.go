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
			if lync.SameHost(want, found) {
				continue
			}
			return fault.New(fault.WorldChanged, opCarryOut, w.Plan.ID, fmt.Sprintf("the %s route of site %s is %q and not %q any more", p, site.Name, found, want)).
				With("setup, ports and DNS were not touched", "a new plan is made")
		}
	}
	return nil
}

// routeByNow is the route that a site should have now that the plan's steps have set the
// routes.
func (w work) routeByNow(site string, p lync.Protocol) string {
	for _, s := range w.Plan.Steps {
		if a, ok := s.Act.(plan.SetSiteRoute); ok && a.Site == site && a.Protocol == p {
			return a.EdgePool
		}
	}
	before, _ := w.Base.Site(site) // an unknown site has no route
	return before.Route(p)
}
