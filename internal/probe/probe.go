// Package probe asks whether an address answers as a federation port.
package probe

import (
	"context"
	"net/netip"
	"time"

	"github.com/fedroute/fedroute/internal/lync"
)

// Target is one port to ask.
type Target struct {
	Address netip.Addr
	// Host is the name of an internal machine, which is resolved and asked when there
	// is no Address.
	Host     string
	Protocol lync.Protocol // decides the port and the first message
	// Domain is the name that the first message carries: the SIP or XMPP domain, or
	// the machine's name.
	Domain string
	// Connect: the port answers when it accepts the connection; it need not speak.
	Connect bool
}

// Where is the address that is probed, or the name when there is no address.
func (t Target) Where() string {
	if t.Address.IsValid() {
		return t.Address.String()
	}
	return t.Host
}

// Reading is the target's answer to a probe.
type Reading struct {
	Target
	// Open reports whether the port accepted the TCP connection.
	Open bool
	// Spoke reports whether the port also answered with TLS (SIP) or an XMPP stream
	// (XMPP).
	Spoke bool
	// CertificateEnds is the notAfter of the certificate that a SIP port showed, trusted
	// or not; zero when it showed none.
	CertificateEnds time.Time
	// Thumbprint is the name by which Windows knows that certificate; "" for none.
	Thumbprint string
	// Detail says in a few words what happened, e.g. "connection refused".
	Detail string
}

// Answers reports whether the port does what its target asks for.
func (r Reading) Answers() bool { return r.Spoke || r.Open && r.Connect }

// Prober asks targets. Implementations bound every attempt in time.
type Prober interface {
	Probe(ctx context.Context, target Target) Reading
}
