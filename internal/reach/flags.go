package reach

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// CIDRs is a flag of address ranges. It can be given several times; the first time replaces
// the default.
type CIDRs struct {
	list  []netip.Prefix
	given bool
}

// Denied gives the ranges that are denied where no flag says otherwise: link-local addresses,
// at which clouds hand out credentials, and the unspecified ones, which lead to the manager
// itself.
func Denied() CIDRs {
	return CIDRs{list: []netip.Prefix{
		netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("fe80::/10"),
		netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("::/128"),
	}}
}

// String shows the ranges as they are written.
func (c *CIDRs) String() string { return join(c.list) }

// Set adds ranges, separated by commas. An address alone is a range of one.
func (c *CIDRs) Set(text string) error {
	var list []netip.Prefix
	for field := range fields(text) {
		prefix, err := netip.ParsePrefix(field)
		if address, single := netip.ParseAddr(field); single == nil {
			prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil || strings.Contains(field, "%") { // a zone is not part of a range
			return fmt.Errorf("%q is no address range such as 10.96.0.0/12", field)
		}
		if prefix.Addr().Is4In6() {
			return fmt.Errorf("%q: write the IPv4 range as such", field)
		}
		list = append(list, prefix.Masked())
	}
	if !c.given {
		c.list, c.given = nil, true
	}
	c.list = append(c.list, list...)
	return nil
}

// Ports is a flag of TCP ports, single or as ranges. What it is given adds to the default.
type Ports struct{ list []portRange }

type portRange struct{ first, last uint16 }

func (r portRange) has(port uint16) bool { return r.first <= port && port <= r.last }

func (r portRange) String() string {
	if r.first == r.last {
		return strconv.Itoa(int(r.first))
	}
	return fmt.Sprintf("%d-%d", r.first, r.last)
}

// Known gives the ports of the services that the manager uses: DNS, Kerberos, WinRM on three
// of its ports, and the two of federation.
func Known() Ports {
	var p Ports
	for _, port := range []uint16{53, 88, 443, 5061, 5269, 5985, 5986} {
		p.list = append(p.list, portRange{port, port})
	}
	return p
}

// String shows the ports as they are written.
func (p *Ports) String() string { return join(p.list) }

// Set adds ports, separated by commas, each alone or as first-last.
func (p *Ports) Set(text string) error {
	for field := range fields(text) {
		from, to, ranged := strings.Cut(field, "-")
		if !ranged {
			to = from
		}
		first, one := strconv.ParseUint(from, 10, 16)
		last, other := strconv.ParseUint(to, 10, 16)
		if one != nil || other != nil || first == 0 || last < first {
			return fmt.Errorf("%q is neither a port nor a range such as 8000-8010", field)
		}
		p.list = append(p.list, portRange{uint16(first), uint16(last)})
	}
	return nil
}

// fields gives the parts of a list with commas; none for an empty text.
func fields(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for field := range strings.SplitSeq(text, ",") {
			if field = strings.TrimSpace(field); field != "" && !yield(field) {
				return
			}
		}
	}
}

func join[T fmt.Stringer](list []T) string {
	texts := make([]string, len(list))
	for i, one := range list {
		texts[i] = one.String()
	}
	return strings.Join(texts, ",")
}
