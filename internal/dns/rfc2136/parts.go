package rfc2136

import (
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

const (
	maxMessage = 65535 // octets; the length before a TCP message has 16 bits
	tsigRoom   = 1024  // octets kept free for the signature
	updateRoom = maxMessage - tsigRoom
)

// partsOf divides the changes of a zone into as few updates as their size allows, each of
// at most room octets. Changes that belong together stay in one update, so that no partner
// sees half of them: the sets of one name, and an SRV record with the addresses of its
// target. Order is kept. Faults: Invalid when what belongs together is too large for one
// update, and those of updateOf.
func partsOf(zone string, changes []dns.Change, room int) ([][]dns.Change, error) {
	if whole, err := updateOf(zone, changes); err != nil {
		return nil, err
	} else if whole.Len() <= room {
		return [][]dns.Change{changes}, nil
	}
	var parts [][]dns.Change
	size := 0
	for _, group := range belonging(changes) {
		m, err := updateOf(zone, group)
		if err != nil {
			return nil, err
		}
		if need := m.Len(); need > room {
			return nil, fault.New(fault.Invalid, "change zone", zone,
				fmt.Sprintf("the %d record sets around %s belong together and need %d octets, and one update holds %d", len(group), group[0].To.Name, need, room)).
				With("nothing was changed", "give some of the domains a host of their own, or spread them over several routes")
		}
		// Without compression lengths add up. With it they do not: a name can only point
		// to one in the first 16 KiB of its message.
		m.Compress = false
		if size += m.Len(); len(parts) == 0 || size > room {
			parts, size = append(parts, nil), m.Len()
		}
		last := len(parts) - 1
		parts[last] = append(parts[last], group...)
	}
	return parts, nil
}

// belonging divides changes into the smallest groups that share no name.
func belonging(changes []dns.Change) [][]dns.Change {
	group := make([]int, len(changes)) // of each change: the first change of its group
	first := map[string]int{}          // by name: a change of the name's group
	head := func(n int) int {
		for group[n] != n {
			n = group[n]
		}
		return n
	}
	for n, c := range changes {
		group[n] = n
		for _, name := range namesOf(c) {
			if other, ok := first[name]; ok {
				a, b := head(n), head(other)
				group[max(a, b)] = min(a, b)
			} else {
				first[name] = n
			}
		}
	}
	var out [][]dns.Change
	at := map[int]int{} // by head: the group's place in out
	for n, c := range changes {
		h := head(n)
		place, ok := at[h]
		if !ok {
			place = len(out)
			at[h], out = place, append(out, nil)
		}
		out[place] = append(out[place], c)
	}
	return out
}

// namesOf are the name of a change's set and the targets that its SRV records have or get.
func namesOf(c dns.Change) []string {
	names := []string{c.To.Name}
	if c.To.Type != dns.SRV {
		return names
	}
	for _, set := range []dns.RRSet{c.From, c.To} {
		for _, value := range set.Data {
			if srv, err := dns.ParseService(value); err == nil {
				names = append(names, srv.Target)
			}
		}
	}
	return names
}

// afterOthers says of a failed update that the done updates before it stand.
func afterOthers(done, all int, err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || done == 0 || f.Kind == fault.OutcomeUnknown {
		return err
	}
	return f.With(fmt.Sprintf("%d of the zone's %d updates were made and stand, this one and those after it were not", done, all), f.Next)
}
