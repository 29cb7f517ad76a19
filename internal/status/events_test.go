package status_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/status"
)

// TestRouteEventsTellEachFactOnce follows one route through its life and compares the events of
// each change.
func TestRouteEventsTellEachFactOnce(t *testing.T) {
	chapters := []struct {
		what   string
		change func(*status.Facts)
		want   []string
	}{
		{"first look", func(*status.Facts) {}, []string{"Normal InSync"}},
		{"still in sync", func(*status.Facts) {}, nil},
		{"someone edits; a run begins at once", func(f *status.Facts) { drifted(f); ran(f, nil, apply.Running, apply.Pending, apply.Pending) }, []string{"Warning DriftDetected"}},
		{"a step ends", func(f *status.Facts) { *f = bare(nil); ran(f, nil, apply.Done, apply.Running, apply.Pending) }, []string{"Normal StepDone"}},
		{"the next fails", func(f *status.Facts) {
			drifted(f)
			ran(f, fault.New(fault.Unreachable, "check", "port", "silent"), apply.Done, apply.Failed, apply.Pending)
		}, []string{"Warning StepFailed", "Warning Unreachable"}},
		{"still failed, in other words", func(f *status.Facts) {
			drifted(f)
			ran(f, fault.New(fault.Unreachable, "check", "port", "refused"), apply.Done, apply.Failed, apply.Pending)
		}, nil},
		{"a person stops it", verdict(guard.Suspended), []string{"Normal Suspended"}},
		{"asks for approval", verdict(guard.AwaitingApproval), []string{"Normal AwaitingApproval"}},
		{"and repairs it", func(*status.Facts) {}, []string{"Normal InSync"}},
		{"the spec changes", func(f *status.Facts) { f.Generation++; drifted(f) }, nil},
	}
	var previous v1alpha1.FederationRouteStatus
	for _, c := range chapters {
		f := inSync()
		f.Previous = previous
		c.change(&f)
		next := status.Route(f)
		var got []string
		for _, e := range status.RouteEvents(previous, next) {
			got = append(got, e.Type+" "+e.Reason)
			if e.Note == "" || e.Action == "" {
				t.Errorf("%s: event %+v says nothing", c.what, e)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
		if again := status.RouteEvents(next, next); len(again) > 0 {
			t.Errorf("%s: nothing happened and %v is told", c.what, again)
		}
		previous = next
	}
}

// TestDriftIsToldOnce: a field that drifted is told once, and again when another value is wanted of
// it.
func TestDriftIsToldOnce(t *testing.T) {
	ports := []metav1.Condition{{Type: v1alpha1.ConditionPortsOpen, Status: metav1.ConditionTrue, ObservedGeneration: 7}}
	with := func(drift ...v1alpha1.Drift) v1alpha1.FederationRouteStatus {
		return v1alpha1.FederationRouteStatus{ObservedGeneration: 7, Conditions: ports, Drift: drift}
	}
	sip := v1alpha1.Drift{Field: "SIP route", Wanted: "edge1", Found: "edge2"}
	found, wanted := sip, sip
	found.Found, wanted.Wanted = "edge3", "edge4"
	xmpp := v1alpha1.Drift{Field: "XMPP route", Wanted: "edge1", Found: "edge2"}
	cases := map[string]struct {
		reason         string
		previous, next v1alpha1.FederationRouteStatus
		want           []string
	}{
		"new":              {"somebody has changed it", with(), with(sip), []string{"SIP route is edge2, wanted edge1"}},
		"still so":         {"it was told", with(sip), with(sip), nil},
		"found otherwise":  {"it was told that it is not as wanted", with(sip), with(found), nil},
		"wanted otherwise": {"that is another wish", with(sip), with(wanted), []string{"SIP route is edge2, wanted edge4"}},
		"another field":    {"each field is news", with(sip), with(sip, xmpp), []string{"XMPP route is edge2, wanted edge1"}},
		"never compared":   {"what differs at the first look is no news", v1alpha1.FederationRouteStatus{}, with(sip), nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, e := range status.RouteEvents(c.previous, c.next) {
				got = append(got, e.Note)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestDriftIsToldWheneverNothingElseIsLeftToDo: a route that is not Ready because a port is
// closed has no steps left. An edit in Lync then counts as drift, as it does while the route is
// Ready.
func TestDriftIsToldWheneverNothingElseIsLeftToDo(t *testing.T) {
	port := plan.Difference{Aspect: plan.AspectPorts, Field: "port 5061 of 192.0.2.1", Wanted: "answers", Found: "connection refused"}
	closed := inSync()
	closed.Observed.Ports[target] = probe.Reading{Detail: "connection refused"}
	closed.Plan.Differences = []plan.Difference{port}
	first := status.Route(closed)

	edited := inSync()
	edited.Previous = first
	drifted(&edited)
	edited.Plan.Differences = append(edited.Plan.Differences, port)
	events := status.RouteEvents(first, status.Route(edited))
	if len(events) == 0 || events[0].Reason != "DriftDetected" || !strings.Contains(events[0].Note, "SIP federation route of site Redmond is edge2.contoso.com") {
		t.Fatalf("an edit while a port was closed is told as %+v", events)
	}
	if strings.Contains(events[0].Note, "port 5061") {
		t.Errorf("what was told before is told again: %s", events[0].Note)
	}
}

// TestNotesFitIntoAnEvent uses texts that are longer than events.k8s.io/v1 allows. The cut falls on
// each octet of a character of two octets.
func TestNotesFitIntoAnEvent(t *testing.T) {
	for pad := range 4 {
		text := strings.Repeat("x", pad) + strings.Repeat("é", 900)
		f := inSync()
		f.Previous = status.Route(f)
		f.Plan = plan.Plan{ID: "sha256-1", Steps: steps, Differences: []plan.Difference{{Aspect: plan.AspectDNS, Field: "record", Wanted: text, Found: text}}}
		ran(&f, fault.New(fault.Failed, "set", "route", text), apply.Done, apply.Failed, apply.Pending)
		f.Run.Entries[0].Step.To, f.Run.Entries[1].Message = text, text
		events := status.RouteEvents(f.Previous, status.Route(f))
		if len(events) != 4 {
			t.Fatalf("%d events, want two steps, drift and the failure", len(events))
		}
		for _, e := range events {
			if n := len(e.Note); n > 1024 || n < 990 || !utf8.ValidString(e.Note) || !strings.HasSuffix(e.Note, "…") {
				t.Errorf("%s: a note of %d octets (valid %v) ending in %q", e.Reason, n, utf8.ValidString(e.Note), e.Note[n-6:])
			}
		}
	}
}

// TestANoteThatFitsIsWhole: the longest note that is not cut has a thousand octets.
func TestANoteThatFitsIsWhole(t *testing.T) {
	for octets, whole := range map[int]bool{1000: true, 1001: false} {
		next := v1alpha1.FederationRouteStatus{Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse,
			Reason: v1alpha1.ReasonUnreachable, Message: strings.Repeat("x", octets)}}}
		events := status.RouteEvents(v1alpha1.FederationRouteStatus{}, next)
		if len(events) != 1 || (events[0].Note == strings.Repeat("x", octets)) != whole {
			t.Errorf("a note of %d octets, which is to stay whole: %v; got %+v", octets, whole, events)
		}
	}
}

func TestLongTextsAreShortenedInStatus(t *testing.T) {
	f := inSync()
	drifted(&f)
	f.Plan.Steps = []plan.Step{{Act: plan.UpdateDNS{}, Target: "zone", From: strings.Repeat("é", 1024), To: strings.Repeat("é", 1500)}}
	s := status.Route(f).Plan.Steps[0]
	if utf8.RuneCountInString(s.From) != 1024 {
		t.Errorf("a text of 1024 characters is changed to %d", utf8.RuneCountInString(s.From))
	}
	if !utf8.ValidString(s.To) || !strings.Contains(s.To, "é… (476 characters more, sum ") || utf8.RuneCountInString(s.To) > 1100 {
		t.Errorf("a text of 1500 characters became %q", s.To[len(s.To)-60:])
	}
}

func TestTopologyEvents(t *testing.T) {
	reachable := func(ready, edges metav1.ConditionStatus, reason, message string) v1alpha1.LyncTopologyStatus {
		s := v1alpha1.LyncTopologyStatus{Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: ready, Reason: reason, Message: "m"}}}
		if edges != "" {
			why := v1alpha1.ReasonObserved
			if edges != metav1.ConditionTrue {
				why = v1alpha1.ReasonUnreachable
			}
			s.Conditions = append(s.Conditions, metav1.Condition{Type: v1alpha1.ConditionEdgeServersReachable, Status: edges, Reason: why, Message: message})
		}
		return s
	}
	notEnabled := func(s v1alpha1.LyncTopologyStatus) v1alpha1.LyncTopologyStatus {
		s = *s.DeepCopy()
		s.Conditions = append(s.Conditions, metav1.Condition{Type: v1alpha1.ConditionTopologyEnabled, Status: metav1.ConditionFalse, Reason: v1alpha1.ReasonNotEnabled, Message: "m"})
		return s
	}
	const yes, no = metav1.ConditionTrue, metav1.ConditionFalse
	fine := reachable(yes, yes, v1alpha1.ReasonObserved, "all")
	cases := map[string]struct {
		reason         string
		previous, next v1alpha1.LyncTopologyStatus
		want           []string
	}{
		"first look":          {"that it answers is news", v1alpha1.LyncTopologyStatus{}, fine, []string{"Normal Observed"}},
		"no news":             {"nothing happened", fine, fine, nil},
		"lost":                {"a reason of Ready", fine, reachable(no, yes, v1alpha1.ReasonUnreachable, "all"), []string{"Warning Unreachable"}},
		"machine died":        {"a machine stopped to answer", fine, reachable(yes, no, v1alpha1.ReasonObserved, "edge1 is silent"), []string{"Warning Unreachable"}},
		"another died":        {"each machine is news", reachable(yes, no, v1alpha1.ReasonObserved, "edge1 is silent"), reachable(yes, no, v1alpha1.ReasonObserved, "both are silent"), []string{"Warning Unreachable"}},
		"machine came back":   {"and good news too", reachable(yes, no, v1alpha1.ReasonObserved, "edge1 is silent"), fine, []string{"Normal Observed"}},
		"dead from the start": {"nobody was told before", v1alpha1.LyncTopologyStatus{}, reachable(yes, no, v1alpha1.ReasonObserved, "edge1 is silent"), []string{"Normal Observed", "Warning Unreachable"}},
		"not enabled":         {"a person published and did not enable", fine, notEnabled(fine), []string{"Warning NotEnabled"}},
		"still not enabled":   {"once", notEnabled(fine), notEnabled(fine), nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, e := range status.TopologyEvents(c.previous, c.next) {
				got = append(got, e.Type+" "+e.Reason)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestFactsOfOneMomentShareAnEvent: the recorder keeps only the first note of events with the same
// reason and action. Two facts of one moment must therefore be in one note.
func TestFactsOfOneMomentShareAnEvent(t *testing.T) {
	f := inSync()
	f.Previous = status.Route(f)
	f.Plan = plan.Plan{ID: "sha256-1", Steps: steps, Differences: []plan.Difference{
		{Aspect: plan.AspectXMPP, Field: "XMPP route", Wanted: "edge1", Found: "edge2"},
		{Aspect: plan.AspectDNS, Field: "A record", Wanted: "192.0.2.1", Found: "192.0.2.9"},
	}}
	ran(&f, nil, apply.Running, apply.Pending)
	events := status.RouteEvents(f.Previous, status.Route(f))
	if len(events) != 1 {
		t.Fatalf("%d events, want one: %+v", len(events), events)
	}
	if want := "XMPP route is edge2, wanted edge1; A record is 192.0.2.9, wanted 192.0.2.1"; events[0].Note != want {
		t.Errorf("note %q, want %q", events[0].Note, want)
	}
}
