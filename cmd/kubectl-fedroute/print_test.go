package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

var update = flag.Bool("update", false, "write the golden files anew")

var at = metav1.NewTime(time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC))

func later(seconds int) *metav1.Time {
	return new(metav1.NewTime(at.Add(time.Duration(seconds) * time.Second)))
}

func most(d time.Duration) *metav1.Duration { return &metav1.Duration{Duration: d} }

// midway is a route in the middle of a failover, with messages as long as they come.
func midway() *v1alpha1.FederationRoute {
	const silent = "port 5061 of edge2.contoso.com (203.0.113.20): no answer in time; partners are not led there yet; each must answer before DNS moves"
	records := "fed.contoso.com A 203.0.113.10 (ttl 60); fed.contoso.com AAAA 2001:db8:1234:5678:9abc:def0:1234:5678 (ttl 60); _sipfederationtls._tcp.contoso.com SRV 0 0 5061 fed.contoso.com (ttl 60)"
	none := "fed.contoso.com A none; fed.contoso.com AAAA none; _sipfederationtls._tcp.contoso.com SRV none"
	working := "2 of 5 steps are done; now: AwaitReplication edge2.contoso.com (waits for the replica of edge2.contoso.com (not up to date))"
	return &v1alpha1.FederationRoute{
		ObjectMeta: metav1.ObjectMeta{Name: "contoso", Namespace: "messaging", Generation: 2},
		Spec: v1alpha1.FederationRouteSpec{EdgePool: "edge2.contoso.com", Mode: v1alpha1.ModeEnforce,
			SIP: &v1alpha1.ProtocolRoute{}, XMPP: &v1alpha1.ProtocolRoute{}},
		Status: v1alpha1.FederationRouteStatus{ObservedGeneration: 2, SIPEdgePool: "edge2.contoso.com",
			Conditions: []metav1.Condition{
				{Type: "Ready", Status: "False", Reason: "Progressing", Message: working},
				{Type: "Reconciling", Status: "True", Reason: "Progressing", Message: working},
				{Type: "PortsOpen", Status: "False", Reason: "PortsClosed", Message: silent},
				{Type: "FrontEndsAssociated", Status: "True", Reason: "InSync", Message: "the listed Front End pools use edge2.contoso.com"},
			},
			Plan: &v1alpha1.Plan{ID: "sha256-99f1a6eca705b941", Steps: []v1alpha1.Step{
				{Kind: "PublishFlags", Target: "topology", From: "edge2.contoso.com SIP off, edge1.contoso.com SIP on", To: "edge2.contoso.com SIP on, edge1.contoso.com SIP off", State: "Done", Started: &at, Ended: later(12), Limit: most(45 * time.Minute)},
				{Kind: "SetSiteRoute", Target: "SIP route of site Redmond", From: "edge1.contoso.com", To: "edge2.contoso.com", State: "Done", After: []int32{1}, Started: later(12), Ended: later(13), Limit: most(10 * time.Minute)},
				{Kind: "AwaitReplication", Target: "edge2.contoso.com", From: "replica of before", To: "replica newer than the change", State: "Running", Message: "waits for the replica of edge2.contoso.com (not up to date)", After: []int32{1, 2}, Started: later(13), Limit: most(15 * time.Minute)},
				{Kind: "CheckPorts", Target: "203.0.113.20 port 5061", To: "answers", State: "Pending", After: []int32{1, 2, 3}, Limit: most(81 * time.Minute)},
				{Kind: "UpdateDNS", Target: "zone contoso.com", From: records, To: strings.ReplaceAll(records, ".10 ", ".20 "), State: "Pending", After: []int32{4}, Limit: most(3 * time.Hour)},
			}, Notices: []string{"partners may go where fed.contoso.com A leads now for another 1h0m0s after the change, because its TTL is 3600 seconds; edge1.contoso.com serves them meanwhile"}},
			Drift: []v1alpha1.Drift{{Field: "_sipfederationtls._tcp.contoso.com SRV", Wanted: "0 0 5061 fed.contoso.com (ttl 60)", Found: "0 0 5061 fed.contoso.com (ttl 3600)", Since: at}},
			History: []v1alpha1.HistoryEntry{
				{Time: *later(600), Count: 6, FirstTime: &at, Kind: "UpdateDNS", Target: "zone contoso.com by DnsServer cmdlets", From: none, To: records, Result: "Failed", Reason: "Denied",
					Message: "change zone contoso.com: start PowerShell on dc1.contoso.com (10.0.0.10:5986): the credentials or the sign-in method were not accepted; the host offers Negotiate, Kerberos; no record was changed; correct the account, key or certificate that is used there"},
				{Time: at, Kind: "StartEdgeServices", Target: strings.Repeat("a-name-without-a-gap.", 5) + "contoso.com", From: "stopped", To: "running", Result: "Done"},
			}},
	}
}

