package farm

import (
	"net/netip"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
)

// Spec describes an organization, in YAML or in Go. lyncsim/README.md is its
// reference. Addresses may be left out; [Spec.Allocate] fills them in.
type Spec struct {
	Name    string `json:"name"`
	Product string `json:"product"`
	// NetBIOSDomain is the short name of the Active Directory domain, CONTOSO;
	// the Name in upper case when left out.
	NetBIOSDomain string `json:"netbiosDomain,omitempty"`
	// XMPPRouteParameter is the parameter that Set-CsSite has:
	// XmppFederationRoute (default) or XmppExternalFederationRoute.
	XMPPRouteParameter string `json:"xmppRouteParameter,omitempty"`
	// SIPDomains lists the SIP domains, the default one first.
	SIPDomains []string `json:"sipDomains"`
	// XMPPDomains lists the domains published for XMPP; empty: none.
	XMPPDomains []string `json:"xmppDomains,omitempty"`
	// CentralManagement is the Front End pool that holds the CMS; the first one
	// when empty.
	CentralManagement string `json:"centralManagement,omitempty"`
	// AllowFederatedUsers is the global switch; true when left out.
	AllowFederatedUsers *bool            `json:"allowFederatedUsers,omitempty"`
	Sites               []SiteSpec       `json:"sites"`
	ManagementServers   []MachineSpec    `json:"managementServers,omitempty"`
	XMPPPartners        []XMPPPartner    `json:"xmppPartners,omitempty"`
	SimpleURLs          []SimpleURLSet   `json:"simpleUrls,omitempty"`
	Accounts            []Account        `json:"accounts,omitempty"`
	Certificates        CertificatesSpec `json:"certificates,omitempty"`
	DNS                 DNSSpec          `json:"dns,omitempty"`
	Durations           DurationsSpec    `json:"durations,omitempty"`
	Behaviour           Behaviour        `json:"behaviour,omitempty"`
	Faults              []Fault          `json:"faults,omitempty"`
	// TopologyFile is a Get-CsTopology -AsXml document to start from, beside the
	// YAML file. Sites and pools of the description then only add what the
	// document cannot say. Load reads it; see also [Spec.Seed].
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
	// Mediation tells whether the pool has a Mediation Server role; true when
	// left out.
	Mediation *bool         `json:"mediation,omitempty"`
	Users     int           `json:"users,omitempty"`
	Servers   []MachineSpec `json:"servers"`
}

// MachineSpec is one computer.
type MachineSpec struct {
	FQDN string `json:"fqdn"`
	// HostName is the machine's own full name when it differs from the topology
	// (a workgroup machine without DNS suffix).
	HostName string `json:"hostName,omitempty"`
	// Address is where the machine's WinRM listens: a loopback address.
	Address netip.Addr `json:"address,omitzero"`
	// InternalAddress and ExternalAddress are an Edge server's interfaces as the
	// topology names them; NATAddress is its public address when the external
	// one is private. Partners reach NATAddress, else ExternalAddress: that one
	// must be a loopback address.
	InternalAddress netip.Addr `json:"internalAddress,omitzero"`
	ExternalAddress netip.Addr `json:"externalAddress,omitzero"`
	NATAddress      netip.Addr `json:"natAddress,omitzero"`
	// DNSZones are the organization's zones that the machine is the DNS server of:
	// its PowerShell has the DnsServer module, whose cmdlets change them.
	DNSZones []string `json:"dnsZones,omitempty"`
}

// Account may sign in to WinRM. A password left out is made up at start and
// written to the credentials file.
type Account struct {
	// Name is CONTOSO\admin for an account of the domain, Administrator for one
	// of single machines.
	Name     string `json:"name"`
	Password string `json:"password,omitempty"`
	// Machines lists where a local account exists; empty: an account of the
	// domain, good on every machine that is no Edge server.
	Machines []string `json:"machines,omitempty"`
}

// CertificatesSpec says which certificates the Edge servers present.
type CertificatesSpec struct {
	// Names are further subject alternative names on every Access Edge
	// certificate, such as a name used for federation only.
	Names []string `json:"names,omitempty"`
	// ExpireAfter is the life of Edge certificates; one year when left out.
	ExpireAfter Duration `json:"expireAfter,omitempty"`
}

// DNSSpec describes the public zones that the simulated organization serves.
type DNSSpec struct {
	// Zones defaults to the SIP and XMPP domains, without further records.
	Zones []ZoneSpec `json:"zones,omitempty"`
	// Keys may change records; one key "fedroute" for everything when left out.
	Keys []DNSKey `json:"keys,omitempty"`
	// Admins are the accounts that may use the DnsServer cmdlets; every account of
	// the domain when left out.
	Admins []string `json:"admins,omitempty"`
	// Servers is the number of authoritative servers, 1 when left out; the first
	// is the primary.
	Servers int `json:"servers,omitempty"`
	// Port they listen on, 5300 when left out: port 53 needs privileges.
	Port uint16 `json:"port,omitempty"`
	// TTL of the records made at start, in seconds; 300 when left out.
	TTL uint32 `json:"ttl,omitempty"`
	// Federation says which federation records exist at start: Published
	// (default), those of the pools that the sites' routes name, or Empty.
	Federation DNSStart `json:"federation,omitempty"`
}

// DNSStart says which federation records exist at start.
type DNSStart string

// The ways to start.
const (
	DNSPublished DNSStart = "Published"
	DNSEmpty     DNSStart = "Empty"
)

// ZoneSpec is one zone. Records are lines of a master file, names relative to
// the zone: "www 300 A 192.0.2.80".
type ZoneSpec struct {
	Name    string   `json:"name"`
	Records []string `json:"records,omitempty"`
}

// DNSKey is a TSIG key. A secret left out is made up at start and written to the
// credentials file.
type DNSKey struct {
	Name      string `json:"name"`
	Algorithm string `json:"algorithm,omitempty"` // hmac-sha256 when left out
	Secret    string `json:"secret,omitempty"`    // base64
	// Domains are the names at and below which the key may change records; none
	// means everything.
	Domains []string `json:"domains,omitempty"`
}

// DurationsSpec is a profile with single durations replaced.
type DurationsSpec struct {
	Profile string `json:"profile,omitempty"`
	Durations
}

// Behaviour chooses between readings of what no public source settles.
type Behaviour struct {
	// XMPPProxyNeedsRestart: the XMPP proxy reads the site's route only when it
	// starts. Default: it also follows replication.
	XMPPProxyNeedsRestart bool `json:"xmppProxyNeedsRestart,omitempty"`
	// SIPListenerIgnoresRoute: 5061 answers without any site route naming the
	// pool. Default: some site's SIP route must name it.
	SIPListenerIgnoresRoute bool `json:"sipListenerIgnoresRoute,omitempty"`
	// PublishKeepsSimpleURLs: Publish-CsTopology leaves simple URLs alone.
	// Default: it empties them, the documented hazard.
	PublishKeepsSimpleURLs bool `json:"publishKeepsSimpleUrls,omitempty"`
}
