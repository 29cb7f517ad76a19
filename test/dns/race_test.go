package dns_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	simdns "github.com/fedroute/fedroute/lyncsim/dns"
)

var key = rfc2136.TSIG{Name: "fedroute", Secret: secret}

// TestRacingWritersNeverMix lets two writers race. The zone must end exactly as one of them
// wanted it. No writer may get a yes when the other has overwritten its change without
// having seen it.
func TestRacingWritersNeverMix(t *testing.T) {
	o := start(t)
	r := o.reader(t)
	dice := rand.New(rand.NewPCG(1, 2136))
	conflicts := 0
	for round := range 100 {
		wants := [2][]dns.RRSet{randomWant(t, dice, 1), randomWant(t, dice, 2)}
		var errs [2]error
		var wg sync.WaitGroup
		for i, want := range wants {
			wg.Go(func() { errs[i] = move(context.Background(), o.reader(t), o.writer(t), want...) })
		}
		wg.Wait()
		var served [2]bool
		for i, want := range wants {
			if errs[i] != nil && !fault.Is(errs[i], fault.WorldChanged) {
				t.Fatalf("round %d: %v", round, errs[i])
			}
			if errs[i] != nil {
				conflicts++
			}
			served[i] = holds(t, r, want)
		}
		if !served[0] && !served[1] {
			t.Fatalf("round %d ended in a mix: wanted %v or %v, got\n%v", round, wants[0], wants[1], o.Records("contoso.com"))
		}
		if errs[0] != nil && errs[1] != nil {
			t.Fatalf("round %d: both writers lost", round)
		}
	}
	if conflicts == 0 {
		t.Error("the writers never met: this test shows nothing")
	}
}

// randomWant makes a host with one to three addresses of one writer's network,
// and a service of that writer's port: both must come from the same writer.
func randomWant(t *testing.T, dice *rand.Rand, writer int) []dns.RRSet {
	t.Helper()
	var addresses []string
	for range 1 + dice.IntN(3) {
		addresses = append(addresses, fmt.Sprintf("198.51.%d.%d", writer, dice.IntN(256)))
	}
	return []dns.RRSet{
		set(t, "race.contoso.com", dns.A, 60, addresses...),
		set(t, "_sip._tls.contoso.com", dns.SRV, 60, fmt.Sprintf("0 0 %d race.contoso.com", 5060+writer)),
	}
}

func holds(t *testing.T, r dns.Reader, want []dns.RRSet) bool {
	t.Helper()
	for _, s := range want {
		if !lookup(t, r, s.Name, s.Type).Set.Same(s) {
			return false
		}
	}
	return true
}

// pairs makes the host and service sets of n domains in one zone.
func pairs(t *testing.T, n int, address string) []dns.RRSet {
	t.Helper()
	var want []dns.RRSet
	for i := range n {
		host := fmt.Sprintf("sip.subsidiary%d.contoso.com", i)
		want = append(want, set(t, host, dns.A, 60, address),
			set(t, fmt.Sprintf("_sipfederationtls._tcp.subsidiary%d.contoso.com", i), dns.SRV, 60, "0 0 5061 "+host))
	}
	return want
}

func Test200DomainsFitOneUpdate(t *testing.T) {
	o := start(t)
	r, w := o.reader(t), o.writer(t)
	for _, address := range []string{"192.0.2.30", "192.0.2.40"} {
		want := pairs(t, 200, address)
		if err := move(t.Context(), r, w, want...); err != nil {
			t.Fatal(fault.Sentence(err))
		}
		if !holds(t, r, want[:20]) {
			t.Fatalf("the records to %s are not there", address)
		}
	}
	if n := len(o.Journal()); n != 2 {
		t.Errorf("two writes made %d changes of the zone", n)
	}
}

