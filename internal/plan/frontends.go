package plan

import (
	"fmt"
	"slices"

	"github.com/fedroute/fedroute/internal/lync"
)

// frontEnds associates Front End pools with the Edge pool, and fails back the pools that
// are to be failed back.
func (c comparison) frontEnds() Plan {
	var p Plan
	for _, fe := range c.d.FrontEnds {
		i := slices.IndexFunc(c.o.Topology.FrontEndPools, func(p lync.FrontEndPool) bool { return lync.SameHost(p.FQDN, fe.FQDN) })
		pool := c.o.Topology.FrontEndPools[i]
		if !pool.Edge.Is(c.d.Pool.FQDN) {
			found := association(pool.Edge)
			p.differ(AspectFrontEnds, "Edge association of Front End pool "+pool.FQDN, c.d.Pool.FQDN, found)
			p.step(Step{Target: pool.FQDN, From: found, To: c.d.Pool.FQDN, Act: AssociateFrontEnd{Pool: pool.FQDN, EdgePool: c.d.Pool.FQDN}})
		}
		p = join(p, c.failBack(fe))
	}
	return p
}

// association names the Edge pool once when all three links name it, else each link.
func association(a lync.Association) string {
	if a.Is(a.Registrar) {
		return orNone(a.Registrar)
	}
	return fmt.Sprintf("Registrar %s, Conferencing %s, Mediation %s", orNone(a.Registrar), orNone(a.Conferencing), orNone(a.Mediation))
}
