package status_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/status"
)

var update = flag.Bool("update", false, "write the golden statuses anew")

// statusesFile holds what the whole status of each case says, and the events that tell of it.
const statusesFile = "testdata/statuses.txt"

// TestStatuses puts a route that was in sync into the state of each case, and compares all that a
// person reads then. What a case is about is judged elsewhere; here nothing beside it may change
// unseen.
func TestStatuses(t *testing.T) {
	cases := map[string]routeCase{}
	for name, c := range routeCases() {
		cases["route "+name] = c
	}
	for name, c := range partCases() {
		cases["part "+name] = routeCase{reason: c.reason, change: c.change}
	}
	previous := status.Route(inSync())
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		f := inSync()
		cases[name].change(&f)
		f.Previous = previous
		fmt.Fprintf(&b, "== %s: %s\n%s", name, cases[name].reason, told(previous, status.Route(f)))
	}
	if *update {
		if err := os.WriteFile(statusesFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(statusesFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sections(string(want)), sections(b.String())); diff != "" {
		t.Errorf("(-%s +got):\n%s", statusesFile, diff)
	}
}

// sections gives the text below each title.
func sections(text string) map[string]string {
	out := map[string]string{}
	for _, section := range strings.Split("\n"+text, "\n== ")[1:] {
		title, body, _ := strings.Cut(section, "\n")
		out[title] = body
	}
	return out
}

// told writes what a status says that the one before did not say, and which events tell of it.
func told(previous, s v1alpha1.FederationRouteStatus) string {
	var b strings.Builder
	fmt.Fprintf(&b, "SIP on %s, XMPP on %s\n", s.SIPEdgePool, s.XMPPEdgePool)
	slices.SortFunc(s.Conditions, func(a, b metav1.Condition) int { return strings.Compare(a.Type, b.Type) })
	for _, c := range s.Conditions {
		if was := condition(previous.Conditions, c.Type); was.Status == c.Status && was.Reason == c.Reason && was.Message == c.Message {
			continue
		}
		fmt.Fprintf(&b, "%s %s %s: %s\n", c.Type, c.Status, c.Reason, c.Message)
	}
	if s.Plan != nil {
		fmt.Fprintf(&b, "PLAN %s %q\n", s.Plan.ID, s.Plan.Notices)
		for i, step := range s.Plan.Steps {
			fmt.Fprintf(&b, "%d. %s %s: %s -> %s %s %s after %v\n", i+1, step.Kind, step.Target, step.From, step.To, step.State, step.Message, step.After)
		}
	}
	for _, was := range previous.Conditions {
		if condition(s.Conditions, was.Type).Status == "absent" {
			fmt.Fprintf(&b, "no %s\n", was.Type)
		}
	}
	for _, d := range s.Drift {
		fmt.Fprintf(&b, "DRIFT %s is %s, wanted %s\n", d.Field, d.Found, d.Wanted)
	}
	for _, o := range s.Owed {
		fmt.Fprintf(&b, "OWED %s: %s\n", o.Part, o.Message)
	}
	for _, h := range s.History {
		fmt.Fprintf(&b, "HISTORY %s %s %s %s %s\n", h.Kind, h.Target, h.Result, h.Reason, h.Message)
	}
	for _, r := range s.Reversals {
		fmt.Fprintf(&b, "REVERSED %s from %s, %d times\n", r.Field, r.Wanted, len(r.Times))
	}
	for _, e := range status.RouteEvents(previous, s) {
		fmt.Fprintf(&b, "EVENT %s %s %s: %s\n", e.Type, e.Reason, e.Action, e.Note)
	}
	return b.String()
}
