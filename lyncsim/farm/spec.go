package farm

import (
	"net/netip"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
)

// Spec describes an organization, in YAML or in Go. lyncsim/README.md explains its
// fields. Addresses may be left out; [Spec.Allocate] fills them in.
type Spec struct {
	Name    string `json:"name"`
	Product string `json:"product"`
	// NetBIOSDomain is the short name of the Active Directory domain, such as
	// CONTOSO. When it is left out, it is the Name in upper case.
	NetBIOSDomain string `json:"netbiosDomain,omitempty"`
	// XMPPRouteParameter is the name of the parameter that Set-CsSite has:
	// XmppFederationRoute (default) or XmppExternalFederationRoute.
	XMPPRouteParameter string `json:"xmppRouteParameter,omitempty"`
	// SIPDomains lists the SIP domains, the default one first.
	SIPDomains []string `json:"sipDomains"`
	// XMPPDomains lists the domains that are published for XMPP; empty means none.
	XMPPDomains []string `json:"xmppDomains,omitempty"`
	// CentralManagement is the Front End pool that holds the CMS; empty means the
	// first one.
	CentralManagement string `json:"centralManagement,omitempty"`
	// AllowFederatedUsers is the global switch; true when left out.
	AllowFederatedUsers *bool          `json:"allowFederatedUsers,omitempty"`
	Sites               []SiteSpec     `json:"sites"`
	ManagementServers   []MachineSpec  `json:"managementServers,omitempty"`
	XMPPPartners        []XMPPPartner  `json:"xmppPartners,omitempty"`
	SimpleURLs          []SimpleURLSet `json:"simpleUrls,omitempty"`
	Accounts            []Account      `json:"accounts,omitempty"`
	// GroupNames are what groups are called here, by the names that they have in a new
	// English installation: of those that an organization renamed. In the language of the
	// servers Domain Admins and Administrators have another name anyhow.
	GroupNames map[string]string `json:"groupNames,omitempty"`
	// Hosts say how Windows is set up on machines.
	Hosts []HostSpec `json:"hosts,omitempty"`
	// Language is the language of the servers: en-US (default), de-DE or fr-FR.
	Language Language `json:"language,omitempty"`
	// ADReadableFromNetworkLogon lets sessions that signed in over the network without
	// a forwarded ticket use Active Directory. Whether real farms do is not known in
	// public.
	ADReadableFromNetworkLogon bool `json:"adReadableFromNetworkLogon,omitempty"`
	// SQLReachableFromNetworkLogon lets them use the SQL Server of the Central
	// Management Store and the file share, where these are on other machines.
	SQLReachableFromNetworkLogon bool `json:"sqlReachableFromNetworkLogon,omitempty"`
	// WebAccountOwnsHTTP means that the account of Lync's Kerberos web authentication
	// owns HTTP/<pool>. A machine with the pool's own name (Standard Edition) then takes
	// no ticket for HTTP/ and its name, because the ticket is for the other account.
	WebAccountOwnsHTTP bool `json:"webAccountOwnsHTTP,omitempty"`
	// SetupPermissionGranted means that Grant-CsSetupPermission ran for every container
	// with servers, so that Enable-CsTopology needs no member of Domain Admins.
	SetupPermissionGranted bool `json:"setupPermissionGranted,omitempty"`
	// FileShareFullControl are accounts that have full control of the file share
	// beside Domain Admins.
	FileShareFullControl []string         `json:"fileShareFullControl,omitempty"`
	Certificates         CertificatesSpec `json:"certificates,omitempty"`
	DNS                  DNSSpec          `json:"dns,omitempty"`
	Durations            DurationsSpec    `json:"durations,omitempty"`
	Behaviour            Behaviour        `json:"behaviour,omitempty"`
	Faults               []Fault          `json:"faults,omitempty"`
	// OcsPowershell is the product's own endpoint for remote administration; left out, it
	// is not there.
	OcsPowershell *OcsPowershellSpec `json:"ocsPowershell,omitempty"`
	// SessionConfigurations are the session configurations (JEA) that an administrator
	// installed on machines.
	SessionConfigurations []SessionConfigurations `json:"sessionConfigurations,omitempty"`
	// TopologyFile is a Get-CsTopology -AsXml document from which the description
	// starts; its path is relative to the YAML file. Sites and pools of the
	// description then only add what the document cannot contain. Load reads it; see
	// also [Spec.Seed].
	TopologyFile string `json:"topologyFile,omitempty"`

	document *topology.Document
}

