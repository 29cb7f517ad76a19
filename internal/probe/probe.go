// Package probe asks whether an address answers as a federation port.
package probe

import (
	"context"
	"net/netip"

	"github.com/fedroute/fedroute/internal/lync"
)

// Target is one address to ask.
type Target struct {
	Address  netip.Addr
	Protocol lync.Protocol // decides the port and the opening
	// Domain is the SIP or XMPP domain that the opening names.
	Domain string
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
