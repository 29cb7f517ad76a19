package farm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/sim/farm/topology"
)

// Protocol is a federation protocol: "SIP" or "XMPP".
type Protocol string

// The two protocols.
const (
	SIP  Protocol = "SIP"
	XMPP Protocol = "XMPP"
)

// Link is one of the three ties between a Front End pool and its Edge pool, by
// the service that carries it.
type Link string

// The three links and the cmdlets that set them.
const (
	LinkRegistrar    Link = "Registrar"       // Set-CsRegistrar
	LinkConferencing Link = "ConfServices"    // Set-CsConferenceServer
	LinkMediation    Link = "MediationServer" // Set-CsMediationServer
)

// change replaces the configuration by an edited copy and journals it. The edit
// may refuse.
func (f *Farm) change(a Actor, object, from, to string, edit func(*Configuration) error) error {
	return f.event(func() error {
		if err := f.cmsUp(); err != nil {
			return f.write(a, object, from, to, err)
		}
		n := f.config.clone()
		if err := edit(n); err != nil {
			return f.write(a, object, from, to, err)
		}
		f.adopt(n)
		return f.write(a, object, from, to, nil)
	})
}

// adopt makes n the configuration in force. Needs f.mu.
func (f *Farm) adopt(n *Configuration) {
	n.Version = f.config.Version + 1
	n.ChangedAt = f.clock.Now()
	f.config = n
	f.history = append(f.history, stamp{n.Version, n.ChangedAt})
}

// SetSiteRoute points a central site's route at an Edge pool; "" clears it.
// The pool's flag is not looked at [inferred]. Faults: Invalid, Unsupported.
func (f *Farm) SetSiteRoute(a Actor, site string, p Protocol, pool string) error {
	object := fmt.Sprintf("Site:%s %s", site, routeName(p))
	from := f.route(site, p)
	return f.change(a, object, from, pool, func(c *Configuration) error {
		if p == XMPP && f.XMPPRouteParameter() == "" {
			return fault.New(fault.Unsupported, "set the XMPP route of site", site, f.product.Name+" has no XMPP federation route")
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
	})
}

func (f *Farm) route(site string, p Protocol) string {
	return f.Truth().Routes[key(site)].of(p)
}

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

// SetAssociation ties one service of a Front End pool to an Edge pool; ""
// unties it. It changes the document at once, under a new signature [inferred].
func (f *Farm) SetAssociation(a Actor, frontEndPool string, link Link, edgePool string) error {
	return f.relink(a, dependency{frontEndPool, string(link), edgePool, topology.RoleEdge, "EdgeServer"})
}

// SetNextHop points an Edge pool at a Front End pool (Set-CsEdgeServer
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
	from := ""
	if s := f.Truth().Published.ServiceOn(d.pool, d.role); s != nil {
		from = f.Truth().Published.DependencyOn(s, d.targetRole)
	}
	return f.change(a, d.role+":"+d.pool+" "+d.property, from, d.target, func(c *Configuration) error {
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
	})
}

func (f *Farm) withDependency(doc *topology.Document, d dependency) (*topology.Document, error) {
	n, err := doc.WithDependency(d.pool, d.role, d.target, d.targetRole)
	if err != nil {
		return nil, err
	}
	return n.WithSignature(f.guid())
}

// SetPoolState is what a person does with Set-CsRegistrarConfiguration
// -PoolState.
func (f *Farm) SetPoolState(a Actor, pool string, state PoolState) error {
	from := string(f.Truth().Pools[key(pool)].State)
	return f.change(a, "Registrar:"+pool+" PoolState", from, string(state), func(c *Configuration) error {
		return c.setPoolState(pool, state)
	})
}

func (c *Configuration) setPoolState(pool string, state PoolState) error {
	if !slices.Contains([]PoolState{PoolActive, PoolFailedOver, PoolFailingOver, PoolFailedBack}, state) {
		return fault.New(fault.Invalid, "set the state of pool", pool, fmt.Sprintf("%q is no pool state", state))
	}
	p, ok := c.Pools[key(pool)]
	if !ok {
		return notFound("set the state of pool", "Front End pool", pool)
	}
	p.State = state
	c.Pools[key(pool)] = p
	return nil
}

