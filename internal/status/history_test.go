package status_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

func targets(history []v1alpha1.HistoryEntry) string {
	var out []string
	for _, h := range history {
		out = append(out, h.Target+" "+string(h.Result))
	}
	return strings.Join(out, ", ")
}

// manySteps gives a run of n steps, of which the first done steps have ended. Each step takes a
// second.
func manySteps(planID string, begin time.Time, n, done int) *status.RunFacts {
	r := &status.RunFacts{PlanID: planID, Active: done < n}
	for i := range n {
		e := apply.Entry{Step: plan.Step{Act: plan.AssociateFrontEnd{}, Target: fmt.Sprintf("%s/fe%d", planID, i)}, State: apply.Pending}
		if i < done {
			e.State, e.Ended = apply.Done, begin.Add(time.Duration(i+1)*time.Second)
		}
		r.Entries = append(r.Entries, e)
	}
	return r
}

func TestHistoryIsNewestFirstAndBounded(t *testing.T) {
	f := inSync()
	told := map[string]int{}
	for run, planID := range []string{"one", "two"} {
		for done := range 61 { // a run of more steps than history holds, reconciled after each step
			f.Run = manySteps(planID, now.Add(time.Duration(run)*time.Hour), 60, done)
			next := status.Route(f)
			for _, e := range status.RouteEvents(f.Previous, next) {
				told[e.Note]++
			}
			f.Previous = next
		}
	}
	history := f.Previous.History
	if len(history) != 40 || history[0].Target != "two/fe59" || history[39].Target != "two/fe20" {
		t.Errorf("%d entries: %s; want the last 40 of the second run, newest first", len(history), targets(history))
	}
	if diff := cmp.Diff(f.Previous, status.Route(f)); diff != "" {
		t.Errorf("looking again at a run that is over must change nothing (-before +after):\n%s", diff)
	}
	for _, planID := range []string{"one", "two"} {
		for i := range 60 {
			if note := fmt.Sprintf("AssociateFrontEnd %s/fe%d", planID, i); told[note] != 1 {
				t.Errorf("%s was told %d times, want once", note, told[note])
			}
		}
	}
}

// TestChangesOutliveFailures lets a move get as far as the ports of six addresses and fail there,
// again and again for a night. Before, the failures alone filled history within minutes.
func TestChangesOutliveFailures(t *testing.T) {
	f := inSync()
	ports := func(at time.Time, detail string) []apply.Entry {
		var out []apply.Entry
		for i := range 6 {
			out = append(out, apply.Entry{Step: plan.Step{Act: plan.CheckPorts{}, Target: fmt.Sprintf("192.0.2.%d port 5061", i)}, State: apply.Failed, Message: detail, Fault: fault.Unreachable, Ended: at})
		}
		return out
	}
	failed := fault.New(fault.Unreachable, "check", "port 5061", "connection refused")
	published := apply.Entry{Step: plan.Step{Act: plan.PublishFlags{}, Target: "topology"}, State: apply.Done, Ended: now}
	warnings := 0
	try := func(at time.Time, entries []apply.Entry) {
		for range 3 { // a run is looked at more than once
			f.Run = &status.RunFacts{PlanID: "sha256-1", Entries: entries, Err: failed}
			next := status.Route(f)
			for _, e := range status.RouteEvents(f.Previous, next) {
				if e.Reason == "StepFailed" {
					warnings++
				}
			}
			f.Previous = next
			f.Now = at
		}
	}
	try(now.Add(time.Minute), append([]apply.Entry{published}, ports(now.Add(time.Minute), "connection refused")...))
	first, last := metav1.NewTime(now.Add(time.Minute)).Rfc3339Copy(), now
	for range 100 {
		last = f.Now.Add(5 * time.Minute)
		try(last, ports(last, "connection refused"))
	}
	h := f.Previous.History
	if len(h) != 7 || h[6].Kind != "PublishFlags" {
		t.Fatalf("%d entries: %s; want six failures, and what was changed before them", len(h), targets(h))
	}
	want := v1alpha1.HistoryEntry{Time: metav1.NewTime(last).Rfc3339Copy(), Count: 101, FirstTime: &first, Plan: "sha256-1", Kind: "CheckPorts", Target: h[0].Target,
		Result: "Failed", Reason: "Unreachable", Message: "connection refused"}
	if diff := cmp.Diff(want, h[0]); diff != "" {
		t.Errorf("a failure that was met 101 times (-want +got):\n%s", diff)
	}
	if warnings != 101 {
		t.Errorf("%d events of failed steps for 101 tries", warnings)
	}
	for i := range 20 { // each in other words
		last = last.Add(time.Minute)
		try(last, ports(last, fmt.Sprintf("no answer within %ds", i)))
	}
	h = f.Previous.History
	if len(h) != 41 || h[40].Kind != "PublishFlags" || h[0].Message != "no answer within 19s" || h[0].Count != 0 {
		t.Errorf("%d entries, newest %+v, oldest %+v; want the last 40 failures and the change", len(h), h[0], h[len(h)-1])
	}
}

