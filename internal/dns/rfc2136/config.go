// Package rfc2136 reads and changes DNS zones on the wire: queries and dynamic
// updates (RFC 2136) over TCP, signed with TSIG (RFC 8945) or GSS-TSIG
// (RFC 3645), against the zone's own authoritative servers, never a resolver.
package rfc2136

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/reach"
)

const (
	defaultTimeout = 5 * time.Second
	defaultBudget  = 20 * time.Second
	dnsPort        = 53
)

// Dial opens a TCP connection. Tests and proxies replace it.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Discovery decides whether a zone's other servers are found from its NS records.
type Discovery string

const (
	// DiscoverNS asks every address of each of the zone's name servers, as far as the
	// primary itself knows the address.
	DiscoverNS Discovery = ""
	// DiscoverNone asks only the primary and the configured secondaries.
	DiscoverNone Discovery = "None"
)

// Config describes where a zone is read and changed.
type Config struct {
	// Server is the primary, host:port. A host without port means port 53.
	Server string
	// Zone is the only zone that may be changed. When it is empty, the zone of each
	// name is found on the server.
	Zone string
	// Secondaries are further authoritative servers, host:port, whose records are
	// read too.
	Secondaries []string
	Discovery   Discovery
	// NSPort is the port of discovered servers; 0 means 53.
	NSPort int
	// Timeout is the longest wait for a connection or for the next answer; 0
	// means 5 seconds.
	Timeout time.Duration
	// Budget is the longest time that one server may take for all the questions of one
	// Read, and half of what all servers together may take; 0 means 20 seconds.
	Budget time.Duration
	// Turn, where not nil, is waited for before a server is asked. Its error is what there
	// is to say about the server without asking it. done is told how asking went.
	Turn func(ctx context.Context, server string) (done func(error), err error)
	// QueryKey signs the questions to Server; nil: they are not signed. A server that
	// chooses a view of the zone by the key then shows the view that the key changes. The
	// other servers are asked without a key, as partners ask them.
	QueryKey Signer
	// Standings are shared by those who read and change the zone in this way; nil: each
	// Read asks anew where the names stand.
	Standings *Standings
	Reach     *reach.Policy    // bounds which servers are asked and what is told of them
	Dial      Dial             // nil: that of Reach
	Now       func() time.Time // nil: time.Now; dates signatures
}

// complete checks a Config and fills in defaults. Fault: Invalid.
func (c Config) complete() (Config, error) {
	var err error
	if c.Server, err = endpoint(c.Server); err != nil {
		return c, err
	}
	secondaries := make([]string, len(c.Secondaries))
	for i, s := range c.Secondaries {
		if secondaries[i], err = endpoint(s); err != nil {
			return c, err
		}
	}
	c.Secondaries = secondaries
	if c.Zone != "" {
		if err := dns.CheckName(c.Zone); err != nil {
			return c, err
		}
		c.Zone = dns.Canonical(c.Zone)
	}
	if c.Discovery != DiscoverNS && c.Discovery != DiscoverNone {
		return c, fault.New(fault.Invalid, "configure DNS", string(c.Discovery), "unknown way to discover servers")
	}
	if c.NSPort == 0 {
		c.NSPort = dnsPort
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.Budget <= 0 {
		c.Budget = defaultBudget
	}
	if c.Turn == nil {
		c.Turn = func(context.Context, string) (func(error), error) { return func(error) {}, nil }
	}
	if c.Dial == nil {
		c.Dial = c.Reach.Dial
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, nil
}

// endpoint makes host:port of a server's address.
func endpoint(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = address, strconv.Itoa(dnsPort)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if host == "" || err != nil || n == 0 {
		return "", fault.New(fault.Invalid, "configure DNS", fmt.Sprintf("%q", address), "that is no server address").
			With("", "write host:port, such as ns1.contoso.com:53")
	}
	return net.JoinHostPort(host, port), nil
}
