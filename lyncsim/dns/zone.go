package dns

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	mdns "github.com/miekg/dns"
)

// Zone is a zone of a farm file. Each record is one line of a master file (RFC 1035
// section 5): "sip 300 A 192.0.2.1". Names without a final dot are relative to the
// zone. A missing SOA is added; NS records are required.
type Zone struct {
	Name    string   `json:"name"`
	Records []string `json:"records"`
}

// sets holds the records of one owner by type.
type sets map[uint16][]mdns.RR

// version is one state of a zone. It does not change once it is published; an update
// makes a new version. Servers that lag serve an older one.
type version struct {
	apex   string // canonical: lower case, with final dot
	at     time.Time
	serial uint32
	names  map[string]sets
	nodes  map[string]bool // every existing name, empty non-terminals included
}

func parseZone(z Zone, at time.Time) (*version, error) {
	apex := mdns.CanonicalName(z.Name)
	if _, ok := mdns.IsDomainName(apex); !ok || apex == "." {
		return nil, fmt.Errorf("zone %q: that is no zone name", z.Name)
	}
	v := &version{apex: apex, at: at, serial: 1, names: map[string]sets{}}
	text := strings.Join(z.Records, "\n")
	parser := mdns.NewZoneParser(strings.NewReader(text), apex, "")
	parser.SetDefaultTTL(300)
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		if !mdns.IsSubDomain(apex, rr.Header().Name) {
			return nil, fmt.Errorf("zone %s: %s lies outside", z.Name, rr.Header().Name)
		}
		if rr.Header().Rrtype == mdns.TypeDNAME {
			return nil, fmt.Errorf("zone %s: DNAME records are not simulated", z.Name)
		}
		v.add(rr)
	}
	if err := parser.Err(); err != nil {
		return nil, fmt.Errorf("zone %s: %w", z.Name, err)
	}
	v.settleSOA()
	v.index()
	return v, nil
}

// settleSOA adds a missing SOA and reads the serial of a given one.
func (v *version) settleSOA() {
	if soa := v.soa(); soa != nil {
		v.serial = soa.Serial
		return
	}
	primary := "ns1." + v.apex
	if servers := v.names[v.apex][mdns.TypeNS]; len(servers) > 0 {
		primary = servers[0].(*mdns.NS).Ns
	}
	v.add(&mdns.SOA{
		Hdr: mdns.RR_Header{Name: v.apex, Rrtype: mdns.TypeSOA, Class: mdns.ClassINET, Ttl: 300},
		Ns:  primary, Mbox: "hostmaster." + v.apex,
		Serial: v.serial, Refresh: 3600, Retry: 600, Expire: 86400, Minttl: 60,
	})
}

func (v *version) soa() *mdns.SOA {
	if rrs := v.names[v.apex][mdns.TypeSOA]; len(rrs) > 0 {
		return rrs[0].(*mdns.SOA)
	}
	return nil
}

// next is a copy for a change. The records of an owner are shared until edit copies
// them.
func (v *version) next(at time.Time) *version {
	return &version{apex: v.apex, at: at, serial: v.serial, names: maps.Clone(v.names)}
}

// edit gives the sets of one owner, which may be changed, in a version that next
// made.
func (v *version) edit(name string) sets {
	own := maps.Clone(v.names[name])
	if own == nil {
		own = sets{}
	}
	v.names[name] = own
	return own
}

// add adds a record. As in BIND, the whole set gets the TTL of the newest record. Of
// two values that differ only in letter case, the older one stays.
func (v *version) add(rr mdns.RR) {
	h := rr.Header()
	name := mdns.CanonicalName(h.Name)
	own := v.edit(name)
	var set []mdns.RR
	isNew := true
	for _, old := range own[h.Rrtype] {
		if mdns.IsDuplicate(old, rr) {
			isNew = false
		}
		if old.Header().Ttl != h.Ttl {
			old = mdns.Copy(old)
			old.Header().Ttl = h.Ttl
		}
		set = append(set, old)
	}
	if isNew {
		set = append(set, mdns.Copy(rr))
	}
	own[h.Rrtype] = set
}

// remove removes records of one owner. keep decides which records of a type stay.
func (v *version) remove(name string, rrtype uint16, keep func(mdns.RR) bool) {
	own := v.edit(name)
	rest := slices.DeleteFunc(slices.Clone(own[rrtype]), func(rr mdns.RR) bool { return !keep(rr) })
	own[rrtype] = rest
	if len(rest) == 0 {
		delete(own, rrtype)
	}
	if len(own) == 0 {
		delete(v.names, name)
	}
}

// index finds every node, so that empty non-terminals exist (RFC 4592 section 2.2.2).
func (v *version) index() {
	v.nodes = map[string]bool{v.apex: true}
	for name := range v.names {
		for name != v.apex && !v.nodes[name] {
			v.nodes[name] = true
			name = parent(name)
		}
	}
}

// parent removes the first label.
func parent(name string) string {
	next, end := mdns.NextLabel(name, 0)
	if end {
		return "."
	}
	return name[next:]
}
