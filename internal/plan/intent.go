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
	// DNS is nil when DNS is not managed.
	DNS *DNSIntent
	// Servers holds overrides by machine FQDN.
	Servers map[lync.Host]ServerOverride
	// Hosts says where machines are reached that are not reached by their own
	// name: a host by machine FQDN (lower case).
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

// FrontEnd is a Front End pool to associate with the Edge pool. FailBack: a move
// of the Edge pool fails it back.
type FrontEnd struct {
	FQDN     string
	FailBack bool
}

// DNSIntent lists the zones that may be written. TTL is in seconds.
type DNSIntent struct {
	Zones []string
	// Ways say, by zone, in which way its records are changed, in words that follow
	// its name. A zone whose way is the usual one has none.
	Ways map[string]string
	TTL  uint32
}

// ServerOverride says what differs from the topology for one Edge machine.
type ServerOverride struct {
	ExternalAddresses []netip.Addr
	OutOfService      bool
}
