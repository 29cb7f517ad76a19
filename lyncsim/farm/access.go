package farm

import (
	"fmt"
	"slices"
	"strings"
)

// SetAccessEdge edits the global Access Edge configuration.
func (f *Farm) SetAccessEdge(a Actor, edit func(*AccessEdge)) error {
	return f.change(a, revision{
		object: "AccessEdgeConfiguration:Global",
		show:   func(c *Configuration) string { return c.AccessEdge.String() },
		edit: func(c *Configuration) error {
			edit(&c.AccessEdge)
			return nil
		},
	})
}

// String shows the switches that affect federation.
func (e AccessEdge) String() string {
	return fmt.Sprintf("AllowFederatedUsers=%t AllowOutsideUsers=%t EnablePartnerDiscovery=%t RoutingMethod=%s",
		e.AllowFederatedUsers, e.AllowOutsideUsers, e.EnablePartnerDiscovery, e.RoutingMethod)
}

// SetXMPPGateway sets one property of the global XMPP gateway configuration.
func (f *Farm) SetXMPPGateway(a Actor, property, value string) error {
	return f.change(a, revision{
		object: "XmppGatewayConfiguration:Global " + property,
		show:   func(c *Configuration) string { return c.XMPPGateway.Settings[property] },
		edit: func(c *Configuration) error {
			c.XMPPGateway.Settings[property] = value
			return nil
		},
	})
}

// PutXMPPPartner adds or replaces an allowed XMPP partner.
func (f *Farm) PutXMPPPartner(a Actor, p XMPPPartner) error {
	return f.changePartner(a, p.Domain, func(c *Configuration) error {
		c.Partners[key(p.Domain)] = p
		return nil
	})
}

// RemoveXMPPPartner removes an allowed XMPP partner. Fault: Invalid.
func (f *Farm) RemoveXMPPPartner(a Actor, domain string) error {
	return f.changePartner(a, domain, func(c *Configuration) error {
		if _, ok := c.Partners[key(domain)]; !ok {
			return notFound("remove the XMPP partner", "allowed XMPP partner", domain)
		}
		delete(c.Partners, key(domain))
		return nil
	})
}

func (f *Farm) changePartner(a Actor, domain string, edit func(*Configuration) error) error {
	return f.change(a, revision{object: "XmppAllowedPartner:" + domain, edit: edit, show: func(c *Configuration) string {
		if p, ok := c.Partners[key(domain)]; ok {
			return fmt.Sprintf("%+v", p)
		}
		return ""
	}})
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
	return f.change(a, revision{
		object: "SimpleUrlConfiguration:" + scope,
		show:   func(c *Configuration) string { return c.showURLs(scope) },
		edit: func(c *Configuration) error {
			if err := edit(c); err != nil {
				return err
			}
			if sameURLs(c.SimpleURLs, f.urls) {
				f.urls = nil
			}
			return nil
		},
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
