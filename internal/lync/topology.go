// Package lync holds the types that describe a Lync Server or Skype for Business Server
// organization, and the interfaces through which it is read and changed. It knows neither
// PowerShell nor Kubernetes.
package lync

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Protocol is a federation protocol.
type Protocol string

const (
	SIP  Protocol = "SIP"  // Access Edge, external port 5061
	XMPP Protocol = "XMPP" // XMPP federation proxy, external port 5269
)

// Port is the external TCP port on which partners reach the protocol.
func (p Protocol) Port() uint16 {
	if p == XMPP {
		return 5269
	}
	return 5061
}

// ProtocolsOf gives the protocols of federation ports. It leaves out other ports.
func ProtocolsOf(ports []int32) []Protocol {
	out := []Protocol{}
	for _, p := range []Protocol{SIP, XMPP} {
		if slices.Contains(ports, int32(p.Port())) {
			out = append(out, p)
		}
	}
	return out
}

// Product says which server generation answered.
type Product struct {
	Name    string // "Lync Server 2013", "Skype for Business Server 2019", …
	Version string // e.g. "5.0.8308.0", as Get-CsServerVersion prints it
	Module  string // PowerShell module: "Lync" or "SkypeForBusiness"
	XMPP    bool   // whether this generation has XMPP federation at all
	// WithoutXMPP says in a message why it has none.
	WithoutXMPP string
	// XMPPByHost: its certificate for XMPP may carry the host of the SRV record, or a
	// wildcard, in place of the domain.
	XMPPByHost bool
	// XMPPRouteParameter is the parameter for XMPP routes that Set-CsSite has on this
	// server: "XmppFederationRoute", as Microsoft's cmdlet reference calls it, or
	// "XmppExternalFederationRoute", as Microsoft's procedures call it. Empty when it has
	// neither.
	XMPPRouteParameter string
}

// Topology is what the Central Management Store says, read in one call.
type Topology struct {
	Product Product
	// ServerTime is the management server's clock at the time of reading. The times in
	// Replicas come from the server that holds the store, which may be another one. Its clock
	// is near ServerTime, because both follow the domain's time; compare with no other clock.
	ServerTime time.Time
	// Signature identifies the published document. It changes with each publish.
	Signature string
	// DefaultDomain is the default SIP domain; "" where the server did not tell it.
	DefaultDomain string
	// FederatedUsersAllowed is the global switch of the Access Edge configuration.
	FederatedUsersAllowed bool
	Sites                 []Site
	EdgePools             []EdgePool
	FrontEndPools         []FrontEndPool
	// Replicas holds the replication state of each computer.
	Replicas map[Host]Replica
	// Unknown lists the parts that could not be read. What their fields hold may be old or
	// nothing: it is shown, and nothing is planned upon it.
	Unknown []UnknownPart
	// Kit is the endpoint kit of the management server; nil without one.
	Kit *Kit
}

// EdgePool finds an Edge pool by its name.
func (t Topology) EdgePool(name string) (EdgePool, bool) {
	i := slices.IndexFunc(t.EdgePools, func(p EdgePool) bool { return SameHost(p.FQDN, name) })
	if i < 0 {
		return EdgePool{}, false
	}
	return t.EdgePools[i], true
}

// FrontEndPool finds a Front End pool by its name.
func (t Topology) FrontEndPool(name string) (FrontEndPool, bool) {
	i := slices.IndexFunc(t.FrontEndPools, func(p FrontEndPool) bool { return SameHost(p.FQDN, name) })
	if i < 0 {
		return FrontEndPool{}, false
	}
	return t.FrontEndPools[i], true
}

// Kit is what the functions of an endpoint kit take.
type Kit struct {
	Host    string // where it is installed
	Version int
	// Lacks names functions that the kit does not have as this program knows them.
	Lacks []string
	// Sites and Pools are the names that it accepts, in lower case.
	Sites, Pools []string
}

// TopologyPart is what one cmdlet tells of a topology.
type TopologyPart string

// The parts of a topology.
const (
	PartVersion    TopologyPart = "server version"
	PartDocument   TopologyPart = "topology document"
	PartAccessEdge TopologyPart = "Access Edge configuration"
	PartSites      TopologyPart = "sites and routes"
	PartServices   TopologyPart = "services"
	PartPoolStates TopologyPart = "Front End pool states"
	PartReplicas   TopologyPart = "replication status"
)

