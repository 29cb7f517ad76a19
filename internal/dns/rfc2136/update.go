package rfc2136

import (
	"fmt"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// updateOf makes one UPDATE (RFC 2136 section 2) of the changes. Its prerequisites
// are the From sets. So the server applies all changes, or none when a set was
// changed in the meantime. Faults: Invalid, Internal.
func updateOf(zone string, changes []dns.Change) (*mdns.Msg, error) {
	m := new(mdns.Msg)
	m.SetUpdate(mdns.Fqdn(zone))
	m.Compress = true
	seen := map[dns.Key]bool{}
	for _, change := range changes {
		if err := checkChange(zone, change); err != nil {
			return nil, err
		}
		key := change.To.Key
		if seen[key] {
			return nil, fault.New(fault.Internal, "make update", key.String(), "two changes of one set in one update")
		}
		seen[key] = true
		if err := addChange(m, change); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// questionOf makes an UPDATE of the prerequisites alone, which changes nothing. The
// server judges it as it would judge the update (RFC 2136 section 3): the signature,
// the zone, the prerequisites, and the right to update, except for policies about
// single names.
func questionOf(zone string, changes []dns.Change) (*mdns.Msg, error) {
	m, err := updateOf(zone, changes)
	if err == nil {
		m.Ns = nil
	}
	return m, err
}

func checkChange(zone string, c dns.Change) error {
	if c.From.Key != c.To.Key || c.To.Name != dns.Canonical(c.To.Name) {
		return fault.New(fault.Internal, "make update", c.To.Key.String(), fmt.Sprintf("the set that was read is %s", c.From.Key))
	}
	if wireType(c.To.Type) == mdns.TypeNone {
		return fault.New(fault.Invalid, "make update", c.To.Key.String(), "only A, AAAA and SRV records are written")
	}
	if err := dns.CheckName(c.To.Name); err != nil {
		return err
	}
	for _, value := range c.To.Data {
		if _, err := dns.ParseData(c.To.Type, value); err != nil {
			return err
		}
	}
	if !dns.Within(c.To.Name, zone) {
		return fault.New(fault.Invalid, "make update", c.To.Key.String(), fmt.Sprintf("the name does not lie in zone %s", zone))
	}
	return nil
}

func addChange(m *mdns.Msg, c dns.Change) error {
	guards, err := prerequisites(c.From)
	if err != nil {
		return err
	}
	m.Answer = append(m.Answer, guards...)
	ttl := c.WantedTTL()
	if c.From.Same(c.To) && ttl == c.From.TTL || !c.From.Exists() && !c.To.Exists() {
		return nil // nothing to change, only a prerequisite
	}
	records, err := recordsOf(c.To, mdns.ClassINET, ttl)
	if err != nil {
		return err
	}
	if c.From.Exists() {
		m.Ns = append(m.Ns, marker(c.To.Name, wireType(c.To.Type), mdns.ClassANY)) // delete the whole set
	}
	m.Ns = append(m.Ns, records...)
	return nil
}

// prerequisites require that the set is still what was read. RFC 2136 compares
// values only, so a change of the TTL alone is not noticed. A new set also requires
// that the name is no alias, because servers ignore records added beside a CNAME and
// still answer NOERROR (RFC 2136 section 3.4.2.2).
func prerequisites(from dns.RRSet) ([]mdns.RR, error) {
	if from.Exists() {
		return recordsOf(from, mdns.ClassINET, 0)
	}
	return []mdns.RR{
		marker(from.Name, wireType(from.Type), mdns.ClassNONE),
		marker(from.Name, mdns.TypeCNAME, mdns.ClassNONE),
	}, nil
}
