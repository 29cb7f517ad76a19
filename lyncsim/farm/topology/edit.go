package topology

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/beevik/etree"
)

// WithSignature gives the document under another signature.
func (d *Document) WithSignature(signature string) (*Document, error) {
	return d.edit(func(root *etree.Element) error {
		root.CreateAttr("Signature", signature)
		return nil
	})
}

// WithSIPFederation gives the document with the Edge pool's 5061 flag set or
// cleared.
func (d *Document) WithSIPFederation(pool string, on bool) (*Document, error) {
	return d.withFlag(pool, on, d.sipPorts(pool))
}

// WithXMPPFederation gives the document with the Edge pool's 5269 flag set or
// cleared. The flag consists of two ports.
func (d *Document) WithXMPPFederation(pool string, on bool) (*Document, error) {
	return d.withFlag(pool, on, xmppPorts())
}

// WithDependency gives the document in which the service of role on pool
// depends on the service of targetRole on target, and on no other of that role.
// An empty target removes the dependency.
func (d *Document) WithDependency(pool, role, target, targetRole string) (*Document, error) {
	s := d.ServiceOn(pool, role)
	if s == nil {
		return nil, fmt.Errorf("pool %s has no %s service", pool, role)
	}
	var to *Service
	if target != "" {
		if to = d.ServiceOn(target, targetRole); to == nil {
			return nil, fmt.Errorf("pool %s has no %s service", target, targetRole)
		}
	}
	return d.edit(func(root *etree.Element) error {
		deps := childOrNew(findService(root, s.ID), "DependsOn")
		for _, e := range deps.SelectElements("Dependency") {
			if readServiceID(e).Role == targetRole {
				deps.RemoveChild(e)
			}
		}
		if to != nil {
			writeDependency(deps, to.ID)
		}
		return nil
	})
}

func (d *Document) withFlag(pool string, on bool, ports []portAttrs) (*Document, error) {
	s := d.ServiceOn(pool, RoleEdge)
	if s == nil {
		return nil, fmt.Errorf("pool %s has no %s service", pool, RoleEdge)
	}
	return d.edit(func(root *etree.Element) error {
		list := childOrNew(findService(root, s.ID), "Ports")
		for _, want := range ports {
			for _, e := range list.SelectElements("Port") {
				if want.matches(e) {
					list.RemoveChild(e)
				}
			}
			if on {
				want.write(list)
			}
		}
		return nil
	})
}

// edit applies change to a copy and parses the result again, so that the parsed
// content always agrees with the text.
func (d *Document) edit(change func(root *etree.Element) error) (*Document, error) {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(d.raw); err != nil {
		return nil, err
	}
	if err := change(doc.Root()); err != nil {
		return nil, err
	}
	return render(doc)
}

func render(doc *etree.Document) (*Document, error) {
	doc.Indent(2)
	raw, err := doc.WriteToBytes()
	if err != nil {
		return nil, err
	}
	return Parse(raw)
}

func findService(root *etree.Element, id ServiceID) *etree.Element {
	for _, e := range children(root, "Services", "Service") {
		if readServiceID(e) == id {
			return e
		}
	}
	return nil
}

func childOrNew(parent *etree.Element, tag string) *etree.Element {
	if e := parent.SelectElement(tag); e != nil {
		return e
	}
	return parent.CreateElement(tag)
}

func writeDependency(deps *etree.Element, id ServiceID) {
	dep := deps.CreateElement("Dependency")
	dep.CreateAttr("Usage", "Default")
	writeServiceID(dep, id)
}

func writeServiceID(parent *etree.Element, id ServiceID) {
	e := parent.CreateElement("ServiceId")
	e.CreateAttr("SiteId", id.Site)
	e.CreateAttr("RoleName", id.Role)
	e.CreateAttr("Instance", id.Instance)
}

// portAttrs is a Port element to write.
type portAttrs struct {
	owner, usage, side, protocol string
	port, span                   int
	path, fqdn                   string
	authorizes                   bool // AuthorizesRequests
}

func (p portAttrs) matches(e *etree.Element) bool {
	return e.SelectAttrValue("Owner", "") == p.owner && e.SelectAttrValue("Usage", "") == p.usage &&
		e.SelectAttrValue("InterfaceSide", "") == p.side
}

func (p portAttrs) write(parent *etree.Element) {
	e := parent.CreateElement("Port")
	e.CreateAttr("Owner", p.owner)
	e.CreateAttr("Usage", p.usage)
	e.CreateAttr("InterfaceSide", p.side)
	e.CreateAttr("InterfaceNumber", "1")
	e.CreateAttr("Port", strconv.Itoa(p.port))
	e.CreateAttr("Protocol", p.protocol)
	e.CreateAttr("UrlPath", cmp.Or(p.path, "/"))
	e.CreateAttr("AuthorizesRequests", strconv.FormatBool(p.authorizes))
	if p.span > 0 {
		e.CreateAttr("Range", strconv.Itoa(p.span))
	}
	if p.fqdn != "" {
		e.CreateAttr("ConfiguredFqdn", p.fqdn)
	}
}

// sipPorts are the ports that the check box "federation, port 5061" opens.
func (d *Document) sipPorts(pool string) []portAttrs {
	return []portAttrs{{
		owner: OwnerAccessEdge, usage: UsageSIPServer, side: SideExternal, protocol: "Mtls",
		port: PortSIPFederation, fqdn: d.ExternalFQDN(pool),
	}}
}

// xmppPorts are the ports that the check box "XMPP federation, port 5269" opens.
func xmppPorts() []portAttrs {
	return []portAttrs{
		{owner: OwnerXMPPProxy, usage: UsageXMPPServer, side: SideExternal, protocol: "Tls", port: PortXMPPFederation, authorizes: true},
		{owner: OwnerXMPPProxy, usage: UsageXPTServer, side: SideInternal, protocol: "Mtls", port: PortXMPPInternal, path: "/XmppFederation/"},
	}
}

// ExternalFQDN is the Access Edge external FQDN of an Edge pool: the
// ConfiguredFqdn of its external Access Edge ports. Empty when it has none.
func (d *Document) ExternalFQDN(pool string) string {
	s := d.ServiceOn(pool, RoleEdge)
	if s == nil {
		return ""
	}
	for _, p := range s.Ports {
		if p.Owner == OwnerAccessEdge && p.Side == SideExternal && p.ConfiguredFQDN != "" {
			return p.ConfiguredFQDN
		}
	}
	return ""
}

// WithExternalAddress gives the document in which the External interface of a
// machine has the given addresses. An empty address leaves the present one.
func (d *Document) WithExternalAddress(machine, address, configured string) (*Document, error) {
	return d.edit(func(root *etree.Element) error {
		for _, c := range children(root, "Clusters", "Cluster") {
			for _, m := range c.SelectElements("Machine") {
				if !strings.EqualFold(m.SelectAttrValue("Fqdn", ""), machine) {
					continue
				}
				setExternal(m, address, configured)
			}
		}
		return nil
	})
}

func setExternal(m *etree.Element, address, configured string) {
	for _, n := range m.SelectElements("NetInterface") {
		if n.SelectAttrValue("InterfaceSide", "") != SideExternal {
			continue
		}
		if address != "" {
			n.CreateAttr("IPAddress", address)
		}
		if configured != "" {
			n.CreateAttr("ConfiguredIPAddress", configured)
		}
	}
}
