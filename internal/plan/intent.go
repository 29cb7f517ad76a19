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
	EdgePool string
	Standby  []string
	// Prepare are Edge pools that are kept ready to take federation over. That a pool is
	// listed here counts, not that it is listed as standby.
	Prepare   []string
	Strategy  Strategy
	Rollout   Rollout
	Protocols []ProtocolIntent
	FrontEnds []FrontEnd
	// FollowNextHop: the Edge pool follows a next hop that is failed over or silent to its
	// backup pool.
	FollowNextHop bool
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
	// Priority and Weight are those of the domain's SRV record.
	Priority, Weight uint16
	// Standby are further SRV records. The addresses of their hosts are not managed.
	Standby []Standby
	// Apex: the host may be the domain itself.
	Apex bool
}

// Standby is a further SRV record of a domain. It leads to Host, else to the Access Edge
// external FQDN of EdgePool.
type Standby struct {
	EdgePool, Host   string
	Priority, Weight uint16
}

// FrontEnd is a Front End pool to associate with an Edge pool. FailBack: when federation
// moves to another Edge pool, the Front End pool is failed back.
type FrontEnd struct {
	FQDN     string
	FailBack bool
	// EdgePool is the Edge pool, or Local; "" for the one that hosts federation.
	EdgePool string
}

// Local stands for the Edge pool of a Front End pool's own site.
const Local = "Local"

// DNSIntent lists the zones that may be written. TTL is in seconds.
type DNSIntent struct {
	Zones []string
	// Ways say, by zone, how the zone's records are changed, as a phrase that follows the
	// zone's name. A zone that is changed in the usual way has none.
	Ways map[string]string
	TTL  uint32
	// MoveTTL is the TTL that records get before a planned move; 0 for none.
	MoveTTL uint32
	// Adopt is the hash of the one set of somebody else that may be replaced; "" for none.
	Adopt string
	// LeavesBehind: a planned move does not wait for records that cannot be written.
	LeavesBehind bool
}

// ServerOverride says what differs from the topology for one Edge machine.
type ServerOverride struct {
	ExternalAddresses []netip.Addr
	OutOfService      bool
}
