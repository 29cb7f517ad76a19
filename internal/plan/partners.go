package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
)

// partners says what partners notice of the records that the steps change, and what no step
// can help: they remember old records, and that there was none, and may have written a name
// down.
func (c comparison) partners(steps []Step) Plan {
	var changes []dns.Change
	for _, s := range steps {
		update, ok := s.Act.(UpdateDNS)
		if !ok || s.Stage == Preparing {
			continue // a lower TTL leads nobody elsewhere
		}
		for _, ch := range update.Changes { // several steps may change one set, machine by machine
			if !slices.ContainsFunc(changes, func(o dns.Change) bool { return o.To.Key == ch.To.Key }) {
				changes = append(changes, ch)
			}
		}
	}
	said := []string{renamed(changes), c.remembered(changes), c.firstPublished(changes)}
	return Plan{Notices: slices.DeleteFunc(said, func(s string) bool { return s == "" })}
}

// renamed says which hosts SRV records lead to no more; "" for none. A partner who wrote such
// a host down (ProxyFqdn of New-CsAllowedDomain) does not ask for the record.
func renamed(changes []dns.Change) string {
	var records, gone, come []string
	for _, ch := range changes {
		before, after := targetsIn(ch.From), targetsIn(ch.To)
		if old, new := except(before, after), except(after, before); len(old) > 0 && len(new) > 0 {
			records, gone, come = append(records, ch.To.Name), union(gone, old), union(come, new)
		}
	}
	if len(records) == 0 {
		return ""
	}
	return fmt.Sprintf("the host of SRV %s changes from %s to %s: a partner who has entered the old name by hand (ProxyFqdn) does not follow; a host in the spec that stays the same spares partners that",
		Few(records), Few(gone), Few(come))
}

// targetsIn lists the hosts of an SRV set.
func targetsIn(set dns.RRSet) []string {
	var out []string
	if set.Type == dns.SRV {
		for _, s := range servicesOf(set) {
			out = union(out, []string{s.Target})
		}
	}
	return out
}

// remembered says for how long partners may still use a record that changes; "" where that is
// no longer than usual. It names the record that is remembered longest.
func (c comparison) remembered(changes []dns.Change) string {
	longest := dns.RRSet{}
	for _, ch := range changes {
		if ch.From.Exists() && !slices.Equal(ch.From.Data, ch.To.Data) && ch.From.TTL > longest.TTL {
			longest = ch.From
		}
	}
	if longest.TTL <= dns.DefaultTTL {
		return ""
	}
	served := "no Edge pool serves them there by then"
	if pools := c.stillServing(); len(pools) > 0 {
		served = Few(pools) + " serves them meanwhile"
	}
	return fmt.Sprintf("partners may go where %s leads now for another %s after the change, because its TTL is %d seconds; %s",
		longest.Key, time.Duration(longest.TTL)*time.Second, longest.TTL, served)
}

// stillServing lists the pools that keep their flags until partners have left them.
func (c comparison) stillServing() []string {
	return slices.DeleteFunc(leftBehind(c.d, c.o.Topology), func(name string) bool { return !c.staysForNow(name) })
}

// firstPublished names the names that have no record yet; "" for none. Who asked for one
// before may remember that it does not exist.
func (c comparison) firstPublished(changes []dns.Change) string {
	var names []string
	absence := uint32(0)
	for _, ch := range changes {
		if c.exists(ch.To) || !ch.To.Exists() {
			continue
		}
		names = append(names, ch.To.Key.String())
		absence = max(absence, c.o.Records[ch.To.Key].Value.Absence)
	}
	if len(names) == 0 {
		return ""
	}
	long := "as long as the zone's SOA record says"
	if absence > 0 {
		long = fmt.Sprintf("%s, as the zone's SOA record says", time.Duration(absence)*time.Second)
	}
	return fmt.Sprintf("published for the first time: %s; who has asked for it before may go on without it for %s", Few(names), long)
}

// exists reports whether a name has a record that partners can use. Of the two types of
// addresses, one is enough.
func (c comparison) exists(set dns.RRSet) bool {
	types := []dns.Type{set.Type}
	if set.Type != dns.SRV {
		types = []dns.Type{dns.A, dns.AAAA}
	}
	return slices.ContainsFunc(types, func(t dns.Type) bool {
		part := c.o.Records[dns.Key{Name: set.Name, Type: t}]
		return part.Known() && part.Value.Set.Exists()
	})
}

// except lists the names of all that are not among others.
func except(all, others []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(others, name) })
}

// union adds the names of more that are not there yet.
func union(names, more []string) []string { return append(names, except(more, names)...) }

// Few names three at most, and counts the others.
func Few(names []string) string {
	const named = 3
	if len(names) <= named {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:named], ", "), len(names)-named)
}