func TestHistoryOfParallelSteps(t *testing.T) {
	f := inSync()
	ran(&f, nil, apply.Running, apply.Done, apply.Skipped)
	if got := targets(status.Route(f).History); got != "" {
		t.Fatalf("history %q, but looking at a port changed nothing", got)
	}
	f.Run.Entries[1].Step.Act = plan.UpdateDNS{}
	f.Previous = status.Route(f)
	if got := targets(f.Previous.History); got != "192.0.2.1 port 5061 Done" {
		t.Fatalf("history %q, want what ended and was not skipped", got)
	}
	// The first step ends later than the second, within the same second.
	f.Run.Entries[0].State = apply.Failed
	f.Run.Entries[0].Message = "it broke"
	f.Run.Entries[0].Ended = f.Run.Entries[1].Ended.Add(time.Millisecond)
	f.Run.Active = false
	next := status.Route(f)
	if got := targets(next.History); got != "SIP route of site Redmond Failed, 192.0.2.1 port 5061 Done" {
		t.Errorf("history %q, want the step that ended last first", got)
	}
	if next.History[0].Message != "it broke" || next.History[1].Message != "" {
		t.Errorf("messages %q and %q, want one for the failed step only", next.History[0].Message, next.History[1].Message)
	}
	if events := status.RouteEvents(f.Previous, next); len(events) == 0 || events[0].Note != "SetSiteRoute SIP route of site Redmond failed: it broke" || events[0].Type != "Warning" {
		t.Errorf("events %v, want a warning of the failed step", events)
	}
}

