package topology

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/beevik/etree"
)

// Plan describes the content of a document.
type Plan struct {
	Signature      string
	ServiceVersion int // 5 to 8
	Domains        []string
	Sites          []PlanSite
	// CentralManagement is the FQDN of the pool that holds the CMS.
	CentralManagement string
}

// PlanSite is a central site with its pools.
type PlanSite struct {
	Site
	EdgePools     []PlanEdgePool
	FrontEndPools []PlanFrontEndPool
}

// PlanEdgePool is an Edge pool.
type PlanEdgePool struct {
	FQDN, ExternalFQDN string
	NextHop            string // Front End pool FQDN
	SIP, XMPP          bool
	SeparateFQDNs      bool // the client port is 443 instead of 5061
	Machines           []Machine
}

// PlanFrontEndPool is a Front End pool. EdgePool may be empty.
type PlanFrontEndPool struct {
	FQDN, EdgePool string
	Mediation      bool
	Machines       []Machine
}

// Build makes the document of an organization.
func Build(p Plan) (*Document, error) {
	b := &builder{plan: p, doc: etree.NewDocument(), edges: map[string]ServiceID{}, fronts: map[string]ServiceID{}}
	b.number()
	root := b.doc.CreateElement("Topology")
	root.CreateAttr("xmlns", Namespace)
	root.CreateAttr("Signature", p.Signature)
	b.domains(root)
	b.sites(root)
	b.clusters(root.CreateElement("Clusters"))
	root.CreateElement("SqlInstances")
	services := root.CreateElement("Services")
	for i, s := range p.Sites {
		id := strconv.Itoa(i + 1)
		for n, f := range s.FrontEndPools {
			b.frontEnd(services, id, n+1, f)
		}
		for n, e := range s.EdgePools {
			b.edge(services, id, n+1+len(s.FrontEndPools), e)
		}
	}
	if b.err != nil {
		return nil, b.err
	}
	return render(b.doc)
}

type builder struct {
	plan   Plan
	doc    *etree.Document
	edges  map[string]ServiceID // EdgeServer service by pool FQDN
	fronts map[string]ServiceID // Registrar service by pool FQDN
	err    error
}

// number gives every service its id before any reference to a service is written.
func (b *builder) number() {
	for i, s := range b.plan.Sites {
		site := strconv.Itoa(i + 1)
		for n, f := range s.FrontEndPools {
			b.fronts[strings.ToLower(f.FQDN)] = ServiceID{site, RoleRegistrar, strconv.Itoa(n + 1)}
		}
		for n, e := range s.EdgePools {
			b.edges[strings.ToLower(e.FQDN)] = ServiceID{site, RoleEdge, strconv.Itoa(n + 1 + len(s.FrontEndPools))}
		}
	}
}

func (b *builder) domains(root *etree.Element) {
	e := root.CreateElement("InternalDomains")
	e.CreateAttr("AllowAllDomains", "false")
	if len(b.plan.Domains) > 0 {
		e.CreateAttr("DefaultDomain", b.plan.Domains[0])
	}
	for _, name := range b.plan.Domains {
		de := e.CreateElement("InternalDomain")
		de.CreateAttr("Name", name)
		de.CreateAttr("Authoritative", "false")
		de.CreateAttr("AllowSubDomains", "false")
	}
}

func (b *builder) sites(root *etree.Element) {
	list := root.CreateElement("Sites")
	for i, s := range b.plan.Sites {
		e := list.CreateElement("CentralSite")
		e.CreateAttr("SiteId", strconv.Itoa(i+1))
		e.CreateElement("Name").SetText(s.Name)
		l := e.CreateElement("Location")
		l.CreateAttr("City", s.City)
		l.CreateAttr("State", s.State)
		l.CreateAttr("CountryCode", s.CountryCode)
	}
}

func (b *builder) clusters(list *etree.Element) {
	for i, s := range b.plan.Sites {
		n := 0
		for _, f := range s.FrontEndPools {
			n++
			writeCluster(list, ClusterID{strconv.Itoa(i + 1), strconv.Itoa(n)}, f.FQDN, f.Machines)
		}
		for _, e := range s.EdgePools {
			n++
			writeCluster(list, ClusterID{strconv.Itoa(i + 1), strconv.Itoa(n)}, e.FQDN, e.Machines)
		}
	}
}

func writeCluster(list *etree.Element, id ClusterID, fqdn string, machines []Machine) {
	c := list.CreateElement("Cluster")
	c.CreateAttr("RequiresReplication", "true")
	c.CreateAttr("RequiresSetup", "true")
	c.CreateAttr("Fqdn", fqdn)
	writeClusterID(c, id)
	for i, m := range machines {
		e := c.CreateElement("Machine")
		e.CreateAttr("OrdinalInCluster", strconv.Itoa(i+1))
		e.CreateAttr("Fqdn", m.FQDN)
		for _, n := range m.Interfaces {
			ie := e.CreateElement("NetInterface")
			ie.CreateAttr("InterfaceSide", n.Side)
			ie.CreateAttr("InterfaceNumber", cmp.Or(n.Number, "1"))
			ie.CreateAttr("IPAddress", n.Address)
			if n.ConfiguredAddress != "" {
				ie.CreateAttr("ConfiguredIPAddress", n.ConfiguredAddress)
			}
		}
	}
}

func writeClusterID(parent *etree.Element, id ClusterID) {
	e := parent.CreateElement("ClusterId")
	e.CreateAttr("SiteId", id.Site)
	e.CreateAttr("Number", id.Number)
}

// service writes a Service element and returns its Ports element.
func (b *builder) service(list *etree.Element, id ServiceID, deps ...ServiceID) *etree.Element {
	e := list.CreateElement("Service")
	e.CreateAttr("RoleVersion", "2")
	e.CreateAttr("ServiceVersion", strconv.Itoa(b.plan.ServiceVersion))
	writeServiceID(e, id)
	d := e.CreateElement("DependsOn")
	for _, dep := range deps {
		writeDependency(d, dep)
	}
	writeClusterID(e.CreateElement("InstalledOn"), ClusterID{id.Site, id.Instance})
	ports := e.CreateElement("Ports")
	ports.CreateAttr("xmlns", RolesNamespace)
	return ports
}

func (b *builder) lookup(m map[string]ServiceID, fqdn, what string) []ServiceID {
	if fqdn == "" {
		return nil
	}
	id, ok := m[strings.ToLower(fqdn)]
	if !ok && b.err == nil {
		b.err = fmt.Errorf("%s names the pool %s, which does not exist", what, fqdn)
	}
	return []ServiceID{id}
}
