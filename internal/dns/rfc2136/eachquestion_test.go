package rfc2136

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// fails says how a server fails at a question.
type fails string

const (
	closes   fails = "it closes the connection"
	servfail fails = "it answers SERVFAIL"
	refuses  fails = "it answers REFUSED"
)

// nameserver is the primary of contoso.com. It has one name of each sort, and fails at one
// question.
type nameserver struct {
	mu      sync.Mutex
	asked   map[string]bool // by question: "A sip.contoso.com"
	updates int
	fails   fails
	at      string // the question
}

var nameserverRecords = map[string][]string{
	"A sip.contoso.com":                            {"sip.contoso.com. 60 A 192.0.2.10"},
	"A x.wild.contoso.com":                         {"x.wild.contoso.com. 60 A 192.0.2.99"},
	"A *.wild.contoso.com":                         {"*.wild.contoso.com. 60 A 192.0.2.99"},
	"CNAME *.aliased.contoso.com":                  {"*.aliased.contoso.com. 60 CNAME ns1.contoso.com."},
	"A y.aliased.contoso.com":                      {"y.aliased.contoso.com. 60 CNAME ns1.contoso.com."},
	"A *.aliased.contoso.com":                      {"*.aliased.contoso.com. 60 CNAME ns1.contoso.com."},
	"SOA " + probeLabels + "y.aliased.contoso.com": {probeLabels + "y.aliased.contoso.com. 60 CNAME ns1.contoso.com."},
	"SOA contoso.com":                              {"contoso.com. 60 SOA ns1.contoso.com. hostmaster.contoso.com. 1 2 3 4 5"},
	"NS contoso.com":                               {"contoso.com. 60 NS ns1.contoso.com."},
	"A ns1.contoso.com":                            {"ns1.contoso.com. 60 A 127.0.0.1"},
}

func (n *nameserver) serve(w mdns.ResponseWriter, m *mdns.Msg) {
	name := dns.Canonical(m.Question[0].Name)
	question := mdns.TypeToString[m.Question[0].Qtype] + " " + name
	n.mu.Lock()
	if m.Opcode == mdns.OpcodeUpdate {
		question = "UPDATE"
		n.updates++
	} else {
		n.asked[question] = true
	}
	failure := n.fails
	if question != n.at {
		failure = ""
	}
	n.mu.Unlock()
	reply := new(mdns.Msg).SetReply(m)
	reply.Authoritative = true
	rr := func(line string) mdns.RR { out, _ := mdns.NewRR(line); return out }
	switch {
	case failure == closes:
		_ = w.Close()
		return
	case failure == servfail:
		reply.Rcode = mdns.RcodeServerFailure
	case failure == refuses:
		reply.Rcode = mdns.RcodeRefused
	case dns.Within(name, "sub.contoso.com"):
		reply.Authoritative, reply.Ns = false, []mdns.RR{rr("sub.contoso.com. 60 NS ns.sub.contoso.com.")}
	case nameserverRecords[question] != nil:
		for _, line := range nameserverRecords[question] {
			reply.Answer = append(reply.Answer, rr(line))
		}
	default:
		if !strings.HasSuffix(name, "wild.contoso.com") && strings.HasPrefix(name, probeLabels) {
			reply.Rcode = mdns.RcodeNameError
		}
		reply.Ns = []mdns.RR{rr("contoso.com. 60 SOA ns1.contoso.com. hostmaster.contoso.com. 1 2 3 4 5")}
	}
	_ = w.WriteMsg(reply)
}

// seen gives the questions that the server was asked, and how many updates it got.
func (n *nameserver) seen() (asked []string, updates int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Sorted(maps.Keys(n.asked)), n.updates
}

// listen starts a server that fails so at the question.
func listen(t *testing.T, f fails, at string) (*nameserver, Config) {
	t.Helper()
	n := &nameserver{asked: map[string]bool{}, fails: f, at: at}
	c := serveTCP(t, -1, n.serve)
	_, port, _ := net.SplitHostPort(c.Server)
	c.NSPort, _ = strconv.Atoi(port)
	c.Budget = 5 * time.Second
	return n, c
}