// SiteSpec is a central site.
type SiteSpec struct {
	Name                string             `json:"name"`
	City                string             `json:"city,omitempty"`
	State               string             `json:"state,omitempty"`
	CountryCode         string             `json:"countryCode,omitempty"`
	BranchSites         []string           `json:"branchSites,omitempty"`
	FederationRoute     string             `json:"federationRoute,omitempty"`
	XMPPFederationRoute string             `json:"xmppFederationRoute,omitempty"`
	EdgePools           []EdgePoolSpec     `json:"edgePools,omitempty"`
	FrontEndPools       []FrontEndPoolSpec `json:"frontEndPools,omitempty"`
}

// EdgePoolSpec is an Edge pool.
type EdgePoolSpec struct {
	FQDN         string `json:"fqdn"`
	ExternalFQDN string `json:"externalFQDN"`
	NextHop      string `json:"nextHop,omitempty"`
	// Federation and XMPP are the check boxes for ports 5061 and 5269.
	Federation bool `json:"federation,omitempty"`
	XMPP       bool `json:"xmpp,omitempty"`
	// SeparateFQDNs gives remote users port 443 instead of 5061.
	SeparateFQDNs bool          `json:"separateFQDNs,omitempty"`
	Servers       []MachineSpec `json:"servers"`
}

// FrontEndPoolSpec is a Front End pool.
type FrontEndPoolSpec struct {
	FQDN string `json:"fqdn"`
	// EdgePool is the associated Edge pool, in all three links.
	EdgePool   string `json:"edgePool,omitempty"`
	BackupPool string `json:"backupPool,omitempty"`
	// Mediation reports whether the pool has a Mediation Server role; true when left
	// out.
	Mediation *bool         `json:"mediation,omitempty"`
	Users     int           `json:"users,omitempty"`
	Servers   []MachineSpec `json:"servers"`
}

// MachineSpec is one computer.
type MachineSpec struct {
	FQDN string `json:"fqdn"`
	// HostName is the full name that the machine itself reports, when it differs from
	// the topology's (a workgroup machine without DNS suffix).
	HostName string `json:"hostName,omitempty"`
	// Address is the loopback address of the machine's WinRM service.
	Address netip.Addr `json:"address,omitzero"`
	// InternalAddress and ExternalAddress are the addresses of an Edge server's
	// interfaces in the topology. NATAddress is its public address when the external
	// one is private. Partners reach NATAddress, otherwise ExternalAddress; the one
	// that they reach must be a loopback address.
	InternalAddress netip.Addr `json:"internalAddress,omitzero"`
	ExternalAddress netip.Addr `json:"externalAddress,omitzero"`
	NATAddress      netip.Addr `json:"natAddress,omitzero"`
	// DNSZones are the organization's zones for which the machine is a DNS server.
	// Its PowerShell then has the DnsServer module, whose cmdlets change these zones.
	DNSZones []string `json:"dnsZones,omitempty"`
}

// Account is an account that may sign in to WinRM. When the password is left out,
// one is made at the start and written to the credentials file.
type Account struct {
	// Name is CONTOSO\admin for an account of the domain, or Administrator for an
	// account that is local to single machines.
	Name     string `json:"name"`
	Password string `json:"password,omitempty"`
	// Machines lists the machines on which a local account exists. Empty means an
	// account of the domain, which may sign in on every machine that is no Edge
	// server.
	Machines []string `json:"machines,omitempty"`
	// Groups are the groups of which the account is a member, nested ones resolved and
	// without the domain: of the domain (RTCUniversalServerAdmins, Domain Admins), or of
	// the machines of a local account (Administrators). Each is named as in a new English
	// installation, or as it is called here.
	Groups []string `json:"groups,omitempty"`
	// AdministratorOf are the machines whose group Administrators has the account; "*"
	// is every machine that knows it.
	AdministratorOf []string `json:"administratorOf,omitempty"`
	// UsableOn are the machines that may retrieve the password of a group managed service
	// account; empty means every machine of the domain.
	UsableOn []string `json:"usableOn,omitempty"`
}

