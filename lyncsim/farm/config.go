package farm

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
)

// Configuration is one version of the content of the Central Management Store. It is
// immutable: readers share it, and writers replace it. Map keys are in lower case.
type Configuration struct {
	// Version counts changes; ChangedAt is the time of the last one.
	Version   int64
	ChangedAt time.Time
	// Published is what Publish-CsTopology stored last and Get-CsTopology shows.
	Published *topology.Document
	// Enabled is the document that Enable-CsTopology put in force. Replicas carry
	// this one, and setup applies it.
	Enabled *topology.Document
	// Routes holds the federation routes by site name.
	Routes map[string]SiteRoutes
	// Branches lists branch sites by central site name.
	Branches    map[string][]string
	AccessEdge  AccessEdge
	XMPPGateway XMPPGateway
	// Partners are the allowed XMPP partners by domain.
	Partners map[string]XMPPPartner
	// SimpleURLs holds one set per scope ("Global", "Site:Redmond").
	SimpleURLs []SimpleURLSet
	// Roles holds the custom roles by name.
	Roles map[string]AdminRole
	// Pools holds the settings of Front End pools that are not in the document.
	Pools map[string]PoolSettings
	// CMSPool is the FQDN of the Front End pool that holds the CMS.
	CMSPool string
}

// SiteRoutes are the two federation routes of a site. Each is the FQDN of an Edge
// pool, or "".
type SiteRoutes struct {
	SIP, XMPP string
}

// PoolSettings is a Front End pool's state outside the document.
type PoolSettings struct {
	BackupPool string
	State      PoolState
	Users      int
}

// PoolState is the state of a Registrar pool. Its values are those of
// Set-CsRegistrarConfiguration -PoolState.
type PoolState string

// The four states of the reference. There is none for "failing back": the pool stays
// FailedOver until Invoke-CsPoolFailBack is done and is then Active [inferred]. Only
// a person ever sets FailedBack.
const (
	PoolActive      PoolState = "Active"
	PoolFailedOver  PoolState = "FailedOver"
	PoolFailingOver PoolState = "FailingOver"
	PoolFailedBack  PoolState = "FailedBack"
)

// AccessEdge is the global Access Edge configuration.
type AccessEdge struct {
	AllowFederatedUsers    bool
	AllowOutsideUsers      bool
	AllowAnonymousUsers    bool
	EnablePartnerDiscovery bool
	// RoutingMethod is "UseDnsSrvRouting" or "UseDefaultRouting".
	RoutingMethod    string
	DefaultRouteFQDN string
	// Other holds, by name, properties that do not affect the simulation.
	Other map[string]string
}

// XMPPGateway is the global XMPP gateway configuration. It does not affect the
// simulation.
type XMPPGateway struct {
	Settings map[string]string
}

// XMPPPartner is an allowed XMPP partner.
type XMPPPartner struct {
	Domain                     string   `json:"domain"`
	AdditionalDomains          []string `json:"additionalDomains,omitempty"`
	PartnerType                string   `json:"partnerType,omitempty"`
	TLSNegotiation             string   `json:"tlsNegotiation,omitempty"`
	SASLNegotiation            string   `json:"saslNegotiation,omitempty"`
	SupportDialbackNegotiation bool     `json:"supportDialbackNegotiation,omitempty"`
	EnableKeepAlive            bool     `json:"enableKeepAlive,omitempty"`
	ConnectionLimit            int      `json:"connectionLimit,omitempty"`
	ProxyFQDN                  string   `json:"proxyFqdn,omitempty"`
	Description                string   `json:"description,omitempty"`
}

// SimpleURLSet is one collection of simple URLs. Scope is "Global" or
// "Site:<name>".
type SimpleURLSet struct {
	Scope string      `json:"scope"`
	URLs  []SimpleURL `json:"urls"`
}

// SimpleURL is one component's URLs.
type SimpleURL struct {
	Component string   `json:"component"` // Meet, Admin, Dialin
	Domain    string   `json:"domain"`    // SIP domain for Meet, else "*"
	Entries   []string `json:"entries,omitempty"`
	ActiveURL string   `json:"activeUrl"`
}

// clone copies everything that a writer may change. Documents are immutable and stay
// shared.
func (c *Configuration) clone() *Configuration {
	n := *c
	n.Routes = maps.Clone(c.Routes)
	n.Branches = maps.Clone(c.Branches)
	n.Partners = maps.Clone(c.Partners)
	n.Roles = maps.Clone(c.Roles)
	n.Pools = maps.Clone(c.Pools)
	n.AccessEdge.Other = maps.Clone(c.AccessEdge.Other)
	n.XMPPGateway.Settings = maps.Clone(c.XMPPGateway.Settings)
	n.SimpleURLs = cloneURLs(c.SimpleURLs)
	return &n
}

func cloneURLs(sets []SimpleURLSet) []SimpleURLSet {
	out := slices.Clone(sets)
	for i := range out {
		out[i].URLs = slices.Clone(out[i].URLs)
	}
	return out
}

func sameURLs(a, b []SimpleURLSet) bool {
	return slices.EqualFunc(a, b, func(x, y SimpleURLSet) bool {
		return strings.EqualFold(x.Scope, y.Scope) && slices.EqualFunc(x.URLs, y.URLs, func(u, v SimpleURL) bool {
			return u.Component == v.Component && u.Domain == v.Domain && u.ActiveURL == v.ActiveURL && slices.Equal(u.Entries, v.Entries)
		})
	})
}
