package status_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

const contestedField = "SIP federation route of site Redmond"

// contest plays looks at one site's route, which edge1 is wanted for.
type contest struct {
	at  time.Time
	run *status.RunFacts
	s   v1alpha1.FederationRouteStatus
}

// set lets a run of fedroute lead the site to the pool. The manager writes status while the
// run is under way.
func (c *contest) set(pool string) {
	c.at = c.at.Add(time.Second)
	c.run = &status.RunFacts{PlanID: "sha256-1", Entries: []apply.Entry{{State: apply.Done, Ended: c.at,
		Step: plan.Step{Act: plan.SetSiteRoute{Site: "Redmond", Protocol: lync.SIP, EdgePool: pool}}}}}
	f := bare(nil)
	c.run.Active = true
	c.tell(f)
	c.run.Active = false
}

// look is a reconcile that finds the site's route so, some time after the last one.
func (c *contest) look(after time.Duration, found string, changes ...func(*status.Facts)) {
	c.at = c.at.Add(after)
	f := inSync()
	for _, change := range changes {
		change(&f)
	}
	if found != "" && found != string(f.Spec.EdgePool) {
		f.Plan.Differences = []plan.Difference{{Aspect: plan.AspectSIP, Field: contestedField, Wanted: string(f.Spec.EdgePool), Found: found, Settable: true}}
	}
	c.tell(f)
}

func (c *contest) tell(f status.Facts) {
	f.Now, f.Run, f.Previous = c.at, c.run, c.s
	if f.RequestedAt == "please" {
		f.RequestedAt = c.s.LastHandledReconcileAt
	}
	f.Desired.Left, _ = status.Left(status.Reversals(f))
	c.s = status.Route(f)
}

// fight lets somebody change the route back so many times. fedroute sets it before each.
func (c *contest) fight(times int, every time.Duration) {
	for range times {
		c.set("edge1.contoso.com")
		c.look(every, "edge2.contoso.com")
	}
}

