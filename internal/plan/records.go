package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// records compares every record and gathers the changes of each zone in one step.
func (c comparison) records() Plan {
	var p Plan
	changes := map[string][]dns.Change{}
	leads := map[string][]lync.Protocol{} // by zone: the protocols that the changed records lead to
	var zones []string
	for _, want := range c.d.Records {
		part, ok := c.o.Records[want.Key]
		if !ok {
			part.Err = fault.New(fault.Unreachable, "look up", want.Name, "it has not been looked up yet")
		}
		if !part.Known() {
			p.obstruct(AspectDNS, part.Err, zone(want.Zone))
			continue
		}
		if part.Value.Barrier != dns.BarrierNone && !(len(want.Data) == 0 && part.Value.Barrier == dns.BarrierWildcard) {
			p.obstruct(AspectDNS, blocked(want, part.Value), zone(want.Zone))
			continue
		}
		found := part.Value.Set
		if err := hosted(found); err != nil {
			p.obstruct(AspectDNS, err, zone(want.Zone))
			continue
		}
		if found.Same(want.RRSet) {
			continue
		}
		p.differ(AspectDNS, fmt.Sprintf("%s %s", want.Name, want.Type), withTTL(want.RRSet), withTTL(found))
		if !slices.Contains(zones, want.Zone) {
			zones = append(zones, want.Zone)
		}
		found.Key = want.Key
		changes[want.Zone] = append(changes[want.Zone], dns.Change{From: found, To: want.RRSet})
		leads[want.Zone] = append(leads[want.Zone], want.Protocols...)
	}
	for _, name := range zones {
		var from, to []string
		for _, ch := range changes[name] {
			record := fmt.Sprintf("%s %s ", ch.To.Name, ch.To.Type)
			from, to = append(from, record+withTTL(ch.From)), append(to, record+withTTL(ch.To))
		}
		p.step(Step{Target: c.d.ZoneTarget(name), From: strings.Join(from, "; "), To: strings.Join(to, "; "),
			Act: UpdateDNS{Zone: name, Changes: changes[name], Ports: c.d.targetsOf(leads[name])}})
	}
	return p
}

// ErrHosted is in the chain of an obstacle when an SRV record leads partners to Microsoft
// 365. Such a record is never replaced: the domain's users may be there.
var ErrHosted = errors.New("federation is hosted by Microsoft 365")

// microsoft365 is the domain of the hosts that serve federation there.
const microsoft365 = "online.lync.com"

// hosted makes the error for an SRV record that leads partners to Microsoft 365, and nil
// for every other set.
func hosted(found dns.RRSet) error {
	if found.Type != dns.SRV {
		return nil
	}
	for _, data := range found.Data {
		target := data[strings.LastIndex(data, " ")+1:]
		if target == microsoft365 || strings.HasSuffix(target, "."+microsoft365) {
			err := fault.New(fault.Refused, "replace SRV of", found.Name, "it leads partners to "+target+": Microsoft 365 hosts federation of this domain").
				With("no record was changed", "take the domain out of the spec; or move its federation away from Microsoft 365 and remove the record by hand")
			err.Err = ErrHosted
			return err
		}
	}
	return nil
}

func withTTL(s dns.RRSet) string {
	if len(s.Data) == 0 {
		return "none"
	}
	return fmt.Sprintf("%s (ttl %d)", s, s.TTL)
}

// blocked makes the error for a record that cannot be written. It names the cause, such as
// a CNAME, and what a person can do about it.
func blocked(want Record, l dns.Lookup) error {
	cause, next := "", ""
	switch l.Barrier {
	case dns.BarrierCNAME:
		cause, next = "the name is an alias (CNAME) of "+l.Detail, "remove the CNAME, or choose another host in the spec"
	case dns.BarrierDNAME:
		cause, next = "the name lies below a domain that a DNAME record leads elsewhere, "+l.Detail, "remove the DNAME record, or choose another host in the spec"
	case dns.BarrierWildcard:
		cause, next = "the wildcard "+l.Detail+" answers for the name, and a record of its own would hide the wildcard there", "create the record by hand once, or remove the wildcard"
	case dns.BarrierDelegation:
		cause, next = "the name lies below the delegation "+l.Detail, "list the delegated zone and its primary in spec.dns.servers"
	default:
		cause, next = cmp.Or(l.Detail, "the server is not authoritative for a zone that holds the name"), "correct zone and address in spec.dns.servers"
	}
	return fault.New(fault.Refused, "publish "+string(want.Type)+" of", want.Name, cause).With("no record was changed", next)
}
