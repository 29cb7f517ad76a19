package dns_test

import (
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	simdns "github.com/fedroute/fedroute/lyncsim/dns"
)

// replicated is a zone with three name servers, one of which has no address here.
func replicated() simdns.Zone {
	return simdns.Zone{Name: "contoso.com", Records: []string{
		"@ NS ns1", "@ NS ns2", "@ NS ns.fabrikam.com.",
		"ns1 A 127.0.0.1", "ns2 A 127.0.0.2", "sip 300 A 192.0.2.10",
	}}
}

// startReplicated starts a primary on 127.0.0.1 and a secondary on 127.0.0.2 with the same port.
func startReplicated(t *testing.T) (organization, *simdns.Server, rfc2136.Config) {
	t.Helper()
	o := start(t, replicated())
	_, port, err := net.SplitHostPort(o.primary.Addr())
	if err != nil {
		t.Fatal(err)
	}
	second, err := o.Listen("127.0.0.2:"+port, simdns.Secondary)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = second.Close() })
	c := o.config()
	c.Discovery = rfc2136.DiscoverNS
	if c.NSPort, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	return o, second, c
}

// seen is one server's view in a short form.
type seen struct {
	Server, Data string
	Unknown      bool
}

func views(l dns.Lookup) []seen {
	var list []seen
	for _, v := range l.Servers {
		list = append(list, seen{v.Server, v.Set.String(), v.Err != nil})
	}
	return list
}

func TestReadAsksEveryServerOfTheZone(t *testing.T) {
	o, second, c := startReplicated(t)
	second.Lag(10 * time.Minute)
	r := readerOf(t, c)
	want := set(t, "sip.contoso.com", dns.A, 60, "192.0.2.20")
	if err := move(t.Context(), r, o.writer(t), want); err != nil {
		t.Fatal(fault.Sentence(err))
	}

	l := lookup(t, r, "sip.contoso.com", dns.A)
	expect := []seen{
		{o.primary.Addr(), "192.0.2.20", false},
		{second.Addr(), "192.0.2.10", false},
		{"ns.fabrikam.com", "none", true},
	}
	if diff := cmp.Diff(expect, views(l)); diff != "" {
		t.Errorf("a lagging secondary is seen, and a server without address is unknown (-want +got):\n%s", diff)
	}
	if ok, _ := dns.Published(map[dns.Key]dns.Lookup{want.Key: l}, []dns.RRSet{want}); ok {
		t.Error("published although the secondary has the old address")
	}

	o.clock.now = o.clock.now.Add(11 * time.Minute)
	l = lookup(t, r, "sip.contoso.com", dns.A)
	if ok, laggards := dns.Published(map[dns.Key]dns.Lookup{want.Key: l}, []dns.RRSet{want}); !ok || len(laggards) != 1 {
		t.Errorf("the secondary has caught up: published %v, laggards %+v", ok, laggards)
	}
}

func TestReadGoesOnWithoutASecondary(t *testing.T) {
	tests := map[string]struct {
		reason string
		fail   func(second *simdns.Server)
	}{
		"broken": {"it answers SERVFAIL", func(s *simdns.Server) { s.Fail(simdns.Broken) }},
		"silent": {"it never answers", func(s *simdns.Server) { s.Fail(simdns.Silent) }},
		"closed": {"nobody listens", func(s *simdns.Server) { _ = s.Close() }},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			o, second, c := startReplicated(t)
			c.Timeout = 200 * time.Millisecond
			tc.fail(second)
			l := lookup(t, readerOf(t, c), "sip.contoso.com", dns.A)
			if l.Set.String() != "192.0.2.10" {
				t.Errorf("%s: the primary's answer is lost: %s", tc.reason, l.Set)
			}
			if len(l.Servers) != 3 || l.Servers[0].Err != nil || l.Servers[1].Err == nil {
				t.Errorf("%s: want the primary known and the secondary unknown, got %+v", tc.reason, l.Servers)
			}
			if o.primary.Asked() == 0 {
				t.Error("the primary was not asked")
			}
		})
	}
}

func TestConfiguredSecondariesAreAsked(t *testing.T) {
	o := start(t)
	second := listen(t, o.Authority, simdns.Secondary)
	c := o.config()
	c.Secondaries = []string{second.Addr(), o.primary.Addr()}
	l := lookup(t, readerOf(t, c), "sip.contoso.com", dns.A)
	expect := []seen{{o.primary.Addr(), "192.0.2.10", false}, {second.Addr(), "192.0.2.10", false}}
	if diff := cmp.Diff(expect, views(l)); diff != "" {
		t.Errorf("the primary is asked once, first (-want +got):\n%s", diff)
	}
}

func TestReadFailsWithItsPrimary(t *testing.T) {
	for _, f := range []simdns.Fault{simdns.Broken, simdns.Silent} {
		o := start(t)
		o.primary.Fail(f)
		c := o.config()
		c.Timeout = 200 * time.Millisecond
		_, err := readerOf(t, c).Read(t.Context(), []dns.Key{dns.NewKey("sip.contoso.com", dns.A)})
		if !fault.Is(err, fault.Unreachable) {
			t.Errorf("%s: an unreadable primary is unknown, not empty: got %v", f, err)
		}
	}
}

func TestConfiguredZoneConfines(t *testing.T) {
	tests := map[string]struct {
		reason, zone, name string
		obstacle           dns.Barrier
		detail             string
	}{
		"in it":     {"the name's own zone", "contoso.com", "sip.contoso.com", dns.BarrierNone, ""},
		"child":     {"a child zone on the same server is as good as delegated", "contoso.com", "sip.emea.contoso.com", dns.BarrierDelegation, "emea.contoso.com"},
		"parent":    {"the name is above the zone", "emea.contoso.com", "sip.contoso.com", dns.BarrierNoZone, "the name lies in contoso.com, not in emea.contoso.com"},
		"not there": {"the configured zone does not exist", "apac.contoso.com", "sip.apac.contoso.com", dns.BarrierNoZone, "the server is not authoritative for apac.contoso.com"},
	}
	o := start(t, contoso(), simdns.Zone{Name: "emea.contoso.com", Records: []string{"@ NS ns1.contoso.com.", "sip 60 A 192.0.2.7"}})
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := o.config()
			c.Zone = tc.zone
			l := lookup(t, readerOf(t, c), tc.name, dns.A)
			if l.Barrier != tc.obstacle || l.Detail != tc.detail {
				t.Errorf("%s: got %q %q, want %q %q", tc.reason, l.Barrier, l.Detail, tc.obstacle, tc.detail)
			}
		})
	}
}