func TestReversals(t *testing.T) {
	const one, two, three = "edge1.contoso.com", "edge2.contoso.com", "edge3.contoso.com"
	next := func(f *status.Facts) { f.Generation++ }
	asked := func(f *status.Facts) { f.RequestedAt = "now" }
	cases := map[string]struct {
		reason string
		play   func(*contest)
		count  int
		left   bool
	}{
		"four times":           {"that may be a person who is trying something", func(c *contest) { c.fight(4, time.Minute) }, 4, false},
		"five times":           {"nobody wins by going on", func(c *contest) { c.fight(5, time.Minute) }, 5, true},
		"five times, slowly":   {"that is no fight", func(c *contest) { c.fight(5, 20*time.Minute) }, 3, false},
		"of itself":            {"it had been as wanted since before this manager", func(c *contest) { c.look(time.Minute, one); c.look(time.Minute, two) }, 1, false},
		"first look":           {"it never was as wanted", func(c *contest) { c.look(time.Minute, two); c.look(time.Minute, two) }, 0, false},
		"not put back":         {"one change is one change, however often it is seen", func(c *contest) { c.fight(1, time.Second); c.look(time.Minute, two); c.look(time.Minute, two) }, 1, false},
		"put back by somebody": {"who changed it back once more", func(c *contest) { c.fight(1, time.Second); c.look(time.Minute, one); c.look(time.Minute, two) }, 2, false},
		"the manager is another": {"status is all that it knows", func(c *contest) {
			c.look(time.Minute, one)
			c.look(time.Minute, two)
			for range 4 {
				c.set(one)
				c.run = nil
				c.look(time.Minute, two)
			}
		}, 5, true},
		"unknown meanwhile": {"what cannot be read was not put back", func(c *contest) {
			c.fight(1, time.Second)
			c.look(time.Minute, "", func(f *status.Facts) { obstacle(f, plan.AspectDNS, fault.Unreachable) })
			c.look(time.Minute, two)
		}, 1, false},
		"another pool is wanted": {"what fedroute did itself is nobody else's change", func(c *contest) {
			c.look(time.Second, one)
			c.set(two)
			c.look(time.Minute, two)
		}, 0, false},
		"in mode Observe": {"nothing is set that could be changed back", func(c *contest) {
			c.look(0, one)
			c.look(time.Minute, two, func(f *status.Facts) { f.Spec.Mode = v1alpha1.ModeObserve })
		}, 0, false},
		"left for half an hour": {"it may begin again", func(c *contest) { c.fight(5, time.Second); c.look(30*time.Minute, two) }, 5, true},
		"left for an hour":      {"quiet ends it", func(c *contest) { c.fight(5, time.Second); c.look(time.Hour, two); c.look(time.Minute, two) }, 0, false},
		"left and changed again": {"that was no quiet hour", func(c *contest) {
			c.fight(5, time.Second)
			c.look(50*time.Minute, three)
			c.look(50*time.Minute, three)
		}, 5, true},
		"given up and come back": {"the other begins again within the hour", func(c *contest) { c.fight(5, time.Second); c.look(30*time.Minute, one); c.look(20*time.Minute, two) }, 5, true},
		"the spec changes":       {"a new wish is a new beginning", func(c *contest) { c.fight(5, time.Second); c.look(time.Minute, two, next) }, 0, false},
		"a person asks":          {"who asks knows why", func(c *contest) { c.fight(5, time.Second); c.look(time.Minute, two, asked) }, 0, false},
		"five more after a person": {"each request is good for five", func(c *contest) {
			c.fight(5, time.Second)
			c.look(time.Minute, two, asked)
			for range 4 {
				c.set(one)
				c.look(time.Second, two, asked)
			}
		}, 4, false},
		"changed back within the step": {"the other is quicker than the reading back", func(c *contest) {
			for range 5 {
				c.set(one)
				c.run.Entries[0].State, c.run.Entries[0].NotKept = apply.Failed, true
				c.look(time.Second, two)
			}
		}, 5, true},
		"could not be set": {"nobody changed anything", func(c *contest) {
			for range 5 {
				c.at = c.at.Add(time.Second)
				c.run = &status.RunFacts{Entries: []apply.Entry{{State: apply.Failed, Ended: c.at, Step: plan.Step{Act: plan.SetSiteRoute{Site: "Redmond", Protocol: lync.SIP, EdgePool: one}}}}}
				c.look(time.Second, two)
			}
		}, 0, false},
		"no step sets it": {"what a person has to set is not fought over", func(c *contest) {
			c.look(time.Minute, one)
			c.look(time.Minute, "", func(f *status.Facts) {
				f.Plan.Differences = []plan.Difference{{Aspect: plan.AspectSIP, Field: contestedField, Wanted: one, Found: two}}
			})
		}, 0, false},
		"at once": {"a look may begin in the moment in which a step ends", func(c *contest) {
			for range 4 {
				c.set(one)
				c.at = c.at.Add(-time.Millisecond)
				c.look(0, two)
				c.look(time.Second, two)
			}
		}, 4, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			play := contest{at: now}
			c.play(&play)
			count, left := 0, false
			for _, r := range play.s.Reversals {
				count, left = len(r.Times), r.LeftSince != nil
			}
			if count != c.count || left != c.left {
				t.Errorf("%s: changed back %d times, left %t; want %d and %t", c.reason, count, left, c.count, c.left)
			}
			told := condition(play.s.Conditions, v1alpha1.ConditionContested)
			if shown := told.Status == metav1.ConditionTrue; shown != c.left {
				t.Errorf("%s: the condition Contested is %s", c.reason, told.Status)
			}
		})
	}
}

// TestWhatIsLeftIsTold: the condition names the field and its value. Ready and the part say
// that a person is needed, and one event tells of it.
func TestWhatIsLeftIsTold(t *testing.T) {
	c := contest{at: now}
	c.fight(4, time.Second)
	before := c.s
	c.fight(1, time.Second)
	for kind, want := range map[string]metav1.ConditionStatus{v1alpha1.ConditionContested: metav1.ConditionTrue, v1alpha1.ConditionStalled: metav1.ConditionTrue,
		v1alpha1.ConditionReady: metav1.ConditionFalse, v1alpha1.ConditionSIPRouted: metav1.ConditionFalse, v1alpha1.ConditionXMPPRouted: metav1.ConditionTrue} {
		got := condition(c.s.Conditions, kind)
		if got.Status != want || want == metav1.ConditionTrue && kind != v1alpha1.ConditionXMPPRouted && got.Reason != v1alpha1.ReasonContested {
			t.Errorf("%s is %s, %s: %s", kind, got.Status, got.Reason, got.Message)
		}
		if got.Reason == v1alpha1.ReasonContested && !strings.Contains(got.Message, contestedField+" is edge2.contoso.com, wanted edge1.contoso.com") {
			t.Errorf("%s does not name the field: %s", kind, got.Message)
		}
	}
	events := 0
	for _, e := range status.RouteEvents(before, c.s) {
		if e.Reason == v1alpha1.ReasonContested {
			events++
		}
	}
	if events != 1 {
		t.Errorf("%d events tell of it", events)
	}
}

