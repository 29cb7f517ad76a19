//go:build interop

package dns_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/test/support/nameserver"
)

var updateKey = rfc2136.TSIG{Name: "upd", Secret: nameserver.Secret}

func newReader(t testing.TB, c rfc2136.Config) *rfc2136.Reader {
	t.Helper()
	r, err := rfc2136.NewReader(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func newWriter(t testing.TB, c rfc2136.Config, key rfc2136.TSIG) *rfc2136.Writer {
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

func newSet(t testing.TB, name string, rrtype dns.Type, ttl uint32, values ...string) dns.RRSet {
	t.Helper()
	s, err := dns.NewSet(name, rrtype, ttl, values...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// moveTo reads sets and writes the wanted ones in their place.
func moveTo(ctx context.Context, r dns.Reader, w dns.Writer, want ...dns.RRSet) error {
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
		changes[i] = found[s.Key].ChangeTo(s)
	}
	return w.Write(ctx, changes, dns.Always)
}

// mustBePublished fails unless every set is served by every server.
func mustBePublished(t testing.TB, r dns.Reader, want ...dns.RRSet) {
	t.Helper()
	keys := make([]dns.Key, len(want))
	for i, s := range want {
		keys[i] = s.Key
	}
	found, err := r.Read(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	if ok, laggards := dns.Published(found, want); !ok {
		t.Errorf("not published: %+v", laggards)
	}
}

func TestCreateChangeRepairDelete(t *testing.T) {
	for program, server := range nameserver.Programs {
		t.Run(program, func(t *testing.T) {
			t.Attr("case", program+": create, change, repair drift and delete records by TSIG")
			t.Attr("with", server.Package)
			t.Parallel()
			s := server.Start(t, nameserver.Options{})
			r, w := newReader(t, s.Config()), newWriter(t, s.Config(), updateKey)
			host := newSet(t, "sip.contoso.test", dns.A, 60, "192.0.2.20", "192.0.2.21")
			service := newSet(t, "_xmpp-server._tcp.contoso.test", dns.SRV, 60, "0 0 5269 sip.contoso.test")
			six := newSet(t, "sip.contoso.test", dns.AAAA, 60, "2001:db8::1")

			if err := moveTo(t.Context(), r, w, host, service, six); err != nil {
				t.Fatalf("change one, create two: %s", fault.Sentence(err))
			}
			mustBePublished(t, r, host, service, six)

			host.TTL = 120
			if err := moveTo(t.Context(), r, w, host); err != nil {
				t.Fatalf("change the TTL: %s", fault.Sentence(err))
			}
			mustBePublished(t, r, host)

			s.ByHand(t, "update delete sip.contoso.test A", "update add sip.contoso.test 60 A 198.51.100.66")
			if err := moveTo(t.Context(), r, w, host); err != nil {
				t.Fatalf("repair what a person changed: %s", fault.Sentence(err))
			}
			mustBePublished(t, r, host)

			gone := []dns.RRSet{newSet(t, "sip.contoso.test", dns.A, 0), newSet(t, "_xmpp-server._tcp.contoso.test", dns.SRV, 0)}
			if err := moveTo(t.Context(), r, w, gone...); err != nil {
				t.Fatalf("delete: %s", fault.Sentence(err))
			}
			mustBePublished(t, r, append(gone, six)...)
		})
	}
}

// TestRefusals checks that every refusal has its kind and changes nothing.
func TestRefusals(t *testing.T) {
	type refusal struct {
		key  rfc2136.TSIG
		from []string
		name string
		want map[string]fault.Kind // by program; "" stands for every other program
	}
	cases := map[string]refusal{
		"stale value":    {updateKey, []string{"192.0.2.11"}, "sip.contoso.test", map[string]fault.Kind{"": fault.WorldChanged}},
		"subset":         {updateKey, []string{"192.0.2.10", "192.0.2.11"}, "sip.contoso.test", map[string]fault.Kind{"": fault.WorldChanged}},
		"already there":  {updateKey, nil, "sip.contoso.test", map[string]fault.Kind{"": fault.WorldChanged}},
		"gone":           {updateKey, []string{"192.0.2.1"}, "gone.contoso.test", map[string]fault.Kind{"": fault.WorldChanged}},
		"alias":          {updateKey, nil, "alias.contoso.test", map[string]fault.Kind{"": fault.WorldChanged}},
		"wildcard value": {updateKey, []string{"192.0.2.99"}, "x.wild.contoso.test", map[string]fault.Kind{"": fault.WorldChanged}},
		"below a cut":    {updateKey, nil, "h.sub.contoso.test", map[string]fault.Kind{"": fault.Invalid}},
		"not our zone":   {updateKey, nil, "sip.fabrikam.test", map[string]fault.Kind{"": fault.Invalid}},
		// PowerDNS refuses both without saying why and without a signature.
		"unknown key":  {rfc2136.TSIG{Name: "nobody", Secret: nameserver.Secret}, []string{"192.0.2.10"}, "sip.contoso.test", map[string]fault.Kind{"": fault.Denied, "PowerDNS": fault.Refused}},
		"wrong secret": {rfc2136.TSIG{Name: "upd", Secret: "d3Jvbmc="}, []string{"192.0.2.10"}, "sip.contoso.test", map[string]fault.Kind{"": fault.Denied, "PowerDNS": fault.Refused}},
	}
	for program, server := range nameserver.Programs {
		t.Run(program, func(t *testing.T) {
			t.Attr("case", program+" refuses what it should, with the right kind, and nothing changes")
			t.Attr("with", server.Package)
			t.Parallel()
			s := server.Start(t, nameserver.Options{})
			r := newReader(t, s.Config())
			for name, tc := range cases {
				want, ok := tc.want[program]
				if !ok {
					want = tc.want[""]
				}
				change := dns.Change{From: newSet(t, tc.name, dns.A, 300, tc.from...), To: newSet(t, tc.name, dns.A, 300, "192.0.2.77")}
				err := newWriter(t, s.Config(), tc.key).Write(t.Context(), []dns.Change{change}, dns.Always)
				if got := fault.KindOf(err); got != want {
					t.Errorf("%s: got %q (%v), want %q", name, got, err, want)
				}
				found, err := r.Read(t.Context(), []dns.Key{change.To.Key})
				if err != nil {
					t.Fatal(err)
				}
				if cmp.Equal(found[change.To.Key].Set.Data, change.To.Data) {
					t.Errorf("%s: the refused record is there", name)
				}
			}
		})
	}
}

// TestTwoHundredDomains creates and moves 200 pairs, each in one UPDATE.
func TestTwoHundredDomains(t *testing.T) {
	for program, server := range nameserver.Programs {
		t.Run(program, func(t *testing.T) {
			t.Attr("case", program+": 200 domains created and moved, each time in one UPDATE")
			t.Attr("with", server.Package)
			s := server.Start(t, nameserver.Options{})
			r, w := newReader(t, s.Config()), newWriter(t, s.Config(), updateKey)
			for _, address := range []string{"192.0.2.30", "192.0.2.40"} {
				want := pairs(t, address, 5061)
				if err := moveTo(t.Context(), r, w, want...); err != nil {
					t.Fatalf("to %s: %s", address, fault.Sentence(err))
				}
				mustBePublished(t, r, want...)
			}
		})
	}
}

// TestRacingWriters checks that two writers that read before they write never leave a mix.
func TestRacingWriters(t *testing.T) {
	const rounds = 200
	for program, server := range nameserver.Programs {
		t.Run(program, func(t *testing.T) {
			t.Attr("case", program+": 200 rounds of two racing writers, none ends in a mix")
			t.Attr("with", server.Package)
			s := server.Start(t, nameserver.Options{})
			r := newReader(t, s.Config())
			won, lost := 0, 0
			for round := range rounds {
				errs := race(t, s, round)
				for _, err := range errs {
					switch fault.KindOf(err) {
					case "":
						won++
					case fault.WorldChanged:
						lost++
					default:
						t.Fatalf("round %d: %v", round, err)
					}
				}
				found, err := r.Read(t.Context(), []dns.Key{dns.NewKey("sip.contoso.test", dns.A)})
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range found {
					if len(l.Set.Data) != 1 {
						t.Fatalf("round %d ended in a mix: %s", round, l.Set)
					}
				}
			}
			t.Logf("%d rounds: %d writes done, %d refused as conflicts, 0 mixed", rounds, won, lost)
		})
	}
}

// race lets two writers move the same host to different addresses.
func race(t *testing.T, s nameserver.Server, round int) [2]error {
	var errs [2]error
	var wg sync.WaitGroup
	for i := range errs {
		r, w := newReader(t, s.Config()), newWriter(t, s.Config(), updateKey)
		want := newSet(t, "sip.contoso.test", dns.A, 300, fmt.Sprintf("198.51.%d.%d", 100+i, round))
		wg.Go(func() { errs[i] = moveTo(t.Context(), r, w, want) })
	}
	wg.Wait()
	return errs
}
