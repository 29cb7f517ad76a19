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
)

// DefaultTimeout bounds a probe whose Prober sets no Timeout.
const DefaultTimeout = 5 * time.Second

// Prober probes over TCP. Its zero value is ready for use.
type Prober struct {
	// Timeout bounds one probe from the connect to the last answer; 0 means
	// DefaultTimeout.
	Timeout time.Duration
	// Dial opens the connection; nil means net.Dialer's Dial.
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
	reading.Open = true
	open := openTLS
	if target.Protocol == lync.XMPP {
		open = openStream
	}
	shown, err := open(ctx, connection, target)
	if err != nil {
		reading.Detail = "open, but " + trouble(ctx, err, timeout)
		return reading
	}
	reading.Spoke, reading.Detail, reading.CertificateEnds = true, shown.words, shown.certificateEnds
	return reading
}

// answer is what a port that speaks its protocol showed.
type answer struct {
	words           string
	certificateEnds time.Time // zero where it showed no certificate
}

func (p Prober) dial(ctx context.Context, address string) (net.Conn, error) {
	if p.Dial != nil {
		return p.Dial(ctx, "tcp", address)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// trouble says in a few words why there was no answer.
func trouble(ctx context.Context, err error, timeout time.Duration) string {
	switch {
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
