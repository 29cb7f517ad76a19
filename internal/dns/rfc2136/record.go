package rfc2136

import (
	"fmt"
	"net/netip"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
)

// wireType gives a type's number, TypeNone for a type that this package does not
// handle.
func wireType(t dns.Type) uint16 {
	switch t {
	case dns.A:
		return mdns.TypeA
	case dns.AAAA:
		return mdns.TypeAAAA
	case dns.SRV:
		return mdns.TypeSRV
	default:
		return mdns.TypeNone
	}
}

// valueOf gives a record's value in the form of dns.RRSet.Data.
func valueOf(rr mdns.RR) string {
	switch v := rr.(type) {
	case *mdns.A:
		return addressText(v.A.To4())
	case *mdns.AAAA:
		return addressText(v.AAAA.To16())
	case *mdns.SRV:
		return dns.Service{Priority: v.Priority, Weight: v.Weight, Port: v.Port, Target: v.Target}.String()
	default:
		return ""
	}
}

func addressText(octets []byte) string {
	addr, _ := netip.AddrFromSlice(octets)
	return addr.String()
}

// recordsOf makes the wire records of a set. Each call makes new ones, because the
// library writes into the headers it is given.
func recordsOf(set dns.RRSet, class uint16, ttl uint32) ([]mdns.RR, error) {
	records := make([]mdns.RR, 0, len(set.Data))
	for _, value := range set.Data {
		header := mdns.RR_Header{Name: mdns.Fqdn(set.Name), Rrtype: wireType(set.Type), Class: class, Ttl: ttl}
		rr, err := record(header, value)
		if err != nil {
			return nil, err
		}
		records = append(records, rr)
	}
	return records, nil
}

// record makes one wire record of a value that was read. dns.ParseData might refuse
// to write that value.
func record(header mdns.RR_Header, value string) (mdns.RR, error) {
	switch header.Rrtype {
	case mdns.TypeA, mdns.TypeAAAA:
		addr, err := netip.ParseAddr(value)
		if err != nil {
			return nil, err
		}
		if header.Rrtype == mdns.TypeA {
			return &mdns.A{Hdr: header, A: addr.AsSlice()}, nil
		}
		return &mdns.AAAA{Hdr: header, AAAA: addr.AsSlice()}, nil
	case mdns.TypeSRV:
		s, err := dns.ParseService(value)
		if err != nil {
			return nil, err
		}
		return &mdns.SRV{Hdr: header, Priority: s.Priority, Weight: s.Weight, Port: s.Port, Target: mdns.Fqdn(s.Target)}, nil
	default:
		return nil, fmt.Errorf("no record of type %d is written", header.Rrtype)
	}
}

// marker makes a record without value, which updates and prerequisites use.
func marker(name string, rrtype, class uint16) mdns.RR {
	return &mdns.ANY{Hdr: mdns.RR_Header{Name: mdns.Fqdn(name), Rrtype: rrtype, Class: class}}
}
