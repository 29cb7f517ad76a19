// Package plan is pure: it turns what is wanted and what was observed into
// ordered steps. It opens no socket, reads no file and asks no clock.
package plan

import (
	"net/netip"

	"github.com/fedroute/fedroute/internal/lync"
)

// Intent is a FederationRoute's spec in the words of the domain, before any name
// in it was looked up.
type Intent struct {
	EdgePool  string
	Standby   []string
	Protocols []ProtocolIntent
	FrontEnds []FrontEnd
	// ManageFlags: false means that a person sets the federation flags.
	ManageFlags bool
	// PortsConnect: a federation port answers when it accepts the connection.
	PortsConnect bool
	// DNS is nil when DNS is not managed.
	DNS *DNSIntent
	// Servers holds overrides by machine FQDN.
	Servers map[lync.Host]ServerOverride
	// Hosts gives, by machine FQDN (lower case), the host of each machine that is
	// reached by another name than its own.
	Hosts map[lync.Host]string
}

// ProtocolIntent is one managed protocol. No Sites means every central site.
type ProtocolIntent struct {
	Protocol lync.Protocol
	Sites    []string
	Domains  []Domain
}

// Domain is a federated domain. An empty Host means the Access Edge external FQDN.
type Domain struct {
	Name string
	Host string
}

// FrontEnd is a Front End pool to associate with the Edge pool. FailBack: when federation
// moves to another Edge pool, the Front End pool is failed back.
type FrontEnd struct {
	FQDN     string
	FailBack bool
}

// DNSIntent lists the zones that may be written. TTL is in seconds.
type DNSIntent struct {
	Zones []string
	// Ways say, by zone, how the zone's records are changed, as a phrase that follows the
	// zone's name. A zone that is changed in the usual way has none.
	Ways map[string]string
	TTL  uint32
}

// ServerOverride says what differs from the topology for one Edge machine.
type ServerOverride struct {
	ExternalAddresses []netip.Addr
	OutOfService      bool
}
