package topology

import (
	"fmt"
	"slices"
	"strings"
)

// Document is one topology document. It is immutable; edits return a new one.
type Document struct {
	raw []byte

	// Signature is the GUID that each publish replaces.
	Signature     string
	DefaultDomain string
	Domains       []string
	Sites         []Site
	Clusters      []Cluster
	Services      []Service
}

// Site is a central site.
type Site struct {
	ID                       string // "1"
	Name                     string
	City, State, CountryCode string
}

// ClusterID names a cluster: site id and number.
type ClusterID struct{ Site, Number string }

// Cluster is a pool of machines with one FQDN.
type Cluster struct {
	ID                  ClusterID
	FQDN                string
	RequiresReplication bool
	RequiresSetup       bool
	Machines            []Machine
}

// Machine is one computer of a cluster.
type Machine struct {
	FQDN       string
	Interfaces []Interface
}

// Interface is one network interface. ConfiguredAddress is the public NAT address of
// an Edge server's external interface; it is empty when there is none.
type Interface struct {
	Side              string
	Number            string
	Address           string
	ConfiguredAddress string
}

// ServiceID names a service: site id, role name of this package, instance.
type ServiceID struct{ Site, Role, Instance string }

// String is the form that cmdlets print, e.g. "1-EdgeServer-1".
func (id ServiceID) String() string { return id.Site + "-" + id.Role + "-" + id.Instance }

// Service is one role installed on one cluster.
type Service struct {
	ID          ServiceID
	RoleVersion string
	Version     string // ServiceVersion, e.g. "7" for Skype for Business Server 2015
	DependsOn   []ServiceID
	InstalledOn ClusterID // zero when installed on a SQL instance
	Ports       []Port
}

// Port is one port of a service.
type Port struct {
	Owner, Usage, Side string
	Port               uint16
	Range              uint16
	Protocol           string
	ConfiguredFQDN     string
}

// Bytes gives the document's text. Callers must not change it.
func (d *Document) Bytes() []byte { return d.raw }

// Site gives the site with the id, or nil.
func (d *Document) Site(id string) *Site {
	i := slices.IndexFunc(d.Sites, func(s Site) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return &d.Sites[i]
}

// SiteNamed gives the site with the name, without regard to case, or nil.
func (d *Document) SiteNamed(name string) *Site {
	i := slices.IndexFunc(d.Sites, func(s Site) bool { return strings.EqualFold(s.Name, name) })
	if i < 0 {
		return nil
	}
	return &d.Sites[i]
}

// Cluster gives the cluster with the id, or nil.
func (d *Document) Cluster(id ClusterID) *Cluster {
	i := slices.IndexFunc(d.Clusters, func(c Cluster) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &d.Clusters[i]
}

// Pool gives the cluster with the FQDN, without regard to case, or nil.
func (d *Document) Pool(fqdn string) *Cluster {
	i := slices.IndexFunc(d.Clusters, func(c Cluster) bool { return strings.EqualFold(c.FQDN, fqdn) })
	if i < 0 {
		return nil
	}
	return &d.Clusters[i]
}

// Service gives the service with the id, or nil.
func (d *Document) Service(id ServiceID) *Service {
	i := slices.IndexFunc(d.Services, func(s Service) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return &d.Services[i]
}

// ServiceOn gives the service of a role on a pool, or nil.
func (d *Document) ServiceOn(pool, role string) *Service {
	c := d.Pool(pool)
	if c == nil {
		return nil
	}
	i := slices.IndexFunc(d.Services, func(s Service) bool { return s.InstalledOn == c.ID && s.ID.Role == role })
	if i < 0 {
		return nil
	}
	return &d.Services[i]
}

// PoolOf gives the FQDN of the pool a service runs on, or "".
func (d *Document) PoolOf(s *Service) string {
	if c := d.Cluster(s.InstalledOn); c != nil {
		return c.FQDN
	}
	return ""
}

// DependencyOn gives the FQDN of the pool whose service of the role this
// service depends on, or "" when it depends on none.
func (d *Document) DependencyOn(s *Service, role string) string {
	for _, id := range s.DependsOn {
		if id.Role != role {
			continue
		}
		if target := d.Service(id); target != nil {
			return d.PoolOf(target)
		}
	}
	return ""
}

// Port gives the first port of a service with owner, usage and side, or nil.
func (s *Service) Port(owner, usage, side string) *Port {
	i := slices.IndexFunc(s.Ports, func(p Port) bool {
		return p.Owner == owner && p.Usage == usage && p.Side == side
	})
	if i < 0 {
		return nil
	}
	return &s.Ports[i]
}

// SIPFederation reports whether an Edge service has the "federation, port 5061"
// flag: the external SipServer port of the Access Edge.
func (s *Service) SIPFederation() bool {
	return s.Port(OwnerAccessEdge, UsageSIPServer, SideExternal) != nil
}

// XMPPFederation reports whether an Edge service has the "XMPP federation, port
// 5269" flag: both ports of the XMPP proxy.
func (s *Service) XMPPFederation() bool {
	return s.Port(OwnerXMPPProxy, UsageXMPPServer, SideExternal) != nil &&
		s.Port(OwnerXMPPProxy, UsageXPTServer, SideInternal) != nil
}

// check finds mistakes for which a publish is refused: references to missing
// objects, and duplicates.
func (d *Document) check() error {
	if d.Signature == "" {
		return fmt.Errorf("the Topology element has no Signature")
	}
	if len(d.Sites) == 0 {
		return fmt.Errorf("the document has no central site")
	}
	if err := d.checkClusters(); err != nil {
		return err
	}
	seen := map[ServiceID]bool{}
	for i := range d.Services {
		s := &d.Services[i]
		if seen[s.ID] {
			return fmt.Errorf("service %s occurs twice", s.ID)
		}
		seen[s.ID] = true
		if s.InstalledOn != (ClusterID{}) && d.Cluster(s.InstalledOn) == nil {
			return fmt.Errorf("service %s is installed on cluster %s:%s, which does not exist", s.ID, s.InstalledOn.Site, s.InstalledOn.Number)
		}
		for _, dep := range s.DependsOn {
			if d.Service(dep) == nil {
				return fmt.Errorf("service %s depends on %s, which does not exist", s.ID, dep)
			}
		}
	}
	return nil
}

func (d *Document) checkClusters() error {
	seen := map[string]bool{}
	for _, c := range d.Clusters {
		if c.FQDN == "" {
			return fmt.Errorf("cluster %s:%s has no Fqdn", c.ID.Site, c.ID.Number)
		}
		key := strings.ToLower(c.FQDN)
		if seen[key] {
			return fmt.Errorf("cluster %s occurs twice", c.FQDN)
		}
		seen[key] = true
		if d.Site(c.ID.Site) == nil {
			return fmt.Errorf("cluster %s is in site %s, which does not exist", c.FQDN, c.ID.Site)
		}
	}
	return nil
}
