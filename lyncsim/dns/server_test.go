package dns

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	mdns "github.com/miekg/dns"
)

// ask sends one query and returns the code, the aa flag, and the records of answer and
// authority.
func ask(t *testing.T, s *Server, network, name string, rrtype uint16) (*mdns.Msg, []string) {
	t.Helper()
	m := new(mdns.Msg)
	m.SetQuestion(name, rrtype)
	m.RecursionDesired = false
	reply, _, err := (&mdns.Client{Net: network}).Exchange(m, s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	summary := []string{fmt.Sprintf("%s aa=%v", mdns.RcodeToString[reply.Rcode], reply.Authoritative)}
	for _, rr := range append(reply.Answer, reply.Ns...) {
		summary = append(summary, line(rr))
	}
	return reply, summary
}

func TestAnswers(t *testing.T) {
	const soa = "lab.example 60 SOA ns1.lab.example. hostmaster.lab.example. 1 3600 600 86400 60"
	tests := map[string]struct {
		reason string
		name   string
		rrtype uint16
		want   []string
	}{
		"host":        {"all values", "host.lab.example.", mdns.TypeA, []string{"NOERROR aa=true", "host.lab.example 300 A 192.0.2.1", "host.lab.example 300 A 192.0.2.2"}},
		"other type":  {"no data", "host.lab.example.", mdns.TypeAAAA, []string{"NOERROR aa=true", soa}},
		"missing":     {"no name", "none.lab.example.", mdns.TypeA, []string{"NXDOMAIN aa=true", soa}},
		"alias":       {"followed in the zone", "alias.lab.example.", mdns.TypeA, []string{"NOERROR aa=true", "alias.lab.example 300 CNAME ns1.lab.example.", "ns1.lab.example 300 A 127.0.0.1"}},
		"alias alone": {"asked for as such", "alias.lab.example.", mdns.TypeCNAME, []string{"NOERROR aa=true", "alias.lab.example 300 CNAME ns1.lab.example."}},
		"wildcard":    {"takes the asked name", "x.y.wild.lab.example.", mdns.TypeA, []string{"NOERROR aa=true", "x.y.wild.lab.example 300 A 192.0.2.99"}},
		"wild type":   {"exists without that type", "x.wild.lab.example.", mdns.TypeTXT, []string{"NOERROR aa=true", soa}},
		"empty node":  {"an empty non-terminal exists", "wild.lab.example.", mdns.TypeA, []string{"NOERROR aa=true", soa}},
		"delegation":  {"a referral without authority", "h.sub.lab.example.", mdns.TypeA, []string{"NOERROR aa=false", "sub.lab.example 300 NS ns.sub.lab.example."}},
		"not ours":    {"nothing is said", "other.example.", mdns.TypeA, []string{"REFUSED aa=false"}},
		"transfer":    {"not offered", "lab.example.", mdns.TypeAXFR, []string{"REFUSED aa=false"}},
	}
	_, s := startLab(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for _, network := range []string{"udp", "tcp"} {
				if _, got := ask(t, s, network, tc.name, tc.rrtype); !cmp.Equal(tc.want, got) {
					t.Errorf("%s, by %s (-want +got):\n%s", tc.reason, network, cmp.Diff(tc.want, got))
				}
			}
		})
	}
}

func TestUpdateUnderWildcardMasksIt(t *testing.T) {
	_, s := startLab(t)
	m := new(mdns.Msg)
	m.SetUpdate("lab.example.")
	m.Insert([]mdns.RR{rr(t, "deep.x.wild.lab.example. 60 TXT t")})
	if rcode := send(t, s, "op.", m); rcode != mdns.RcodeSuccess {
		t.Fatal(mdns.RcodeToString[rcode])
	}
	for _, name := range []string{"deep.x.wild.lab.example.", "x.wild.lab.example."} {
		if reply, got := ask(t, s, "tcp", name, mdns.TypeA); len(reply.Answer) > 0 {
			t.Errorf("the wildcard still answers for %s: %v", name, got)
		}
	}
}

func TestUnsignedAndBadlySigned(t *testing.T) {
	tests := map[string]struct {
		reason    string
		sign      func(m *mdns.Msg)
		rcode     int
		tsigError int
	}{
		"unsigned":        {"nobody signed", func(*mdns.Msg) {}, mdns.RcodeRefused, -1},
		"unknown key":     {"no such key", func(m *mdns.Msg) { m.SetTsig("nobody.", mdns.HmacSHA256, 300, time.Now().Unix()) }, mdns.RcodeNotAuth, mdns.RcodeBadKey},
		"wrong secret":    {"another secret", func(m *mdns.Msg) { m.SetTsig("op.", mdns.HmacSHA256, 300, time.Now().Unix()) }, mdns.RcodeNotAuth, mdns.RcodeBadSig},
		"another time":    {"a recorded message sent again", func(m *mdns.Msg) { m.SetTsig("ro.", mdns.HmacSHA256, 300, time.Now().Unix()-1000) }, mdns.RcodeNotAuth, mdns.RcodeBadTime},
		"other algorithm": {"known with another algorithm", func(m *mdns.Msg) { m.SetTsig("ro.", mdns.HmacSHA512, 300, time.Now().Unix()) }, mdns.RcodeNotAuth, mdns.RcodeBadKey},
	}
	a, s := startLab(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			m := new(mdns.Msg)
			m.SetUpdate("lab.example.")
			m.Insert([]mdns.RR{rr(t, "a.ro.lab.example. 60 A 192.0.2.9")})
			tc.sign(m)
			c := &mdns.Client{Net: "tcp", TsigSecret: map[string]string{"op.": "d3Jvbmc=", "ro.": testSecret, "nobody.": testSecret}}
			reply, _, err := c.Exchange(m, s.Addr())
			if reply == nil {
				t.Fatal(err)
			}
			got := -1
			if ts := reply.IsTsig(); ts != nil {
				got = int(ts.Error)
			}
			if reply.Rcode != tc.rcode || got != tc.tsigError {
				t.Errorf("%s: got %s with TSIG error %d", tc.reason, mdns.RcodeToString[reply.Rcode], got)
			}
			if len(a.Journal()) > 0 {
				t.Error("the zone changed")
			}
		})
	}
}

