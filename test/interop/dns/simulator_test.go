//go:build interop

package dns_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	simdns "github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/test/support/nameserver"
	"github.com/fedroute/fedroute/test/support/program"
)

// TestSimulatorAnswersLikeBIND makes updates from a seed and sends the same ones to BIND
// and to the simulator with nsupdate. After each batch it asks both for every name and type
// with dig. Codes and answers must be the same.
func TestSimulatorAnswersLikeBIND(t *testing.T) {
	t.Attr("case", "400 seeded updates by nsupdate: the simulated DNS answers as BIND does")
	t.Attr("with", "bind9 bind9-dnsutils")
	const batches, perBatch = 10, 40
	bind := nameserver.StartBIND(t, nameserver.BINDOptions{})
	sim := startSim(t, bind)
	dice := rand.New(rand.NewPCG(2136, 3))
	codes := map[string]int{}
	for batch := range batches {
		var script strings.Builder
		var updates []string
		for range perBatch {
			updates = append(updates, randomUpdate(dice))
			script.WriteString(updates[len(updates)-1])
		}
		want, got := sendUpdates(t, bind, script.String()), sendUpdates(t, sim, script.String())
		for i, code := range want {
			codes[code]++
			if i >= len(got) || got[i] != code {
				t.Fatalf("batch %d: BIND answers %s, the simulator %v to\n%s", batch, code, got[min(i, len(got)-1)], updates[i])
			}
		}
		if len(want) != perBatch {
			t.Fatalf("batch %d: BIND answered %d of %d updates", batch, len(want), perBatch)
		}
		if diff := cmp.Diff(digEverything(t, bind), digEverything(t, sim)); diff != "" {
			t.Fatalf("batch %d: the answers differ (-BIND +simulator):\n%s\nafter\n%s", batch, diff, script.String())
		}
	}
	t.Logf("%d updates, same codes and answers: %v", batches*perBatch, codes)
}

