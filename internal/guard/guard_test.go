package guard_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/plan"
)

func TestEvaluate(t *testing.T) {
	p := plan.Plan{ID: "sha256-1", Steps: []plan.Step{{Act: plan.SetSiteRoute{}}}}
	blocked := p
	blocked.Obstacles = []plan.Obstacle{{Aspect: plan.AspectServices, Holds: []plan.Resource{{Sort: plan.SortStore}}, Err: fault.New(fault.Unreachable, "read", "x", "no answer")}}
	partly, looking := blocked, blocked
	partly.Steps = append(partly.Steps, plan.Step{Act: plan.UpdateDNS{Zone: "contoso.com"}})
	looking.Steps = append(looking.Steps, plan.Step{Act: plan.CheckPorts{}})
	owed := plan.Plan{ID: "sha256-9", Steps: []plan.Step{{Act: plan.RestoreSimpleURLs{}}, {Act: plan.CheckPorts{}}}}
	owedAndMore := plan.Plan{ID: "sha256-1", Steps: append(slices.Clone(owed.Steps), plan.Step{Act: plan.SetSiteRoute{}})}
	pauses := plan.Plan{ID: "sha256-1", Steps: []plan.Step{{Act: plan.CheckPorts{}}, {Stage: plan.Leaving, Act: plan.PublishFlags{}}}, Pauses: []plan.Pause{{Stage: plan.Leaving}}}
	pausesInPart := pauses
	pausesInPart.Steps = append(slices.Clone(pauses.Steps), plan.Step{Act: plan.SetSiteRoute{}})
	cases := map[string]struct {
		reason string
		in     guard.Input
		want   guard.Reason
		says   string
	}{
		"pauses":             {"time ends it, and nobody is asked before", guard.Input{Plan: pauses, Spec: v1alpha1.FederationRouteSpec{Mode: v1alpha1.ModeApprove}}, guard.Pausing, ""},
		"pauses in part":     {"the rest goes on", guard.Input{Plan: pausesInPart}, guard.Allowed, ""},
		"enforce":            {"nothing stands in the way", guard.Input{Plan: p}, guard.Allowed, ""},
		"suspended":          {"a person's stop comes first", guard.Input{Plan: p, Holder: "a/b", Spec: v1alpha1.FederationRouteSpec{Suspend: true, Mode: v1alpha1.ModeObserve}}, guard.Suspended, "set it to false"},
		"held by another":    {"two routes never fight", guard.Input{Plan: p, Holder: "ns/old", Claim: "the SIP route of site Redmond", Spec: v1alpha1.FederationRouteSpec{Mode: v1alpha1.ModeApprove}}, guard.Conflict, "ns/old"},
		"observe":            {"observing changes nothing", guard.Input{Plan: p, Spec: v1alpha1.FederationRouteSpec{Mode: v1alpha1.ModeObserve}}, guard.Observing, "1 step is to be taken; mode Observe"},
		"unknown part":       {"a plan over an unknown part waits, even approved", guard.Input{Plan: blocked, Spec: v1alpha1.FederationRouteSpec{Mode: v1alpha1.ModeApprove, ApprovedPlan: "sha256-1"}}, guard.Obstructed, ""},
		"partly unknown":     {"what needs the unknown waits, the rest goes on", guard.Input{Plan: partly}, guard.Allowed, ""},
		"looks left":         {"a run that only looks would begin again and again", guard.Input{Plan: looking}, guard.Obstructed, ""},
		"not approved":       {"approval is asked by id", guard.Input{Plan: p, Spec: v1alpha1.FederationRouteSpec{Mode: v1alpha1.ModeApprove}}, guard.AwaitingApproval, "sha256-1"},
		"another approved":   {"an approval covers one content only", guard.Input{Plan: p, Spec: v1alpha1.FederationRouteSpec{Mode: v1alpha1.ModeApprove, ApprovedPlan: "sha256-2"}}, guard.AwaitingApproval, "sha256-1"},
		"owed alone":         {"what fedroute may have broken it mends without being asked", guard.Input{Plan: owed, Spec: v1alpha1.FederationRouteSpec{Mode: v1alpha1.ModeApprove}}, guard.Allowed, ""},
		"owed and more":      {"and nothing else with it", guard.Input{Plan: owedAndMore, Spec: v1alpha1.FederationRouteSpec{Mode: v1alpha1.ModeApprove}}, guard.AwaitingApproval, "sha256-1"},
		"approved":           {"the very plan was approved", guard.Input{Plan: p, Spec: v1alpha1.FederationRouteSpec{Mode: v1alpha1.ModeApprove, ApprovedPlan: "sha256-1"}}, guard.Allowed, ""},
		"approved, enforced": {"Enforce asks nobody", guard.Input{Plan: p, Spec: v1alpha1.FederationRouteSpec{ApprovedPlan: "sha256-2"}}, guard.Allowed, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			v := guard.Guards.Evaluate(c.in)
			if v.Reason != c.want || !strings.Contains(v.Message, c.says) {
				t.Errorf("%s: got %q %q, want %q saying %q", c.reason, v.Reason, v.Message, c.want, c.says)
			}
			if v.Allows() != (c.want == guard.Allowed) {
				t.Errorf("%s: Allows is %v", c.reason, v.Allows())
			}
		})
	}
}

