package dns

import (
	"cmp"
	"slices"
	"strings"

	mdns "github.com/miekg/dns"
)

// check tests an UPDATE's prerequisites (RFC 2136 section 3.2) and gives the
// response code. Only records of the zone count, not those that a wildcard
// synthesizes.
func (v *version) check(prerequisites []mdns.RR) int {
	wanted := map[string]sets{}
	for _, rr := range prerequisites {
		h := rr.Header()
		name := mdns.CanonicalName(h.Name)
		if h.Ttl != 0 || h.Class != mdns.ClassINET && h.Rdlength != 0 {
			return mdns.RcodeFormatError
		}
		if !mdns.IsSubDomain(v.apex, name) {
			return mdns.RcodeNotZone
		}
		switch h.Class {
		case mdns.ClassANY, mdns.ClassNONE:
			if rcode := v.checkUse(name, h.Rrtype, h.Class == mdns.ClassANY); rcode != mdns.RcodeSuccess {
				return rcode
			}
		case mdns.ClassINET:
			if wanted[name] == nil {
				wanted[name] = sets{}
			}
			wanted[name][h.Rrtype] = append(wanted[name][h.Rrtype], rr)
		default:
			return mdns.RcodeFormatError
		}
	}
	for name, types := range wanted {
		for rrtype, set := range types {
			if !sameSet(v.names[name][rrtype], set) {
				return mdns.RcodeNXRrset
			}
		}
	}
	return mdns.RcodeSuccess
}

// checkUse tests whether a name or a set exists, or does not, as wanted.
func (v *version) checkUse(name string, rrtype uint16, wanted bool) int {
	if rrtype == mdns.TypeANY {
		switch exists := len(v.names[name]) > 0; {
		case exists && !wanted:
			return mdns.RcodeYXDomain
		case !exists && wanted:
			return mdns.RcodeNameError
		}
		return mdns.RcodeSuccess
	}
	switch exists := len(v.names[name][rrtype]) > 0; {
	case exists && !wanted:
		return mdns.RcodeYXRrset
	case !exists && wanted:
		return mdns.RcodeNXRrset
	}
	return mdns.RcodeSuccess
}

// sameSet compares values; TTLs and letter case do not count.
func sameSet(have, want []mdns.RR) bool {
	holds := func(list []mdns.RR, rr mdns.RR) bool {
		return slices.ContainsFunc(list, func(o mdns.RR) bool { return sameValue(o, rr) })
	}
	for _, rr := range want {
		if !holds(have, rr) {
			return false
		}
	}
	for _, rr := range have {
		if !holds(want, rr) {
			return false
		}
	}
	return true
}

// sameValue compares two records of one name and type and ignores their class.
func sameValue(a, b mdns.RR) bool {
	b = mdns.Copy(b)
	b.Header().Class = a.Header().Class
	return mdns.IsDuplicate(a, b)
}

// prescan checks the records to add and delete (RFC 2136 section 3.4.1). For each of
// them, as BIND does, it also checks whether the key may change it.
func (v *version) prescan(key Key, updates []mdns.RR) int {
	for _, rr := range updates {
		h := rr.Header()
		if !mdns.IsSubDomain(v.apex, mdns.CanonicalName(h.Name)) {
			return mdns.RcodeNotZone
		}
		ok := false
		switch h.Class {
		case mdns.ClassINET:
			ok = !isMeta(h.Rrtype) && h.Rrtype != mdns.TypeANY && h.Rdlength > 0
		case mdns.ClassANY:
			ok = h.Ttl == 0 && h.Rdlength == 0 && !isMeta(h.Rrtype)
		case mdns.ClassNONE:
			ok = h.Ttl == 0 && !isMeta(h.Rrtype) && h.Rrtype != mdns.TypeANY
		}
		if !ok {
			return mdns.RcodeFormatError
		}
		if !key.mayChange(rr, v) {
			return mdns.RcodeRefused
		}
	}
	return mdns.RcodeSuccess
}

// isMeta reports whether a type is one that no zone can hold. ANY is not counted.
func isMeta(rrtype uint16) bool {
	switch rrtype {
	case mdns.TypeAXFR, mdns.TypeIXFR, mdns.TypeMAILA, mdns.TypeMAILB, mdns.TypeOPT, mdns.TypeTSIG, mdns.TypeTKEY:
		return true
	default:
		return false
	}
}

