package dns

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	mdns "github.com/miekg/dns"
)

const testSecret = "c2VjcmV0LW9mLWEta2V5LXdpdGhvdXQtcmlnaHRz"

func lab() Zone {
	return Zone{Name: "lab.example", Records: []string{
		"@ NS ns1", "@ NS ns2", "ns1 A 127.0.0.1", "ns2 A 127.0.0.2", "@ TXT apex",
		"host 300 A 192.0.2.1", "host 300 A 192.0.2.2", "alias 300 CNAME ns1", "*.wild A 192.0.2.99",
		"sub NS ns.sub", "ns.sub A 127.0.0.9",
	}}
}

func startLab(t *testing.T) (*Authority, *Server) {
	t.Helper()
	a, err := New(nil, []Zone{lab()}, []Key{
		{Name: "op", Secret: testSecret},
		{Name: "ro", Secret: testSecret, Domains: []string{"ro.lab.example"}, Types: []string{"A"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.Listen("127.0.0.1:0", Primary)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return a, s
}

// rr makes a record from a line in a zone file.
func rr(t *testing.T, line string) mdns.RR {
	t.Helper()
	r, err := mdns.NewRR(line)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// send signs an update with a key and returns the response code.
func send(t *testing.T, s *Server, key string, m *mdns.Msg) int {
	t.Helper()
	c := &mdns.Client{Net: "tcp", TsigSecret: map[string]string{key: testSecret}}
	m.SetTsig(key, mdns.HmacSHA256, 300, time.Now().Unix())
	reply, _, err := c.Exchange(m, s.Addr())
	if err != nil && reply == nil {
		t.Fatal(err)
	}
	return reply.Rcode
}

// TestUpdateLikeBIND is a table of answers that BIND 9.18 was seen to give. The interop
// tests send the same seeded updates to BIND and to the simulator.
func TestUpdateLikeBIND(t *testing.T) {
	type msg = mdns.Msg
	one := func(t *testing.T, line string) []mdns.RR { return []mdns.RR{rr(t, line)} }
	tests := map[string]struct {
		reason string
		key    string
		fill   func(t *testing.T, m *msg)
		rcode  int
		name   string // the name whose set of rrtype is looked at afterwards
		rrtype string
		want   []string
	}{
		"set must not exist": {"it does", "op.", func(t *testing.T, m *msg) {
			m.RRsetNotUsed(one(t, "host.lab.example. 0 A 192.0.2.1"))
			m.Insert(one(t, "new.lab.example. 60 A 192.0.2.9"))
		}, mdns.RcodeYXRrset, "new.lab.example", "A", nil},
		"name must not exist": {"it does", "op.", func(t *testing.T, m *msg) { m.NameNotUsed(one(t, "host.lab.example. 0 A 192.0.2.1")) }, mdns.RcodeYXDomain, "", "", nil},
		"name must exist":     {"it does not", "op.", func(t *testing.T, m *msg) { m.NameUsed(one(t, "none.lab.example. 0 A 192.0.2.1")) }, mdns.RcodeNameError, "", "", nil},
		"set must exist":      {"it does not", "op.", func(t *testing.T, m *msg) { m.RRsetUsed(one(t, "host.lab.example. 0 TXT x")) }, mdns.RcodeNXRrset, "", "", nil},
		"exact set": {"both values, in any order and case", "op.", func(t *testing.T, m *msg) {
			m.Used([]mdns.RR{rr(t, "HOST.lab.example. 0 A 192.0.2.2"), rr(t, "host.lab.example. 0 A 192.0.2.1")})
			m.RemoveRRset(one(t, "host.lab.example. 0 A 192.0.2.1"))
			m.Insert(one(t, "host.lab.example. 60 A 192.0.2.3"))
		}, mdns.RcodeSuccess, "host.lab.example", "A", []string{"192.0.2.3"}},
		"subset":                  {"a part is not the set", "op.", func(t *testing.T, m *msg) { m.Used(one(t, "host.lab.example. 0 A 192.0.2.1")) }, mdns.RcodeNXRrset, "", "", nil},
		"wildcard does not count": {"synthesis is no existence", "op.", func(t *testing.T, m *msg) { m.Used(one(t, "x.wild.lab.example. 0 A 192.0.2.99")) }, mdns.RcodeNXRrset, "", "", nil},
		"CNAME beside A":          {"ignored without a word", "op.", func(t *testing.T, m *msg) { m.Insert(one(t, "host.lab.example. 60 CNAME ns1.lab.example.")) }, mdns.RcodeSuccess, "host.lab.example", "CNAME", nil},
		"A beside CNAME":          {"ignored without a word", "op.", func(t *testing.T, m *msg) { m.Insert(one(t, "alias.lab.example. 60 A 192.0.2.9")) }, mdns.RcodeSuccess, "alias.lab.example", "A", nil},
		"second CNAME":            {"takes the place of the first", "op.", func(t *testing.T, m *msg) { m.Insert(one(t, "alias.lab.example. 60 CNAME ns2.lab.example.")) }, mdns.RcodeSuccess, "alias.lab.example", "CNAME", []string{"ns2.lab.example."}},
		"below a cut":             {"stored", "op.", func(t *testing.T, m *msg) { m.Insert(one(t, "h.sub.lab.example. 60 A 192.0.2.9")) }, mdns.RcodeSuccess, "h.sub.lab.example", "A", []string{"192.0.2.9"}},
		"outside":                 {"another zone", "op.", func(t *testing.T, m *msg) { m.Insert(one(t, "h.other.example. 60 A 192.0.2.9")) }, mdns.RcodeNotZone, "", "", nil},
		"prerequisite outside":    {"another zone", "op.", func(t *testing.T, m *msg) { m.NameUsed(one(t, "h.other.example. 60 A 192.0.2.9")) }, mdns.RcodeNotZone, "", "", nil},
		"apex NS":                 {"a zone keeps its servers", "op.", func(t *testing.T, m *msg) { m.RemoveRRset(one(t, "lab.example. 0 NS ns1.lab.example.")) }, mdns.RcodeSuccess, "lab.example", "NS", []string{"ns1.lab.example.", "ns2.lab.example."}},
		"one apex NS":             {"one of two may go", "op.", func(t *testing.T, m *msg) { m.Remove(one(t, "lab.example. 0 NS ns1.lab.example.")) }, mdns.RcodeSuccess, "lab.example", "NS", []string{"ns2.lab.example."}},
		"last apex NS": {"the second stays", "op.", func(t *testing.T, m *msg) {
			m.Remove([]mdns.RR{rr(t, "lab.example. 0 NS ns1.lab.example."), rr(t, "lab.example. 0 NS ns2.lab.example.")})
		}, mdns.RcodeSuccess, "lab.example", "NS", []string{"ns2.lab.example."}},
		"all at the apex":  {"other types go", "op.", func(t *testing.T, m *msg) { m.RemoveName(one(t, "lab.example. 0 A 0.0.0.0")) }, mdns.RcodeSuccess, "lab.example", "TXT", nil},
		"server's address": {"a zone's server needs one", "op.", func(t *testing.T, m *msg) { m.RemoveName(one(t, "ns1.lab.example. 0 A 0.0.0.0")) }, mdns.RcodeRefused, "ns1.lab.example", "A", []string{"127.0.0.1"}},
		"atomic": {"one failing prerequisite stops all", "op.", func(t *testing.T, m *msg) {
			m.NameNotUsed(one(t, "ns1.lab.example. 0 A 0.0.0.0"))
			m.Insert(one(t, "atom.lab.example. 60 A 192.0.2.9"))
		}, mdns.RcodeYXDomain, "atom.lab.example", "A", nil},
		"policy name":   {"the key may change other names", "ro.", func(t *testing.T, m *msg) { m.Insert(one(t, "host.lab.example. 60 A 192.0.2.9")) }, mdns.RcodeRefused, "", "", nil},
		"policy type":   {"the key may change other types", "ro.", func(t *testing.T, m *msg) { m.Insert(one(t, "ro.lab.example. 60 TXT x")) }, mdns.RcodeRefused, "", "", nil},
		"policy allows": {"its own names", "ro.", func(t *testing.T, m *msg) { m.Insert(one(t, "a.ro.lab.example. 60 A 192.0.2.9")) }, mdns.RcodeSuccess, "a.ro.lab.example", "A", []string{"192.0.2.9"}},
		"other apex":    {"not a zone of its own", "op.", func(t *testing.T, m *msg) { m.SetUpdate("deep.lab.example.") }, mdns.RcodeNotAuth, "", "", nil},
		"malformed":     {"a prerequisite has TTL 0", "op.", func(t *testing.T, m *msg) { m.Answer = one(t, "host.lab.example. 60 A 192.0.2.1") }, mdns.RcodeFormatError, "", "", nil},
		"adding ANY": {"no zone holds that type", "op.", func(t *testing.T, m *msg) {
			m.Ns = []mdns.RR{&mdns.ANY{Hdr: mdns.RR_Header{Name: "host.lab.example.", Rrtype: mdns.TypeANY, Class: mdns.ClassINET}}}
		}, mdns.RcodeFormatError, "", "", nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a, s := startLab(t)
			m := new(msg)
			m.SetUpdate("lab.example.")
			tc.fill(t, m)
			if rcode := send(t, s, tc.key, m); rcode != tc.rcode {
				t.Errorf("%s: got %s, want %s", tc.reason, mdns.RcodeToString[rcode], mdns.RcodeToString[tc.rcode])
			}
			if tc.rcode != mdns.RcodeSuccess && len(a.Journal()) > 0 {
				t.Errorf("%s: refused, and yet %+v", tc.reason, a.Journal())
			}
			if tc.name == "" {
				return
			}
			if diff := cmp.Diff(tc.want, a.Lookup(tc.name, tc.rrtype)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestNewTTLRewritesTheSet(t *testing.T) {
	a, s := startLab(t)
	m := new(mdns.Msg)
	m.SetUpdate("lab.example.")
	m.Insert([]mdns.RR{rr(t, "host.lab.example. 77 A 192.0.2.3")})
	if rcode := send(t, s, "op.", m); rcode != mdns.RcodeSuccess {
		t.Fatal(mdns.RcodeToString[rcode])
	}
	want := []string{
		"-host.lab.example 300 A 192.0.2.1", "-host.lab.example 300 A 192.0.2.2",
		"+host.lab.example 77 A 192.0.2.1", "+host.lab.example 77 A 192.0.2.2", "+host.lab.example 77 A 192.0.2.3",
	}
	journal := a.Journal()
	if diff := cmp.Diff(want, journal[0].Changes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if journal[0].Serial != 2 || journal[0].By != "op." || journal[0].Zone != "lab.example" {
		t.Errorf("the journal says %+v", journal[0])
	}
}
