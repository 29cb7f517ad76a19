// Package topology reads, builds and edits the topology document of a Lync Server
// organization, in the form that Get-CsTopology -AsXml prints.
//
// Two public samples without an Edge pool are the source of the element names. For
// the Edge service and its ports the source is the one public Topology Builder file
// that has an Edge pool. Site federation routes, branch sites and pool backup are in
// no sample. So they are not in the document; package farm keeps them outside it.
package topology

const (
	// Namespace is the XML namespace of the document.
	Namespace = "urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008"
	// RolesNamespace is the XML namespace of the Ports element and the role elements.
	RolesNamespace = "urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008"
)

// Role names of the document. Cmdlets use other names for some of them: the cmdlets'
// ConferencingServer is ConfServices here.
const (
	RoleEdge         = "EdgeServer"
	RoleRegistrar    = "Registrar"
	RoleConferencing = "ConfServices"
	RoleMediation    = "MediationServer"
	RoleUser         = "UserServices"
	RoleWeb          = "WebServices"
	RoleManagement   = "ManagementServices"
	RoleCentral      = "CentralMgmt"
)

// Owners, usages and sides of the ports that carry federation.
const (
	OwnerAccessEdge = "urn:component:AccessEdge"
	OwnerXMPPProxy  = "urn:component:XmppFederationProxy"
	UsageSIPServer  = "SipServer"
	UsageXMPPServer = "XmppServer"
	UsageXPTServer  = "XptServer"
	SideExternal    = "External"
	SideInternal    = "Internal"
	SidePrimary     = "Primary"
)

// Ports that the federation check boxes of Topology Builder open.
const (
	PortSIPFederation  = 5061
	PortXMPPFederation = 5269
	PortXMPPInternal   = 23456
)
