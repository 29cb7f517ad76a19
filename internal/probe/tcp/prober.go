// Package tcp probes federation ports over TCP: it connects and sends the first
// message of the protocol. It signs in nowhere and trusts no certificate; it only
// reports what the port answers.
package tcp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/reach"
)

// DefaultTimeout bounds a probe whose Prober sets no Timeout.
const DefaultTimeout = 5 * time.Second

// Prober probes over TCP. Its zero value is ready for use.
type Prober struct {
	// Timeout bounds one probe from the connect to the last answer; 0 means
	// DefaultTimeout.
	Timeout time.Duration
	// Reach bounds what is probed and what is told of it.
	Reach *reach.Policy
	// Dial opens the connection; nil means that of Reach.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

var _ probe.Prober = Prober{}

// Probe connects to the protocol's port and opens TLS (SIP) or a stream (XMPP).
// It ends with ctx or after Timeout, whichever is first.
func (p Prober) Probe(ctx context.Context, target probe.Target) probe.Reading {
	timeout := p.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	reading := probe.Reading{Target: target}
	address := net.JoinHostPort(target.Where(), strconv.Itoa(int(target.Protocol.Port())))
	connection, err := p.dial(ctx, address)
	if err != nil {
		reading.Detail = trouble(ctx, err, timeout)
		return reading
	}
	defer connection.Close()
	// Closing the connection ends a read or write that is under way when ctx ends.
	defer contain.AfterFunc(ctx, "leave", address, func() { _ = connection.Close() })()
	tells := p.Reach.Tells(connection.RemoteAddr())
	reading.Open = tells || target.Connect
	open := openTLS
	if target.Protocol == lync.XMPP {
		open = openStream
	}
	shown, err := open(ctx, connection, target)
	if err = p.Reach.Withhold(connection.RemoteAddr(), err); err != nil && !tells {
		reading.Detail = trouble(ctx, err, timeout)
		return reading
	}
	if err != nil {
		reading.Detail = "open, but " + trouble(ctx, err, timeout)
		return reading
	}
	reading.Spoke, reading.Detail, reading.CertificateEnds, reading.Thumbprint = true, shown.words, shown.certificateEnds, shown.thumbprint
	return reading
}

// answer is what a port that speaks its protocol showed.
type answer struct {
	words           string
	certificateEnds time.Time // zero where it showed no certificate
	thumbprint      string
}

func (p Prober) dial(ctx context.Context, address string) (net.Conn, error) {
	if p.Dial != nil {
		return p.Dial(ctx, "tcp", address)
	}
	return p.Reach.Dial(ctx, "tcp", address)
}

// trouble says in a few words why there was no answer.
func trouble(ctx context.Context, err error, timeout time.Duration) string {
	_, bounded := reach.Explain(err)
	switch {
	case bounded:
		return err.Error()
	case errors.Is(ctx.Err(), context.Canceled):
		return "the probe was cancelled"
	case ctx.Err() != nil, errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Sprintf("no answer within %v", timeout)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no route to the address"
	case hungUp(err):
		return "the other side hung up"
	}
	// A resolver's error text contains a port number that is different each time.
	if unnamed, ok := errors.AsType[*net.DNSError](err); ok {
		if unnamed.IsNotFound {
			return "DNS does not know its name"
		}
		return "its name could not be resolved"
	}
	return err.Error()
}
