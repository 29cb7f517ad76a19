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

// records compares every record and gathers the changes of each zone in one step. The set
// of somebody else holds itself. Where it has the addresses of a host, it also holds the
// SRV records that would lead partners there.
func (c comparison) records() Plan {
	var p Plan
	due := c.due(&p)
	return join(p, c.lower(due), c.updates(due, Moving))
}

// due gives the sets that differ and may be changed. It adds to the plan what differs, and
// what is in the way.
func (c comparison) due(p *Plan) []Record {
	var due []Record
	held := map[string]bool{}
	for _, want := range c.d.Records {
		found, ok := c.found(p, want)
		if !ok || found.Same(want.RRSet) {
			continue
		}
		s := recordSetting(want.RRSet)
		ours, err := c.ours(want, found)
		switch {
		case err != nil:
			p.obstruct(AspectDNS, err, zone(want.Zone))
			continue
		case !ours && (c.d.Adopt != found.Hash() || want.Apex):
			p.obstruct(AspectDNS, foreign(want, found), record(s))
			held[want.Name] = true
			continue
		}
		p.toSet(AspectDNS, s, withTTL(found))
		p.kept(c.o.Adopted[want.Key] == found.Hash() && found.Hash() != want.Hash())
		if c.d.leaves(s) {
			continue
		}
		if field := c.awaits(want); field != "" {
			p.obstruct(AspectDNS, needs("publish", s.Field, field), record(s))
			continue
		}
		due = append(due, want)
	}
	return slices.DeleteFunc(due, func(want Record) bool {
		return held[want.Name] || slices.ContainsFunc(servicesOf(want.RRSet), func(s dns.Service) bool { return held[s.Target] })
	})
}

// found gives the set that was read in place of a wanted one. Where it is unknown, or may
// not be written, it adds an obstacle that holds the zone.
func (c comparison) found(p *Plan, want Record) (dns.RRSet, bool) {
	part, ok := c.o.Records[want.Key]
	if !ok {
		part.Err = fault.New(fault.Unreachable, "look up", want.Name, "it has not been looked up yet")
	}
	err := part.Err
	if err == nil && part.Value.Barrier != dns.BarrierNone && !(len(want.Data) == 0 && part.Value.Barrier == dns.BarrierWildcard) {
		err = blocked(want, part.Value)
	}
	if err == nil {
		err = hosted(part.Value.Set)
	}
	if err != nil {
		p.obstruct(AspectDNS, err, zone(want.Zone))
		return dns.RRSet{}, false
	}
	found := part.Value.Set
	found.Key = want.Key
	return found, true
}

// updates makes one step for each zone of the sets that are due. Where the TTL of a set is
// lowered first, the later step says what it will find by then.
func (c comparison) updates(due []Record, stage Stage) Plan {
	var p Plan
	changes := map[string][]dns.Change{}
	leads := map[string][]lync.Protocol{} // by zone: the protocols that the changed records lead to
	var zones []string
	for _, want := range due {
		if !slices.Contains(zones, want.Zone) {
			zones = append(zones, want.Zone)
		}
		found := c.o.Records[want.Key].Value.Set
		found.Key = want.Key
		if stage == Moving && c.lowers() && len(c.moved([]Record{want})) > 0 {
			found.TTL = min(found.TTL, c.d.MoveTTL)
		}
		changes[want.Zone] = append(changes[want.Zone], dns.Change{From: found, To: want.RRSet})
		leads[want.Zone] = append(leads[want.Zone], want.Protocols...)
	}
	joining := c.joining(due)
	for _, name := range zones {
		var from, to []string
		for _, ch := range changes[name] {
			record := fmt.Sprintf("%s %s ", ch.To.Name, ch.To.Type)
			from, to = append(from, record+withTTL(ch.From)), append(to, record+withTTL(ch.To))
		}
		whole := UpdateDNS{Zone: name, Changes: changes[name], Ports: c.d.targetsOf(leads[name])}
		for _, a := range c.asTheyAnswer(whole, joining) {
			p.step(Step{Stage: stage, Target: c.d.ZoneTarget(name), From: strings.Join(from, "; "), To: strings.Join(to, "; ") + a.joins(), Act: a})
		}
	}
	return p
}

// awaits names a field that is left and that keeps a protocol of the record from the Edge
// pool; "" for none. Partners are led only to ports that answer.
func (c comparison) awaits(r Record) string {
	for _, protocol := range r.Protocols {
		if field := c.keptFrom(protocol); field != "" {
			return field
		}
	}
	return ""
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