// TestTextsStayWithinTheTerminal compares what the verbs print at several widths with the
// golden files, and checks that no line is longer than the terminal and no word is lost.
func TestTextsStayWithinTheTerminal(t *testing.T) {
	for _, width := range []int{60, 80, 100, 200} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			var out bytes.Buffer
			p := page{out: &out, width: width}
			for _, verb := range []struct {
				name  string
				write func(page, *v1alpha1.FederationRoute)
			}{{"status", printStatus}, {"plan", printPlan}, {"history", printHistory}} {
				p.line("$ kubectl fedroute %s contoso", verb.name)
				verb.write(p, midway())
				p.line("")
			}
			for line := range strings.Lines(out.String()) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
					t.Errorf("a line of %d characters: %s", n, line)
				}
			}
			whole := strings.Join(strings.Fields(out.String()), "")
			for _, text := range []string{midway().Status.History[0].Message, midway().Status.Plan.Steps[4].To, midway().Status.History[1].Target, midway().Status.Conditions[2].Message} {
				if !strings.Contains(whole, strings.ReplaceAll(text, " ", "")) {
					t.Errorf("nobody can read the whole of %q", text)
				}
			}
			golden := filepath.Join("testdata", fmt.Sprintf("%d.txt", width))
			if *update {
				if err := os.WriteFile(golden, out.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestVerbsSayWhatTheyDoNotKnow(t *testing.T) {
	ready := func(status metav1.ConditionStatus, reason, message string) func(*v1alpha1.FederationRoute) {
		return func(r *v1alpha1.FederationRoute) {
			r.Status = v1alpha1.FederationRouteStatus{ObservedGeneration: 2, Conditions: []metav1.Condition{{Type: "Ready", Status: status, Reason: reason, Message: message}}}
		}
	}
	for name, c := range map[string]struct {
		reason string
		change func(*v1alpha1.FederationRoute)
		write  func(page, *v1alpha1.FederationRoute)
		want   string
	}{
		"fresh, status": {"an empty status is no state", func(r *v1alpha1.FederationRoute) { r.Status = v1alpha1.FederationRouteStatus{ObservedGeneration: -1} }, printStatus, "no controller has looked at it yet; is the manager running?"},
		"fresh, plan":   {"no plan was made, which is not the same as nothing to do", func(r *v1alpha1.FederationRoute) { r.Status = v1alpha1.FederationRouteStatus{ObservedGeneration: -1} }, printPlan, "no controller has looked at it yet"},
		"older spec":    {"the status is about something else", func(r *v1alpha1.FederationRoute) { r.Generation++ }, printPlan, "what follows is about an older spec"},
		"not in the plan": {"whoever approves the plan approves a move that DNS does not follow", func(r *v1alpha1.FederationRoute) {
			r.Status.Owed = []v1alpha1.Owed{{Part: "record fed.contoso.com A", Since: at, Message: "the set is somebody else's"}}
		}, printPlan, "\n\ncannot be done now: record fed.contoso.com A\n    the set is somebody else's\n    since 2026-03-14 22:00:00Z"},
		"drains, until": {"the plan stands still, and a person wants to know for how long", func(r *v1alpha1.FederationRoute) {
			until := metav1.NewTime(at.Add(5 * time.Minute))
			r.Status.Move = &v1alpha1.Move{EdgePool: "edge2.contoso.com", Leaves: []string{"edge1.contoso.com"}, DrainsUntil: &until}
		}, printPlan, "\n\nthe steps that end federation on edge1.contoso.com pause\n    partners who remember the old records are served there until 2026-03-14 22:05:00Z"},
		"drains": {"nobody knows yet for how long", func(r *v1alpha1.FederationRoute) {
			r.Status.Conditions[0].Type, r.Status.Conditions[0].Reason = "Ready", "Draining"
			r.Status.Move = &v1alpha1.Move{EdgePool: "edge2.contoso.com", Leaves: []string{"edge1.contoso.com"}}
		}, printPlan, "served there until every"},
		"too many steps": {"whoever approves the plan approves what is not shown, too", func(r *v1alpha1.FederationRoute) { r.Status.Plan.Omitted = make([]byte, 16) }, printPlan, "2 Pending; status has no room for the\n    others"},
		"a machine is left out": {"partners have one address less", func(r *v1alpha1.FederationRoute) {
			r.Status.Absent = []v1alpha1.AbsentServer{{Server: "edge2b.contoso.com", Since: at, LeftOut: later(60)}}
		}, printStatus, "\n\nleft out: edge2b.contoso.com\n    without an answer since 2026-03-14 22:00:00Z\n    left out of setup, ports and DNS since 2026-03-14 22:01:00Z\n"},
		"a machine that was left out answers": {"it is taken in again by itself", func(r *v1alpha1.FederationRoute) {
			r.Status.Absent = []v1alpha1.AbsentServer{{Server: "edge2b.contoso.com", Since: at, LeftOut: later(60), Answers: later(120)}}
		}, printStatus, "since 2026-03-14 22:01:00Z\n    answers again since 2026-03-14 22:02:00Z, and takes part again when it still does ten minutes\n    later\n"},
		"a machine does not answer": {"it is not left out yet, or spec.minAvailable does not allow it", func(r *v1alpha1.FederationRoute) {
			r.Status.Absent = []v1alpha1.AbsentServer{{Server: "edge2b.contoso.com", Since: at}}
		}, printStatus, "\n\ndoes not answer: edge2b.contoso.com\n    without an answer since 2026-03-14 22:00:00Z\n"},
		"unread":            {"why there is no plan", ready("False", "Unreachable", "read the topology: no answer"), printPlan, "Ready is False: Unreachable\n    read the topology: no answer"},
		"in sync":           {"nothing is left to do", ready("True", "InSync", "as the spec says"), printPlan, "contoso has no plan\nReady is True: InSync"},
		"sites differ":      {"no pool is not the same as not managed", func(r *v1alpha1.FederationRoute) { r.Status.SIPEdgePool = "" }, printStatus, "SIP  is on no single Edge pool"},
		"part not compared": {"what is true of an older spec may not be of this one", func(r *v1alpha1.FederationRoute) { r.Status.Conditions[0].ObservedGeneration = 2 }, printStatus, "FrontEndsAssociated is True: InSync, as last seen, for an older spec\n"},
		"suspended":         {"a person must see it at once", func(r *v1alpha1.FederationRoute) { r.Spec.Suspend = true }, printStatus, "mode Enforce, suspended\n"},
		"nothing ever done": {"an empty page says nothing", ready("True", "InSync", "as the spec says"), printHistory, "no step of contoso has changed anything or failed yet"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			route := midway()
			c.change(route)
			c.write(page{out: &out, width: usualWidth}, route)
			if !strings.Contains(out.String(), c.want) {
				t.Errorf("%s: %q does not say %q", c.reason, out.String(), c.want)
			}
		})
	}
}

func TestWithoutATerminalLinesHaveTheUsualWidth(t *testing.T) {
	c := &cobra.Command{}
	c.SetOut(&bytes.Buffer{})
	if got := pageOf(c).width; got != usualWidth {
		t.Errorf("%d, want %d", got, usualWidth)
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c.SetOut(file)
	if got := pageOf(c).width; got != usualWidth {
		t.Errorf("%d for a file, want %d", got, usualWidth)
	}
}

// TestNoTextOfAServerReachesTheTerminal: a status may hold what a server said.
func TestNoTextOfAServerReachesTheTerminal(t *testing.T) {
	var screen strings.Builder
	p := page{out: &screen, width: usualWidth}
	p.line("%s", "site\x1b[2J\u202e one")
	p.entry("edge\x00", "said \x1b]0;x\a", "and\nmore")
	if want := "site\\x1b[2J\\u202e one\nedge\\x00\n    said \\x1b]0;x\\a\n    and more\n"; screen.String() != want {
		t.Errorf("%q, want %q", screen.String(), want)
	}
}