// UnknownPart is a part that could not be read.
type UnknownPart struct {
	Part TopologyPart
	Err  error
	// Local says that the topology holds what the server's own replica says in its place,
	// which may be old.
	Local bool
}

// Lacks reports whether the part could not be read, and whether the server's own replica
// stands in its place.
func (t Topology) Lacks(part TopologyPart) (lacks, local bool) {
	for _, u := range t.Unknown {
		if u.Part == part {
			return true, u.Local
		}
	}
	return false, false
}

// Unread gives the error of the first of these parts that could not be read; nil where all
// are known.
func (t Topology) Unread(parts ...TopologyPart) error {
	for _, u := range t.Unknown {
		if slices.Contains(parts, u.Part) {
			return u.Err
		}
	}
	return nil
}

// Site finds a central site by its name. Upper and lower case mean the same.
func (t Topology) Site(name string) (Site, bool) {
	for _, s := range t.Sites {
		if strings.EqualFold(s.Name, name) {
			return s, true
		}
	}
	return Site{}, false
}

// Site is a central site. Routes are FQDNs, of an Edge pool or else; empty means no route.
type Site struct {
	Name      string // "Redmond", without the "Site:" prefix
	SIPRoute  string
	XMPPRoute string
}

// Route gives the site's Edge pool for the protocol.
func (s Site) Route(p Protocol) string {
	if p == XMPP {
		return s.XMPPRoute
	}
	return s.SIPRoute
}

// EdgePool is a pool of Edge servers with one Access Edge external name.
type EdgePool struct {
	FQDN         string
	Site         string
	ExternalFQDN string // Access Edge external FQDN
	SIPEnabled   bool   // the "federation, port 5061" flag
	XMPPEnabled  bool   // the "XMPP federation, port 5269" flag
	NextHop      string // Front End pool (or Director) FQDN
	Servers      []EdgeServer
}

// Enabled gives the pool's topology flag for the protocol.
func (p EdgePool) Enabled(proto Protocol) bool {
	if proto == XMPP {
		return p.XMPPEnabled
	}
	return p.SIPEnabled
}

// EdgeServer is one machine of an Edge pool as the topology describes it.
type EdgeServer struct {
	FQDN string
	// ExternalAddresses are the addresses that partners connect to. Behind a NAT that is
	// the public address (ConfiguredIPAddress), else the external interface's own.
	ExternalAddresses []netip.Addr
	// InterfaceAddresses are the addresses of the machine's own external interface. They
	// are the same as ExternalAddresses unless the machine is behind a NAT.
	InterfaceAddresses []netip.Addr
}

// Replica is one computer's replication state
// (Get-CsManagementStoreReplicationStatus).
type Replica struct {
	UpToDate   bool
	LastUpdate time.Time // LastUpdateCreation; zero when it never replicated
}

// PoolState is the Registrar pool's state (PoolState of Get-CsRegistrarConfiguration).
type PoolState string

const (
	PoolActive      PoolState = "Active"
	PoolFailedOver  PoolState = "FailedOver"
	PoolFailingOver PoolState = "FailingOver"
	PoolFailedBack  PoolState = "FailedBack"
	PoolStateNone   PoolState = "" // unknown, or the generation has none (Lync Server 2010)
)

// FrontEndPool is a Front End pool and the three links that tie it to an Edge
// pool. Links are Edge pool FQDNs; empty means no association.
type FrontEndPool struct {
	FQDN       string
	Site       string
	Servers    []string
	BackupPool string
	State      PoolState
	Edge       Association
}

// Association holds the three links of one Front End pool.
// HasMediation is false for a pool without a Mediation Server role.
type Association struct {
	Registrar    string
	Conferencing string
	Mediation    string
	HasMediation bool
}

// Is reports whether every link that exists names the Edge pool.
func (a Association) Is(edgePool string) bool {
	return SameHost(a.Registrar, edgePool) && SameHost(a.Conferencing, edgePool) &&
		(!a.HasMediation || SameHost(a.Mediation, edgePool))
}

// EdgeServerState is what an Edge machine says about itself.
type EdgeServerState struct {
	Services []Service
	// Listening holds the machine's TCP listeners. An unspecified address
	// (0.0.0.0, ::) listens on every interface.
	Listening []netip.AddrPort
	// LocalSignature is the Signature of the machine's local replica of the topology
	// document. Setup applies that replica and not the document in the Central Management
	// Store.
	LocalSignature string
}