func TestLongAnswerByUDPIsCut(t *testing.T) {
	z := Zone{Name: "big.example", Records: []string{"@ NS ns1", "ns1 A 127.0.0.1"}}
	for i := range 200 {
		z.Records = append(z.Records, fmt.Sprintf("host A 192.0.2.%d", i))
	}
	a, err := New(nil, []Zone{z}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.Listen("127.0.0.1:0", Primary)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if reply, _ := ask(t, s, "udp", "host.big.example.", mdns.TypeA); !reply.Truncated {
		t.Error("200 addresses do not fit into 512 octets, and the answer does not say so")
	}
	if reply, _ := ask(t, s, "tcp", "host.big.example.", mdns.TypeA); reply.Truncated || len(reply.Answer) != 200 {
		t.Errorf("by TCP %d of 200 addresses came", len(reply.Answer))
	}
}

func TestLag(t *testing.T) {
	now := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	a, err := New(func() time.Time { return now }, []Zone{lab()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := a.Listen("127.0.0.1:0", Secondary)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	second.Lag(5 * time.Minute)
	for _, address := range []string{"192.0.2.11", "192.0.2.12", "192.0.2.13"} {
		if err := a.Set("administrator", "host.lab.example", "A", 60, address); err != nil {
			t.Fatal(err)
		}
		now = now.Add(2 * time.Minute)
	}
	for _, want := range []string{"192.0.2.11", "192.0.2.12", "192.0.2.13"} {
		reply, got := ask(t, second, "tcp", "host.lab.example.", mdns.TypeA)
		if len(reply.Answer) != 1 || value(reply.Answer[0]) != want {
			t.Errorf("%s: got %v, want %s", now.Format(time.TimeOnly), got, want)
		}
		now = now.Add(2 * time.Minute)
	}
}

// TestSlow: a server that is slow with one zone answers about others at once.
func TestSlow(t *testing.T) {
	_, s := startLab(t)
	s.Slow("lab.example", 50*time.Millisecond)
	for name, slow := range map[string]bool{"host.lab.example.": true, "example.org.": false} {
		began := time.Now()
		ask(t, s, "tcp", name, mdns.TypeA)
		if took := time.Since(began); (took >= 50*time.Millisecond) != slow {
			t.Errorf("the answer about %s took %s", name, took)
		}
	}
}

func TestHandEditsAndErrors(t *testing.T) {
	a, _ := startLab(t)
	if err := a.Set("kim", "alias.lab.example", "A", 60, "192.0.2.5"); err != nil {
		t.Fatal(err)
	}
	if got := a.Lookup("alias.lab.example", "CNAME"); got != nil {
		t.Errorf("by hand an alias makes way, but %v is there", got)
	}
	if err := a.Delete("kim", "alias.lab.example", "A"); err != nil {
		t.Fatal(err)
	}
	if err := a.Delete("kim", "alias.lab.example", "A"); err != nil || len(a.Journal()) != 2 {
		t.Errorf("deleting nothing is no change: %v, %d entries", err, len(a.Journal()))
	}
	for name, err := range map[string]error{
		"no zone":  a.Set("kim", "host.other.example", "A", 60, "192.0.2.5"),
		"no type":  a.Delete("kim", "host.lab.example", "X"),
		"no value": a.Set("kim", "host.lab.example", "A", 60, "nonsense"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if !strings.HasPrefix(a.Records("lab.example")[0], "*.wild.lab.example 300 A") {
		t.Errorf("records are listed sorted: %v", a.Records("lab.example"))
	}
}

func TestBadFarms(t *testing.T) {
	tests := map[string]struct {
		zones []Zone
		keys  []Key
		says  string
	}{
		"no name":       {[]Zone{{}}, nil, "no zone name"},
		"bad record":    {[]Zone{{Name: "a.example", Records: []string{"host A nonsense"}}}, nil, "a.example"},
		"outside":       {[]Zone{{Name: "a.example", Records: []string{"host.b.example. A 192.0.2.1"}}}, nil, "lies outside"},
		"twice":         {[]Zone{{Name: "a.example"}, {Name: "A.example."}}, nil, "twice"},
		"DNAME":         {[]Zone{{Name: "a.example", Records: []string{"x DNAME b.example."}}}, nil, "not simulated"},
		"include":       {[]Zone{{Name: "a.example", Records: []string{"$INCLUDE /etc/passwd"}}}, nil, "a.example"},
		"bad secret":    {nil, []Key{{Name: "k", Secret: "!"}}, "not base64"},
		"bad algorithm": {nil, []Key{{Name: "k", Algorithm: "hmac-md5", Secret: testSecret}}, "not simulated"},
	}
	for name, tc := range tests {
		if _, err := New(nil, tc.zones, tc.keys); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: got %v, want an error that says %q", name, err, tc.says)
		}
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	a, _ := startLab(t)
	if s, err := a.Listen("0.0.0.0:0", Primary); err == nil {
		_ = s.Close()
		t.Error("the simulator listens for the whole network")
	}
}
