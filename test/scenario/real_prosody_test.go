//go:build interop

package scenario_test

import (
	"strings"
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/probe/tcp"
	"github.com/fedroute/fedroute/test/support/prosody"
)

// TestRealPartnerFollows: another organization, which knows only our domain, finds the Edge
// pool that hosts federation.
func TestRealPartnerFollows(t *testing.T) {
	t.Attr("case", "Prosody of another organization finds port 5269 of the present Edge pool, verifies its certificate, and follows a failover and the way back untouched")
	t.Attr("with", "prosody lua-unbound")
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.DNS.TTL = 1 })
	s.settled(r)
	partner := prosody.Start(t, "partner.example", prosody.Options{NameServer: s.org.DNSServers()[0], Trusted: s.org.CA().CertPEM()})
	for _, pool := range []string{"edge1.contoso.com", "edge2.contoso.com", "edge1.contoso.com"} {
		s.moveTo(r, pool)
		s.settled(r)
		s.hosts(pool)
		s.visits(partner, pool)
	}
}

// visits lets the partner write to us until one of its streams arrives. It checks that the
// stream arrives at the pool and gets as far as a partner's stream can.
func (s *story) visits(partner *prosody.Server, pool string) {
	s.Helper()
	before, logged := s.streams(partner.Domain), len(partner.Log())
	said := ""
	s.eventually(partner.Domain+" coming to "+pool, func() bool {
		said = partner.Ping(s.T, "contoso.com", 1)
		return s.streams(partner.Domain)[pool] > before[pool]
	}, func() string { return said })
	for other, n := range s.streams(partner.Domain) {
		if other != pool && n != before[other] {
			s.Errorf("%s also came to %s", partner.Domain, other)
		}
	}
	log := partner.Log()[logged:]
	for _, want := range []string{"Next target to try is " + s.publicAddresses(pool)[0] + ":5269", "certificate identity validation result: valid", "Outgoing s2s connection partner.example->contoso.com complete"} {
		if !strings.Contains(log, want) {
			s.Errorf("Prosody's log does not tell of %q:\n%s", want, log)
		}
	}
}

// streams counts the XMPP streams that came from a partner, by Edge pool.
func (s *story) streams(partner string) map[string]int {
	s.Helper()
	pools := map[string]string{}
	for _, e := range s.org.Endpoints() {
		pools[e.Machine] = e.Pool
	}
	out := map[string]int{}
	for _, v := range s.org.Visitors() {
		if v.Port == 5269 && v.Partner == partner {
			out[pools[v.Machine]] += v.Times
		}
	}
	return out
}

func TestRealProbeOfProsody(t *testing.T) {
	cases := map[string]struct {
		attr, domain, says string
		spoke              bool
	}{
		"hosted":     {"the probe passes at port 5269 of Prosody", "partner.example", "XMPP stream opened by partner.example", true},
		"not hosted": {"the probe tells that port 5269 of Prosody does not host the domain", "contoso.com", "open, but it does not serve contoso.com", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Attr("case", "Prober, "+c.attr)
			t.Attr("with", "prosody lua-unbound")
			t.Parallel()
			server := prosody.Start(t, "partner.example", prosody.Options{NameServer: "127.0.0.1:9"})
			got := tcp.Prober{}.Probe(t.Context(), probe.Target{Address: server.Address, Protocol: lync.XMPP, Domain: c.domain})
			if !got.Open || got.Spoke != c.spoke || got.Detail != c.says {
				t.Errorf("%+v", got)
			}
		})
	}
}
