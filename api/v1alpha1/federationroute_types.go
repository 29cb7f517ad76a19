package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Mode says how far the controller may go.
// +kubebuilder:validation:Enum=Enforce;Approve;Observe
type Mode string

const (
	// ModeEnforce carries every plan out.
	ModeEnforce Mode = "Enforce"
	// ModeApprove carries a plan out once spec.approvedPlan names its id.
	ModeApprove Mode = "Approve"
	// ModeObserve only looks and reports.
	ModeObserve Mode = "Observe"
)

// FlagPolicy says who sets the federation flags of the topology.
// +kubebuilder:validation:Enum=Manage;Verify
type FlagPolicy string

const (
	// FlagsManage edits, publishes and enables the topology.
	FlagsManage FlagPolicy = "Manage"
	// FlagsVerify never publishes; it reports what a person must tick.
	FlagsVerify FlagPolicy = "Verify"
)

// PortPolicy says when a federation port answers.
// +kubebuilder:validation:Enum=Speak;Connect
type PortPolicy string

const (
	// PortsSpeak wants TLS on 5061 (an alert counts) and an XMPP stream on 5269.
	PortsSpeak PortPolicy = "Speak"
	// PortsConnect wants that the port accepts a connection.
	PortsConnect PortPolicy = "Connect"
)

// DeletionPolicy says what happens to federation when the object goes.
// +kubebuilder:validation:Enum=Orphan
type DeletionPolicy string

// DeletionOrphan leaves everything as it is.
const DeletionOrphan DeletionPolicy = "Orphan"

// FailurePolicy says what happens to a move that cannot be finished.
// +kubebuilder:validation:Enum=Undo;Stay
type FailurePolicy string

// The failure policies.
const (
	// FailureUndo leads federation back to the pool that it left.
	FailureUndo FailurePolicy = "Undo"
	// FailureStay leaves federation where the move got to, and goes on trying.
	FailureStay FailurePolicy = "Stay"
)

// BlockedPolicy says what a planned move does about records that cannot be written.
// +kubebuilder:validation:Enum=Wait;Leave
type BlockedPolicy string

// The policies.
const (
	// BlockedWait makes the new pool ready and leads no site there before the records can
	// be written.
	BlockedWait BlockedPolicy = "Wait"
	// BlockedLeave moves federation and leaves such records behind.
	BlockedLeave BlockedPolicy = "Leave"
)

// Strategy is the order of a move between two Edge pools.
// +kubebuilder:validation:Enum=PrepareFirst;Procedure
type Strategy string

// The strategies.
const (
	// StrategyPrepareFirst makes the new pool ready while the old one serves.
	StrategyPrepareFirst Strategy = "PrepareFirst"
	// StrategyProcedure is the order of Microsoft's procedure.
	StrategyProcedure Strategy = "Procedure"
)

// Rollout says how many machines of an Edge pool are taken from their users at a time.
// +kubebuilder:validation:Enum=Rolling;Parallel
type Rollout string

// The rollouts.
const (
	// RolloutRolling sets machines up and restarts them one by one while federation is
	// served elsewhere, and all but one at once while nobody serves it.
	RolloutRolling Rollout = "Rolling"
	// RolloutParallel sets all machines up, and restarts them, at once.
	RolloutParallel Rollout = "Parallel"
)

// NextHop says what becomes of an Edge pool's next hop that does not serve.
// +kubebuilder:validation:Enum=Keep;Follow
type NextHop string

// What becomes of the next hop.
const (
	// NextHopKeep leaves it as it is.
	NextHopKeep NextHop = "Keep"
	// NextHopFollow sets it to the backup pool until its own pool serves again.
	NextHopFollow NextHop = "Follow"
)