// TestReversalsOfOtherFieldsStay: of two fields somebody changes one back, or the spec wants another
// value for it. What is remembered of the other field stays.
func TestReversalsOfOtherFieldsStay(t *testing.T) {
	const other = "sip.contoso.com A"
	at := metav1.NewMicroTime(now.Add(-time.Minute))
	cases := map[string]struct{ reason, wanted, want string }{
		"changed back":            {"the field itself is counted", "edge1.contoso.com", contestedField + " 2, " + other + " 1"},
		"another value is wanted": {"the field begins anew", "edge3.contoso.com", other + " 1, " + contestedField + " 1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			f.Previous.ObservedGeneration, f.Previous.LastHandledReconcileAt = f.Generation, f.RequestedAt
			f.Previous.Reversals = []v1alpha1.Reversal{{Field: contestedField, Wanted: "edge1.contoso.com", Restored: true, Changed: at, Times: []metav1.MicroTime{at}},
				{Field: other, Wanted: "192.0.2.1", Restored: true, Changed: at, Times: []metav1.MicroTime{at}}}
			f.Run = &status.RunFacts{Entries: []apply.Entry{{State: apply.Done, Ended: now.Add(-time.Second), Step: plan.Step{Act: plan.SetSiteRoute{Site: "Redmond", Protocol: lync.SIP, EdgePool: c.wanted}}}}}
			f.Plan.Differences = []plan.Difference{{Aspect: plan.AspectSIP, Field: contestedField, Wanted: c.wanted, Found: "edge2.contoso.com", Settable: true}}
			var got []string
			for _, r := range status.Reversals(f) {
				got = append(got, fmt.Sprintf("%s %d", r.Field, len(r.Times)))
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%s: %v, want %s", c.reason, got, c.want)
			}
		})
	}
}

// TestPartOfAnAspectIsLeft: of two fields of an aspect one is left to somebody else. The other one
// is planned, so the condition does not say that the aspect is contested.
func TestPartOfAnAspectIsLeft(t *testing.T) {
	f := inSync()
	contested(&f)
	if got := condition(status.Route(f).Conditions, v1alpha1.ConditionSIPRouted).Reason; got != v1alpha1.ReasonContested {
		t.Errorf("all that differs is left, and SIPRouted says %s", got)
	}
	f.Plan.Differences = append(f.Plan.Differences, plan.Difference{Aspect: plan.AspectSIP, Field: "SIP federation route of site Dublin", Wanted: "edge1.contoso.com", Found: "none", Settable: true})
	if got := condition(status.Route(f).Conditions, v1alpha1.ConditionSIPRouted).Reason; got != v1alpha1.ReasonPlanned {
		t.Errorf("one of two fields is left, and SIPRouted says %s", got)
	}
}

// contested changes the facts to those of a route that somebody else changed back again
// and again.
func contested(f *status.Facts) {
	f.Plan.Differences = []plan.Difference{{Aspect: plan.AspectSIP, Field: contestedField, Wanted: "edge1.contoso.com", Found: "edge2.contoso.com", Settable: true}}
	f.Desired.Left = map[string]bool{contestedField: true}
}

// contestedHolds adds a step that the contested field holds.
func contestedHolds(f *status.Facts) {
	contested(f)
	f.Plan.Steps = steps[2:]
	obstacle(f, plan.AspectDNS, fault.Refused)
	f.Plan.Obstacles[0].Err.(*fault.Error).Err = plan.ErrContested
	f.Verdict = guard.Verdict{Reason: guard.Obstructed}
}

// TestWhatIsLeftIsToldBesideAFailure: Ready tells of something else, and an event of the
// fields that are left.
func TestWhatIsLeftIsToldBesideAFailure(t *testing.T) {
	c := contest{at: now}
	dead := func(f *status.Facts) { obstacle(f, plan.AspectServices, fault.Unreachable) }
	for range 5 {
		c.set("edge1.contoso.com")
		before := c.s
		c.look(time.Second, "edge2.contoso.com", dead)
		told := false
		for _, e := range status.RouteEvents(before, c.s) {
			told = told || e.Reason == v1alpha1.ReasonContested && strings.Contains(e.Note, contestedField)
		}
		if left := len(c.s.Reversals[0].Times) == 5; told != left {
			t.Errorf("changed back %d times, and an event tells that it is left: %t", len(c.s.Reversals[0].Times), told)
		}
	}
	if ready := condition(c.s.Conditions, v1alpha1.ConditionReady); ready.Reason != v1alpha1.ReasonUnreachable {
		t.Errorf("Ready says %s", ready.Reason)
	}
}