// startSim serves BIND's zone with the simulator.
func startSim(t *testing.T, bind nameserver.Server) nameserver.Server {
	t.Helper()
	zone := simdns.Zone{Name: nameserver.Zone, Records: strings.Split(nameserver.Records(nameserver.Zone, bind.Addr), "\n")}
	a, err := simdns.New(nil, []simdns.Zone{zone}, []simdns.Key{
		{Name: "upd", Secret: nameserver.Secret},
		{Name: "narrow", Secret: nameserver.Secret, Domains: []string{"sip.contoso.test"}, Types: []string{"A"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.Listen("127.0.0.1:0", simdns.Primary)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return nameserver.Server{Place: program.In(t), Addr: s.Addr()}
}

var (
	updateNames = []string{
		"contoso.test", "sip.contoso.test", "SIP.contoso.test", "new.contoso.test", "alias.contoso.test", "ns1.contoso.test",
		"x.wild.contoso.test", "exact.wild.contoso.test", "wild.contoso.test", "*.wild.contoso.test", "h.sub.contoso.test",
		"sub.contoso.test", "deep.empty.contoso.test", "empty.contoso.test", "host.fabrikam.test",
	}
	updateValues = map[string][]string{
		"A":     {"192.0.2.1", "192.0.2.10", "192.0.2.99"},
		"AAAA":  {"2001:db8::1", "2001:db8::2"},
		"TXT":   {`"one"`, `"two"`},
		"CNAME": {"sip.contoso.test.", "www.fabrikam.test."},
		"SRV":   {"0 0 5061 sip.contoso.test.", "0 0 5061 SIP.contoso.test.", "0 0 5061 new.contoso.test."},
		"NS":    {"ns1.contoso.test.", "ns2.contoso.test."},
	}
	updateTypes = []string{"A", "A", "A", "AAAA", "TXT", "CNAME", "SRV", "NS"}
)

// randomUpdate makes one update in nsupdate's language.
func randomUpdate(dice *rand.Rand) string {
	pick := func(list []string) string { return list[dice.IntN(len(list))] }
	lines := []string{"key hmac-sha256:upd " + nameserver.Secret}
	if dice.IntN(8) == 0 {
		lines[0] = "key hmac-sha256:narrow " + nameserver.Secret
	}
	for range dice.IntN(3) {
		rrtype := pick(updateTypes)
		lines = append(lines, "prereq "+pick([]string{
			"yxdomain " + pick(updateNames), "nxdomain " + pick(updateNames),
			"yxrrset " + pick(updateNames) + " " + rrtype, "nxrrset " + pick(updateNames) + " " + rrtype,
			"yxrrset " + pick(updateNames) + " " + rrtype + " " + pick(updateValues[rrtype]),
		}))
	}
	for range 1 + dice.IntN(3) {
		rrtype := pick(updateTypes)
		add := fmt.Sprintf("add %s %d %s %s", pick(updateNames), 60+60*dice.IntN(3), rrtype, pick(updateValues[rrtype]))
		lines = append(lines, "update "+pick([]string{
			add, add, add,
			"delete " + pick(updateNames) + " " + rrtype + " " + pick(updateValues[rrtype]),
			"delete " + pick(updateNames) + " " + rrtype,
			"delete " + pick(updateNames),
		}))
	}
	return strings.Join(lines, "\n") + "\nsend\nanswer\n"
}

var updateStatus = regexp.MustCompile(`opcode: UPDATE, status: (\w+)`)

// sendUpdates returns the status of each update.
func sendUpdates(t *testing.T, s nameserver.Server, script string) []string {
	t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	out, _ := s.Try(t, fmt.Sprintf("server %s %s\nzone %s\n%s", host, port, nameserver.Zone, script), "nsupdate", "-v")
	var codes []string
	for _, match := range updateStatus.FindAllStringSubmatch(out, -1) {
		codes = append(codes, match[1])
	}
	if len(codes) == 0 {
		t.Fatalf("nsupdate:\n%s", out)
	}
	return codes
}

var (
	digHeader = regexp.MustCompile(`status: \w+|flags: [a-z ]+`)
	spaces    = regexp.MustCompile(`\s+`)
	soaSerial = regexp.MustCompile(`(SOA \S+ \S+) \d+ `)
)

// digEverything returns status, flags and records of every name and type.
func digEverything(t *testing.T, s nameserver.Server) map[string][]string {
	t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	var queries strings.Builder
	var asked []string
	for _, name := range append(updateNames, "y.wild.contoso.test", "a.b.wild.contoso.test", "x.aliased.contoso.test", "away.contoso.test") {
		for _, rrtype := range []string{"A", "AAAA", "TXT", "CNAME", "SRV", "NS", "SOA"} {
			fmt.Fprintf(&queries, "%s %s\n", name, rrtype)
			asked = append(asked, name+" "+rrtype)
		}
	}
	s.Write(t, "queries", queries.String())
	out, err := s.Try(t, "", "dig", "@"+host, "-p", port, "+tcp", "+norec", "+noedns", "+nocmd", "+nostats", "+noquestion", "+noadditional", "-f", "queries")
	if err != nil {
		t.Fatalf("dig: %v\n%s", err, out)
	}
	answers := map[string][]string{}
	n := -1
	for line := range strings.Lines(out) {
		if strings.Contains(line, "Got answer") {
			n++
		}
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, ";") {
			// Two things are left out. One is the serial, which BIND also counts up when an
			// update takes away a record and puts it back. The other is which of two letter
			// cases stays.
			line = soaSerial.ReplaceAllString(spaces.ReplaceAllString(line, " "), "$1 serial ")
			answers[asked[n]] = append(answers[asked[n]], strings.ToLower(line))
		}
		answers[asked[max(n, 0)]] = append(answers[asked[max(n, 0)]], digHeader.FindAllString(line, -1)...)
	}
	for _, lines := range answers {
		slices.Sort(lines)
	}
	if n+1 != len(asked) {
		t.Fatalf("dig answered %d of %d questions", n+1, len(asked))
	}
	return answers
}
