package plan

import (
	"fmt"

	"github.com/fedroute/fedroute/internal/lync"
)

// frontEnds associates each Front End pool with its Edge pool, and fails back the pools
// that are to be failed back.
func (c comparison) frontEnds() Plan {
	var p Plan
	known := c.o.Topology.Unread(lync.PartServices) == nil
	for _, fe := range c.d.FrontEnds {
		if !known {
			p = join(p, c.failBack(fe))
			continue
		}
		pool, _ := c.o.Topology.FrontEndPool(fe.FQDN) // Resolve refuses one that is not there
		p = join(p, c.associate(fe, pool), c.failBack(fe))
	}
	return p
}

// associate leads a Front End pool to its Edge pool.
func (c comparison) associate(fe FrontEndPool, pool lync.FrontEndPool) Plan {
	var p Plan
	edge, err := c.edgeOf(fe, pool)
	if err != nil {
		p.obstruct(AspectFrontEnds, err, frontEnd(pool.FQDN))
		return p
	}
	if pool.Edge.Is(edge) {
		return p
	}
	found, s := association(pool.Edge), associationSetting(pool.FQDN, edge)
	p.toSet(AspectFrontEnds, s, found)
	if !c.d.leaves(s) {
		p.step(Step{Target: pool.FQDN, From: found, To: edge, Act: AssociateFrontEnd{Pool: pool.FQDN, EdgePool: edge}})
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
