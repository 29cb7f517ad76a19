package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// AuthenticationMethod is a way to sign in over WinRM.
// +kubebuilder:validation:Enum=Kerberos;NTLM;Certificate;Basic
type AuthenticationMethod string

// The ways to sign in. All of them run inside verified TLS.
const (
	AuthKerberos    AuthenticationMethod = "Kerberos"
	AuthNTLM        AuthenticationMethod = "NTLM"
	AuthCertificate AuthenticationMethod = "Certificate"
	AuthBasic       AuthenticationMethod = "Basic"
)

// LyncTopologySpec says how to reach one organization.
type LyncTopologySpec struct {
	// Management are the servers with the management shell.
	Management Management `json:"management"`

	// EdgeServers says how to reach the machines of the Edge pools, which are
	// workgroup machines with local accounts.
	// +optional
	EdgeServers *EdgeServers `json:"edgeServers,omitempty"`

	// CABundle holds the PEM certificates of the authorities that issued the WinRM
	// certificates. Left out: the authorities that the controller's image trusts.
	// +optional
	// +kubebuilder:validation:MaxLength=65536
	// +kubebuilder:validation:XValidation:rule="self.contains('-----BEGIN CERTIFICATE-----')",message="caBundle holds no PEM certificate; paste the issuing authority's certificate with its BEGIN CERTIFICATE and END CERTIFICATE lines"
	CABundle string `json:"caBundle,omitempty"`

	// Twin says that the organization is a copy of another, such as one on which a move is
	// rehearsed. It has the names of the other, and is not taken for it.
	// +optional
	Twin bool `json:"twin,omitempty"`

	// PollInterval is how often the organization is observed. Default 1m.
	// +optional
	// +kubebuilder:default="1m"
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('2s')",message="pollInterval is too short for a management server; write 2s or more"
	PollInterval metav1.Duration `json:"pollInterval,omitzero"`
}

// Management are servers with the management shell, tried in order.
// +kubebuilder:validation:XValidation:rule="has(self.authentication) || has(self.reader)",message="management names no account; add authentication, or reader and operator"
// +kubebuilder:validation:XValidation:rule="has(self.reader) == has(self.operator) && !(has(self.authentication) && has(self.reader))",message="write authentication, or both reader and operator"
// +kubebuilder:validation:XValidation:rule="!self.endpoints.exists(e, e.url.startsWith('http://')) || has(self.authentication) && self.authentication.method in ['Kerberos', 'NTLM'] || has(self.reader) && has(self.operator) && self.reader.method in ['Kerberos', 'NTLM'] && self.operator.method in ['Kerberos', 'NTLM']",message="over http only Kerberos and NTLM seal their messages; use one of them, or the https listener"
// +kubebuilder:validation:XValidation:rule="!self.endpoints.exists(e, has(e.spn) || has(e.delegate) && e.delegate) || has(self.authentication) && self.authentication.method == 'Kerberos' || has(self.reader) && has(self.operator) && self.reader.method == 'Kerberos' && self.operator.method == 'Kerberos'",message="spn and delegate are Kerberos'; remove them, or sign in with Kerberos"
type Management struct {
	// Endpoints are tried in order; a dead Front End is the normal case in a
	// disaster, so list a server of another site too.
	// +listType=map
	// +listMapKey=url
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Endpoints []ManagementEndpoint `json:"endpoints"`

	// Accounts of the domain: one that may manage the organization, or one that
	// reads and one that changes.
	Accounts `json:",inline"`
}

// Accounts are who signs in: one account for everything, or two.
type Accounts struct {
	// Authentication of the account that reads and changes.
	// +optional
	Authentication Authentication `json:"authentication,omitzero"`

	// Reader is the account that reads; needs Operator.
	// +optional
	Reader Authentication `json:"reader,omitzero"`

	// Operator is the account that changes. Its Secret is not read for a route in
	// mode Observe.
	// +optional
	Operator Authentication `json:"operator,omitzero"`
}

// Endpoint is one WinRM listener.
type Endpoint struct {
	// URL of the WSMan service.
	URL WSManURL `json:"url"`

	// ServerName is the name that the server's certificate must carry, when it is
	// not the host of the URL.
	// +optional
	ServerName Hostname `json:"serverName,omitempty"`

	// Configuration is the session configuration to work in. Left out: a remote
	// shell.
	// +optional
	Configuration SessionConfiguration `json:"configuration,omitempty"`

	// SPN is the service principal name of the server, for Kerberos. Left out:
	// HTTP/ and the server's name.
	// +optional
	SPN ServicePrincipal `json:"spn,omitempty"`
}