// SessionConfigurations is what an administrator installed on one machine.
type SessionConfigurations struct {
	Machine string `json:"machine"`
	// Folder has a NAME.pssc for each session configuration, and a sub-folder for each
	// module. Its path is relative to the YAML file.
	Folder string `json:"folder"`
}

// CertificatesSpec describes the certificates that the Edge servers present.
type CertificatesSpec struct {
	// Names are further subject alternative names on every Access Edge
	// certificate, such as a name used for federation only.
	Names []string `json:"names,omitempty"`
	// ExpireAfter is how long Edge certificates are valid; one year when left out.
	ExpireAfter Duration `json:"expireAfter,omitempty"`
}

// DNSSpec describes the public zones that the simulated organization serves.
type DNSSpec struct {
	// Zones are the zones with their further records; by default the SIP and XMPP
	// domains without further records.
	Zones []ZoneSpec `json:"zones,omitempty"`
	// Keys are the keys that may change records. By default there is one key
	// "fedroute" for everything.
	Keys []DNSKey `json:"keys,omitempty"`
	// Admins are the accounts that may use the DnsServer cmdlets, beside members of
	// DnsAdmins; by default every account of the domain.
	Admins []string `json:"admins,omitempty"`
	// Servers is the number of authoritative servers, 1 when left out; the first
	// is the primary.
	Servers int `json:"servers,omitempty"`
	// Port is the port of the DNS servers; by default 5300, because port 53 needs
	// privileges.
	Port uint16 `json:"port,omitempty"`
	// TTL is the TTL in seconds of the records that exist at the start; 300 when left
	// out.
	TTL uint32 `json:"ttl,omitempty"`
	// Federation sets which federation records exist at the start. Published
	// (default) means those of the pools that the sites' routes name; Empty means
	// none.
	Federation DNSStart `json:"federation,omitempty"`
}

// DNSStart says which federation records exist at the start.
type DNSStart string

// The values of DNSStart.
const (
	DNSPublished DNSStart = "Published"
	DNSEmpty     DNSStart = "Empty"
)

// ZoneSpec is one zone. Records are lines of a master file with names relative to
// the zone, such as "www 300 A 192.0.2.80".
type ZoneSpec struct {
	Name    string   `json:"name"`
	Records []string `json:"records,omitempty"`
}

// DNSKey is a TSIG key. When the secret is left out, one is made at the start and
// written to the credentials file.
type DNSKey struct {
	Name      string `json:"name"`
	Algorithm string `json:"algorithm,omitempty"` // hmac-sha256 when left out
	Secret    string `json:"secret,omitempty"`    // base64
	// Domains are the names at and below which the key may change records; none means
	// all names.
	Domains []string `json:"domains,omitempty"`
}

// DurationsSpec is a profile, and single durations that replace those of the
// profile.
type DurationsSpec struct {
	Profile string `json:"profile,omitempty"`
	Durations
}

// Behaviour chooses how the simulator behaves where no public source settles the
// question.
type Behaviour struct {
	// XMPPProxyNeedsRestart makes the XMPP proxy read the site's route only when it
	// starts. By default it also follows replication.
	XMPPProxyNeedsRestart bool `json:"xmppProxyNeedsRestart,omitempty"`
	// SIPListenerIgnoresRoute opens port 5061 even when no site's route names the
	// pool. By default some site's SIP route must name it.
	SIPListenerIgnoresRoute bool `json:"sipListenerIgnoresRoute,omitempty"`
	// PublishKeepsSimpleURLs makes Publish-CsTopology leave simple URLs alone. By
	// default it empties them, as the documentation warns.
	PublishKeepsSimpleURLs bool `json:"publishKeepsSimpleUrls,omitempty"`
	// ReplicationTimesHaveNoKind makes the replication status give its times as they come
	// from a database: with neither local nor universal as their kind.
	ReplicationTimesHaveNoKind bool `json:"replicationTimesHaveNoKind,omitempty"`
}
