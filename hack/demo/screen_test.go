package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/test/support/cluster"
	"github.com/fedroute/fedroute/test/support/terminal"
)

var update = flag.Bool("update", false, "write the screens of testdata anew")

// somePlan is what kubectl fedroute plan prints for a failover.
const somePlan = `plan sha256-b4d4b10029e67cb0: 10 steps, 1 Running, 9 Pending

 1  Running  PublishFlags topology
    from edge2.contoso.com SIP off, edge1.contoso.com SIP on, edge2.contoso.com XMPP off,
    edge1.contoso.com XMPP on
    since 2026-11-26 20:26:31Z; at most 45m
 5  Pending        SetupEdgeServer edge2.contoso.com
    not set up -> set up
 9  Pending              UpdateDNS zone contoso.com
    fed.contoso.com A 127.63.80.13 (ttl 60) -> fed.contoso.com A 127.63.80.15 (ttl 60)
    after 7, 8; at most 2m
`

// play writes one of everything that the demo shows, with times that do not change.
func play(s *screen) {
	began := time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	at := func(seconds float64) time.Time { return began.Add(time.Duration(seconds * float64(time.Second))) }
	s.say("\nFail over: one line")
	s.ended("kubectl apply: contoso.yaml with edgePool: edge2.contoso.com", "ok", 700*time.Millisecond, "changed: the line edgePool: edge2.contoso.com")
	s.ended("kubectl fedroute plan contoso", "ok", 200*time.Millisecond, somePlan)
	const waits = "kubectl wait --for=condition=Ready fr/contoso"
	for i, words := range []string{"", "step 2 of 10: SetSiteRoute SIP route of site Redmond", "step 9 of 10: UpdateDNS zone contoso.com, " + fed + " A 127.57.123.13 -> 127.57.123.15", "wait"} {
		s.turn(i, waits, time.Duration(i+1)*1300*time.Millisecond, words)
	}
	s.clear()
	s.ended(waits, "ok", 5100*time.Millisecond, "the route says: federation is hosted by edge2.contoso.com as the spec says")
	s.ended("start the simulated organization: Lync Server 2013, two Edge pools, DNS", "FAILED", 61*time.Second, "lyncsim did not get ready (see .run/demo-123/lyncsim.log)")
	s.print(timeline(s.width(), map[string][]period{
		"SIP":  {{sight{true, edge1}, at(0), at(0.2)}, {sight{false, edge1 + " port 5061: connection refused"}, at(0.2), at(7.6)}, {sight{true, edge2}, at(7.6), at(8.3)}},
		"XMPP": {{sight{true, edge2}, at(0), at(8.3)}},
	})...)
	for _, c := range []struct {
		check
		want string
	}{
		{check{when: "published", what: "address", asked: "A of " + fed, answer: "127.57.123.15"}, "127.57.123.15"},
		{check{when: "failed over", what: "XMPP discovery", asked: "SRV of " + xmpp, answer: "0 0 5269 " + fed + "."}, "0 0 5269 " + fed + "."},
		{check{when: "failed back", what: "SIP route", asked: "Get-CsSite -Identity Redmond", answer: "EdgeServer:" + edge1}, "EdgeServer:" + edge2},
	} {
		_ = s.check(c.check, c.want)
	}
	s.table()
	s.fail(errors.New("the route did not get ready: port 5061 of 127.57.123.13: connection refused; partners may not get through"))
}

// TestScreens compares the screen of a terminal of each width with a file. The last line
// that a person sees of a step must be the step's own, whatever the spinner wrote.
func TestScreens(t *testing.T) {
	for _, columns := range []int{60, 80, 100, 120, 200} {
		t.Run(fmt.Sprint(columns), func(t *testing.T) {
			var out bytes.Buffer
			play(&screen{out: &out, terminal: func() int { return columns }})
			written := bytes.ReplaceAll(out.Bytes(), []byte("\n"), []byte("\r\n")) // as a terminal's driver does
			if err := terminal.Fits(written, columns); err != nil {
				t.Error(err)
			}
			golden(t, fmt.Sprintf("screen-%d.txt", columns), terminal.Lines(written, columns))
		})
	}
	t.Run("no terminal", func(t *testing.T) {
		var out bytes.Buffer
		play(&screen{out: &out})
		if i := bytes.IndexFunc(out.Bytes(), func(r rune) bool { return r < ' ' && r != '\n' }); i >= 0 {
			t.Errorf("without a terminal there is a control character at %q", out.Bytes()[i:min(i+40, out.Len())])
		}
		golden(t, "no-terminal.txt", strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"))
	})
}

func golden(t *testing.T, name string, lines []string) {
	t.Helper()
	path, text := filepath.Join("testdata", name), strings.Join(lines, "\n")+"\n"
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestEveryTurnIsOneLine plays the turns of a spinner while a person narrows the window
// to less than the step's own name.
func TestEveryTurnIsOneLine(t *testing.T) {
	for _, columns := range []int{200, 60, 10, 1} {
		s := &screen{out: new(bytes.Buffer), terminal: func() int { return columns }}
		s.turn(3, strings.Repeat("a step with a long name ", 9), time.Minute, strings.Repeat("words ", 50))
		if err := terminal.Fits(s.out.(*bytes.Buffer).Bytes(), columns); err != nil {
			t.Error(err)
		}
	}
}

// TestCommandsStayWhole: a command that was wrapped could not be copied from a terminal of
// 60 columns. The long paths are in a file.
func TestCommandsStayWhole(t *testing.T) {
	var out bytes.Buffer
	root := t.TempDir()
	s := &stage{root: root, dir: filepath.Join(root, ".run/demo-1234567890"), bin: filepath.Join(root, "bin"),
		cluster: &cluster.Cluster{Kubeconfig: filepath.Join(root, "admin.conf")}, places: places{Admin: "http://127.255.255.1:8480", DNS: []string{"127.255.255.2:5300"}}}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := s.lookAround(&screen{out: &out, terminal: func() int { return 60 }}); err != nil {
		t.Fatal(err)
	}
	if err := terminal.Fits(bytes.ReplaceAll(out.Bytes(), []byte("\n"), []byte("\r\n")), 60); err != nil {
		t.Error(err)
	}
	shell := exec.CommandContext(t.Context(), "sh", "-c", `. ./.run/demo-1234567890/env && echo "$KUBECONFIG $DNS $LYNCSIM ${PATH%%:*}"`)
	shell.Dir = root
	got, err := shell.CombinedOutput()
	want := fmt.Sprintln(s.cluster.Kubeconfig, "127.255.255.2", s.places.Admin, s.bin)
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
		t.Errorf("what the file sets (-want +got, %v):\n%s", err, diff)
	}
}

func TestStepsFitIntoAnyTerminal(t *testing.T) {
	const what = "kubectl apply: contoso.yaml with edgePool: edge1.contoso.com"
	for _, columns := range []int{40, 60, 61, 79, 80, 200} {
		for _, line := range slices.Concat(ended(columns, what, "FAILED", time.Hour), quote(columns, 4, somePlan)) {
			if n := len([]rune(line)); n > columns {
				t.Errorf("%d columns of %d: %q", n, columns, line)
			}
		}
	}
}
