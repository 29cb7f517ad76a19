package rfc2136

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
)

func compareKeys(a, b dns.Key) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(string(a.Type), string(b.Type)))
}

// survey completes how the server stands to each name: it probes for every name
// whose standing is open.
func survey(ctx context.Context, s *session, standings map[string]standing) (map[string]standing, error) {
	if err := probe(ctx, s, standings); err != nil {
		return nil, err
	}
	return standings, walk(ctx, s, standings)
}

// confineAll applies the one zone that may be changed to all standings. onlyZone is empty
// where there is no such zone.
func confineAll(onlyZone string, standings map[string]standing) map[string]standing {
	for name, st := range standings {
		standings[name] = confine(onlyZone, name, st)
	}
	return standings
}

func probe(ctx context.Context, s *session, standings map[string]standing) error {
	var names []string
	var questions []question
	for name, st := range standings {
		if st.open() {
			names = append(names, name)
			questions = append(questions, question{name: probeLabels + name, qtype: mdns.TypeSOA})
		}
	}
	answers, err := s.ask(ctx, questions)
	if err != nil {
		return err
	}
	for i, name := range names {
		if standings[name], err = standingOf(s.server, name, answers[i]); err != nil {
			return err
		}
	}
	return nil
}

// walk finds the zone of names whose probe did not show it: those behind a wildcard
// alias and those below a cut. It asks every domain above the name for an SOA record
// of its own and takes the nearest.
func walk(ctx context.Context, s *session, standings map[string]standing) error {
	var questions []question
	var asked []string
	for name, st := range standings {
		if st.zone != "" || st.lame != "" {
			continue
		}
		start := name
		if st.cut != "" {
			start = st.cut
		}
		for _, domain := range dns.Ancestors(start) {
			questions = append(questions, question{name: domain, qtype: mdns.TypeSOA})
			asked = append(asked, name)
		}
	}
	answers, err := s.ask(ctx, questions)
	if err != nil {
		return err
	}
	for i, m := range answers {
		st := standings[asked[i]]
		if st.zone == "" && isApex(m, questions[i].name) {
			st.zone = questions[i].name
			standings[asked[i]] = st
		}
	}
	return nil
}

// isApex reports whether the answer to a question for SOA shows that the server is
// authoritative for the zone of exactly that name.
func isApex(m *mdns.Msg, domain string) bool {
	if !m.Authoritative || m.Rcode != mdns.RcodeSuccess {
		return false
	}
	for _, rr := range m.Answer {
		if rr.Header().Rrtype == mdns.TypeSOA && dns.Canonical(rr.Header().Name) == domain {
			return true
		}
	}
	return false
}

// confine applies the one zone that may be changed to a standing. A name outside it
// gets a reason in lame, and a name in a child zone gets a cut.
func confine(onlyZone, name string, st standing) standing {
	switch {
	case st.lame != "":
		return st
	case st.zone == "":
		return standing{lame: "the server is authoritative for no zone that holds it"}
	case onlyZone == "" || st.zone == onlyZone:
		return st
	case dns.Within(st.zone, onlyZone): // a child zone on the same server
		return standing{zone: onlyZone, cut: st.zone}
	case dns.Within(name, onlyZone):
		return standing{lame: fmt.Sprintf("the server is not authoritative for %s", onlyZone)}
	default:
		return standing{lame: fmt.Sprintf("the name lies in %s, not in %s", st.zone, onlyZone)}
	}
}

// wildcardsOf finds the wildcard behind each answer to a name that does not exist.
// The wildcard must hold the records that were answered. Otherwise a server that
// follows rules older than RFC 4592 for the probe could make an ordinary record look
// like a wildcard's.
func wildcardsOf(ctx context.Context, s *session, standings map[string]standing, replies map[dns.Key]reply) (map[dns.Key]string, error) {
	var questions []question
	var asked []dns.Key
	for key, r := range replies {
		st := standings[key.Name]
		if !st.covered || r.dname != "" || !r.set.Exists() && r.alias == "" {
			continue
		}
		for _, domain := range dns.Ancestors(key.Name) {
			if dns.Within(domain, st.zone) {
				questions = append(questions, question{name: "*." + domain, qtype: wireType(key.Type)})
				asked = append(asked, key)
			}
		}
	}
	answers, err := s.ask(ctx, questions)
	if err != nil {
		return nil, err
	}
	wildcards := map[dns.Key]string{}
	for i, m := range answers {
		wild, err := replyTo(s.server, dns.Key{Name: questions[i].name, Type: asked[i].Type}, m)
		if err != nil {
			return nil, err
		}
		// "*.emea.contoso.com" is itself answered by "*.contoso.com" when there is no
		// emea.contoso.com, so the last domain that answers is where the records
		// stand.
		if wild.sameValue(replies[asked[i]]) {
			wildcards[asked[i]] = questions[i].name
		}
	}
	return wildcards, nil
}
