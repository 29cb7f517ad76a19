// Package dns describes authoritative DNS: sets of records, changes that depend on
// what was read, and the interfaces that read and write a zone. It knows no wire
// format; internal/dns/rfc2136 does.
package dns

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// Type is a record type by its mnemonic. The product writes only the types below.
type Type string

const (
	A    Type = "A"
	AAAA Type = "AAAA"
	SRV  Type = "SRV"
)

// Key names one RRset. Name is fully qualified, lower case, without final dot.
type Key struct {
	Name string
	Type Type
}

// RRSet is all records of one name and type. Data holds each record's value in
// presentation form ("0 0 5061 sip.contoso.com", "192.0.2.1"), lower case,
// without final dots, sorted.
type RRSet struct {
	Key
	TTL  uint32 // seconds
	Data []string
}

// Same reports whether a set that was found is as wanted: the data are equal and, where
// there are data and want has a TTL, the TTL. A found TTL of 0 is a TTL like any other.
func (s RRSet) Same(want RRSet) bool {
	if s.Key != want.Key || !slices.Equal(s.Data, want.Data) {
		return false
	}
	return len(s.Data) == 0 || want.TTL == 0 || s.TTL == want.TTL
}

// String is the one-line form that status and events show.
func (s RRSet) String() string {
	if len(s.Data) == 0 {
		return "none"
	}
	return strings.Join(s.Data, ", ")
}

// Barrier is the reason why records cannot simply be written at a name.
type Barrier string

const (
	BarrierNone       Barrier = ""
	BarrierCNAME      Barrier = "CNAME"      // the name is an alias
	BarrierDNAME      Barrier = "DNAME"      // a domain above the name is led elsewhere
	BarrierWildcard   Barrier = "Wildcard"   // a wildcard answers; writing would mask it
	BarrierDelegation Barrier = "Delegation" // the name lies below a zone cut
	BarrierNoZone     Barrier = "NoZone"     // the server is not authoritative for the name
)

// Lookup is the primary's answer about one key, and the answers of the zone's other
// authoritative servers.
type Lookup struct {
	Set     RRSet // empty Data: the set does not exist
	Zone    string
	Barrier Barrier
	// Detail names the barrier: the alias target, the wildcard, the cut.
	Detail string
	// Absence is for how many seconds resolvers remember that the set does not exist; 0 for
	// a set that exists, and where the server did not tell.
	Absence uint32
	// Servers holds every authoritative server that was asked, the primary first.
	Servers []ServerView
}

// ServerView is one authoritative server's answer.
type ServerView struct {
	Server string // host:port
	Set    RRSet
	Err    error // the server could not be asked: its set is unknown, not empty
}

// Change moves one RRset from what was read to what is wanted. A From without Data
// means that the set must not exist; a To without Data deletes the set.
type Change struct {
	From RRSet
	To   RRSet
}

// WantedTTL is the TTL in seconds that the changed set gets: the TTL of To,
// otherwise that of From, otherwise DefaultTTL.
func (c Change) WantedTTL() uint32 {
	switch {
	case c.To.TTL > 0:
		return c.To.TTL
	case c.From.Exists() && c.From.TTL > 0:
		return c.From.TTL
	default:
		return DefaultTTL
	}
}

// Reader reads one zone. It changes nothing.
type Reader interface {
	// Read looks every key up on the primary and on the zone's other
	// authoritative servers. Faults: Unreachable, Denied, Refused.
	Read(ctx context.Context, keys []Key) (map[Key]Lookup, error)
}

// ErrUnverified is in the chain of a fault when a reply reported success and its
// signature is missing or does not verify. Anybody may have sent such a reply, so
// the caller reads the records back. Samba's own DNS server sends such replies after
// it has made the change.
var ErrUnverified = errors.New("the reply is not signed by whom it should be")

// Writer changes one zone.
type Writer interface {
	// Check asks the server whether it would accept the changes, and changes nothing.
	// The server judges the key, the zone, and whether the sets are as they were
	// read. A policy for single names may refuse only in Write. Faults: those of
	// Write; OutcomeUnknown when the server gives no answer that can be judged.
	Check(ctx context.Context, changes []Change) error
	// Write sends all changes as one atomic UPDATE whose prerequisites are the
	// From sets, or as several where one does not hold them; sets that belong together
	// then stay in one. Faults: WorldChanged (a prerequisite failed), Denied (key, clock),
	// Refused (policy), Invalid (not the zone), OutcomeUnknown. OutcomeUnknown has
	// ErrUnverified in its chain when an answer reported success and its signature
	// does not prove that the server sent it. Write calls may right before it sends
	// anything that changes records, each UPDATE of several too; an error of may ends the
	// write and is given back.
	Write(ctx context.Context, changes []Change, may func() error) error
}

// Always is the may of a Write that depends on nothing else.
func Always() error { return nil }
