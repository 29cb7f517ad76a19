package cmdlets

import (
	"strconv"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// portProperty is a property of a service that shows one of its ports. Ports with
// the same use differ by protocol.
type portProperty struct {
	name, owner, usage, side, protocol string
	since                              int // first ServiceVersion that has it
}

// edgePorts come from the one public object dump of an Edge service [field] and from
// the port elements of the one public topology file with an Edge pool [field]. The
// property of an absent port is $null [invented for 5061].
var edgePorts = []portProperty{
	{name: "AccessEdgeInternalSipPort", owner: topology.OwnerAccessEdge, usage: "SipServer", side: "Internal"},
	{name: "AccessEdgeExternalSipPort", owner: topology.OwnerAccessEdge, usage: "SipServer", side: "External"},
	{name: "AccessEdgeClientSipPort", owner: topology.OwnerAccessEdge, usage: "SipClient", side: "External"},
	{name: "DataPsomServerPort", owner: "urn:component:DataEdge", usage: "PsomServer", side: "Internal"},
	{name: "DataPsomClientPort", owner: "urn:component:DataEdge", usage: "PsomClient", side: "External"},
	{name: "MediaRelayAuthEdgePort", owner: "urn:component:MediaRelayAuthenticationEdge", usage: "SipServer", side: "Internal"},
	{name: "MediaRelayInternalTurnTcpPort", owner: mediaRelay, usage: "TURNServer", side: "Internal", protocol: "Tcp"},
	{name: "MediaRelayExternalTurnTcpPort", owner: mediaRelay, usage: "TURNServer", side: "External", protocol: "Tcp"},
	{name: "MediaRelayInternalTurnUdpPort", owner: mediaRelay, usage: "TURNServer", side: "Internal", protocol: "Udp"},
	{name: "MediaRelayExternalTurnUdpPort", owner: mediaRelay, usage: "TURNServer", side: "External", protocol: "Udp"},
	{name: "MediaCommunicationPortStart", owner: mediaRelay, usage: "MediaCommunication", side: "External"},
}

// edgeLatePorts come after the names in the dump.
var edgeLatePorts = []portProperty{
	{name: "XmppInternalPort", owner: topology.OwnerXMPPProxy, usage: topology.UsageXPTServer, side: "Internal", since: 6},
	{name: "XmppListeningPort", owner: topology.OwnerXMPPProxy, usage: topology.UsageXMPPServer, side: "External", since: 6},
	{name: "SkypeSearchProxyPort", owner: "urn:component:SkypeSearchProxy", usage: "WebServer", side: "Internal", since: 7},
}

const mediaRelay = "urn:component:MediaRelayEdge"

var registrarPorts = []portProperty{
	{name: "SipPort", owner: "urn:component:Registrar", usage: "SipServer", side: "Primary"},
	{name: "XmppGatewaySipPort", owner: "urn:component:XmppFederation", usage: "SipServer", side: "Primary", since: 6},
}

var conferencingPorts = []portProperty{
	{name: "ImSipPort", owner: "urn:component:IMConf", usage: "SipServer", side: "Primary"},
	{name: "DataPsomPort", owner: "urn:component:DataConf", usage: "PsomClient", side: "Primary"},
	{name: "AudioVideoSipPort", owner: "urn:component:AVConf", usage: "SipServer", side: "Primary"},
}

var mediationPorts = []portProperty{
	{name: "SipServerPort", owner: "urn:component:MediationServer", usage: "SipServer", side: "Primary"},
}

// roleProperties adds the properties that only this role has. Except for Edge, no
// role has a complete public sample. Their properties are the parameters of the Set
// cmdlets, as far as the topology knows the value.
func (r *run) roleProperties(o *value.Object, s service) {
	switch s.role {
	case "EdgeServer":
		r.edgeProperties(o, s)
	case "Registrar":
		backup := r.backupPool(s.pool)
		o.Set("EdgeServer", r.depends(s, topology.RoleEdge)).
			Set("UserServer", r.depends(s, topology.RoleUser)).
			Set("WebServer", r.depends(s, topology.RoleWeb)).
			Set("BackupRegistrar", serviceIdentity("Registrar", backup))
		setPorts(o, s, registrarPorts)
	case "ConferencingServer":
		o.Set("EdgeServer", r.depends(s, topology.RoleEdge))
		setPorts(o, s, conferencingPorts)
	case "MediationServer":
		o.Set("Registrar", r.depends(s, topology.RoleRegistrar)).
			Set("EdgeServer", r.depends(s, topology.RoleEdge))
		setPorts(o, s, mediationPorts)
	}
}

func (r *run) edgeProperties(o *value.Object, s service) {
	o.Set("Registrar", r.depends(s, topology.RoleRegistrar))
	setPorts(o, s, edgePorts)
	var count any
	if p := s.Port(mediaRelay, "MediaCommunication", "External"); p != nil {
		count = p.Range
	}
	o.Set("MediaCommunicationPortCount", count).
		Set("AccessEdgeExternalFqdn", r.config.Published.ExternalFQDN(s.pool)).
		Set("DataEdgeExternalFqdn", configuredFQDN(s, "urn:component:DataEdge", "PsomClient")).
		Set("AVEdgeExternalFqdn", configuredFQDN(s, mediaRelay, "TURNServer")).
		Set("InternalInterfaceFqdn", nil).
		Set("ExternalMrasFqdn", nil)
	setPorts(o, s, edgeLatePorts)
}

func setPorts(o *value.Object, s service, properties []portProperty) {
	version, _ := strconv.Atoi(s.Version)
	for _, property := range properties {
		if version >= property.since {
			o.Set(property.name, property.in(s))
		}
	}
}

func (property portProperty) in(s service) any {
	for _, p := range s.Ports {
		if p.Owner == property.owner && p.Usage == property.usage && p.Side == property.side &&
			(property.protocol == "" || p.Protocol == property.protocol) {
			return p.Port
		}
	}
	return nil
}

func configuredFQDN(s service, owner, usage string) any {
	if p := s.Port(owner, usage, "External"); p != nil && p.ConfiguredFQDN != "" {
		return p.ConfiguredFQDN
	}
	return nil
}

// depends is the identity of the service of a role on which s depends.
func (r *run) depends(s service, role string) any {
	doc := r.config.Published
	for _, id := range s.DependsOn {
		if id.Role != role {
			continue
		}
		for _, other := range services(doc) {
			if other.ID == id {
				return other.identity
			}
		}
	}
	return nil
}

// number is the numeric form of a text, or the text.
func number(text string) any {
	n, err := strconv.Atoi(text)
	if err != nil {
		return text
	}
	return n
}
