// Package topology reads, builds and edits the topology document of a Lync
// Server organization in the form that Get-CsTopology -AsXml prints.
//
// The element names follow two public samples without Edge and, for the Edge
// service and its ports, the one public Topology Builder file that has an Edge
// pool. What no sample shows (site federation routes, branch sites, pool
// backup) is not in the document; package farm keeps it beside.
package topology

const (
	// Namespace is that of the document.
	Namespace = "urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008"
	// RolesNamespace is that of the Ports element and the role elements.
	RolesNamespace = "urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008"
)

// Role names of the document. Cmdlets use other names for some of them:
// ConferencingServer (identity) is ConfServices here.
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

// Ports that the federation check boxes of Topology Builder stand for.
const (
	PortSIPFederation  = 5061
	PortXMPPFederation = 5269
	PortXMPPInternal   = 23456
)
