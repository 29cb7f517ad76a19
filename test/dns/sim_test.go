// Package dns_test runs the product's DNS client against the simulated organization's
// servers.
package dns_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	simdns "github.com/fedroute/fedroute/lyncsim/dns"
)

const secret = "c2VjcmV0LW9mLWEta2V5LXdpdGhvdXQtcmlnaHRz"

// contoso is a zone with everything that can prevent a write.
func contoso() simdns.Zone {
	return simdns.Zone{Name: "contoso.com", Records: []string{
		"@ 300 NS ns1", "ns1 300 A 127.0.0.1",
		"sip 300 A 192.0.2.10",
		"_sipfederationtls._tcp 300 SRV 0 0 5061 sip",
		"alias 300 CNAME ns1", "away 300 CNAME www.fabrikam.com.",
		"*.wild 300 A 192.0.2.99", "*.aliased 300 CNAME ns1",
		"exact.wild 300 A 192.0.2.99",
		"sub 300 NS ns.sub", "ns.sub 300 A 127.0.0.9",
	}}
}

// organization is a simulated authority with a primary.
type organization struct {
	*simdns.Authority
	primary *simdns.Server
	clock   *clock
}

// clock is a time that stands still until the test moves it.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func start(t *testing.T, zones ...simdns.Zone) organization {
	t.Helper()
	c := &clock{now: time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)}
	if len(zones) == 0 {
		zones = []simdns.Zone{contoso()}
	}
	a, err := simdns.New(c.Now, zones, []simdns.Key{
		{Name: "fedroute", Secret: secret},
		{Name: "other384", Algorithm: "hmac-sha384", Secret: secret},
		{Name: "other512", Algorithm: "hmac-sha512", Secret: secret},
		{Name: "narrow", Secret: secret, Domains: []string{"sip.contoso.com"}, Types: []string{"A"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return organization{a, listen(t, a, simdns.Primary), c}
}

func listen(t *testing.T, a *simdns.Authority, role simdns.Role) *simdns.Server {
	t.Helper()
	s, err := a.Listen("127.0.0.1:0", role)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// config reads from the primary alone.
func (o organization) config() rfc2136.Config {
	return rfc2136.Config{Server: o.primary.Addr(), Discovery: rfc2136.DiscoverNone, Timeout: 5 * time.Second}
}

func (o organization) reader(t *testing.T) *rfc2136.Reader {
	t.Helper()
	return readerOf(t, o.config())
}

func readerOf(t *testing.T, c rfc2136.Config) *rfc2136.Reader {
	t.Helper()
	r, err := rfc2136.NewReader(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func writerOf(t *testing.T, c rfc2136.Config, key rfc2136.TSIG) *rfc2136.Writer {
	t.Helper()
	signer, err := rfc2136.HMAC(key)
	if err != nil {
		t.Fatal(err)
	}
	w, err := rfc2136.NewWriter(c, signer)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (o organization) writer(t *testing.T) *rfc2136.Writer {
	t.Helper()
	return writerOf(t, o.config(), rfc2136.TSIG{Name: "fedroute", Secret: secret})
}

// set makes a set. A set without values is empty.
func set(t *testing.T, name string, rrtype dns.Type, ttl uint32, values ...string) dns.RRSet {
	t.Helper()
	s, err := dns.NewSet(name, rrtype, ttl, values...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func lookup(t *testing.T, r dns.Reader, name string, rrtype dns.Type) dns.Lookup {
	t.Helper()
	key := dns.NewKey(name, rrtype)
	found, err := r.Read(t.Context(), []dns.Key{key})
	if err != nil {
		t.Fatalf("read %s: %s", key, fault.Sentence(err))
	}
	return found[key]
}

// move reads a set and writes the wanted set in its place.
func move(ctx context.Context, r dns.Reader, w dns.Writer, want ...dns.RRSet) error {
	keys := make([]dns.Key, len(want))
	for i, s := range want {
		keys[i] = s.Key
	}
	found, err := r.Read(ctx, keys)
	if err != nil {
		return err
	}
	changes := make([]dns.Change, len(want))
	for i, s := range want {
		if l := found[s.Key]; l.Barrier != dns.BarrierNone {
			return errors.New(string(l.Barrier))
		}
		changes[i] = found[s.Key].ChangeTo(s)
	}
	return w.Write(ctx, changes, dns.Always)
}