// Running reports whether the machine has services and all of them run.
func (s EdgeServerState) Running() bool {
	for _, svc := range s.Services {
		if svc.State != ServiceRunning {
			return false
		}
	}
	return len(s.Services) > 0
}

// Disabled reports whether a service is stopped and may not be started. Setup leaves a
// machine so when it fails or is killed, because it disables the services first.
func (s EdgeServerState) Disabled() bool {
	return slices.ContainsFunc(s.Services, func(svc Service) bool { return svc.Disabled && svc.State != ServiceRunning })
}

// Replicates reports whether the replication agent runs, which brings the topology to the
// machine.
func (s EdgeServerState) Replicates() bool {
	return slices.ContainsFunc(s.Services, func(svc Service) bool {
		return strings.EqualFold(svc.Name, "REPLICA") && svc.State == ServiceRunning
	})
}

// Listens reports whether the machine listens on the port at one of the addresses. The
// Access Edge also listens on port 5061 of the internal interface, so the address matters.
func (s EdgeServerState) Listens(port uint16, addresses []netip.Addr) bool {
	return slices.ContainsFunc(s.Listening, func(l netip.AddrPort) bool {
		return l.Port() == port && (l.Addr().IsUnspecified() || slices.Contains(addresses, l.Addr()))
	})
}

// HasXMPPProxy reports whether the XMPP federation proxy is installed. It goes by the
// service's display name, because the short name is not documented.
func (s EdgeServerState) HasXMPPProxy() bool {
	for _, svc := range s.Services {
		if strings.Contains(strings.ToUpper(svc.DisplayName), "XMPP") {
			return true
		}
	}
	return false
}

// ServiceState is the state of a Windows service.
type ServiceState string

const (
	ServiceRunning ServiceState = "Running"
	ServiceStopped ServiceState = "Stopped"
	ServicePaused  ServiceState = "Paused"
)

// Service is one Lync Windows service (Get-CsWindowsService).
type Service struct {
	Name        string
	DisplayName string
	State       ServiceState
	// Disabled says that the service's start mode forbids every start.
	Disabled bool
}

// Certificate is what an Edge machine shows partners on its external Access Edge.
type Certificate struct {
	// Thumbprint is "" where no certificate is assigned; the other fields are then empty.
	Thumbprint string
	// Names are the subject's common name and the alternative names, in lower case.
	Names               []string
	NotBefore, NotAfter time.Time
	// Chain has what is wrong with the certificate's chain, as the machine itself finds it.
	// ChainError says why the machine could not look.
	Chain      []string
	ChainError string
}

// Snapshot is one observation of an organization. It is immutable after
// Observe returns and may be shared between goroutines.
type Snapshot struct {
	At       time.Time // when reading began
	Endpoint string    // the management endpoint that answered
	Topology Part[Topology]
	// EdgeServers holds every Edge machine of the topology.
	EdgeServers map[Host]Part[EdgeServerState]
	// Certificates holds what every Edge machine shows partners.
	Certificates map[Host]Part[Certificate]
	// Document is the digest of the published document. It is read only while that
	// document is not in force on some machine; otherwise it is known and empty.
	Document Part[string]
}

// NotEnabled names the Edge machines that are up to date with another document than the
// published one. The published document was then never enabled, and no replica will ever
// carry it.
func (s Snapshot) NotEnabled() []string {
	var out []string
	for _, pool := range s.Topology.Value.EdgePools {
		for _, server := range pool.Servers {
			if state, ok := s.EdgeServers[HostOf(server.FQDN)]; ok && s.Topology.Value.NotEnabled(server, state) {
				out = append(out, server.FQDN)
			}
		}
	}
	return out
}

// NotEnabled reports whether the machine is known to be up to date with another
// document than the published one.
func (t Topology) NotEnabled(server EdgeServer, state Part[EdgeServerState]) bool {
	local := state.Value.LocalSignature
	return state.Known() && local != "" && t.Replicas[HostOf(server.FQDN)].UpToDate && !strings.EqualFold(local, t.Signature)
}

// Part is a part of an observation. It may be unknown: when Err is set, Value says nothing.
type Part[T any] struct {
	Value T
	Err   error
}

// Known reports whether the part could be read.
func (p Part[T]) Known() bool { return p.Err == nil }
