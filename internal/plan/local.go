package plan

import (
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// edgeOf is the Edge pool that a Front End pool is to use. Its error says that nobody knows.
func (c comparison) edgeOf(fe FrontEndPool, pool lync.FrontEndPool) (string, error) {
	switch fe.EdgePool {
	case "":
		return c.d.Pool.FQDN, nil
	case Local:
		return c.local(pool)
	}
	return fe.EdgePool, nil
}

// local is the Edge pool of the Front End pool's own site, as step 4 of the procedure has
// it: the pool that hosts federation where it lies there, else one whose services run, the
// one that is used now before others. Without one it is the pool that hosts federation.
//
// Whether services run may be unknown. The Front End pool then keeps the Edge pool that it
// has, because a failed read leads nobody elsewhere. The pool that the latest move left is
// no such case: a person has moved federation away from it.
func (c comparison) local(pool lync.FrontEndPool) (string, error) {
	if strings.EqualFold(c.d.Pool.Site, pool.Site) {
		return c.d.Pool.FQDN, nil
	}
	var runs []string
	var unread error
	for _, edge := range c.o.Topology.EdgePools {
		if !strings.EqualFold(edge.Site, pool.Site) {
			continue
		}
		serves, err := c.serves(edge)
		switch {
		case serves && pool.Edge.Is(edge.FQDN):
			return edge.FQDN, nil
		case serves:
			runs = append(runs, edge.FQDN)
		case err != nil && !c.wasLeft(edge.FQDN):
			unread = err
		}
	}
	switch {
	case unread != nil && pool.Edge.Is(c.d.Pool.FQDN):
		return c.d.Pool.FQDN, nil // it stays there until somebody knows better
	case unread != nil:
		f := fault.Of(unread, "", "")
		return "", (&fault.Error{Kind: f.Kind, Op: "choose the Edge pool of Front End pool", Target: pool.FQDN, Cause: "whether the Edge pool of its site runs is unknown (" + f.Error() + ")", Err: unread}).
			With("it keeps the Edge pool that it has", "repair the machine, set outOfService for it, or name a pool in frontEndPools[].edgePool")
	case len(runs) > 0:
		return slices.Min(runs), nil
	}
	return c.d.Pool.FQDN, nil
}

// serves reports whether the services of as many machines of the pool run as are to take
// part at least. The error is that of a machine that could not be read, where it decides.
func (c comparison) serves(pool lync.EdgePool) (bool, error) {
	running, unknown := 0, 0
	var unread error
	for _, s := range pool.Servers {
		state := c.o.server(s)
		switch {
		case c.d.outOfService(s):
		case !state.Known():
			unknown, unread = unknown+1, state.Err
		case state.Value.Running():
			running++
		}
	}
	need := max(1, c.d.MinAvailable.of(len(slices.DeleteFunc(slices.Clone(pool.Servers), c.d.outOfService))))
	if running >= need || running+unknown < need {
		return running >= need, nil
	}
	return false, unread
}

// wasLeft reports whether the latest move left the pool, or those before it that are not
// done with.
func (c comparison) wasLeft(pool string) bool {
	return lync.SameHost(c.d.From, pool) || lync.ContainsHost(c.d.Leaves, pool)
}
