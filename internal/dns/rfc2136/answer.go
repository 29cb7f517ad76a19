package rfc2136

import (
	"fmt"
	"slices"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// probeLabels go before a name to ask about a node that certainly does not exist. If
// the name exists, RFC 4592 section 3.3.1 makes it (or its own "*" child) the
// closest encloser, which has no wildcard below that could answer: NXDOMAIN. If the
// name is only synthesized from a wildcard further up, the same wildcard answers
// here too: NOERROR. Either way the authority section names the zone. Below a zone
// cut the answer is a referral. So one question finds the zone, the cut and the
// wildcard.
const probeLabels = "fedroute-probe.*."

// standing describes what a server is for one name: authoritative or not, and for
// which zone.
type standing struct {
	zone    string // apex; "" when the answer did not say
	cut     string // not "": a delegation at or above the name
	lame    string // not "": why the server is not authoritative for the name
	covered bool   // the name does not exist and a wildcard answers for it
	// absence is how many seconds resolvers remember what does not exist in the zone: the
	// lower of the SOA record's own TTL and its last field (RFC 2308 section 5).
	absence uint32
}

// open reports whether the standing is still unknown and needs a probe.
func (s standing) open() bool { return s == standing{} }

// standingOf reads the answer to a probe below name. Fault: Unreachable.
func standingOf(server, name string, m *mdns.Msg) (standing, error) {
	if lame, err := notAuthoritative(server, name, m); lame != "" || err != nil {
		return standing{lame: lame}, err
	}
	if !m.Authoritative {
		if cut := referral(m, name); cut != "" {
			return standing{cut: cut}, nil
		}
		return standing{lame: "the server answers without authority"}, nil
	}
	if len(m.Answer) > 0 && m.Answer[0].Header().Rrtype != mdns.TypeSOA {
		// The answer is an alias that a wildcard (CNAME) or a DNAME made. The rest of
		// the answer is about the alias's target.
		return standing{covered: true}, nil
	}
	for _, rr := range slices.Concat(m.Answer, m.Ns) {
		owner := dns.Canonical(rr.Header().Name)
		if rr.Header().Rrtype == mdns.TypeSOA && dns.Within(name, owner) {
			st := standing{zone: owner, covered: m.Rcode == mdns.RcodeSuccess}
			if soa, whole := rr.(*mdns.SOA); whole {
				st.absence = min(soa.Hdr.Ttl, soa.Minttl)
			}
			return st, nil
		}
	}
	return standing{}, nil
}

// notAuthoritative says why a server is not responsible for a name. A server that
// has a failure gives the fault Unreachable instead.
func notAuthoritative(server, name string, m *mdns.Msg) (lame string, err error) {
	switch m.Rcode {
	case mdns.RcodeSuccess, mdns.RcodeNameError:
		return "", nil
	case mdns.RcodeRefused, mdns.RcodeNotAuth:
		return fmt.Sprintf("the server refuses questions about it (%s)", mdns.RcodeToString[m.Rcode]), nil
	default:
		return "", fault.New(fault.Unreachable, "ask DNS server", server,
			fmt.Sprintf("it answered %s for %s", mdns.RcodeToString[m.Rcode], name)).
			With("its records are unknown and stay as they are", "look into the server's log; asked again later")
	}
}

// referral gives the zone cut that an answer without authority points to.
func referral(m *mdns.Msg, name string) string {
	for _, rr := range m.Ns {
		owner := dns.Canonical(rr.Header().Name)
		if rr.Header().Rrtype == mdns.TypeNS && owner != "." && dns.Within(name, owner) {
			return owner
		}
	}
	return ""
}

// reply is the answer of one server about one key.
type reply struct {
	set   dns.RRSet
	alias string // not "": what the name is an alias of
	dname string // not "": the domain whose DNAME record leads the name elsewhere, and where to
	lame  string // not "": why the answer does not count
	// standing is what else the answer shows. When the reply holds no record, that is
	// everything to know, because then no wildcard stands in for one. Otherwise it is
	// open.
	standing standing
}

// replyTo reads the answer to a question for a key. Only records of exactly that
// name count: a server also adds the records at the end of an alias chain.
func replyTo(server string, key dns.Key, m *mdns.Msg) (reply, error) {
	r := reply{set: dns.RRSet{Key: key}}
	lame, err := notAuthoritative(server, key.Name, m)
	if err != nil {
		return r, err
	}
	if r.lame = lame; lame != "" {
		return r, nil
	}
	if r.standing, err = emptyStanding(server, key.Name, m); err != nil {
		return r, err
	}
	if !m.Authoritative {
		r.lame = "the server answers without authority"
		return r, nil
	}
	for _, rr := range m.Answer {
		owner := dns.Canonical(rr.Header().Name)
		switch v := rr.(type) {
		case *mdns.DNAME:
			r.dname = owner + " → " + dns.Canonical(v.Target)
		case *mdns.CNAME:
			if owner == key.Name && r.alias == "" {
				r.alias = dns.Canonical(v.Target)
			}
		default:
			if owner != key.Name || rr.Header().Rrtype != wireType(key.Type) {
				continue
			}
			if rr.Header().Rdlength == 0 {
				return reply{set: dns.RRSet{Key: key}, lame: "the server answers with a record that has no value"}, nil
			}
			r.add(rr)
		}
	}
	slices.Sort(r.set.Data)
	return r, nil
}

// emptyStanding reads the standing from an answer without records: a referral
// names the cut, and a "no such name" or "no such type" the zone (RFC 2308 section 3).
func emptyStanding(server, name string, m *mdns.Msg) (standing, error) {
	if len(m.Answer) > 0 {
		return standing{}, nil
	}
	st, err := standingOf(server, name, m)
	if st.lame != "" || err != nil {
		return standing{}, err
	}
	st.covered = false
	return st, nil
}

// sameValue reports whether two names answer with the same records or alias.
func (r reply) sameValue(o reply) bool {
	return r.alias == o.alias && slices.Equal(r.set.Data, o.set.Data)
}

func (r *reply) add(rr mdns.RR) {
	ttl := rr.Header().Ttl
	if !r.set.Exists() || ttl < r.set.TTL {
		r.set.TTL = ttl
	}
	r.set.Data = append(r.set.Data, valueOf(rr))
}
