package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// ErrForeign is in the chain of an obstacle when a set of records is somebody else's. Such
// a set is replaced only when a person consents to that, by the set's hash.
var ErrForeign = errors.New("the records are of others")

// Further lists the address sets that must be read, too, before it can be told whose the
// found SRV records are: those of the hosts that the records lead to, as far as they lie in
// the spec's zones.
func (d Desired) Further(found map[dns.Key]lync.Part[dns.Lookup]) []Record {
	var out []Record
	listed := map[dns.Key]bool{}
	for _, want := range d.Records {
		part := found[want.Key]
		if part.Value.Set.Same(want.RRSet) {
			continue
		}
		for _, service := range servicesOf(part.Value.Set) {
			zone, err := zoneOf(d.Zones, service.Target)
			if err != nil {
				continue
			}
			for _, kind := range []dns.Type{dns.A, dns.AAAA} {
				key := dns.Key{Name: service.Target, Type: kind}
				if _, have := found[key]; !have && !listed[key] {
					listed[key] = true
					out = append(out, Record{Zone: zone, RRSet: dns.RRSet{Key: key}})
				}
			}
		}
	}
	return out
}

// ours reports whether the route may change a set that differs from the wanted one. It may
// when nothing is there, and when the set is as the route wanted it when it was last seen
// so. It may not when the set has all wanted records, and others for the case that these
// do not answer. Every other set is the route's own when
//   - it was once as the route wanted it, because that it changed by itself is drift, or
//   - all its records lead to one Edge pool of the organization.
//
// Fault: that of an address that could not be read. Whose the set is, is then unknown.
func (c comparison) ours(want Record, found dns.RRSet) (bool, error) {
	adopted, known := c.o.Adopted[want.Key]
	if !found.Exists() || adopted == found.Hash() || slices.Equal(found.Data, want.Data) {
		return true, nil
	}
	if spares(want, found) {
		return false, nil
	}
	if known {
		return true, nil
	}
	return c.leadsToOnePool(found)
}

// leadsToOnePool reports whether there is an Edge pool of the organization to which every
// record of the set leads.
func (c comparison) leadsToOnePool(found dns.RRSet) (bool, error) {
	if found.Type != dns.SRV {
		return slices.ContainsFunc(c.d.Outsides, func(o Outside) bool { return o.has(found.Data) }), nil
	}
	pools, services := slices.Clone(c.d.Outsides), servicesOf(found)
	for _, service := range services {
		addresses, err := c.addressesOf(service.Target)
		if err != nil {
			return false, err
		}
		pools = slices.DeleteFunc(pools, func(o Outside) bool { return o.Host != service.Target && !o.has(addresses) })
	}
	return len(pools) > 0 && len(services) == len(found.Data), nil
}

// has reports whether there are addresses and all of them are the pool's.
func (o Outside) has(addresses []string) bool {
	return len(addresses) > 0 && !slices.ContainsFunc(addresses, func(a string) bool { return !slices.Contains(o.Addresses, a) })
}

// addressesOf gives the addresses of a host; none for one outside the spec's zones.
func (c comparison) addressesOf(host string) ([]string, error) {
	var out []string
	for _, kind := range []dns.Type{dns.A, dns.AAAA} {
		part := c.o.Records[dns.Key{Name: host, Type: kind}]
		if !part.Known() {
			return nil, part.Err
		}
		out = append(out, part.Value.Set.Data...)
	}
	return out, nil
}

// spares reports whether an SRV set has all wanted records, and beside them only records
// that partners use when no wanted one answers. Microsoft's procedure for XMPP advises one
// for each Edge pool.
func spares(want Record, found dns.RRSet) bool {
	if found.Type != dns.SRV {
		return false
	}
	last := uint16(0)
	for _, s := range servicesOf(want.RRSet) {
		last = max(last, s.Priority)
	}
	for _, data := range want.Data {
		if !slices.Contains(found.Data, data) {
			return false
		}
	}
	return !slices.ContainsFunc(found.Data, func(data string) bool {
		s, err := dns.ParseService(data)
		return !slices.Contains(want.Data, data) && (err != nil || s.Priority <= last)
	})
}

// servicesOf reads the values of an SRV set, as far as they can be read.
func servicesOf(set dns.RRSet) []dns.Service {
	var out []dns.Service
	for _, data := range set.Data {
		if s, err := dns.ParseService(data); err == nil {
			out = append(out, s)
		}
	}
	return out
}

// foreign makes the error for a set of somebody else. It shows the set and its hash, and
// says how a person lets it be replaced.
func foreign(want Record, found dns.RRSet) error {
	hash := found.Hash()
	next := fmt.Sprintf("set spec.dns.adopt to %s to have this set replaced by %s, or change it by hand", hash, want.RRSet)
	if want.Type == dns.SRV && slices.Contains(want.Protocols, lync.XMPP) {
		next += ", or declare what is to stay under standby of the domain"
	}
	if want.Apex {
		next = "set apex to true for the domain, and then " + next
	}
	why := "is not this route's, and does not lead to one Edge pool of the organization"
	if spares(want, found) {
		why = "has records beside this route's own that the spec does not declare"
	}
	err := fault.New(fault.Refused, "replace "+string(want.Type)+" of", want.Name, fmt.Sprintf("set %s %s: %s", hash, why, strings.Join(found.Data, ", "))).
		With("it was left as it is", next)
	err.Err = ErrForeign
	return err
}