// apply carries out the update section (RFC 2136 section 3.4.2) on a version made by next.
func (v *version) apply(updates []mdns.RR) {
	for _, rr := range updates {
		h := rr.Header()
		name := mdns.CanonicalName(h.Name)
		switch {
		case h.Class == mdns.ClassINET:
			v.insert(name, rr)
		case h.Class == mdns.ClassANY && h.Rrtype == mdns.TypeANY:
			for rrtype := range v.names[name] {
				v.removeSet(name, rrtype)
			}
		case h.Class == mdns.ClassANY:
			v.removeSet(name, h.Rrtype)
		default:
			v.removeRecord(name, rr)
		}
	}
}

// insert adds a record. It silently ignores a record beside a CNAME, a CNAME beside
// other records, and an older SOA. A second CNAME replaces the first.
func (v *version) insert(name string, rr mdns.RR) {
	own := v.names[name]
	isAlias := len(own[mdns.TypeCNAME]) > 0
	switch rr.Header().Rrtype {
	case mdns.TypeCNAME:
		if len(own) > 0 && !isAlias {
			return
		}
		v.remove(name, mdns.TypeCNAME, keepNone)
	case mdns.TypeSOA:
		soa := rr.(*mdns.SOA)
		if name != v.apex || !newer(soa.Serial, v.serial) {
			return
		}
		v.remove(name, mdns.TypeSOA, keepNone)
		v.serial = soa.Serial
	case mdns.TypeNS:
		if isAlias || strings.HasPrefix(name, "*.") { // a delegation cannot be a wildcard
			return
		}
	default:
		if isAlias {
			return
		}
	}
	v.add(rr)
}

// removeSet deletes one set. A zone's own SOA and NS stay.
func (v *version) removeSet(name string, rrtype uint16) {
	if name == v.apex && (rrtype == mdns.TypeSOA || rrtype == mdns.TypeNS) {
		return
	}
	v.remove(name, rrtype, keepNone)
}

// removeRecord deletes one record. A zone's SOA and its last NS stay.
func (v *version) removeRecord(name string, rr mdns.RR) {
	rrtype := rr.Header().Rrtype
	if rrtype == mdns.TypeSOA || name == v.apex && rrtype == mdns.TypeNS && len(v.names[name][rrtype]) == 1 {
		return
	}
	v.remove(name, rrtype, func(old mdns.RR) bool { return !sameValue(old, rr) })
}

func keepNone(mdns.RR) bool { return false }

// newer compares serials, whose numbers wrap around (RFC 1982).
func newer(a, b uint32) bool { return int32(a-b) > 0 }

// sane reports whether the zone's own servers still have addresses, as far as their
// names are in the zone. BIND refuses an update that removes the last address.
func (v *version) sane() bool {
	for _, rr := range v.names[v.apex][mdns.TypeNS] {
		host := mdns.CanonicalName(rr.(*mdns.NS).Ns)
		if !mdns.IsSubDomain(v.apex, host) || v.cut(host) != "" {
			continue
		}
		own, _ := v.find(host)
		if len(own[mdns.TypeA]) == 0 && len(own[mdns.TypeAAAA]) == 0 {
			return false
		}
	}
	return true
}

// difference lists removed and added records, in the order of names and types.
func difference(from, to *version) []string {
	lines := lost(from, to, "-")
	lines = append(lines, lost(to, from, "+")...)
	slices.SortStableFunc(lines, func(a, b string) int { return cmp.Compare(a[1:], b[1:]) })
	return lines
}

// lost lists the records of a that b does not have. A different TTL counts as
// different, and the SOA is left out.
func lost(a, b *version, sign string) []string {
	var lines []string
	for name, own := range a.names {
		for rrtype, set := range own {
			if rrtype == mdns.TypeSOA {
				continue
			}
			for _, rr := range set {
				same := func(o mdns.RR) bool { return o.Header().Ttl == rr.Header().Ttl && mdns.IsDuplicate(o, rr) }
				if !slices.ContainsFunc(b.names[name][rrtype], same) {
					lines = append(lines, sign+line(rr))
				}
			}
		}
	}
	return lines
}
