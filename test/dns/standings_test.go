package dns_test

import (
	"context"
	"encoding/binary"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	simdns "github.com/fedroute/fedroute/lyncsim/dns"
)

// counted counts the messages that are sent over its connection. A message has its length
// before it, and no write ends within one.
type counted struct {
	net.Conn
	sent *atomic.Int64
}

func (c counted) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 1; c.sent.Add(1) {
		rest = rest[2+binary.BigEndian.Uint16(rest):]
	}
	return c.Conn.Write(b)
}

// sharers are a reader and a writer that share what they know of names, their clock, and the
// number of messages that they have sent.
type sharers struct {
	*rfc2136.Reader
	*rfc2136.Writer
	clock *clock
	sent  atomic.Int64
}

func (o organization) sharing(t *testing.T) *sharers {
	t.Helper()
	s := &sharers{clock: &clock{time.Now()}} // the servers judge signatures by the real time
	c := o.config()
	c.Standings, c.Now = rfc2136.NewStandings(), s.clock.Now
	c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return counted{conn, &s.sent}, err
	}
	s.Reader, s.Writer = readerOf(t, c), writerOf(t, c, rfc2136.TSIG{Name: "fedroute", Secret: secret})
	return s
}

// TestANameCostsOneQuestionAndOneReadingBack: creating and repairing records costs one question
// for each, one update for all, and one question for each afterwards.
func TestANameCostsOneQuestionAndOneReadingBack(t *testing.T) {
	o := start(t)
	by := o.sharing(t)
	wanted := func(address, port string) []dns.RRSet {
		return []dns.RRSet{
			set(t, "fed.contoso.com", dns.A, 60, address), set(t, "_xmpp-server._tcp.contoso.com", dns.SRV, 60, "0 0 "+port+" fed.contoso.com"),
			set(t, "fed.emea.contoso.com", dns.A, 60, address), set(t, "_xmpp-server._tcp.emea.contoso.com", dns.SRV, 60, "0 0 "+port+" fed.emea.contoso.com"),
		}
	}
	publish := func(want []dns.RRSet) {
		t.Helper()
		if err := move(t.Context(), by.Reader, by.Writer, want...); err != nil {
			t.Fatal(fault.Sentence(err))
		}
		var keys []dns.Key
		for _, s := range want {
			keys = append(keys, s.Key)
		}
		found, err := by.Read(t.Context(), keys)
		if err != nil {
			t.Fatal(err)
		}
		if published, late := dns.Published(found, want); !published {
			t.Fatalf("not published: %v", late)
		}
	}
	for _, step := range []string{"created", "repaired"} {
		by.sent.Store(0)
		publish(wanted("192.0.2.10", "5269"))
		if n := by.sent.Load(); n != 4+1+4 {
			t.Errorf("%d messages were sent until 4 records were %s", n, step)
		}
		for _, s := range wanted("192.0.2.66", "5266") {
			if err := o.Set("somebody", s.Name, string(s.Type), 60, s.Data...); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestAWildcardTakesTheRecordsPlace: somebody deletes a record that was known, and a wildcard
// answers for the name. What was known of the name lets no update through. The first one that
// is refused, or ten minutes, bring the wildcard to light.
func TestAWildcardTakesTheRecordsPlace(t *testing.T) {
	cases := map[string]struct {
		reason string
		after  func(t *testing.T, o organization, by *sharers, l dns.Lookup)
	}{
		"an update is refused": {"its prerequisites look at the zone itself", func(t *testing.T, o organization, by *sharers, l dns.Lookup) {
			change := l.ChangeTo(set(t, "exact.wild.contoso.com", dns.A, 60, "192.0.2.10"))
			before := o.Records("contoso.com")
			if err := by.Check(t.Context(), []dns.Change{change}); !fault.Is(err, fault.WorldChanged) {
				t.Errorf("asked beforehand: %v", err)
			}
			if err := by.Write(t.Context(), []dns.Change{change}, dns.Always); !fault.Is(err, fault.WorldChanged) {
				t.Errorf("written: %v", err)
			}
			if after := o.Records("contoso.com"); strings.Join(before, "\n") != strings.Join(after, "\n") {
				t.Errorf("the zone changed: %v", after)
			}
		}},
		"time passes": {"nobody writes in mode Observe", func(_ *testing.T, _ organization, by *sharers, _ dns.Lookup) {
			by.clock.now = by.clock.now.Add(10*time.Minute + time.Second)
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := start(t)
			by := o.sharing(t)
			lookup(t, by.Reader, "exact.wild.contoso.com", dns.A)
			if err := o.Delete("somebody", "exact.wild.contoso.com", "A"); err != nil {
				t.Fatal(err)
			}
			c.after(t, o, by, lookup(t, by.Reader, "exact.wild.contoso.com", dns.A))
			if l := lookup(t, by.Reader, "exact.wild.contoso.com", dns.A); l.Barrier != dns.BarrierWildcard || l.Set.Exists() {
				t.Errorf("%s: found %+v", c.reason, l)
			}
		})
	}
}

// TestWhatIsKnownOfANameEnds: each change above or at a name that shows in an answer counts at
// once.
func TestWhatIsKnownOfANameEnds(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(o organization) error
		want   dns.Barrier
	}{
		"alias":      {"the answer shows it", func(o organization) error { return replaced(o, "CNAME", "ns1.contoso.com.") }, dns.BarrierCNAME},
		"delegation": {"the answer is a referral", func(o organization) error { return o.Set("somebody", "eu.contoso.com", "NS", 60, "ns1.contoso.com.") }, dns.BarrierDelegation},
		"gone":       {"there is no record to mistake", func(o organization) error { return o.Delete("somebody", "fed.eu.contoso.com", "A") }, dns.BarrierNone},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := start(t, simdns.Zone{Name: "contoso.com", Records: []string{"@ 300 NS ns1", "ns1 300 A 127.0.0.1", "fed.eu 60 A 192.0.2.10"}})
			r := o.sharing(t).Reader
			if l := lookup(t, r, "fed.eu.contoso.com", dns.A); !l.Set.Exists() {
				t.Fatalf("found %+v", l)
			}
			if err := c.change(o); err != nil {
				t.Fatal(err)
			}
			if l := lookup(t, r, "fed.eu.contoso.com", dns.A); l.Barrier != c.want || l.Set.Exists() {
				t.Errorf("%s: found %+v", c.reason, l)
			}
		})
	}
}

// replaced puts a record of another type in the place of the address.
func replaced(o organization, rrtype, value string) error {
	if err := o.Delete("somebody", "fed.eu.contoso.com", "A"); err != nil {
		return err
	}
	return o.Set("somebody", "fed.eu.contoso.com", rrtype, 60, value)
}
