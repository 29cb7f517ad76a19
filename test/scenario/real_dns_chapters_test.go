//go:build interop

package scenario_test

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

func (s *realStory) creates() { s.readyAt("edge1.contoso.com") }

// changes also checks, as a partner would, that the ports answer at the moment in which DNS
// leads to them.
func (s *realStory) changes() {
	for _, pool := range []string{"edge2.contoso.com", "edge1.contoso.com"} {
		there := s.publicAddresses(pool)
		s.moveTo(s.route, pool)
		s.eventually("DNS leading to "+pool, func() bool { return sameSet(s.server.Dig(s, "fed.contoso.com", "A"), there) },
			func() string { return describe(s.route) })
		for _, port := range []string{"5061", "5269"} {
			c, err := net.DialTimeout("tcp", net.JoinHostPort(there[0], port), time.Second)
			if err != nil {
				s.Fatalf("DNS leads to %s, where nobody answers: %v", pool, err)
			}
			_ = c.Close()
		}
		s.readyAt(pool)
	}
}

func (s *realStory) repairs() {
	s.server.ByHand(s, "update delete fed.contoso.com A", "update add fed.contoso.com 300 A 198.51.100.66",
		"update add _xmpp-server._tcp.contoso.com 300 SRV 0 0 5269 rogue.contoso.com.")
	s.hears(s.route, "DriftDetected", "fed.contoso.com A is 198.51.100.66")
	s.hears(s.route, "DriftDetected", "_xmpp-server._tcp.contoso.com SRV is", "rogue.contoso.com")
	s.eventually("the repair", func() bool {
		return sameSet(s.server.Dig(s, "fed.contoso.com", "A"), s.publicAddresses("edge1.contoso.com"))
	}, func() string { return describe(s.route) })
	s.readyAt("edge1.contoso.com")
}

func (s *realStory) meetsOthers() {
	const service = "_xmpp-server._tcp.contoso.com"
	s.server.ByHand(s, "update add "+service+" 300 SRV 10 0 5269 xmpp2.example.org.")
	both := []string{"0 0 5269 fed.contoso.com.", "10 0 5269 xmpp2.example.org."}
	consent := s.hash(s.route, service, "10 0 5269 xmpp2.example.org")
	if now := s.server.Dig(s, service, "SRV"); !sameSet(now, both) {
		s.Errorf("the set of others is now %v", now)
	}
	change(s.story, s.route, func(r *v1alpha1.FederationRoute) { r.Spec.DNS.Adopt = consent })
	s.readyAt("edge1.contoso.com")
}

// meetsObstacles points the domain's record to hosts that cannot be written.
func (s *realStory) meetsObstacles() {
	before := s.server.Dig(s, "_sipfederationtls._tcp.contoso.com", "SRV")
	for host, words := range map[string][]string{
		"alias.contoso.com":  {"alias (CNAME) of", "remove the CNAME, or choose another host"},
		"x.wild.contoso.com": {"the wildcard *.wild.contoso.com → 192.0.2.99 answers for the name", "create the record by hand once, or remove the wildcard"},
		"h.sub.contoso.com":  {"below the delegation sub.contoso.com", "list the delegated zone and its primary in spec.dns.servers"},
	} {
		if s.server.uncut && host == "h.sub.contoso.com" {
			continue // the server answers for such a name itself, so partners see no zone cut
		}
		change(s.story, s.route, func(r *v1alpha1.FederationRoute) { r.Spec.SIP.Domains[0].Host = v1alpha1.Hostname(host) })
		s.says(s.route, v1alpha1.ReasonNameBlocked, append(words, host, "no record was changed")...)
	}
	if now := s.server.Dig(s, "_sipfederationtls._tcp.contoso.com", "SRV"); !sameSet(now, before) {
		s.Errorf("the record is now %v, was %v", now, before)
	}
	change(s.story, s.route, func(r *v1alpha1.FederationRoute) { r.Spec.SIP.Domains[0].Host = "fed.contoso.com" })
	s.readyAt("edge1.contoso.com")
}

func (s *realStory) isRefused() {
	s.failsWith(s.server.narrow, s.server.refusal, "edge1.contoso.com", "edge2.contoso.com")
	s.recoversAt("edge2.contoso.com")
}

// isDenied checks that nothing at all has moved, because the zone is asked before the first
// step.
func (s *realStory) isDenied() {
	s.failsWith(s.server.wrong, s.server.denial, "edge2.contoso.com", "edge1.contoso.com")
	s.routed("SIP", "edge2.contoso.com")
	s.routed("XMPP", "edge2.contoso.com")
	s.recoversAt("edge1.contoso.com")
}

// failsWith tries a failover with another key or account.
func (s *realStory) failsWith(credentials map[string]string, says saying, from, to string) {
	s.Helper()
	s.store("real-key", credentials)
	s.moveTo(s.route, to)
	s.says(s.route, says.reason, says.words...)
	s.serves(s.server.Server, from)
}

func (s *realStory) recoversAt(pool string) {
	s.Helper()
	s.store("real-key", s.server.key)
	s.readyAt(pool)
}

// manyDomains yields the names of 200 domains.
func manyDomains(yield func(string) bool) {
	for i := range 200 {
		if !yield(fmt.Sprintf("d%d.contoso.com", i)) {
			return
		}
	}
}

func (s *realStory) servesManyDomains() {
	many := len(slices.Collect(manyDomains))
	change(s.story, s.route, func(r *v1alpha1.FederationRoute) {
		for name := range manyDomains {
			r.Spec.SIP.Domains = append(r.Spec.SIP.Domains, v1alpha1.Domain{Name: v1alpha1.Hostname(name), Host: v1alpha1.Hostname("fed." + name)})
		}
	})
	for _, pool := range []string{"edge1.contoso.com", "edge2.contoso.com"} {
		s.moveTo(s.route, pool)
		s.readyAt(pool)
		lines := strings.Repeat(s.publicAddresses(pool)[0]+"\n", many)
		if got := s.server.DigMany(s, func(i int) string { return fmt.Sprintf("fed.d%d.contoso.com A", i) }, many); got != lines {
			s.Errorf("%d domains are at\n%s", many, got)
		}
	}
	change(s.story, s.route, func(r *v1alpha1.FederationRoute) { r.Spec.SIP.Domains = r.Spec.SIP.Domains[:1] })
	s.readyAt("edge2.contoso.com")
}
