package topology

import (
	"strconv"
	"strings"

	"github.com/beevik/etree"
)

// frontEnd writes the services of a Front End pool. Its association with an Edge
// pool consists of three links: Registrar, ConfServices and MediationServer each
// depend on the EdgeServer service.
func (b *builder) frontEnd(list *etree.Element, site string, n int, f PlanFrontEndPool) {
	instance := strconv.Itoa(n)
	id := func(role string) ServiceID { return ServiceID{site, role, instance} }
	edge := b.lookup(b.edges, f.EdgePool, "Front End pool "+f.FQDN)

	b.service(list, id(RoleUser), id(RoleConferencing))
	reg := b.service(list, id(RoleRegistrar), append([]ServiceID{id(RoleUser), id(RoleWeb)}, edge...)...)
	for _, p := range registrarPorts {
		p.write(reg)
	}
	b.service(list, id(RoleWeb), id(RoleUser))
	conf := b.service(list, id(RoleConferencing), append([]ServiceID{id(RoleWeb), id(RoleUser)}, edge...)...)
	for _, p := range conferencingPorts {
		p.write(conf)
	}
	if f.Mediation {
		med := b.service(list, id(RoleMediation), append([]ServiceID{id(RoleRegistrar)}, edge...)...)
		mediationPort.write(med)
	}
	if strings.EqualFold(f.FQDN, b.plan.CentralManagement) {
		b.service(list, id(RoleCentral))
	}
}

// edge writes the services of an Edge pool. The next hop is written as a dependency
// of the EdgeServer service on a Registrar.
func (b *builder) edge(list *etree.Element, site string, n int, p PlanEdgePool) {
	instance := strconv.Itoa(n)
	next := b.lookup(b.fronts, p.NextHop, "Edge pool "+p.FQDN)
	ports := b.service(list, ServiceID{site, RoleEdge, instance}, next...)
	for _, port := range edgePorts(p, b.plan.ServiceVersion) {
		port.write(ports)
	}
	if p.SIP {
		portAttrs{
			owner: OwnerAccessEdge, usage: UsageSIPServer, side: SideExternal, protocol: "Mtls",
			port: PortSIPFederation, fqdn: p.ExternalFQDN,
		}.write(ports)
	}
	if p.XMPP {
		for _, port := range xmppPorts() {
			port.write(ports)
		}
	}
	replication := b.service(list, ServiceID{site, RoleManagement, instance})
	replicationPort.write(replication)
}

var registrarPorts = []portAttrs{
	{owner: "urn:component:Registrar", usage: UsageSIPServer, side: SidePrimary, protocol: "Mtls", port: 5061, authorizes: true},
	{owner: "urn:component:XmppFederation", usage: UsageSIPServer, side: SidePrimary, protocol: "Mtls", port: 5098, authorizes: true},
}

var conferencingPorts = []portAttrs{
	{owner: "urn:component:IMConf", usage: UsageSIPServer, side: SidePrimary, protocol: "Mtls", port: 5062},
	{owner: "urn:component:DataConf", usage: "PsomClient", side: SidePrimary, protocol: "Tls", port: 8057},
	{owner: "urn:component:AVConf", usage: UsageSIPServer, side: SidePrimary, protocol: "Mtls", port: 5063},
}

var mediationPort = portAttrs{owner: "urn:component:MediationServer", usage: UsageSIPServer, side: SidePrimary, protocol: "Mtls", port: 5070}

var replicationPort = portAttrs{owner: "urn:component:ReplicationService", usage: "Replication", side: SideInternal, protocol: "Https", port: 4443}

// edgePorts are the ports that every Edge pool has, even without federation.
func edgePorts(p PlanEdgePool, version int) []portAttrs {
	client := 5061
	if p.SeparateFQDNs {
		client = 443
	}
	fqdn := p.ExternalFQDN
	ports := []portAttrs{
		{owner: OwnerAccessEdge, usage: UsageSIPServer, side: SideInternal, protocol: "Mtls", port: 5061},
		{owner: OwnerAccessEdge, usage: "SipClient", side: SideExternal, protocol: "Tls", port: client, fqdn: fqdn},
		{owner: "urn:component:DataEdge", usage: "PsomServer", side: SideInternal, protocol: "Mtls", port: 8057},
		{owner: "urn:component:DataEdge", usage: "PsomClient", side: SideExternal, protocol: "Tls", port: 444, fqdn: fqdn},
		{owner: "urn:component:MediaRelayAuthenticationEdge", usage: UsageSIPServer, side: SideInternal, protocol: "Mtls", port: 5062},
		{owner: "urn:component:MediaRelayEdge", usage: "TURNServer", side: SideInternal, protocol: "Tcp", port: 443},
		{owner: "urn:component:MediaRelayEdge", usage: "TURNServer", side: SideExternal, protocol: "Tcp", port: 443, fqdn: fqdn},
		{owner: "urn:component:MediaRelayEdge", usage: "TURNServer", side: SideInternal, protocol: "Udp", port: 3478},
		{owner: "urn:component:MediaRelayEdge", usage: "TURNServer", side: SideExternal, protocol: "Udp", port: 3478, fqdn: fqdn},
		{owner: "urn:component:MediaRelayEdge", usage: "MediaCommunication", side: SideExternal, protocol: "TcpOrUdp", port: 50000, span: 10000},
	}
	if version >= 7 {
		ports = append(ports, portAttrs{owner: "urn:component:SkypeSearchProxy", usage: "WebServer", side: SideInternal, protocol: "Mtls", port: 4443})
	}
	return ports
}