// Test400DomainsTakeSeveralUpdates: each domain's record changes together with the
// addresses of its host.
func Test400DomainsTakeSeveralUpdates(t *testing.T) {
	o := start(t)
	r, want := o.reader(t), pairs(t, 400, "192.0.2.30")
	if err := move(t.Context(), r, o.writer(t), want...); err != nil {
		t.Fatal(fault.Sentence(err))
	}
	if !holds(t, r, want) {
		t.Error("some records are not there")
	}
	if n := len(o.Journal()); n < 2 {
		t.Errorf("%d updates: these changes fit into one, so the test shows nothing", n)
	}
	for _, e := range o.Journal() {
		hosts, records := map[string]bool{}, map[string]bool{}
		for _, change := range e.Changes {
			if name, domain, _ := strings.Cut(strings.Fields(change)[0][1:], "subsidiary"); strings.HasPrefix(name, "_") {
				records[domain] = true
			} else {
				hosts[domain] = true
			}
		}
		if diff := cmp.Diff(records, hosts); diff != "" {
			t.Errorf("one update changes these records and these hosts (-records +hosts):\n%s", diff)
		}
	}
}

// TestEachUpdateOfAZoneIsAskedFor: between two updates of one zone a pool may die. Nothing
// more is sent when the caller says so.
func TestEachUpdateOfAZoneIsAskedFor(t *testing.T) {
	o := start(t)
	var changes []dns.Change
	for i := range 700 {
		a := set(t, fmt.Sprintf("sip.d%04d.contoso.com", i), dns.A, 300, "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4")
		changes = append(changes, dns.Change{From: dns.RRSet{Key: a.Key}, To: a})
	}
	asked := 0
	err := o.writer(t).Write(t.Context(), changes, func() error {
		if asked++; asked > 1 {
			return fault.New(fault.Unreachable, "ask", "192.0.2.1", "connection refused")
		}
		return nil
	})
	if !fault.Is(err, fault.Unreachable) || !strings.Contains(fault.Sentence(err), "1 of the zone's 3 updates were made and stand") || asked != 2 {
		t.Errorf("asked %d times, ended with %s", asked, fault.Sentence(err))
	}
	if n := len(o.Journal()); n != 1 {
		t.Errorf("%d updates were made, want 1", n)
	}
}

// TestDomainsOfOneHostAreTooMany: Check measures the update that Write would send, so
// nothing has changed when fedroute reports that the update is too large.
func TestDomainsOfOneHostAreTooMany(t *testing.T) {
	o := start(t)
	host := set(t, "sip.contoso.com", dns.A, 300, "192.0.2.1")
	changes := []dns.Change{{From: dns.RRSet{Key: host.Key}, To: host}}
	for i := range 1200 {
		to := set(t, fmt.Sprintf("_sipfederationtls._tcp.d%04d.contoso.com", i), dns.SRV, 300, "0 0 5061 sip.contoso.com")
		changes = append(changes, dns.Change{From: dns.RRSet{Key: to.Key}, To: to})
	}
	w := o.writer(t)
	for op, err := range map[string]error{"check": w.Check(t.Context(), changes), "write": w.Write(t.Context(), changes, dns.Always)} {
		if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Sentence(err), "give some of the domains a host of their own") {
			t.Errorf("%s: got %v, want Invalid with advice that can be followed", op, err)
		}
	}
	if len(o.Journal()) != 0 {
		t.Error("a refused update changed the zone")
	}
}

func BenchmarkRead200Domains(b *testing.B) {
	a, err := simdns.New(nil, []simdns.Zone{contoso()}, nil)
	if err != nil {
		b.Fatal(err)
	}
	s, err := a.Listen("127.0.0.1:0", simdns.Primary)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	r, err := rfc2136.NewReader(rfc2136.Config{Server: s.Addr(), Discovery: rfc2136.DiscoverNone})
	if err != nil {
		b.Fatal(err)
	}
	var keys []dns.Key
	for i := range 200 {
		keys = append(keys, dns.NewKey(fmt.Sprintf("sip.subsidiary%d.contoso.com", i), dns.A),
			dns.NewKey(fmt.Sprintf("_sipfederationtls._tcp.subsidiary%d.contoso.com", i), dns.SRV))
	}
	for b.Loop() {
		if _, err := r.Read(b.Context(), keys); err != nil {
			b.Fatal(err)
		}
	}
}
