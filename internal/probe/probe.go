// Package probe asks whether an address answers as a federation port.
package probe

import (
	"context"
	"net/netip"

	"github.com/fedroute/fedroute/internal/lync"
)

// Target is one port to ask.
type Target struct {
	Address netip.Addr
	// Host is the name of a machine inside to resolve and ask, where there is no
	// Address.
	Host     string
	Protocol lync.Protocol // decides the port and the opening
	// Domain is what the opening names: the SIP or XMPP domain, or the machine.
	Domain string
}

// Where is the address that is asked, or the name where there is none.
func (t Target) Where() string {
	if t.Address.IsValid() {
		return t.Address.String()
	}
	return t.Host
}

// Reading is what the target answered.
type Reading struct {
	Target
	// Open: the TCP connection was accepted.
	Open bool
	// Spoke: the port also opened TLS (SIP) or an XMPP stream (XMPP).
	Spoke bool
	// Detail says in a few words what happened, e.g. "connection refused".
	Detail string
}

// Prober asks targets. Implementations bound every attempt in time.
type Prober interface {
	Probe(ctx context.Context, target Target) Reading
}
