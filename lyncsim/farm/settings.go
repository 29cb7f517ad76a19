package farm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// Protocol is a federation protocol: "SIP" or "XMPP".
type Protocol string

// The two protocols.
const (
	SIP  Protocol = "SIP"
	XMPP Protocol = "XMPP"
)

// Link is one of the three associations of a Front End pool with its Edge pool,
// named by the service that it belongs to.
type Link string

// The three links and the cmdlets that set them.
const (
	LinkRegistrar    Link = "Registrar"       // Set-CsRegistrar
	LinkConferencing Link = "ConfServices"    // Set-CsConferenceServer
	LinkMediation    Link = "MediationServer" // Set-CsMediationServer
)

// revision is one change of the configuration. show gives the current value of the
// changed setting, for the journal. edit may refuse the change; the journal then
// shows to as the wanted value.
type revision struct {
	object string
	to     string
	show   func(*Configuration) string
	edit   func(*Configuration) error
}

// change edits a copy of the configuration, puts the copy in force and journals the
// change.
func (f *Farm) change(a Actor, r revision) error {
	return f.event(func() error {
		from := r.show(f.config)
		err := f.acting(a)
		if err == nil {
			err = f.cmsUp()
		}
		if err != nil {
			return f.write(a, r.object, from, r.to, err)
		}
		n := f.config.clone()
		if err := r.edit(n); err != nil {
			return f.write(a, r.object, from, r.to, err)
		}
		f.adopt(n)
		return f.write(a, r.object, from, r.show(n), nil)
	})
}

// adopt makes n the configuration in force. The caller holds f.mu.
func (f *Farm) adopt(n *Configuration) {
	n.Version = f.config.Version + 1
	n.ChangedAt = f.clock.Now()
	f.config = n
	f.history = append(f.history, stamp{n.Version, n.ChangedAt})
}

// SetSiteRoute sets a central site's route to an Edge pool; "" clears it. It does
// not check the pool's federation flag [inferred]. Faults: Invalid, Unsupported.
func (f *Farm) SetSiteRoute(a Actor, site string, p Protocol, pool string) error {
	return f.change(a, revision{
		object: fmt.Sprintf("Site:%s %s", site, routeName(p)),
		to:     pool,
		show:   func(c *Configuration) string { return c.Routes[key(site)].of(p) },
		edit:   func(c *Configuration) error { return f.setRoute(c, site, p, pool) },
	})
}

func (f *Farm) setRoute(c *Configuration, site string, p Protocol, pool string) error {
	if p == XMPP && f.XMPPRouteParameter() == "" {
		return refusal.New(refusal.Unsupported, "set the XMPP route of site", site, f.product.Name+" has no XMPP federation route")
	}
	if c.Published.SiteNamed(site) == nil {
		return notFound("set the federation route of site", "central site", site)
	}
	if pool != "" && c.Published.ServiceOn(pool, topology.RoleEdge) == nil {
		return notFound("set the federation route of site "+site+" to", "Edge pool", pool)
	}
	r := c.Routes[key(site)]
	if p == XMPP {
		r.XMPP = pool
	} else {
		r.SIP = pool
	}
	c.Routes[key(site)] = r
	return nil
}

// overDirector reports whether a SIP route leads to a Director, which hands federation on.
// Topology Builder offers that beside the Edge pools [documented]; that the route then
// names the Director's service is [inferred]. Directors have no other part in the
// simulation: no machine, and no place in the topology document.
func overDirector(route string) bool { return strings.HasPrefix(route, "Director:") }

func (r SiteRoutes) of(p Protocol) string {
	if p == XMPP {
		return r.XMPP
	}
	return r.SIP
}

func routeName(p Protocol) string {
	if p == XMPP {
		return "XmppFederationRoute"
	}
	return "FederationRoute"
}

// SetAssociation associates one service of a Front End pool with an Edge pool; ""
// ends the association. It changes the document at once, under a new signature
// [inferred].
func (f *Farm) SetAssociation(a Actor, frontEndPool string, link Link, edgePool string) error {
	return f.relink(a, dependency{frontEndPool, string(link), edgePool, topology.RoleEdge, "EdgeServer"})
}

// SetNextHop makes a Front End pool the next hop of an Edge pool (Set-CsEdgeServer
// -Registrar).
func (f *Farm) SetNextHop(a Actor, edgePool, frontEndPool string) error {
	return f.relink(a, dependency{edgePool, topology.RoleEdge, frontEndPool, topology.RoleRegistrar, "Registrar"})
}

// dependency is one Dependency element to set.
type dependency struct {
	pool, role         string
	target, targetRole string
	property           string
}

func (f *Farm) relink(a Actor, d dependency) error {
	return f.change(a, revision{
		object: d.role + ":" + d.pool + " " + d.property,
		to:     d.target,
		show: func(c *Configuration) string {
			if s := c.Published.ServiceOn(d.pool, d.role); s != nil {
				return c.Published.DependencyOn(s, d.targetRole)
			}
			return ""
		},
		edit: func(c *Configuration) error { return f.link(c, d) },
	})
}

// link edits both the published document and the one in force. They are the same
// document unless a publish waits for Enable-CsTopology.
func (f *Farm) link(c *Configuration, d dependency) error {
	pending := c.Enabled != c.Published
	published, err := f.withDependency(c.Published, d)
	if err != nil {
		return invalid("set "+d.property+" of", d.pool, err)
	}
	enabled := published
	if pending {
		if enabled, err = f.withDependency(c.Enabled, d); err != nil {
			return invalid("set "+d.property+" of", d.pool, err)
		}
	}
	c.Published, c.Enabled = published, enabled
	return nil
}

func (f *Farm) withDependency(doc *topology.Document, d dependency) (*topology.Document, error) {
	n, err := doc.WithDependency(d.pool, d.role, d.target, d.targetRole)
	if err != nil {
		return nil, err
	}
	return n.WithSignature(f.guid())
}

// SetPoolState does what a person does with Set-CsRegistrarConfiguration -PoolState.
// Fault: Unsupported where pools have no state.
func (f *Farm) SetPoolState(a Actor, pool string, state PoolState) error {
	return f.change(a, revision{
		object: "Registrar:" + pool + " PoolState",
		to:     string(state),
		show:   func(c *Configuration) string { return string(c.Pools[key(pool)].State) },
		edit: func(c *Configuration) error {
			if !f.product.PairsPools() {
				return refusal.New(refusal.Unsupported, "set the state of pool", pool, f.product.Name+" has no paired pools")
			}
			return c.setPoolState(pool, state)
		},
	})
}

func (c *Configuration) setPoolState(pool string, state PoolState) error {
	if !slices.Contains([]PoolState{PoolActive, PoolFailedOver, PoolFailingOver, PoolFailedBack}, state) {
		return refusal.New(refusal.Invalid, "set the state of pool", pool, fmt.Sprintf("%q is no pool state", state))
	}
	p, ok := c.Pools[key(pool)]
	if !ok {
		return notFound("set the state of pool", "Front End pool", pool)
	}
	p.State = state
	c.Pools[key(pool)] = p
	return nil
}