// FederationRouteSpec says which Edge pool hosts federation.
// +kubebuilder:validation:XValidation:rule="has(self.sip) || has(self.xmpp)",message="the route manages no protocol; add spec.sip, spec.xmpp or both"
// +kubebuilder:validation:XValidation:rule="!has(self.approvedPlan) || self.mode == 'Approve'",message="spec.approvedPlan has no meaning in this mode; set spec.mode to Approve or remove spec.approvedPlan"
type FederationRouteSpec struct {
	// TopologyRef names the LyncTopology, in the same namespace, of the organization.
	TopologyRef LocalReference `json:"topologyRef"`

	// EdgePool is the FQDN of the Edge pool that hosts federation. Failing over is
	// changing this line; failing back is changing it back.
	EdgePool Hostname `json:"edgePool"`

	// StandbyEdgePools are Edge pools that must not host federation: their
	// federation flags are cleared when the flags are published. The pool that a
	// site leaves is cleared too, listed or not; other pools are never touched. That
	// edgePool is listed, too, means nothing, and neither does a pool of prepare.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	StandbyEdgePools []Hostname `json:"standbyEdgePools,omitempty"`

	// Prepare are Edge pools that are kept ready to take federation over: their
	// federation flags are set, their services run, and setup has installed their
	// federation ports. It wins over standbyEdgePools. edgePool may be listed, too.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	Prepare []Hostname `json:"prepare,omitempty"`

	// Strategy is the order of a move from a pool that works. PrepareFirst makes the
	// new pool ready while the old one serves, and clears the old pool's flags when
	// partners have left it. Procedure clears and sets all flags in one publish and
	// sets the new pool up afterwards. A pool that is dead is always left so.
	// +optional
	// +kubebuilder:default=PrepareFirst
	Strategy Strategy `json:"strategy,omitempty"`

	// Rollout says how many machines of an Edge pool are set up or restarted at a time,
	// which stops all services of a machine, those of remote users, too. Rolling takes
	// one after the other while federation is served elsewhere. While nobody serves it,
	// Rolling takes all but one at once, and leads partners to the first machine that
	// answers; the others are added as they answer. Parallel takes all at once, and leads
	// partners there when all of them answer.
	// +optional
	// +kubebuilder:default=Rolling
	Rollout Rollout `json:"rollout,omitempty"`

	// MinAvailable is how many machines of the Edge pool have to take part at least, as a
	// number or in per cent, rounded up. A machine that does not answer while another
	// one of its pool does is left out of setup, ports and DNS as far as that leaves so
	// many. Left out: all machines have to take part.
	// +optional
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:validation:XValidation:rule="type(self) == int ? self >= 1 : string(self).matches('^(100|[1-9][0-9]?)%$')",message="minAvailable is neither a number of machines nor a share of them; write 1 or more, or per cent from 1% to 100%, like 2 or 50%"
	MinAvailable *intstr.IntOrString `json:"minAvailable,omitempty"`

	// NextHop says what becomes of the Front End pool that the Edge pool hands its traffic
	// to, when that pool is failed over, or silent when federation moves. Keep leaves it.
	// Follow sets the next hop to its backup pool, if that is active, and back when the
	// pool serves again.
	// +optional
	// +kubebuilder:default=Keep
	NextHop NextHop `json:"nextHop,omitempty"`

	// Mode says how far the controller may go: Enforce carries plans out, Approve
	// waits until spec.approvedPlan names the plan's id, Observe only reports and
	// holds nothing that could write.
	// +optional
	// +kubebuilder:default=Enforce
	Mode Mode `json:"mode,omitempty"`

	// Suspend stops all changes until it is false again; observation goes on.
	// +optional
	Suspend bool `json:"suspend,omitempty"`

	// SIP manages SIP federation (port 5061). Left out, SIP is not touched.
	// +optional
	// +kubebuilder:validation:XValidation:rule="!has(self.domains) || self.domains.all(d, !has(d.standby))",message="for _sipfederationtls several priorities were never supported; remove standby from the domains of spec.sip, it is for spec.xmpp"
	SIP *ProtocolRoute `json:"sip,omitempty"`

	// XMPP manages XMPP federation (port 5269). Left out, XMPP is not touched.
	// Skype for Business Server 2019 and later have no XMPP federation.
	// +optional
	XMPP *ProtocolRoute `json:"xmpp,omitempty"`

	// FrontEndPools are the Front End pools to associate with the Edge pool.
	// Pools that are not listed keep their association.
	// +optional
	// +listType=map
	// +listMapKey=fqdn
	// +kubebuilder:validation:MaxItems=64
	FrontEndPools []FrontEndPoolRoute `json:"frontEndPools,omitempty"`

	// TopologyFlags says who sets the federation check boxes of the Edge pools:
	// Manage edits and publishes the topology, Verify only reports what a person
	// must set in Topology Builder and goes on once it is set.
	// +optional
	// +kubebuilder:default=Manage
	TopologyFlags FlagPolicy `json:"topologyFlags,omitempty"`

	// Ports says when a federation port answers: Speak wants that it begins TLS on 5061
	// (an alert counts) or an XMPP stream on 5269, Connect only that it accepts a
	// connection, as a load balancer without members does too.
	// +optional
	// +kubebuilder:default=Speak
	Ports PortPolicy `json:"ports,omitempty"`

	// DNS says where the public SRV, A and AAAA records live. Left out, DNS is
	// not touched.
	// +optional
	DNS *DNS `json:"dns,omitempty"`

	// ApprovedPlan is the id of the plan (status.plan.id) that may be carried out
	// in mode Approve. Another plan is not approved by it.
	// +optional
	// +kubebuilder:validation:MaxLength=80
	// +kubebuilder:validation:XValidation:rule="self.matches('^sha256-[0-9a-f]{16}$')",message="approvedPlan is no plan id; copy it from status.plan.id, it looks like sha256-0123456789abcdef"
	ApprovedPlan string `json:"approvedPlan,omitempty"`

	// OnFailure says what happens when no address of the new Edge pool answers after
	// the site routes have moved, while the old pool still runs.
	// +optional
	// +kubebuilder:default=Undo
	OnFailure FailurePolicy `json:"onFailure,omitempty"`

	// DeletionPolicy says what happens when this object is deleted. Orphan leaves
	// federation exactly as it is.
	// +optional
	// +kubebuilder:default=Orphan
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`

	// Interval is how often DNS and the ports are looked at again when nothing
	// happens; a little jitter is added. Default 1m.
	// +optional
	// +kubebuilder:default="1m"
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('5s')",message="interval is too short for servers that others use too; write 5s or more"
	Interval metav1.Duration `json:"interval,omitzero"`
}

// Hostname is a fully qualified host name in lower case, such as
// edge1.contoso.com.
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')",message="not a fully qualified host name; write it in lower case with its domain and without scheme, port or final dot, like edge1.contoso.com"
type Hostname string

// LocalReference names an object in the same namespace.
type LocalReference struct {
	// Name of the object.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
}

// ProtocolRoute routes one protocol over the Edge pool.
// +kubebuilder:validation:XValidation:rule="has(self.domains) && size(self.domains) > 0",message="the protocol has no domain; list at least one under domains, like - name: contoso.com"
type ProtocolRoute struct {
	// Sites are the central sites whose federation route is managed. Left out:
	// every central site of the organization.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=64
	Sites []string `json:"sites,omitempty"`

	// Domains are the SIP or XMPP domains that partners federate with.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=256
	Domains []Domain `json:"domains,omitempty"`
}

// Domain is one federated domain and the host its SRV record names.
// +kubebuilder:validation:XValidation:rule="!has(self.standby) || self.standby.all(s, s.priority > (has(self.priority) ? self.priority : 0))",message="a standby record is asked after the domain's own; give it a higher priority than the domain has, like 10"
// +kubebuilder:validation:XValidation:rule="!has(self.standby) || self.standby.all(s, !has(s.host) || s.host.endsWith('.' + self.name))",message="the SRV target must lie in the SRV record's own domain; choose a standby host below the domain, like xmpp2.contoso.com for contoso.com"
// +kubebuilder:validation:XValidation:rule="!has(self.host) || self.host == self.name || self.host.endsWith('.' + self.name)",message="the SRV target must lie in the SRV record's own domain; choose a host below the domain, like sip.contoso.com for contoso.com"
type Domain struct {
	// Name of the domain, such as contoso.com.
	Name Hostname `json:"name"`

	// Host is the name that the SRV record points to and whose A and AAAA records
	// hold the Edge servers' external addresses. Left out: the Access Edge
	// external FQDN of the Edge pool.
	// +optional
	Host Hostname `json:"host,omitempty"`

	// Priority of the SRV record; partners ask the lowest first. Left out: 0. It has no
	// default in the schema, for the reason that Provider of DNSServer has none.
	// +optional
	Priority Rank `json:"priority,omitempty"`

	// Weight of the SRV record among those of the same priority. Left out: 0.
	// +optional
	Weight Rank `json:"weight,omitempty"`

	// Standby are further records of the set, one for each pool that partners ask when
	// the host does not answer. Their hosts' addresses are not managed.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	Standby []StandbyRecord `json:"standby,omitempty"`

	// Apex says that the host is meant to be the domain itself, whose addresses are mostly
	// those of a website. Without it the domain's A and AAAA records are not taken from
	// others, even with a consent.
	// +optional
	Apex bool `json:"apex,omitempty"`
}

// Rank is the priority or the weight of an SRV record.
// +kubebuilder:validation:XValidation:rule="self >= 0 && self <= 65535",message="priority and weight of an SRV record are numbers between 0 and 65535"
type Rank int32

// StandbyRecord is a further SRV record of a domain.
// +kubebuilder:validation:XValidation:rule="has(self.edgePool) != has(self.host)",message="a standby record leads to exactly one host; give edgePool (then it is that pool's Access Edge name) or host"
type StandbyRecord struct {
	// EdgePool whose Access Edge external FQDN the record names. While the pool hosts
	// federation, the record is left out.
	// +optional
	EdgePool Hostname `json:"edgePool,omitempty"`
	// Host that the record names.
	// +optional
	Host Hostname `json:"host,omitempty"`
	// Priority of the record, higher than the domain's.
	Priority Rank `json:"priority"`
	// Weight of the record. Left out: 0.
	// +optional
	Weight Rank `json:"weight,omitempty"`
}

// EdgePoolChoice is the FQDN of an Edge pool in lower case, such as edge1.contoso.com, or
// Local.
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="self == 'Local' || self.matches('^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')",message="not an Edge pool; write its full name in lower case, like edge1.contoso.com, or Local for the Edge pool of the Front End pool's own site"
type EdgePoolChoice string

// EdgePoolLocal stands for the Edge pool of a Front End pool's own site.
const EdgePoolLocal EdgePoolChoice = "Local"

// FrontEndPoolRoute is a Front End pool that uses an Edge pool.
type FrontEndPoolRoute struct {
	// FQDN of the Front End pool.
	FQDN Hostname `json:"fqdn"`

	// EdgePool that the Front End pool uses. Local is the Edge pool of its own site
	// while the services of minAvailable of that pool's machines run, else the route's;
	// with several on the site, the route's if it lies there, else the one in use. Left
	// out: the route's.
	// +optional
	EdgePool EdgePoolChoice `json:"edgePool,omitempty"`

	// FailBack makes a move of edgePool fail the pool back (Invoke-CsPoolFailBack)
	// as its last step, if the pool is failed over when the move begins and all its
	// machines are up. A pool that is failed over at another time is left so.
	// +optional
	FailBack bool `json:"failBack,omitempty"`
}

// DNS says where the public records live.
// +kubebuilder:validation:XValidation:rule="!has(self.moveTTL) || self.moveTTL < self.ttl",message="moveTTL is not lower than ttl, so it would lower nothing; choose a lower one, or remove it"
type DNS struct {
	// Servers are the zones and the servers that accept updates for them.
	// +listType=map
	// +listMapKey=zone
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	Servers []DNSServer `json:"servers"`

	// TTL of the records, in seconds.
	// +optional
	// +kubebuilder:default=300
	// +kubebuilder:validation:XValidation:rule="self >= 1 && self <= 86400",message="ttl is out of range; write seconds between 1 and 86400, 300 is usual for records that move"
	TTL int32 `json:"ttl,omitempty"`

	// MoveTTL is the TTL, in seconds, that the records of a planned move get as its first
	// step. The move goes on when the TTL of before has passed, so that partners follow
	// within moveTTL. A pool that is dead is left at once. Left out, no TTL is lowered.
	// +optional
	// +kubebuilder:validation:XValidation:rule="self >= 1 && self <= 86400",message="moveTTL is out of range; write seconds between 1 and 86400, 30 is usual for a move"
	MoveTTL int32 `json:"moveTTL,omitempty"`

	// Adopt is the hash of the one set of somebody else's records that may be replaced,
	// as the condition DNSPublished shows it. Another set is not replaced by it.
	// +optional
	// +kubebuilder:validation:MaxLength=80
	// +kubebuilder:validation:XValidation:rule="self.matches('^sha256-[0-9a-f]{16}$')",message="adopt is no hash of a set of records; copy it from the condition DNSPublished, it looks like sha256-0123456789abcdef"
	Adopt string `json:"adopt,omitempty"`

	// OnBlocked says what a move from a pool that works does when records that lead
	// partners to that pool cannot be written, for a reason that is known before any site
	// is moved. Wait makes the new pool ready and moves no site before they can be
	// written. Leave moves without them.
	// +optional
	// +kubebuilder:default=Wait
	OnBlocked BlockedPolicy `json:"onBlocked,omitempty"`
}

// DNSProvider is a way to change the records of a zone.
// +kubebuilder:validation:Enum=DynamicUpdate;DNSServerCmdlets
type DNSProvider string

// The ways to change records.
const (
	// DynamicUpdate sends one signed update (RFC 2136) that the server applies
	// whole or not at all.
	DynamicUpdate DNSProvider = "DynamicUpdate"
	// DNSServerCmdlets runs the cmdlets of the DnsServer module on the DNS server.
	DNSServerCmdlets DNSProvider = "DNSServerCmdlets"
)

// ZoneName is the name of a DNS zone in lower case, such as contoso.com or
// _tcp.contoso.com.
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?[.])+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')",message="not the name of a DNS zone; write it in lower case and without final dot, like contoso.com or _tcp.contoso.com"
type ZoneName string

// DNSServer is one zone and its primary.
// +kubebuilder:validation:XValidation:rule="has(self.provider) && self.provider == 'DNSServerCmdlets' || has(self.tsigSecretRef) != has(self.gssTsig)",message="updates are signed in exactly one way; give the zone tsigSecretRef (a shared key) or gssTsig (Kerberos)"
// +kubebuilder:validation:XValidation:rule="!has(self.provider) || self.provider != 'DNSServerCmdlets' || !has(self.tsigSecretRef) && !has(self.gssTsig)",message="the cmdlets sign no updates; remove tsigSecretRef and gssTsig, or set provider to DynamicUpdate"
// +kubebuilder:validation:XValidation:rule="has(self.provider) && self.provider == 'DNSServerCmdlets' || !has(self.endpoint) && !has(self.authentication)",message="endpoint and authentication are those of the cmdlets; remove them, or set provider to DNSServerCmdlets"
// +kubebuilder:validation:XValidation:rule="!has(self.signQueries) || !self.signQueries || has(self.tsigSecretRef)",message="queries are signed with the key of tsigSecretRef; give it, or remove signQueries"
// +kubebuilder:validation:XValidation:rule="!(has(self.endpoint) && self.endpoint.url.startsWith('http://')) || !has(self.authentication) || self.authentication.method in ['Kerberos', 'NTLM']",message="over http only Kerberos and NTLM seal their messages; use one of them, or the https listener"
type DNSServer struct {
	// Zone that the server is authoritative for, such as contoso.com.
	Zone ZoneName `json:"zone"`

	// Provider has no default in the schema: the API server would write a default into
	// the stored list. kubectl apply compares whole lists and would send this one again
	// each time.

	// Provider is the way in which records are changed: DynamicUpdate sends signed
	// updates (RFC 2136) to the address; DNSServerCmdlets runs the cmdlets of the
	// DnsServer module on the DNS server over WinRM. Reading is always by DNS. Left
	// out: DynamicUpdate.
	// +optional
	Provider DNSProvider `json:"provider,omitempty"`

	// Address of the primary, as host:port; it answers queries over TCP and takes
	// the updates.
	// +kubebuilder:validation:MaxLength=270
	// +kubebuilder:validation:XValidation:rule="self.matches('^([^:/ ]+|[[][0-9a-fA-F:.]+[]]):[0-9]{1,5}$')",message="address is no host:port; write it like ns1.contoso.com:53 or [2001:db8::1]:53"
	Address string `json:"address"`

	// ReadBackFrom are the authoritative servers, as host:port, that must show a
	// change before it counts as published. Left out: every address of every
	// server that the zone's NS records name, on port 53.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=270
	ReadBackFrom []string `json:"readBackFrom,omitempty"`

	// TSIGSecretRef names the Secret with the update key: its keys are name,
	// algorithm (hmac-sha256, hmac-sha384 or hmac-sha512) and secret (base64 as
	// in a key file).
	// +optional
	TSIGSecretRef *LocalReference `json:"tsigSecretRef,omitempty"`

	// SignQueries signs the queries to the address, too, with the key of tsigSecretRef.
	// It is for a server that chooses its view of the zone by the key. In every mode the
	// Secret is then read.
	// +optional
	SignQueries bool `json:"signQueries,omitempty"`

	// GSSTSIG signs updates with Kerberos instead, as the secure dynamic updates of
	// Active Directory want it.
	// +optional
	GSSTSIG *GSSTSIG `json:"gssTsig,omitempty"`

	// Endpoint is where the cmdlets run: the WSMan service of the DNS server itself.
	// Left out: https://<host of the address>:5986/wsman. Its certificate is checked
	// with spec.caBundle of the LyncTopology.
	// +optional
	Endpoint *Endpoint `json:"endpoint,omitempty"`

	// Authentication of an account that may change the zone on the DNS server. Left
	// out: that of spec.management of the LyncTopology.
	// +optional
	Authentication *Authentication `json:"authentication,omitempty"`
}

// GSSTSIG says who signs updates with Kerberos (RFC 3645), and for which server.
type GSSTSIG struct {
	// SecretRef names the Secret with the account. It has the same keys as that of
	// Kerberos in a LyncTopology: username, realm, either password or keytab, and
	// krb5.conf, which may be left out where DNS names the realm's KDCs.
	SecretRef LocalReference `json:"secretRef"`

	// ServerName is the DNS server's own name, as in its principal DNS/<name>. Left
	// out: the host of the address; when that is an IP address, the primary that
	// the zone's SOA record names.
	// +optional
	ServerName Hostname `json:"serverName,omitempty"`
}

// FederationRouteStatus says what was found and what is being done.
type FederationRouteStatus struct {
	// ObservedGeneration is the generation that this status speaks of; -1 until a
	// controller has looked at the object.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Conditions in the kstatus meaning: Ready, Reconciling, Stalled, and one for
	// each part: SIPRouted, XMPPRouted, DNSPublished, PortsOpen, FrontEndsAssociated,
	// StandbyPrepared.
	// Contested, Degraded, OtherPoolFederates and SharedOrganization are present only
	// while true; StandbyMayBeRefused only while it is not false.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// SIPEdgePool is the Edge pool that all managed sites use for SIP now; empty
	// when they differ or have none. While a plan is carried out it goes by the steps
	// that are done.
	// +optional
	SIPEdgePool string `json:"sipEdgePool,omitempty"`

	// XMPPEdgePool is the same for XMPP.
	// +optional
	XMPPEdgePool string `json:"xmppEdgePool,omitempty"`

	// Plan is what would be, or is being, done. Absent when nothing is to do.
	// +optional
	Plan *Plan `json:"plan,omitempty"`

	// Drift lists the fields that had been as wanted and changed by themselves. What
	// differs because the spec asks for a change is in Plan. In mode Observe every
	// field that differs is listed.
	// +optional
	// +listType=map
	// +listMapKey=field
	Drift []Drift `json:"drift,omitempty"`

	// NextHops are the next hops that fedroute changed, because spec.nextHop is Follow, and
	// has not set back.
	// +optional
	// +listType=map
	// +listMapKey=edgePool
	NextHops []ChangedNextHop `json:"nextHops,omitempty"`

	// Owed lists the parts that cannot be brought into the wanted state yet. The rest of
	// the plan does not wait for them.
	// +optional
	// +listType=map
	// +listMapKey=part
	Owed []Owed `json:"owed,omitempty"`

	// Absent are the Edge machines that do not answer while another one of their pool does,
	// and those that are left out for that.
	// +optional
	// +listType=map
	// +listMapKey=server
	Absent []AbsentServer `json:"absent,omitempty"`

	// Reversals are the fields that somebody else changed back within the last hour after
	// they had been as wanted. A field that was changed back five times within an hour is
	// left as it is; the condition Contested names it.
	// +optional
	// +listType=map
	// +listMapKey=field
	Reversals []Reversal `json:"reversals,omitempty"`

	// Adopted holds, by name and type, the hash of each set of records when it was last
	// seen as the spec wants it. Such a set is the route's own; what is changed there by
	// hand is drift.
	// +optional
	Adopted map[string]string `json:"adopted,omitempty"`

	// History holds the last 40 steps that changed something and the last 40 different
	// failures, newest first.
	// +optional
	// +listType=atomic
	History []HistoryEntry `json:"history,omitempty"`

	// LastHandledReconcileAt is the value of the annotation
	// reconcile.fedroute.io/requestedAt that was handled last.
	// +optional
	LastHandledReconcileAt string `json:"lastHandledReconcileAt,omitempty"`

	// Move is the latest move of federation, and what is left to do of it that
	// nothing else tells.
	// +optional
	Move *Move `json:"move,omitempty"`

	// Left are the Edge pools that federation left within the last seven days and whose
	// flags were cleared. Flags that return with the document of before are cleared once.
	// +optional
	// +listType=map
	// +listMapKey=edgePool
	Left []LeftPool `json:"left,omitempty"`

	// LastHandledFailBackAt is the value of the annotation
	// failback.fedroute.io/requestedAt that was handled last.
	// +optional
	LastHandledFailBackAt string `json:"lastHandledFailBackAt,omitempty"`
}

// Move is a move of federation to another Edge pool. It is recorded when its first
// step is about to be taken, or when federation was found there already.
type Move struct {
	// EdgePool that federation moves to, or has moved to.
	EdgePool string `json:"edgePool"`
	// FailBackOwed are the Front End pools that were failed over when the move began
	// and that it still has to fail back.
	// +optional
	// +listType=set
	FailBackOwed []string `json:"failBackOwed,omitempty"`
	// From is the Edge pool that federation leaves; empty when the sites used several.
	// +optional
	From string `json:"from,omitempty"`
	// Answered says that an address of EdgePool has answered since the routes moved.
	// Such a move is not undone any more.
	// +optional
	Answered bool `json:"answered,omitempty"`
	// Undone is set while the move is being undone and afterwards, until the spec
	// changes or a person asks for another try.
	// +optional
	Undone *UndoneMove `json:"undone,omitempty"`
	// Leaves are the Edge pools that this move and those before it left, as far as
	// their federation flags are not cleared and their machines not set up without
	// them.
	// +optional
	// +listType=set
	Leaves []string `json:"leaves,omitempty"`
	// LongestTTL is the longest, in seconds, that a record of the move had before it.
	// +optional
	LongestTTL int64 `json:"longestTTL,omitempty"`
	// Shown is since when every authoritative server shows the move's records.
	// +optional
	Shown *metav1.Time `json:"shown,omitempty"`
	// DrainsUntil is when no partner remembers the records of before any more. The
	// pools of leaves serve until then.
	// +optional
	DrainsUntil *metav1.Time `json:"drainsUntil,omitempty"`
	// LoweredFrom is the longest TTL, in seconds, that a record of the move had before
	// spec.dns.moveTTL took its place.
	// +optional
	LoweredFrom int64 `json:"loweredFrom,omitempty"`
	// Lowered is since when no authoritative server shows a higher TTL than
	// spec.dns.moveTTL. The move goes on when loweredFrom has passed since.
	// +optional
	Lowered *metav1.Time `json:"lowered,omitempty"`
}

// LeftPool is an Edge pool that federation left.
type LeftPool struct {
	// EdgePool that federation left.
	EdgePool string `json:"edgePool"`
	// Since is when its flags were first seen cleared.
	Since metav1.Time `json:"since"`
	// Document is a digest of the topology document in which they were cleared; left out
	// where fedroute did not publish it.
	// +optional
	// +kubebuilder:validation:MaxLength=128
	Document string `json:"document,omitempty"`
	// Returned is when flags that had returned were cleared, or were to be. They are not
	// cleared a second time.
	// +optional
	Returned *metav1.Time `json:"returned,omitempty"`
}

// ChangedNextHop is the next hop of an Edge pool that fedroute changed.
type ChangedNextHop struct {
	// EdgePool that hands its traffic on.
	EdgePool string `json:"edgePool"`
	// Before is the Front End pool that it goes back to when that serves again.
	Before string `json:"before"`
	// Now is the Front End pool that it handed its traffic to since.
	Now string `json:"now"`
}

// UndoneMove says why and when a move was given up.
type UndoneMove struct {
	// Generation of the spec that asked for the move.
	Generation int64 `json:"generation"`
	// Since is when the move was given up.
	Since metav1.Time `json:"since"`
	// Message says which addresses did not answer.
	Message string `json:"message"`
}

// Plan is a graph of steps. Its id is a hash of their content: the same
// world and the same spec give the same id.
type Plan struct {
	// ID to write into spec.approvedPlan in mode Approve.
	ID string `json:"id"`
	// Wish is a digest of what the spec and the machines' overrides asked for when the plan
	// was made. The rest of a plan keeps the plan's id only while they ask for the same.
	// +optional
	Wish string `json:"wish,omitempty"`
	// Steps in the order of the procedures. A step begins when those in its after are done.
	// +listType=atomic
	Steps []Step `json:"steps"`
	// Omitted stands for the steps that are not done and that status has no room for: eight
	// bytes of the SHA-256 of each one's kind, target, from and to. By these the rest of the
	// plan keeps the plan's id, and so its approval.
	// +optional
	Omitted []byte `json:"omitted,omitempty"`
	// Notices say what to know before the plan is carried out and what no step of it
	// changes, such as how long partners may still use old records.
	// +optional
	// +listType=atomic
	Notices []string `json:"notices,omitempty"`
}

// StepState says where a step stands.
// +kubebuilder:validation:Enum=Pending;Running;Done;Skipped;Failed
type StepState string

// The states of a step.
const (
	StepPending StepState = "Pending"
	StepRunning StepState = "Running"
	StepDone    StepState = "Done"
	StepSkipped StepState = "Skipped" // everything was already as the step wants it
	StepFailed  StepState = "Failed"
)

// Step is one change, or one wait, of a plan.
type Step struct {
	// Kind of the step, such as SetSiteRoute.
	Kind string `json:"kind"`
	// Target is what the step changes.
	Target string `json:"target"`
	// From is what was found.
	// +optional
	From string `json:"from,omitempty"`
	// To is what the step makes of it.
	// +optional
	To string `json:"to,omitempty"`
	// After lists the steps that this one waits for, by their places in the plan from 1.
	// +optional
	// +listType=atomic
	After []int32 `json:"after,omitempty"`
	// State of the step.
	State StepState `json:"state"`
	// Started is when the step began.
	// +optional
	Started *metav1.Time `json:"started,omitempty"`
	// Ended is when the step ended.
	// +optional
	Ended *metav1.Time `json:"ended,omitempty"`
	// Limit is how long the step may take at most.
	// +optional
	Limit *metav1.Duration `json:"limit,omitempty"`
	// Message says what happened, when something is to be said.
	// +optional
	Message string `json:"message,omitempty"`
}

// Drift is one field that changed and is not as wanted any more.
type Drift struct {
	// Field in words, such as "XMPP route of site Redmond".
	Field string `json:"field"`
	// Wanted value.
	Wanted string `json:"wanted"`
	// Found value.
	Found string `json:"found"`
	// Since is when the difference was first seen.
	Since metav1.Time `json:"since"`
}

// Reversal is one field that somebody else changed back.
type Reversal struct {
	// Field in words, such as "SIP federation route of site Redmond".
	Field string `json:"field"`
	// Wanted value, which was changed back.
	Wanted string `json:"wanted"`
	// Times at which it was found changed back, within the last hour, the oldest first. A
	// new generation and a requested reconcile begin to count anew.
	// +optional
	// +listType=atomic
	Times []metav1.MicroTime `json:"times,omitempty"`
	// Changed is when somebody else was last found to have changed it.
	Changed metav1.MicroTime `json:"changed"`
	// Restored says that it has been as wanted since then.
	// +optional
	Restored bool `json:"restored,omitempty"`
	// LeftSince is when it began to be left as it is. It ends after an hour in which nobody
	// changed the field, with a new generation, and with a requested reconcile.
	// +optional
	LeftSince *metav1.Time `json:"leftSince,omitempty"`
}

// Owed is one part that cannot be brought into the wanted state yet.
type Owed struct {
	// Part in words, such as "zone contoso.com".
	Part string `json:"part"`
	// Since is when it was first found so.
	Since metav1.Time `json:"since"`
	// Message says why, and the way out.
	Message string `json:"message"`
}

// AbsentServer is an Edge machine that does not answer, or that is left out.
type AbsentServer struct {
	// Server is the machine's FQDN.
	Server string `json:"server"`
	// Since is when it was first found without an answer.
	Since metav1.Time `json:"since"`
	// LeftOut is since when it is left out of setup, ports and DNS.
	// +optional
	LeftOut *metav1.Time `json:"leftOut,omitempty"`
	// Answers is since when a machine that was left out answers again.
	// +optional
	Answers *metav1.Time `json:"answers,omitempty"`
}

// HistoryEntry is one step that was carried out, or one failure that was met again and
// again.
type HistoryEntry struct {
	// Time at which the step ended; of a repeated failure, the last time.
	Time metav1.Time `json:"time"`
	// Count is how often the step of this plan failed in these words. It is left out for
	// once.
	// +optional
	Count int32 `json:"count,omitempty"`
	// FirstTime is when the step failed so for the first time. It is left out where that
	// is the only time.
	// +optional
	FirstTime *metav1.Time `json:"firstTime,omitempty"`
	// Plan that the step belonged to.
	Plan string `json:"plan"`
	// Kind of the step.
	Kind string `json:"kind"`
	// Target of the step.
	Target string `json:"target"`
	// From is what was found.
	// +optional
	From string `json:"from,omitempty"`
	// To is what was made of it.
	// +optional
	To string `json:"to,omitempty"`
	// Result is Done or Failed.
	Result StepState `json:"result"`
	// Reason says in one word why the step failed.
	// +optional
	Reason string `json:"reason,omitempty"`
	// Message says why the step failed, or how it was confirmed where that is to be
	// said.
	// +optional
	Message string `json:"message,omitempty"`
}

// FederationRoute says which Edge pool hosts an organization's federation.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=fr;fedroute,categories=lync
// +kubebuilder:printcolumn:name="Edge Pool",type=string,JSONPath=`.spec.edgePool`
// +kubebuilder:printcolumn:name="SIP",type=string,JSONPath=`.status.sipEdgePool`
// +kubebuilder:printcolumn:name="XMPP",type=string,JSONPath=`.status.xmppEdgePool`
// +kubebuilder:printcolumn:name="Mode",type=string,JSONPath=`.spec.mode`
// +kubebuilder:printcolumn:name="Suspended",type=boolean,JSONPath=`.spec.suspend`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Plan",type=string,JSONPath=`.status.plan.id`,priority=1
// +kubebuilder:printcolumn:name="Message",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`,priority=1
type FederationRoute struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec says what is wanted.
	Spec FederationRouteSpec `json:"spec"`
	// Status says what was found and what is being done.
	// +optional
	// +kubebuilder:default={"observedGeneration":-1}
	Status FederationRouteStatus `json:"status,omitempty"`
}

// FederationRouteList is a list of FederationRoutes.
// +kubebuilder:object:root=true
type FederationRouteList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []FederationRoute `json:"items"`
}