// TestAnOlderRouteIsAskedForDuringARun: what held nothing when the run began may hold a switch later.
func TestAnOlderRouteIsAskedForDuringARun(t *testing.T) {
	unread := errors.New("the routes cannot be read")
	var holder string
	var failed error
	allowed := guard.Guards.DuringRun(guard.Input{Plan: plan.Plan{ID: "sha256-1"}, Spec: v1alpha1.FederationRouteSpec{Mode: v1alpha1.ModeEnforce}},
		func() (string, string, error) { return holder, "SIP of site Redmond", failed })
	for name, c := range map[string]struct {
		reason, holder string
		failed         error
		want           string // a part of the sentence; empty: it may go on
	}{
		"agrees":    {"both want the same", "", nil, ""},
		"suspended": {"a suspended route holds what its spec names", "default/older", nil, "it may not go on: SIP of site Redmond is held by the older FederationRoute default/older"},
		"unread":    {"unknown is not free", "", unread, unread.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			holder, failed = c.holder, c.failed
			err := allowed(time.Time{})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", c.reason, err)
			}
		})
	}
}

// TestAPauseEndsByItself: the verdict names the time at which the pause ends, so that the route is
// reconciled then.
func TestAPauseEndsByItself(t *testing.T) {
	now := time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	p := plan.Plan{Steps: []plan.Step{{Stage: plan.Leaving, Act: plan.PublishFlags{}}}, Pauses: []plan.Pause{{Stage: plan.Leaving, Until: now.Add(5 * time.Second)}}}
	v := guard.Guards.Evaluate(guard.Input{Plan: p, Now: now})
	if again := v.Within(time.Minute, now); v.Reason != guard.Pausing || again != 5*time.Second {
		t.Errorf("%+v, and it is looked at again after %s", v, again)
	}
}

// TestTheFirstPauseToEndDecides: a pause whose end is not known yet says nothing of the time.
func TestTheFirstPauseToEndDecides(t *testing.T) {
	now := time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	in := func(seconds ...int) []plan.Pause {
		var out []plan.Pause
		for _, s := range seconds {
			p := plan.Pause{Stage: plan.Leaving}
			if s > 0 {
				p.Until = now.Add(time.Duration(s) * time.Second)
			}
			out = append(out, p)
		}
		return out
	}
	for reason, c := range map[string]struct {
		pauses []plan.Pause
		want   time.Time
	}{
		"nobody knows":         {in(0, 0), time.Time{}},
		"the first":            {in(5, 9), now.Add(5 * time.Second)},
		"the second":           {in(9, 5), now.Add(5 * time.Second)},
		"one is not known":     {in(0, 9), now.Add(9 * time.Second)},
		"another is not known": {in(9, 0), now.Add(9 * time.Second)},
	} {
		p := plan.Plan{Steps: []plan.Step{{Stage: plan.Leaving, Act: plan.PublishFlags{}}}, Pauses: c.pauses}
		if v := guard.Guards.Evaluate(guard.Input{Plan: p, Now: now}); !v.Until.Equal(c.want) {
			t.Errorf("%s: it is looked at again at %s, want %s", reason, v.Until, c.want)
		}
	}
}

// TestWhatStalls: a route that does as it should is not stalled. One that only looks does so, too.
func TestWhatStalls(t *testing.T) {
	for reason, want := range map[guard.Reason]bool{guard.Allowed: false, guard.Observing: false, guard.Suspended: true, guard.Conflict: true, guard.AwaitingApproval: true, guard.Obstructed: true} {
		if got := reason.Stalls(); got != want {
			t.Errorf("%q stalls: %v", reason, got)
		}
	}
}

// TestAGuardThatKnowsATime adds a guard that forbids changes from ten in the evening to six in the
// morning. It is asked before a run and in the middle of one, and it decides when the route is
// reconciled again.
func TestAGuardThatKnowsATime(t *testing.T) {
	ten := time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	six := ten.Add(8 * time.Hour)
	night := append(guard.Chain{}, guard.Guards...)
	night = append(night, func(in guard.Input) guard.Verdict {
		if in.Now.Before(ten) || !in.Now.Before(six) {
			return guard.Verdict{}
		}
		return guard.Verdict{Reason: "Closed", Message: "it is night", Until: six}
	})
	in := guard.Input{Plan: plan.Plan{ID: "sha256-1"}}
	allowed := night.DuringRun(in, func() (string, string, error) { return "", "", nil })
	cases := map[string]struct {
		reason string
		at     time.Time
		open   bool
		pause  time.Duration // until the next reconcile, at most an hour
	}{
		"the evening":       {"nothing to wait for", ten.Add(-time.Minute), true, time.Hour},
		"as it closes":      {"a step that has not begun does not begin", ten, false, time.Hour},
		"before it opens":   {"nobody sleeps past it", six.Add(-time.Minute), false, time.Minute},
		"in the last blink": {"a pause of nothing is none", six.Add(-time.Nanosecond), false, time.Millisecond},
		"the morning":       {"on it goes", six, true, time.Hour},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in.Now = c.at
			v, err := night.Evaluate(in), allowed(c.at)
			if v.Allows() != c.open || (err == nil) != c.open {
				t.Errorf("%s: before a run %+v, in the middle of one %v", c.reason, v, err)
			}
			if err != nil && (!fault.Is(err, fault.WorldChanged) || !strings.Contains(fault.Sentence(err), "it may not go on: it is night; the steps before it stand")) {
				t.Errorf("%s: %v", c.reason, err)
			}
			if pause := v.Within(time.Hour, c.at); pause != c.pause {
				t.Errorf("%s: comes back after %s, want %s", c.reason, pause, c.pause)
			}
		})
	}
}
