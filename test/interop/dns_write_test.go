//go:build interop

package interop

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
)

var dnsKey = rfc2136.TSIG{Name: "upd", Secret: dnsSecret}

func dnsSet(t *testing.T, name string, rrtype dns.Type, ttl uint32, values ...string) dns.RRSet {
	t.Helper()
	s, err := dns.NewSet(name, rrtype, ttl, values...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// dnsMove reads sets and writes what is wanted in their place.
func dnsMove(ctx context.Context, r dns.Reader, w dns.Writer, want ...dns.RRSet) error {
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
	return w.Write(ctx, changes)
}

// dnsPublished fails unless every set is served by every server.
func dnsPublished(t *testing.T, r dns.Reader, want ...dns.RRSet) {
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

func TestDNSCreateChangeRepairDelete(t *testing.T) {
	for program, start := range dnsServers {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			r, w := dnsReader(t, s.config()), dnsWriter(t, s.config(), dnsKey)
			host := dnsSet(t, "sip.contoso.test", dns.A, 60, "192.0.2.20", "192.0.2.21")
			service := dnsSet(t, "_xmpp-server._tcp.contoso.test", dns.SRV, 60, "0 0 5269 sip.contoso.test")
			six := dnsSet(t, "sip.contoso.test", dns.AAAA, 60, "2001:db8::1")

			if err := dnsMove(t.Context(), r, w, host, service, six); err != nil {
				t.Fatalf("change one, create two: %s", fault.Sentence(err))
			}
			dnsPublished(t, r, host, service, six)

			host.TTL = 120
			if err := dnsMove(t.Context(), r, w, host); err != nil {
				t.Fatalf("change the TTL: %s", fault.Sentence(err))
			}
			dnsPublished(t, r, host)

			dnsByHand(t, s, "update delete sip.contoso.test A", "update add sip.contoso.test 60 A 198.51.100.66")
			if err := dnsMove(t.Context(), r, w, host); err != nil {
				t.Fatalf("repair what a person changed: %s", fault.Sentence(err))
			}
			dnsPublished(t, r, host)

			gone := []dns.RRSet{dnsSet(t, "sip.contoso.test", dns.A, 0), dnsSet(t, "_xmpp-server._tcp.contoso.test", dns.SRV, 0)}
			if err := dnsMove(t.Context(), r, w, gone...); err != nil {
				t.Fatalf("delete: %s", fault.Sentence(err))
			}
			dnsPublished(t, r, append(gone, six)...)
		})
	}
}

// TestDNSRefusals: every refusal has its kind and changes nothing.
func TestDNSRefusals(t *testing.T) {
	type refusal struct {
		key  rfc2136.TSIG
		from []string
		name string
		want map[string]fault.Kind // by program; "" is every other one
	}
	cases := map[string]refusal{
		"stale value":    {dnsKey, []string{"192.0.2.11"}, "sip.contoso.test", map[string]fault.Kind{"": fault.Conflict}},
		"subset":         {dnsKey, []string{"192.0.2.10", "192.0.2.11"}, "sip.contoso.test", map[string]fault.Kind{"": fault.Conflict}},
		"already there":  {dnsKey, nil, "sip.contoso.test", map[string]fault.Kind{"": fault.Conflict}},
		"gone":           {dnsKey, []string{"192.0.2.1"}, "gone.contoso.test", map[string]fault.Kind{"": fault.Conflict}},
		"alias":          {dnsKey, nil, "alias.contoso.test", map[string]fault.Kind{"": fault.Conflict}},
		"wildcard value": {dnsKey, []string{"192.0.2.99"}, "x.wild.contoso.test", map[string]fault.Kind{"": fault.Conflict}},
		"below a cut":    {dnsKey, nil, "h.sub.contoso.test", map[string]fault.Kind{"": fault.Invalid}},
		"not our zone":   {dnsKey, nil, "sip.fabrikam.test", map[string]fault.Kind{"": fault.Invalid}},
		// PowerDNS refuses both without saying why and without a signature.
		"unknown key":  {rfc2136.TSIG{Name: "nobody", Secret: dnsSecret}, []string{"192.0.2.10"}, "sip.contoso.test", map[string]fault.Kind{"": fault.Denied, "PowerDNS": fault.Refused}},
		"wrong secret": {rfc2136.TSIG{Name: "upd", Secret: "d3Jvbmc="}, []string{"192.0.2.10"}, "sip.contoso.test", map[string]fault.Kind{"": fault.Denied, "PowerDNS": fault.Refused}},
	}
	for program, start := range dnsServers {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			r := dnsReader(t, s.config())
			for name, tc := range cases {
				want, ok := tc.want[program]
				if !ok {
					want = tc.want[""]
				}
				change := dns.Change{From: dnsSet(t, tc.name, dns.A, 300, tc.from...), To: dnsSet(t, tc.name, dns.A, 300, "192.0.2.77")}
				err := dnsWriter(t, s.config(), tc.key).Write(t.Context(), []dns.Change{change})
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

// TestDNS200Domains creates and moves 200 pairs, each in one UPDATE.
func TestDNS200Domains(t *testing.T) {
	for program, start := range dnsServers {
		t.Run(program, func(t *testing.T) {
			s := start(t)
			r, w := dnsReader(t, s.config()), dnsWriter(t, s.config(), dnsKey)
			for _, address := range []string{"192.0.2.30", "192.0.2.40"} {
				var want []dns.RRSet
				for i := range 200 {
					host := fmt.Sprintf("sip.subsidiary%d.contoso.test", i)
					want = append(want, dnsSet(t, host, dns.A, 60, address),
						dnsSet(t, fmt.Sprintf("_sipfederationtls._tcp.subsidiary%d.contoso.test", i), dns.SRV, 60, "0 0 5061 "+host))
				}
				if err := dnsMove(t.Context(), r, w, want...); err != nil {
					t.Fatalf("to %s: %s", address, fault.Sentence(err))
				}
				dnsPublished(t, r, want...)
			}
		})
	}
}

// TestDNSRacingWriters: two writers that read before they write never leave a mix.
func TestDNSRacingWriters(t *testing.T) {
	const rounds = 200
	for program, start := range dnsServers {
		t.Run(program, func(t *testing.T) {
			s := start(t)
			r := dnsReader(t, s.config())
			won, lost := 0, 0
			for round := range rounds {
				errs := dnsRace(t, s, round)
				for _, err := range errs {
					switch fault.KindOf(err) {
					case "":
						won++
					case fault.Conflict:
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

// dnsRace lets two writers move the same host to different addresses.
func dnsRace(t *testing.T, s dnsServer, round int) [2]error {
	var errs [2]error
	var wg sync.WaitGroup
	for i := range errs {
		r, w := dnsReader(t, s.config()), dnsWriter(t, s.config(), dnsKey)
		want := dnsSet(t, "sip.contoso.test", dns.A, 300, fmt.Sprintf("198.51.%d.%d", 100+i, round))
		wg.Go(func() { errs[i] = dnsMove(t.Context(), r, w, want) })
	}
	wg.Wait()
	return errs
}
