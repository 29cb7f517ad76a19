package plan

import (
	"fmt"
	"slices"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// Lowering says how far partners have forgotten the TTL that the records of a planned move had
// before it was lowered.
type Lowering struct {
	// Ends is zero while some authoritative server shows the old TTL.
	Ends time.Time
	Over bool
}

// Lowers gives the move as it is to be remembered after an observation, and how far partners
// have forgotten the old TTL. The time counts from the first observation in which no
// authoritative server that could be asked shows a higher TTL than the move's.
func (m Move) Lowers(d Desired, o Observed, now time.Time) (Move, Lowering) {
	c := comparison{d, o}
	if d.MoveTTL == 0 || d.Back || !c.prepares() {
		return m, Lowering{Over: true}
	}
	moved := c.moved(c.due(&Plan{}))
	longest, lowered := c.longestTTL(moved)
	m.LoweredFrom = max(m.LoweredFrom, longest)
	switch {
	case len(moved) == 0: // as far as is known now
		return m, Lowering{Over: true}
	case m.LoweredFrom <= d.MoveTTL:
		return m, Lowering{Over: true}
	case !lowered:
		m.Lowered = time.Time{}
		return m, Lowering{}
	case m.Lowered.IsZero():
		m.Lowered = now.Truncate(time.Second).Add(time.Second) // status keeps whole seconds
	}
	ends := m.Lowered.Add(time.Duration(m.LoweredFrom) * time.Second)
	if now.Before(ends) {
		return m, Lowering{Ends: ends}
	}
	m.LoweredFrom, m.LongestTTL, m.Lowered = longest, longest, time.Time{}
	return m, Lowering{Over: true}
}

// longestTTL gives the longest TTL of records that the move leads elsewhere, as the primary
// shows them, and whether every server that could be asked shows a TTL as low as the move's.
func (c comparison) longestTTL(moved []Record) (longest uint32, lowered bool) {
	lowered = true
	for _, want := range moved {
		found := c.o.Records[want.Key].Value
		longest = max(longest, found.Set.TTL)
		for _, view := range append(slices.Clone(found.Servers), dns.ServerView{Set: found.Set}) {
			lowered = lowered && (view.Err != nil || view.Set.TTL <= c.d.MoveTTL)
		}
	}
	return longest, lowered
}

// moved are those of some records that lead elsewhere now, so that partners remember that. A
// move that leaves records behind where they cannot be written leaves their TTL, too: it would
// wait for ever.
func (c comparison) moved(records []Record) []Record {
	var out []Record
	for _, want := range records {
		if c.d.LeavesBehind && c.o.Unwritten[c.d.ZoneTarget(want.Zone)] {
			continue
		}
		if found := c.o.Records[want.Key].Value.Set; found.Exists() && !slices.Equal(found.Data, want.Data) {
			out = append(out, want)
		}
	}
	return out
}

// lowers reports whether the plan lowers the TTL of records, or waits for that, before it
// leads federation elsewhere.
func (c comparison) lowers() bool { return c.d.MoveTTL > 0 && !c.o.Lowering.Over }

// lower lowers the TTL of the records that a planned move leads elsewhere, as its first steps,
// and holds the move until partners have forgotten the TTL of before.
func (c comparison) lower(due []Record) Plan {
	var p Plan
	moved := c.moved(due)
	if !c.lowers() || len(moved) == 0 {
		return p
	}
	var lowered []Record
	for _, want := range moved {
		found := c.o.Records[want.Key].Value.Set
		if found.TTL > c.d.MoveTTL {
			want.RRSet = dns.RRSet{Key: want.Key, TTL: c.d.MoveTTL, Data: found.Data}
			want.Protocols = nil // they lead where they led before
			lowered = append(lowered, want)
		}
	}
	p = c.updates(lowered, Preparing)
	until := "every authoritative server shows the lower TTL and they have forgotten the old one"
	if !c.o.Lowering.Ends.IsZero() {
		until = c.o.Lowering.Ends.UTC().Format(time.RFC3339)
	}
	p.Pauses = append(p.Pauses, Pause{Stage: Moving, Until: c.o.Lowering.Ends, Err: fault.New(fault.Busy, "lead partners to", c.d.Pool.FQDN,
		"they may remember the old records for their old TTL until "+until).
		With("they are served where they are meanwhile", fmt.Sprintf("federation moves then; without spec.dns.moveTTL (%d) it moves at once", c.d.MoveTTL))})
	return p
}