// ManagementEndpoint is the listener of a server with the management shell.
type ManagementEndpoint struct {
	Endpoint `json:",inline"`

	// Delegate hands the account's ticket to the server, which can then act as the
	// account on every other server, until the ticket expires. Kerberos only.
	// +optional
	Delegate bool `json:"delegate,omitempty"`
}

// SessionConfiguration is the name of a PowerShell session configuration of a host.
// +kubebuilder:validation:MaxLength=256
// +kubebuilder:validation:XValidation:rule="self.matches('^[0-9A-Za-z._-]+$')",message="not a name of a session configuration; use letters, digits, dots and hyphens, like FedRoute"
type SessionConfiguration string

// ServicePrincipal names a service as a Kerberos KDC knows it.
// +kubebuilder:validation:MaxLength=300
// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z]+/[0-9A-Za-z._-]+$')",message="not a service principal name; write service and host without realm and port, like WSMAN/fe1.contoso.com"
type ServicePrincipal string

// WSManURL is the URL of a WSMan service. With http, messages are sealed by Kerberos
// or NTLM.
// +kubebuilder:validation:MaxLength=300
// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^/@ ?#]+(/[^@ ?#]*)?$')",message="not a URL of a WSMan service; write it like https://fe1.contoso.com:5986/wsman"
type WSManURL string

// Authentication names a method and the Secret with the credentials.
type Authentication struct {
	// Method of signing in.
	Method AuthenticationMethod `json:"method"`

	// SecretRef names the Secret. NTLM and Basic read username and password;
	// Certificate reads tls.crt and tls.key; Kerberos reads username, realm, either
	// password or keytab, and krb5.conf, which may be left out where DNS names the
	// realm's KDCs.
	SecretRef LocalReference `json:"secretRef"`
}

// EdgeServers says how to reach the machines of the Edge pools.
// +kubebuilder:validation:XValidation:rule="has(self.reader) == has(self.operator) && !(has(self.authentication) && has(self.reader))",message="write authentication, or both reader and operator"
// +kubebuilder:validation:XValidation:rule="!has(self.overrides) || !self.overrides.exists(o, has(o.url) && o.url.startsWith('http://')) || !(has(self.authentication) && !(self.authentication.method in ['Kerberos', 'NTLM']) || has(self.reader) && !(self.reader.method in ['Kerberos', 'NTLM']) || has(self.operator) && !(self.operator.method in ['Kerberos', 'NTLM'])) || self.overrides.all(o, !(has(o.url) && o.url.startsWith('http://')) || has(o.authentication) || has(o.reader))",message="over http only Kerberos and NTLM seal their messages; use one of them, or the https listener"
type EdgeServers struct {
	// Accounts that every machine has.
	Accounts `json:",inline"`

	// Configuration is the session configuration to work in on every machine. Left
	// out: a remote shell.
	// +optional
	Configuration SessionConfiguration `json:"configuration,omitempty"`

	// Overrides for single machines. Left out: https://<machine fqdn>:5986/wsman
	// and the external addresses of the topology.
	// +optional
	// +listType=map
	// +listMapKey=fqdn
	// +kubebuilder:validation:MaxItems=64
	Overrides []EdgeServerOverride `json:"overrides,omitempty"`
}