// SetAccessEdge edits the global Access Edge configuration.
func (f *Farm) SetAccessEdge(a Actor, edit func(*AccessEdge)) error {
	return f.event(func() error {
		n := f.config.clone()
		edit(&n.AccessEdge)
		err := f.cmsUp()
		from := f.config.AccessEdge
		if err == nil {
			f.adopt(n)
		}
		return f.write(a, "AccessEdgeConfiguration:Global", from.String(), n.AccessEdge.String(), err)
	})
}

// String shows the switches that matter to federation.
func (e AccessEdge) String() string {
	return fmt.Sprintf("AllowFederatedUsers=%t AllowOutsideUsers=%t EnablePartnerDiscovery=%t RoutingMethod=%s",
		e.AllowFederatedUsers, e.AllowOutsideUsers, e.EnablePartnerDiscovery, e.RoutingMethod)
}

// SetXMPPGateway sets one property of the global XMPP gateway configuration.
func (f *Farm) SetXMPPGateway(a Actor, property, value string) error {
	from := f.Truth().XMPPGateway.Settings[property]
	return f.change(a, "XmppGatewayConfiguration:Global "+property, from, value, func(c *Configuration) error {
		c.XMPPGateway.Settings[property] = value
		return nil
	})
}

// PutXMPPPartner adds or replaces an allowed XMPP partner.
func (f *Farm) PutXMPPPartner(a Actor, p XMPPPartner) error {
	from := ""
	if old, ok := f.Truth().Partners[key(p.Domain)]; ok {
		from = fmt.Sprintf("%+v", old)
	}
	return f.change(a, "XmppAllowedPartner:"+p.Domain, from, fmt.Sprintf("%+v", p), func(c *Configuration) error {
		c.Partners[key(p.Domain)] = p
		return nil
	})
}

// RemoveXMPPPartner removes an allowed XMPP partner. Fault: Invalid.
func (f *Farm) RemoveXMPPPartner(a Actor, domain string) error {
	return f.change(a, "XmppAllowedPartner:"+domain, domain, "", func(c *Configuration) error {
		if _, ok := c.Partners[key(domain)]; !ok {
			return notFound("remove the XMPP partner", "allowed XMPP partner", domain)
		}
		delete(c.Partners, key(domain))
		return nil
	})
}

// SetSimpleURLs replaces the simple URLs of a scope, or makes the scope.
func (f *Farm) SetSimpleURLs(a Actor, scope string, urls []SimpleURL) error {
	return f.changeURLs(a, scope, func(c *Configuration) error {
		n := SimpleURLSet{Scope: scope, URLs: slices.Clone(urls)}
		if i := c.urlSet(scope); i >= 0 {
			n.Scope = c.SimpleURLs[i].Scope
			c.SimpleURLs[i] = n
			return nil
		}
		c.SimpleURLs = append(c.SimpleURLs, n)
		return nil
	})
}

// RemoveSimpleURLs removes the collection of a site scope, or empties the
// global one. Fault: Invalid.
func (f *Farm) RemoveSimpleURLs(a Actor, scope string) error {
	return f.changeURLs(a, scope, func(c *Configuration) error {
		i := c.urlSet(scope)
		switch {
		case i < 0:
			return notFound("remove the simple URLs of", "simple URL collection", scope)
		case strings.EqualFold(scope, "Global"):
			c.SimpleURLs[i].URLs = nil
		default:
			c.SimpleURLs = slices.Delete(c.SimpleURLs, i, i+1)
		}
		return nil
	})
}

func (f *Farm) changeURLs(a Actor, scope string, edit func(*Configuration) error) error {
	from := f.Truth().showURLs(scope)
	preview := f.Truth().clone()
	if err := edit(preview); err != nil {
		return f.change(a, "SimpleUrlConfiguration:"+scope, from, "", func(*Configuration) error { return err })
	}
	return f.change(a, "SimpleUrlConfiguration:"+scope, from, preview.showURLs(scope), func(c *Configuration) error {
		if err := edit(c); err != nil {
			return err
		}
		if sameURLs(c.SimpleURLs, f.urls) {
			f.urls = nil
		}
		return nil
	})
}

func (c *Configuration) urlSet(scope string) int {
	return slices.IndexFunc(c.SimpleURLs, func(s SimpleURLSet) bool { return strings.EqualFold(s.Scope, scope) })
}

func (c *Configuration) showURLs(scope string) string {
	i := c.urlSet(scope)
	if i < 0 {
		return ""
	}
	var out []string
	for _, u := range c.SimpleURLs[i].URLs {
		out = append(out, u.Component+" "+u.ActiveURL)
	}
	return strings.Join(out, ", ")
}
