package farm

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
)

// Site is a central site as cmdlets show it.
type Site struct {
	ID       string // "1"
	Name     string
	Routes   SiteRoutes
	Branches []string
	Pools    []string // FQDNs of all pools in the site
	Services []string // identities such as "EdgeServer:edge.contoso.com"
}

// EdgePool is an Edge pool as the document describes it.
type EdgePool struct {
	FQDN         string
	Site         string
	ExternalFQDN string
	ServiceID    string // "1-EdgeServer-2"
	Version      string // ServiceVersion
	SIP, XMPP    bool   // the 5061 and 5269 flags
	NextHop      string // Front End pool FQDN, or ""
	// Dependents lists the services associated with this pool, e.g.
	// "Registrar:fe.contoso.com".
	Dependents []string
	Machines   []topology.Machine
	Ports      []topology.Port
}

// FrontEndPool is a Front End pool.
type FrontEndPool struct {
	FQDN    string
	Site    string
	Servers []string
	// Registrar, Conferencing and Mediation name the Edge pool with which each of
	// these services is associated, or "".
	Registrar, Conferencing, Mediation string
	HasMediation                       bool
	PoolSettings
	HoldsCMS bool
}

// Sites lists the central sites in document order.
func (c *Configuration) Sites() []Site {
	d := c.Published
	var out []Site
	for _, s := range d.Sites {
		v := Site{ID: s.ID, Name: s.Name, Routes: c.Routes[key(s.Name)], Branches: c.Branches[key(s.Name)]}
		for _, cl := range d.Clusters {
			if cl.ID.Site == s.ID {
				v.Pools = append(v.Pools, cl.FQDN)
			}
		}
		for i := range d.Services {
			if svc := &d.Services[i]; svc.ID.Site == s.ID {
				v.Services = append(v.Services, Identity(d, svc))
			}
		}
		out = append(out, v)
	}
	return out
}

// Site gives one central site by name.
func (c *Configuration) Site(name string) (Site, bool) {
	for _, s := range c.Sites() {
		if strings.EqualFold(s.Name, name) {
			return s, true
		}
	}
	return Site{}, false
}

// EdgePools lists the Edge pools of the published document.
func (c *Configuration) EdgePools() []EdgePool { return EdgePools(c.Published) }

// EdgePool gives one Edge pool by FQDN.
func (c *Configuration) EdgePool(fqdn string) (EdgePool, bool) {
	for _, p := range c.EdgePools() {
		if strings.EqualFold(p.FQDN, fqdn) {
			return p, true
		}
	}
	return EdgePool{}, false
}

// EdgePools lists the Edge pools of a document.
func EdgePools(d *topology.Document) []EdgePool {
	var out []EdgePool
	for i := range d.Services {
		svc := &d.Services[i]
		cl := d.Cluster(svc.InstalledOn)
		if svc.ID.Role != topology.RoleEdge || cl == nil {
			continue
		}
		out = append(out, EdgePool{
			FQDN: cl.FQDN, Site: d.Site(cl.ID.Site).Name, ExternalFQDN: d.ExternalFQDN(cl.FQDN),
			ServiceID: svc.ID.String(), Version: svc.Version,
			SIP: svc.SIPFederation(), XMPP: svc.XMPPFederation(),
			NextHop:    d.DependencyOn(svc, topology.RoleRegistrar),
			Dependents: dependents(d, svc.ID), Machines: cl.Machines, Ports: svc.Ports,
		})
	}
	return out
}

// FrontEndPools lists the Front End pools. These are the clusters with a Registrar.
func (c *Configuration) FrontEndPools() []FrontEndPool {
	d := c.Published
	var out []FrontEndPool
	for i := range d.Services {
		reg := &d.Services[i]
		cl := d.Cluster(reg.InstalledOn)
		if reg.ID.Role != topology.RoleRegistrar || cl == nil {
			continue
		}
		p := FrontEndPool{
			FQDN: cl.FQDN, Site: d.Site(cl.ID.Site).Name, Registrar: d.DependencyOn(reg, topology.RoleEdge),
			PoolSettings: c.Pools[key(cl.FQDN)], HoldsCMS: strings.EqualFold(cl.FQDN, c.CMSPool),
		}
		for _, m := range cl.Machines {
			p.Servers = append(p.Servers, m.FQDN)
		}
		if s := d.ServiceOn(cl.FQDN, topology.RoleConferencing); s != nil {
			p.Conferencing = d.DependencyOn(s, topology.RoleEdge)
		}
		if s := d.ServiceOn(cl.FQDN, topology.RoleMediation); s != nil {
			p.HasMediation = true
			p.Mediation = d.DependencyOn(s, topology.RoleEdge)
		}
		out = append(out, p)
	}
	return out
}

// FrontEndPool gives one Front End pool by FQDN.
func (c *Configuration) FrontEndPool(fqdn string) (FrontEndPool, bool) {
	for _, p := range c.FrontEndPools() {
		if strings.EqualFold(p.FQDN, fqdn) {
			return p, true
		}
	}
	return FrontEndPool{}, false
}

// identityRoles maps role names of the document to those of identities.
var identityRoles = map[string]string{
	topology.RoleConferencing: "ConferencingServer",
	topology.RoleUser:         "UserServer",
	topology.RoleWeb:          "WebServer",
	topology.RoleCentral:      "CentralManagement",
	topology.RoleManagement:   "ManagementServer",
}

// Identity is a service's identity as cmdlets print it: "<role>:<pool FQDN>".
func Identity(d *topology.Document, s *topology.Service) string {
	role := s.ID.Role
	if r, ok := identityRoles[role]; ok {
		role = r
	}
	return role + ":" + d.PoolOf(s)
}

func dependents(d *topology.Document, id topology.ServiceID) []string {
	var out []string
	for i := range d.Services {
		s := &d.Services[i]
		for _, dep := range s.DependsOn {
			if dep == id {
				out = append(out, Identity(d, s))
			}
		}
	}
	return out
}

// key is the form that names have as keys of the farm's maps.
func key(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