// eachName asks for a name of each sort: one that is there, one that is not, one behind a wildcard
// and one behind a wildcard that is an alias, and one below a delegation.
var eachName = []dns.Key{dns.NewKey("sip.contoso.com", dns.A), dns.NewKey("sip.contoso.com", dns.AAAA), dns.NewKey("x.wild.contoso.com", dns.A),
	dns.NewKey("y.aliased.contoso.com", dns.A), dns.NewKey("host.sub.contoso.com", dns.A)}

// barriers says how each name stands.
func barriers(found map[dns.Key]dns.Lookup) map[string]string {
	out := map[string]string{}
	for key, l := range found {
		out[key.String()] = fmt.Sprint(l.Barrier, " ", l.Zone, " ", l.Set.String())
	}
	return out
}

// TestEachQuestionMayFail reads names of each sort, and lets the primary fail at each question that
// it is asked, one after the other. A read in which something is unknown gives nothing: a part of
// the records would be taken for all. A refusal says that the server is not responsible for that
// name, and nothing of the others.
func TestEachQuestionMayFail(t *testing.T) {
	n, c := listen(t, "", "")
	healthy, err := (&Reader{c}).Read(t.Context(), eachName)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"sip.contoso.com A": " contoso.com 192.0.2.10", "sip.contoso.com AAAA": " contoso.com none", "x.wild.contoso.com A": "Wildcard contoso.com none",
		"y.aliased.contoso.com A": "Wildcard contoso.com none", "host.sub.contoso.com A": "Delegation contoso.com none"}
	if diff := cmp.Diff(want, barriers(healthy)); diff != "" {
		t.Fatalf("nothing fails (-want +got):\n%s", diff)
	}
	asked, _ := n.seen()
	for _, question := range asked {
		for _, f := range []fails{closes, servfail, refuses} {
			t.Run(string(f)+" at "+question, func(t *testing.T) {
				_, c := listen(t, f, question)
				found, err := (&Reader{c}).Read(t.Context(), eachName)
				// Who a name server is, and where a zone begins, may stay unknown: that is told of the names.
				optional := strings.HasPrefix(question, "NS ") || strings.HasSuffix(question, " ns1.contoso.com") || strings.HasPrefix(question, "SOA ") && !strings.Contains(question, "fedroute-probe")
				switch {
				case f == closes || f == servfail && !optional:
					if !fault.Is(err, fault.Unreachable) || found != nil {
						t.Errorf("got %v and %d names, want Unreachable and none", err, len(found))
					}
				case err != nil:
					t.Errorf("got %v: what the server refuses, or does not know of other servers, is told of the names", err)
				default:
					for key, l := range found {
						if l.Barrier == dns.BarrierNone && l.Zone != "contoso.com" {
							t.Errorf("%s may be written, in the zone %q", key, l.Zone)
						}
					}
				}
			})
		}
	}
	if len(asked) < 12 {
		t.Errorf("only %d questions were asked: %q", len(asked), asked)
	}
}

// TestEachQuestionBeforeAWriteMayFail: where a name stands that is to be written is asked before.
// While that is unknown, no update is sent.
func TestEachQuestionBeforeAWriteMayFail(t *testing.T) {
	change := func(name string) []dns.Change {
		key := dns.NewKey(name, dns.A)
		return []dns.Change{{From: dns.RRSet{Key: key}, To: dns.RRSet{Key: key, TTL: 60, Data: []string{"192.0.2.1"}}}}
	}
	key, err := HMAC(TSIG{Name: "upd.", Secret: viewSecret})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"new.contoso.com", "y.aliased.contoso.com"} {
		write := func(f fails, at string) (asked []string, updates int, err error) {
			n, c := listen(t, f, at)
			w, err := NewWriter(c, key)
			if err != nil {
				t.Fatal(err)
			}
			err = w.Write(t.Context(), change(name), dns.Always)
			asked, updates = n.seen()
			return asked, updates, err
		}
		asked, updates, err := write("", "")
		if updates == 0 {
			t.Fatalf("%s: no update was sent: %v", name, err)
		}
		for _, question := range asked {
			for _, f := range []fails{closes, servfail, refuses} {
				_, updates, err := write(f, question)
				if above := strings.HasPrefix(question, "SOA ") && !strings.Contains(question, "fedroute-probe") && question != "SOA contoso.com"; above && f != closes {
					continue // that domain is no zone of the server, and the next one above it is
				}
				if updates > 0 || err == nil {
					t.Errorf("%s at %s: %d updates were sent, and the write gives %v", f, question, updates, err)
				}
			}
		}
	}
}
