package rfc2136

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// zoneWith answers every question for NS and for addresses with what a test gives, and
// otherwise that there is no such name.
func zoneWith(ns, addresses []string) mdns.HandlerFunc {
	return func(w mdns.ResponseWriter, m *mdns.Msg) {
		reply := new(mdns.Msg).SetReply(m)
		reply.Authoritative = true
		lines := []string{}
		switch q := m.Question[0]; {
		case q.Qtype == mdns.TypeNS:
			for _, host := range ns {
				lines = append(lines, "contoso.com. 60 NS "+host)
			}
		case q.Qtype == mdns.TypeA && strings.HasPrefix(q.Name, "ns"):
			for _, a := range addresses {
				lines = append(lines, q.Name+" 60 A "+a)
			}
		}
		for _, line := range lines {
			rr, _ := mdns.NewRR(line)
			reply.Answer = append(reply.Answer, rr)
		}
		if len(lines) == 0 {
			soa, _ := mdns.NewRR("contoso.com. 60 SOA ns1.contoso.com. hostmaster.contoso.com. 1 2 3 4 5")
			reply.Ns, reply.Rcode = []mdns.RR{soa}, mdns.RcodeNameError
		}
		reply.Compress = true
		_ = w.WriteMsg(reply)
	}
}

func manyAddresses(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("127.1.%d.%d", i/250, i%250+1)
	}
	return out
}

// TestAZoneWithVeryManyServers: the zone's owner decides how many name servers it has, and
// the manager how many it asks.
func TestAZoneWithVeryManyServers(t *testing.T) {
	names := make([]string, 300)
	for i := range names {
		names[i] = fmt.Sprintf("ns%d.contoso.com.", i)
	}
	cases := map[string]struct {
		reason        string
		ns, addresses []string
		servers       int    // that are asked beside the primary
		says          string // of the read, or of what is left out
	}{
		"a usual zone":       {"everyone is asked", names[:3], manyAddresses(2), 2, ""},
		"many addresses":     {"one name server has 400", names[:1], manyAddresses(400), maxServers, "its name servers have 400 addresses, and 32 are asked"},
		"far too many":       {"4,000 addresses are not even read", names[:1], manyAddresses(4000), 0, "an answer has 4000 records, and more than 512 are not read"},
		"many names":         {"300 name servers", names, manyAddresses(1), 1, "its name servers have 300 names, and 32 are asked"},
		"many names of many": {"both at once", names, manyAddresses(400), maxServers, "names, and 32 are asked"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config := serveTCP(t, -1, zoneWith(c.ns, c.addresses))
			config.Discovery, config.Zone = DiscoverNS, "contoso.com"
			var mu sync.Mutex
			asked, now, most := map[string]bool{}, 0, 0
			dial := config.Dial
			config.Turn = func(_ context.Context, server string) (func(error), error) {
				mu.Lock()
				defer mu.Unlock()
				asked[server] = true
				now++
				most = max(most, now)
				return func(error) { mu.Lock(); now--; mu.Unlock() }, nil
			}
			config.Dial = dial
			config.Timeout = 5 * time.Second
			before := runtime.NumGoroutine()
			key := dns.NewKey("sip.contoso.com", dns.A)
			found, err := (&Reader{config: config}).Read(t.Context(), []dns.Key{key})
			told := fmt.Sprint(err)
			for _, v := range found[key].Servers {
				told += fmt.Sprint("; ", v.Server, ": ", v.Err)
			}
			if len(asked)-1 != c.servers || !strings.Contains(told, c.says) {
				t.Errorf("%s: %d servers were asked, want %d, and %q, want %q", c.reason, len(asked)-1, c.servers, told, c.says)
			}
			if most > serversAtOnce {
				t.Errorf("%s: %d servers were asked at once; there were %d goroutines before", c.reason, most, before)
			}
		})
	}
}

// TestAnswersThatAreTooMuchEndTheLook: nobody's zone is that large, and what is built of an
// answer is many times its size.
func TestAnswersThatAreTooMuchEndTheLook(t *testing.T) {
	text := strings.Repeat("x", 250)
	var answered atomic.Int32
	config := serveTCP(t, -1, func(w mdns.ResponseWriter, m *mdns.Msg) {
		answered.Add(1)
		reply := new(mdns.Msg).SetReply(m)
		reply.Authoritative = true
		for range 200 {
			reply.Extra = append(reply.Extra, &mdns.TXT{Hdr: mdns.RR_Header{Name: ".", Rrtype: mdns.TypeTXT, Class: mdns.ClassINET}, Txt: []string{text}})
		}
		_ = w.WriteMsg(reply)
	})
	s := newSession(config, config.Server)
	defer s.close()
	_, err := s.ask(t.Context(), hosts(1000))
	if !fault.Is(err, fault.Unreachable) || !strings.Contains(fault.Sentence(err), "more than 2000 kB together; its records are unknown") {
		t.Errorf("got %v", err)
	}
	if n := answered.Load(); n > 300 {
		t.Errorf("%d answers were sent", n)
	}
}

// TestTheBudgetEndsWhileConnecting: the connection's time ends with the budget, and whichever
// is noticed first, the budget is what ended the look.
func TestTheBudgetEndsWhileConnecting(t *testing.T) {
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			config, err := Config{Server: "192.0.2.53:53", Timeout: time.Minute, Budget: time.Second}.complete()
			if err != nil {
				t.Fatal(err)
			}
			config.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
				deadline, _ := ctx.Deadline()
				time.Sleep(time.Until(deadline))
				return nil, os.ErrDeadlineExceeded
			}
			_, err = (&Reader{config: config}).Read(t.Context(), []dns.Key{dns.NewKey("sip.contoso.com", dns.A)})
			if !strings.Contains(fault.Sentence(err), "it answers too slowly: 0 of 1 questions in time") {
				t.Fatalf("got %v", err)
			}
		})
	}
}

// TestAServerThatAnswersSlowlyHasABudget: each answer comes in time, and all of them together
// would take minutes.
func TestAServerThatAnswersSlowlyHasABudget(t *testing.T) {
	config := serveTCP(t, 1, func(w mdns.ResponseWriter, m *mdns.Msg) {
		time.Sleep(30 * time.Millisecond)
		_ = w.WriteMsg(new(mdns.Msg).SetReply(m))
	})
	config.Budget, config.Discovery = 200*time.Millisecond, DiscoverNone
	var told error
	config.Turn = func(context.Context, string) (func(error), error) { return func(err error) { told = err }, nil }
	keys := make([]dns.Key, 4000)
	for i := range keys {
		keys[i] = dns.NewKey(fmt.Sprintf("sip%d.contoso.com", i), dns.A)
	}
	_, err := (&Reader{config: config}).Read(t.Context(), keys)
	if !fault.Is(err, fault.Unreachable) || !strings.Contains(fault.Sentence(err), "it answers too slowly: ") || !errors.Is(told, err) {
		t.Errorf("got %v, and the circuit heard %v", err, told)
	}
	closed := errors.New("closed")
	config.Turn = func(context.Context, string) (func(error), error) { return nil, closed }
	if _, err := (&Reader{config: config}).Read(t.Context(), keys); !errors.Is(err, closed) {
		t.Errorf("a server that has a pause is asked: %v", err)
	}
}