func TestPlanOfARun(t *testing.T) {
	f := inSync()
	drifted(&f)
	ran(&f, fault.New(fault.Failed, "set", "route", "it broke"), apply.Done, apply.Failed, apply.Pending)
	failed := *status.Route(f).Plan
	want := []string{"Done ", "Failed it broke", "Pending "}
	if diff := cmp.Diff(want, stepStates(failed)); diff != "" || failed.ID != "sha256-1" {
		t.Errorf("plan %s (-want +got):\n%s", failed.ID, diff)
	}
	cases := map[string]struct {
		reason string
		change func(*status.Facts)
		want   []string // nil: status shows no plan
	}{
		"rest, no run known": {"after a restart the rest is shown within its whole", func(f *status.Facts) { f.Plan.Steps, f.Run = steps[1:], nil }, []string{"Done ", "Failed it broke", "Pending "}},
		"running before": {"nothing runs that nobody runs", func(f *status.Facts) {
			f.Plan.Steps, f.Run = steps[1:], nil
			f.Previous.Plan.Steps[1].State = v1alpha1.StepRunning
		}, []string{"Done ", "Pending ", "Pending "}},
		"port asked again": {"a look that was taken is to be taken again", func(f *status.Facts) {
			f.Plan.Steps, f.Run = steps[1:], nil
			f.Previous.Plan.Steps[1].State, f.Previous.Plan.Steps[1].Message = v1alpha1.StepDone, ""
			f.Previous.Plan.Steps[2].State, f.Previous.Plan.Steps[2].Message = v1alpha1.StepFailed, "it broke"
		}, []string{"Done ", "Pending ", "Failed it broke"}},
		"one step more": {"a new step makes a new plan", func(f *status.Facts) {
			f.Plan.ID, f.Run = "sha256-2", nil
			f.Plan.Steps = append(steps[1:2:2], plan.Step{Act: plan.StartEdgeServices{}, Target: "edge1"})
		}, []string{"Pending ", "Pending "}},
		"running": {"a run's plan shows how far it is", func(f *status.Facts) {
			ran(f, nil, apply.Done, apply.Running, apply.Pending)
		}, []string{"Done ", "Running connection refused", "Pending "}},
		"nothing left": {"a plan that is done is gone", func(f *status.Facts) { f.Plan = plan.Plan{} }, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			drifted(&f)
			ran(&f, fault.New(fault.Failed, "set", "route", "it broke"), apply.Done, apply.Failed, apply.Pending)
			f.Previous.Plan = failed.DeepCopy()
			c.change(&f)
			got := status.Route(f).Plan
			if got == nil {
				got = &v1alpha1.Plan{}
			}
			if diff := cmp.Diff(c.want, stepStates(*got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestPlanIsAGraph: status shows of each step which steps it waits for, when it began and ended, and
// how long it may take. Times have whole seconds, as the API keeps them.
func TestPlanIsAGraph(t *testing.T) {
	f := inSync()
	f.Limits = apply.Limits{Wait: map[plan.Kind]time.Duration{plan.KindAwaitReplication: 7 * time.Minute}}
	began := now.Add(400 * time.Millisecond)
	machine := lync.EdgeServer{FQDN: "edge2.contoso.com"}
	f.Run = &status.RunFacts{PlanID: "sha256-1", Active: true, Entries: []apply.Entry{
		{Step: plan.Step{Act: plan.PublishFlags{}}, State: apply.Done, Started: began, Ended: began.Add(time.Minute)},
		{Step: plan.Step{Act: plan.SetSiteRoute{}}, State: apply.Done, Started: began.Add(time.Minute), Ended: began.Add(time.Minute)},
		{Step: plan.Step{Act: plan.AwaitReplication{Server: machine}}, State: apply.Running, Started: began.Add(time.Minute)},
		{Step: plan.Step{Act: plan.SetupEdgeServer{Server: machine}}, State: apply.Pending},
	}}
	at := func(d time.Duration) *metav1.Time { return new(metav1.NewTime(now.Add(d)).Rfc3339Copy()) }
	most := func(d time.Duration) *metav1.Duration { return &metav1.Duration{Duration: d} }
	want := []v1alpha1.Step{
		{Kind: "PublishFlags", State: "Done", Started: at(0), Ended: at(time.Minute), Limit: most(45 * time.Minute)},
		{Kind: "SetSiteRoute", State: "Done", After: []int32{1}, Started: at(time.Minute), Ended: at(time.Minute), Limit: most(10 * time.Minute)},
		{Kind: "AwaitReplication", State: "Running", After: []int32{1, 2}, Started: at(time.Minute), Limit: most(7 * time.Minute)},
		{Kind: "SetupEdgeServer", State: "Pending", After: []int32{3}, Limit: most(81 * time.Minute)},
	}
	if diff := cmp.Diff(want, status.Route(f).Plan.Steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func stepStates(p v1alpha1.Plan) []string {
	var out []string
	for _, s := range p.Steps {
		out = append(out, string(s.State)+" "+s.Message)
	}
	return out
}

func TestContinues(t *testing.T) {
	f := inSync()
	drifted(&f)
	ran(&f, fault.New(fault.Failed, "set", "route", "it broke"), apply.Done, apply.Failed, apply.Pending)
	earlier := status.Route(f).Plan
	ran(&f, fault.New(fault.Failed, "update", "zone", "it broke"), apply.Done, apply.Done, apply.Failed)
	checked := status.Route(f).Plan
	changed := func(s plan.Step, from string) plan.Step { s.From = from; return s }
	long := plan.Step{Act: plan.UpdateDNS{}, Target: "zone", To: strings.Repeat("é", 5000)}
	f.Plan.Steps, f.Run = []plan.Step{long}, nil
	shortened := status.Route(f).Plan
	cases := map[string]struct {
		reason  string
		earlier *v1alpha1.Plan
		steps   []plan.Step
		want    bool
	}{
		"rest":                {"what is left of a plan is that plan", earlier, steps[1:], true},
		"last step":           {"also the last of it", earlier, steps[2:], true},
		"looks again":         {"ports are asked again before DNS moves; looking needs no approval", checked, steps[1:], true},
		"looks once more":     {"nor does a look that was not planned before", checked, append([]plan.Step{{Act: plan.AwaitReplication{}, Target: "edge1.contoso.com"}}, steps[1:]...), true},
		"done step again":     {"what was done and is undone again is new", earlier, steps, false},
		"from another value":  {"an approval covers what was read, and this was not", earlier, []plan.Step{steps[1], changed(steps[2], "c")}, false},
		"foreign step":        {"a step that nobody read", earlier, append(steps[1:2:2], plan.Step{Act: plan.FailBackFrontEnd{}}), false},
		"nothing to do":       {"no steps continue nothing", earlier, nil, false},
		"no plan before":      {"the first plan is new", nil, steps, false},
		"longer than we show": {"steps are compared as they are shown", shortened, []plan.Step{long}, true},
		"finishes what began": {"half of what the step was to change is changed", earlier, []plan.Step{changed(steps[1], "half"), steps[2]}, true},
		"differs in the dark": {"what is too long to be shown is approved too", shortened, []plan.Step{{Act: long.Act, Target: long.Target, To: long.To[:len(long.To)-2] + "è"}}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := status.Continues(c.earlier, plan.Plan{Steps: c.steps}); got != c.want {
				t.Errorf("%s: continues is %v", c.reason, got)
			}
		})
	}
}

// TestEveryKindIsTold puts a done step of each kind into status. The plan names the kind. A step
// that only looks, by the rules of its kind, is not in history; it needs no new approval, nor does
// one that is owed.
func TestEveryKindIsTold(t *testing.T) {
	acts := []plan.Act{plan.StartEdgeServices{}, plan.RestoreSimpleURLs{}, plan.PublishFlags{}, plan.SetNextHop{}, plan.SetSiteRoute{}, plan.AwaitReplication{}, plan.SetupEdgeServer{},
		plan.RestartEdgeServices{}, plan.CheckPorts{}, plan.UpdateDNS{}, plan.AssociateFrontEnd{}, plan.FailBackFrontEnd{}}
	for _, kind := range plan.Kinds() {
		i := slices.IndexFunc(acts, func(a plan.Act) bool { return plan.Step{Act: a}.Kind() == kind })
		if i < 0 {
			t.Errorf("no step of kind %s is tried here", kind)
			continue
		}
		s, f := plan.Step{Target: "it", To: "so", Act: acts[i]}, inSync()
		f.Run = &status.RunFacts{PlanID: "sha256-1", Active: true, Entries: []apply.Entry{{Step: s, State: apply.Done, Ended: now}}}
		told := status.Route(f)
		if len(told.Plan.Steps) != 1 || told.Plan.Steps[0].Kind != string(kind) {
			t.Errorf("%s: the plan shows %+v", kind, told.Plan.Steps)
		}
		if remembered := len(told.History) == 1; remembered == kind.Looks() {
			t.Errorf("%s looks: %v, and history remembers it: %v", kind, kind.Looks(), remembered)
		}
		if rest := status.Continues(told.Plan, plan.Plan{Steps: []plan.Step{s}}); rest != (kind.Looks() || s.Owed()) {
			t.Errorf("%s looks: %v, and needs no new approval: %v", kind, kind.Looks(), rest)
		}
	}
}
