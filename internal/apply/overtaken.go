package apply

import (
	"fmt"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// overtaken tells that somebody changed a site's route since the plan was made.
// An observation is read piece by piece, so a plan may also come from two worlds:
// a port that is silent because its route just left, beside the route of before.
// Setup and restarts must not follow from that. Fault: WorldChanged.
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

// routeByNow is the route that the plan's steps have left a site with.
func (w work) routeByNow(site string, p lync.Protocol) string {
	for _, s := range w.Plan.Steps {
		if a, ok := s.Act.(plan.SetSiteRoute); ok && a.Site == site && a.Protocol == p {
			return a.EdgePool
		}
	}
	before, _ := w.Base.Site(site) // none has no route
	return before.Route(p)
}