// EdgeServerOverride says what differs for one machine.
// +kubebuilder:validation:XValidation:rule="has(self.reader) == has(self.operator) && !(has(self.authentication) && has(self.reader))",message="write authentication, or both reader and operator"
// +kubebuilder:validation:XValidation:rule="!(has(self.url) && self.url.startsWith('http://')) || !(has(self.authentication) && !(self.authentication.method in ['Kerberos', 'NTLM']) || has(self.reader) && !(self.reader.method in ['Kerberos', 'NTLM']) || has(self.operator) && !(self.operator.method in ['Kerberos', 'NTLM']))",message="over http only Kerberos and NTLM seal their messages; use one of them, or the https listener"
type EdgeServerOverride struct {
	// FQDN of the machine in the topology.
	FQDN Hostname `json:"fqdn"`

	// URL of its WSMan service.
	// +optional
	URL WSManURL `json:"url,omitempty"`

	// ServerName is the name that its certificate must carry.
	// +optional
	ServerName Hostname `json:"serverName,omitempty"`

	// Accounts of this machine.
	Accounts `json:",inline"`

	// Configuration is the session configuration to work in on this machine.
	// +optional
	Configuration SessionConfiguration `json:"configuration,omitempty"`

	// ExternalAddresses are what partners connect to, when the topology does not
	// know them, such as the addresses of a load balancer.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=45
	// +kubebuilder:validation:items:XValidation:rule="isIP(self)",message="not an IP address; write one address per item, like 203.0.113.10 or 2001:db8::10"
	ExternalAddresses []string `json:"externalAddresses,omitempty"`

	// OutOfService takes the machine out of everything: it is not started, set
	// up, probed or published. Use it to fail over to a pool with a dead machine.
	// +optional
	OutOfService bool `json:"outOfService,omitempty"`
}

// LyncTopologyStatus says what was seen in the organization.
type LyncTopologyStatus struct {
	// ObservedGeneration is the generation that this status speaks of; -1 until a
	// controller has looked at the object.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Conditions: Ready, Reconciling and Stalled in the kstatus meaning,
	// EdgeServersReachable, TopologyEnabled and SharedOrganization.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// Product and version that answered.
	// +optional
	Product *Product `json:"product,omitempty"`

	// Endpoint that answered.
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// DefaultDomain is the organization's default SIP domain. With the names of the central
	// sites it tells whether two LyncTopologies describe one organization.
	// +optional
	DefaultDomain string `json:"defaultDomain,omitempty"`

	// Sites and their federation routes.
	// +optional
	// +listType=atomic
	Sites []SiteStatus `json:"sites,omitempty"`

	// EdgePools and their federation flags and machines.
	// +optional
	// +listType=atomic
	EdgePools []EdgePoolStatus `json:"edgePools,omitempty"`

	// FrontEndPools and the Edge pool that each is associated with.
	// +optional
	// +listType=atomic
	FrontEndPools []FrontEndPoolStatus `json:"frontEndPools,omitempty"`

	// UnknownParts could not be read at the last look. Steps that need one of them wait.
	// +optional
	// +listType=atomic
	UnknownParts []UnknownPartStatus `json:"unknownParts,omitempty"`

	// PublishedDocument is a digest, without its Signature, of the topology document
	// that fedroute published last or was about to publish. It tells whether a
	// document that was published and never enabled is fedroute's own.
	// +optional
	// +kubebuilder:validation:MaxLength=128
	PublishedDocument string `json:"publishedDocument,omitempty"`

	// SimpleURLs are the organization's simple URLs as they were before a publish of
	// fedroute that nobody has seen end; empty otherwise. Publishing may empty them, and a
	// route puts them back from here, through any management server.
	// +optional
	// +kubebuilder:validation:MaxLength=262144
	SimpleURLs string `json:"simpleURLs,omitempty"`

	// Publishing is the management server to which fedroute sent a publish whose end it
	// has not seen; empty otherwise. Until ten minutes after it was lost, everything is
	// changed through this server only.
	// +optional
	Publishing *PublishingStatus `json:"publishing,omitempty"`

	// Setups hold, by the name of an Edge machine in lower case, what setup installed
	// there last, as far as fedroute ran it or saw it.
	// +optional
	// +kubebuilder:validation:MaxProperties=1024
	Setups map[string]SetupRecord `json:"setups,omitempty"`

	// ObservedAt is when what is shown here was first seen so. It does not move
	// while nothing changes; the metric fedroute_observation_timestamp_seconds
	// tells when the organization was looked at last.
	// +optional
	ObservedAt *metav1.Time `json:"observedAt,omitempty"`
}

// PublishingStatus is a publish that was begun.
type PublishingStatus struct {
	// Endpoint is the URL of the management server.
	// +kubebuilder:validation:MaxLength=2048
	Endpoint string `json:"endpoint"`
	// Since is when the publish was sent there.
	Since metav1.Time `json:"since"`
}

// SetupRecord is what setup installed on an Edge machine.
type SetupRecord struct {
	// Ports are the federation ports: 5061, 5269, both or none.
	// +listType=set
	// +kubebuilder:validation:MaxItems=2
	Ports []int32 `json:"ports"`
	// At is when setup by fedroute last ended there.
	// +optional
	At *metav1.Time `json:"at,omitempty"`
}

