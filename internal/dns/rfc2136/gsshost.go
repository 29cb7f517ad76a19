package rfc2136

import (
	"context"
	"net"
	"net/netip"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// serverName is the name in the DNS server's principal. It is the configured name,
// otherwise the host of the server's address, otherwise the primary of the zone's
// SOA record, as Windows and nsupdate do (RFC 3645 section 3.1.1). The SOA answer is
// not signed, but only the holder of that principal's key can complete the
// negotiation. Faults: Unreachable, Invalid.
func (s *gssSigner) serverName(ctx context.Context, c Config) (string, error) {
	if s.host != "" {
		return dns.Canonical(s.host), nil
	}
	host, _, err := net.SplitHostPort(c.Server)
	if err != nil {
		return "", fault.Wrap(fault.Internal, "read address", c.Server, err) // complete has made it
	}
	if _, err := netip.ParseAddr(host); err != nil {
		return dns.Canonical(host), nil
	}
	return primaryOf(ctx, c)
}

// primaryOf asks the server which primary the zone's SOA record names (MNAME).
func primaryOf(ctx context.Context, c Config) (string, error) {
	if c.Zone == "" {
		return "", unnamed(c.Server, "its address is no name and no zone is configured")
	}
	asked := newSession(c, c.Server)
	defer asked.close()
	answers, err := asked.ask(ctx, []question{{name: c.Zone, qtype: mdns.TypeSOA}})
	if err != nil {
		return "", err
	}
	for _, rr := range answers[0].Answer {
		if soa, ok := rr.(*mdns.SOA); ok && dns.Canonical(soa.Hdr.Name) == c.Zone && dns.CheckName(soa.Ns) == nil {
			return dns.Canonical(soa.Ns), nil
		}
	}
	return "", unnamed(c.Server, "its address is no name and it shows no SOA record of zone "+c.Zone)
}

func unnamed(server, cause string) error {
	return fault.New(fault.Invalid, "name the principal of", server, cause).
		With("no record can be changed", "give the DNS server's own name as the domain knows it")
}
