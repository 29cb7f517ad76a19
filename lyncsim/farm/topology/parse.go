package topology

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/beevik/etree"
)

// maxBytes bounds a document; real ones are tens of kilobytes.
const maxBytes = 16 << 20

// Parse reads a document. It refuses the documents that a publish would refuse:
// other XML, a missing signature, or references to missing objects.
func Parse(raw []byte) (*Document, error) {
	root, err := readRoot(raw)
	if err != nil {
		return nil, err
	}
	d := &Document{raw: bytes.Clone(raw), Signature: strings.ToLower(root.SelectAttrValue("Signature", ""))}
	readDomains(d, root)
	for _, e := range children(root, "Sites", "CentralSite") {
		d.Sites = append(d.Sites, readSite(e))
	}
	for _, e := range children(root, "Clusters", "Cluster") {
		d.Clusters = append(d.Clusters, readCluster(e))
	}
	for _, e := range children(root, "Services", "Service") {
		s, err := readService(e)
		if err != nil {
			return nil, err
		}
		d.Services = append(d.Services, s)
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	return d, nil
}

func readRoot(raw []byte) (*etree.Element, error) {
	if len(raw) > maxBytes {
		return nil, fmt.Errorf("the document has %d bytes, more than %d", len(raw), maxBytes)
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(raw); err != nil {
		return nil, fmt.Errorf("the document is no XML: %w", err)
	}
	root := doc.Root()
	if root == nil || root.Tag != "Topology" {
		return nil, fmt.Errorf("the document has no Topology element at its root")
	}
	if ns := root.NamespaceURI(); ns != Namespace {
		return nil, fmt.Errorf("the Topology element is in namespace %q, not %q", ns, Namespace)
	}
	return root, nil
}

func children(root *etree.Element, parent, tag string) []*etree.Element {
	p := root.SelectElement(parent)
	if p == nil {
		return nil
	}
	return p.SelectElements(tag)
}

func readDomains(d *Document, root *etree.Element) {
	p := root.SelectElement("InternalDomains")
	if p == nil {
		return
	}
	d.DefaultDomain = p.SelectAttrValue("DefaultDomain", "")
	for _, e := range p.SelectElements("InternalDomain") {
		d.Domains = append(d.Domains, e.SelectAttrValue("Name", ""))
	}
}

func readSite(e *etree.Element) Site {
	s := Site{ID: e.SelectAttrValue("SiteId", "")}
	if n := e.SelectElement("Name"); n != nil {
		s.Name = strings.TrimSpace(n.Text())
	}
	if l := e.SelectElement("Location"); l != nil {
		s.City = l.SelectAttrValue("City", "")
		s.State = l.SelectAttrValue("State", "")
		s.CountryCode = l.SelectAttrValue("CountryCode", "")
	}
	return s
}

func readCluster(e *etree.Element) Cluster {
	c := Cluster{
		ID:                  readClusterID(e),
		FQDN:                e.SelectAttrValue("Fqdn", ""),
		RequiresReplication: e.SelectAttrValue("RequiresReplication", "") == "true",
		RequiresSetup:       e.SelectAttrValue("RequiresSetup", "") == "true",
	}
	for _, me := range e.SelectElements("Machine") {
		m := Machine{FQDN: me.SelectAttrValue("Fqdn", "")}
		for _, ie := range me.SelectElements("NetInterface") {
			m.Interfaces = append(m.Interfaces, Interface{
				Side:              ie.SelectAttrValue("InterfaceSide", ""),
				Number:            ie.SelectAttrValue("InterfaceNumber", ""),
				Address:           ie.SelectAttrValue("IPAddress", ""),
				ConfiguredAddress: ie.SelectAttrValue("ConfiguredIPAddress", ""),
			})
		}
		c.Machines = append(c.Machines, m)
	}
	return c
}

func readClusterID(parent *etree.Element) ClusterID {
	e := parent.SelectElement("ClusterId")
	if e == nil {
		return ClusterID{}
	}
	return ClusterID{Site: e.SelectAttrValue("SiteId", ""), Number: e.SelectAttrValue("Number", "")}
}

func readServiceID(parent *etree.Element) ServiceID {
	e := parent.SelectElement("ServiceId")
	if e == nil {
		return ServiceID{}
	}
	return ServiceID{
		Site:     e.SelectAttrValue("SiteId", ""),
		Role:     e.SelectAttrValue("RoleName", ""),
		Instance: e.SelectAttrValue("Instance", ""),
	}
}

func readService(e *etree.Element) (Service, error) {
	s := Service{
		ID:          readServiceID(e),
		RoleVersion: e.SelectAttrValue("RoleVersion", ""),
		Version:     e.SelectAttrValue("ServiceVersion", ""),
	}
	for _, dep := range children(e, "DependsOn", "Dependency") {
		s.DependsOn = append(s.DependsOn, readServiceID(dep))
	}
	if on := e.SelectElement("InstalledOn"); on != nil {
		s.InstalledOn = readClusterID(on)
	}
	for _, pe := range children(e, "Ports", "Port") {
		p, err := readPort(pe)
		if err != nil {
			return s, fmt.Errorf("service %s: %w", s.ID, err)
		}
		s.Ports = append(s.Ports, p)
	}
	return s, nil
}

func readPort(e *etree.Element) (Port, error) {
	p := Port{
		Owner:          e.SelectAttrValue("Owner", ""),
		Usage:          e.SelectAttrValue("Usage", ""),
		Side:           e.SelectAttrValue("InterfaceSide", ""),
		Protocol:       e.SelectAttrValue("Protocol", ""),
		ConfiguredFQDN: e.SelectAttrValue("ConfiguredFqdn", ""),
	}
	n, err := strconv.ParseUint(e.SelectAttrValue("Port", ""), 10, 16)
	if err != nil || n == 0 {
		return p, fmt.Errorf("port %s/%s has the number %q", p.Owner, p.Usage, e.SelectAttrValue("Port", ""))
	}
	p.Port = uint16(n)
	if r := e.SelectAttrValue("Range", ""); r != "" {
		n, err := strconv.ParseUint(r, 10, 16)
		if err != nil {
			return p, fmt.Errorf("port %s/%s has the range %q", p.Owner, p.Usage, r)
		}
		p.Range = uint16(n)
	}
	return p, nil
}