// UnknownPartStatus is a part of the organization that could not be read.
type UnknownPartStatus struct {
	// Part, such as "sites and routes".
	Part string `json:"part"`
	// Reason, as of a condition.
	Reason string `json:"reason"`
	// Message with cause and what to do.
	Message string `json:"message"`
	// FromLocalStore says that what is shown in its place comes from the server's own
	// replica and may be old.
	// +optional
	FromLocalStore bool `json:"fromLocalStore,omitempty"`
}

// Product is a server generation.
type Product struct {
	// Name, such as Lync Server 2013.
	Name string `json:"name"`
	// Version, such as 5.0.8308.0.
	Version string `json:"version"`
	// XMPP tells whether this generation has XMPP federation.
	XMPP bool `json:"xmpp"`
}

// SiteStatus is a central site.
type SiteStatus struct {
	// Name of the site.
	Name string `json:"name"`
	// SIPRoute is what the SIP federation route names: an Edge pool, or a Director.
	// +optional
	SIPRoute string `json:"sipRoute,omitempty"`
	// XMPPRoute is the Edge pool of the XMPP federation route.
	// +optional
	XMPPRoute string `json:"xmppRoute,omitempty"`
}

// EdgePoolStatus is an Edge pool.
type EdgePoolStatus struct {
	// FQDN of the pool.
	FQDN string `json:"fqdn"`
	// Site of the pool.
	Site string `json:"site"`
	// ExternalFQDN is the Access Edge external FQDN.
	ExternalFQDN string `json:"externalFQDN"`
	// SIP is the "federation, port 5061" flag.
	SIP bool `json:"sip"`
	// XMPP is the "XMPP federation, port 5269" flag.
	XMPP bool `json:"xmpp"`
	// NextHop is the Front End pool that the Edge pool hands traffic to.
	// +optional
	NextHop string `json:"nextHop,omitempty"`
	// Servers of the pool.
	// +listType=atomic
	Servers []EdgeServerStatus `json:"servers"`
}

// EdgeServerStatus is one machine of an Edge pool.
type EdgeServerStatus struct {
	// FQDN of the machine.
	FQDN string `json:"fqdn"`
	// ExternalAddresses that partners connect to.
	// +optional
	// +listType=atomic
	ExternalAddresses []string `json:"externalAddresses,omitempty"`
	// Reachable tells whether the machine answered over WinRM.
	Reachable bool `json:"reachable"`
	// Services is Running, Stopped, Partial or Unknown.
	Services string `json:"services"`
	// Replica is UpToDate, Behind or Unknown.
	Replica string `json:"replica"`
	// Message says why the machine could not be read.
	// +optional
	Message string `json:"message,omitempty"`
}

// FrontEndPoolStatus is a Front End pool.
type FrontEndPoolStatus struct {
	// FQDN of the pool.
	FQDN string `json:"fqdn"`
	// Site of the pool.
	Site string `json:"site"`
	// EdgePool that all links name; empty when they differ or there is none.
	// +optional
	EdgePool string `json:"edgePool,omitempty"`
	// BackupPool of the pool.
	// +optional
	BackupPool string `json:"backupPool,omitempty"`
	// State of the Registrar pool, such as Active or FailedOver.
	// +optional
	State string `json:"state,omitempty"`
}

// LyncTopology says how to reach one organization and what was seen there.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=lt,categories=lync
// +kubebuilder:printcolumn:name="Product",type=string,JSONPath=`.status.product.name`
// +kubebuilder:printcolumn:name="Endpoint",type=string,JSONPath=`.status.endpoint`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Version",type=string,JSONPath=`.status.product.version`,priority=1
// +kubebuilder:printcolumn:name="Message",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`,priority=1
type LyncTopology struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec says how to reach the organization.
	Spec LyncTopologySpec `json:"spec"`
	// Status says what was seen there.
	// +optional
	// +kubebuilder:default={"observedGeneration":-1}
	Status LyncTopologyStatus `json:"status,omitempty"`
}

// LyncTopologyList is a list of LyncTopologies.
// +kubebuilder:object:root=true
type LyncTopologyList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []LyncTopology `json:"items"`
}
