package dns

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
)

// Service is the value of one SRV record (RFC 2782).
type Service struct {
	Priority uint16
	Weight   uint16
	Port     uint16
	Target   string // canonical; "." means that the service is not offered
}

// String is the presentation form that RRSet.Data holds: "0 0 5061 sip.contoso.com".
func (s Service) String() string {
	return fmt.Sprintf("%d %d %d %s", s.Priority, s.Weight, s.Port, Canonical(s.Target))
}

// ParseService reads the presentation form of an SRV value. Fault: Invalid.
func ParseService(value string) (Service, error) {
	fields := strings.Fields(value)
	if len(fields) != 4 {
		return Service{}, invalidData(SRV, value, `an SRV value has four parts, such as "0 0 5061 sip.contoso.com"`)
	}
	var numbers [3]uint16
	for i, name := range []string{"priority", "weight", "port"} {
		n, err := strconv.ParseUint(fields[i], 10, 16)
		if err != nil {
			return Service{}, invalidData(SRV, value, fmt.Sprintf("its %s %q is no number from 0 to 65535", name, fields[i]))
		}
		numbers[i] = uint16(n)
	}
	target := Canonical(fields[3])
	if target != "." {
		if err := CheckName(target); err != nil {
			return Service{}, err
		}
	}
	return Service{Priority: numbers[0], Weight: numbers[1], Port: numbers[2], Target: target}, nil
}

// ParseData brings one record's value into the form that RRSet.Data holds.
// Fault: Invalid.
func ParseData(t Type, value string) (string, error) {
	switch t {
	case A, AAAA:
		return parseAddress(t, value)
	case SRV:
		s, err := ParseService(value)
		if err != nil {
			return "", err
		}
		return s.String(), nil
	default:
		return "", invalidData(t, value, "only A, AAAA and SRV records are written")
	}
}

func parseAddress(t Type, value string) (string, error) {
	addr, err := netip.ParseAddr(strings.TrimSpace(value))
	if err != nil || addr.Zone() != "" {
		return "", invalidData(t, value, "that is no IP address")
	}
	if t == A && !addr.Is4() {
		return "", invalidData(t, value, "an A record holds an IPv4 address; use AAAA for IPv6")
	}
	if t == AAAA && (addr.Is4() || addr.Is4In6()) {
		return "", invalidData(t, value, "an AAAA record holds an IPv6 address; use A for IPv4")
	}
	return addr.String(), nil
}

func invalidData(t Type, value, why string) error {
	return fault.New(fault.Invalid, fmt.Sprintf("read %s value", t), strconv.Quote(value), why)
}
