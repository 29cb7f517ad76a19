package dns

import (
	"maps"
	"slices"

	mdns "github.com/miekg/dns"
)

// maxAliases ends circular chains of aliases.
const maxAliases = 8

// view gives the version of the zone that holds a name, nil when no zone does.
type view func(name string) *version

// answer fills in the reply to a question as RFC 1034 section 4.3.2 and RFC 4592
// require. It serves only the content of the zones.
func answer(reply *mdns.Msg, q mdns.Question, zones view) {
	name := mdns.CanonicalName(q.Name)
	for range maxAliases {
		v := zones(name)
		if v == nil {
			if len(reply.Answer) == 0 {
				reply.Rcode = mdns.RcodeRefused
			}
			return
		}
		alias := v.answer(reply, name, q)
		if alias == "" {
			return
		}
		name = alias
	}
}

// answer adds the records of one zone for a name, and returns the target of an
// alias.
func (v *version) answer(reply *mdns.Msg, name string, q mdns.Question) (alias string) {
	if cut := v.cut(name); cut != "" && (cut != name || q.Qtype != mdns.TypeDS) {
		v.refer(reply, cut)
		return ""
	}
	if len(reply.Answer) == 0 {
		reply.Authoritative = true
	}
	own, exists := v.find(name)
	if !exists {
		reply.Rcode = mdns.RcodeNameError
		v.negative(reply)
		if q.Qtype == mdns.TypeSOA { // as BIND's zero-no-soa-ttl: the answer must not be cached
			reply.Ns[0].Header().Ttl = 0
		}
		return ""
	}
	owner := "" // the owner in the zone
	if !v.nodes[name] {
		owner = name // a wildcard's records get the name of the question
	}
	if cname := own[mdns.TypeCNAME]; len(cname) > 0 && q.Qtype != mdns.TypeCNAME && q.Qtype != mdns.TypeANY {
		reply.Answer = appendAs(reply.Answer, owner, cname)
		return mdns.CanonicalName(cname[0].(*mdns.CNAME).Target)
	}
	var found []mdns.RR
	for _, rrtype := range slices.Sorted(maps.Keys(own)) {
		if rrtype == q.Qtype || q.Qtype == mdns.TypeANY {
			found = append(found, own[rrtype]...)
		}
	}
	if len(found) == 0 {
		v.negative(reply)
	}
	if q.Qtype == mdns.TypeNS {
		v.addresses(reply, found, v.apex)
	}
	reply.Answer = appendAs(reply.Answer, owner, found)
	return ""
}

// find gives the records of a name, or those of a wildcard that covers it.
func (v *version) find(name string) (sets, bool) {
	if v.nodes[name] {
		return v.names[name], true
	}
	encloser := parent(name)
	for !v.nodes[encloser] {
		encloser = parent(encloser)
	}
	own, ok := v.names["*."+encloser]
	return own, ok
}

// cut gives the highest delegation at or above a name, "" for none.
func (v *version) cut(name string) string {
	cut := ""
	for ; name != v.apex; name = parent(name) {
		if len(v.names[name][mdns.TypeNS]) > 0 {
			cut = name
		}
	}
	return cut
}

// refer points to the servers of a delegated zone.
func (v *version) refer(reply *mdns.Msg, cut string) {
	servers := v.names[cut][mdns.TypeNS]
	reply.Ns = append(reply.Ns, servers...)
	v.addresses(reply, servers, cut)
}

// addresses adds the addresses of those name servers that lie in a domain.
func (v *version) addresses(reply *mdns.Msg, servers []mdns.RR, domain string) {
	for _, rr := range servers {
		host := mdns.CanonicalName(rr.(*mdns.NS).Ns)
		if mdns.IsSubDomain(domain, host) {
			reply.Extra = slices.Concat(reply.Extra, v.names[host][mdns.TypeA], v.names[host][mdns.TypeAAAA])
		}
	}
}

// negative adds the SOA record that says how long the answer may be cached (RFC
// 2308).
func (v *version) negative(reply *mdns.Msg) {
	soa := mdns.Copy(v.soa()).(*mdns.SOA)
	soa.Hdr.Ttl = min(soa.Hdr.Ttl, soa.Minttl)
	reply.Ns = append(reply.Ns, soa)
}

// appendAs appends records, under an owner's name if that is not empty.
func appendAs(list []mdns.RR, owner string, records []mdns.RR) []mdns.RR {
	for _, rr := range records {
		rr = mdns.Copy(rr)
		if owner != "" {
			rr.Header().Name = owner
		}
		list = append(list, rr)
	}
	return list
}
