package status_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// planOf makes a plan of steps, with the id of its content.
func planOf(wish string, steps ...plan.Step) plan.Plan {
	return plan.Plan{ID: plan.ID(steps), Wish: wish, Steps: steps}
}

// joins is a step that adds a machine to the addresses of a zone; "" is the step for all machines. While the
// zone shows something else than the pool, its SRV record is changed, too.
func joins(machine, from string) plan.Step {
	s := plan.Step{Target: "zone contoso.com", From: from, To: "A 192.0.2.1, 192.0.2.2, 192.0.2.3", Act: plan.UpdateDNS{Zone: "contoso.com"}}
	if from != "192.0.2.1" {
		s.To += "; SRV new"
	}
	if machine != "" {
		s.To += "; of these " + machine + " as soon as it answers"
		s.Act = plan.UpdateDNS{Zone: "contoso.com", Joins: lync.EdgeServer{FQDN: machine}}
	}
	return s
}

func TestPlanID(t *testing.T) {
	whole := planOf("w", steps...)
	shown := func(p plan.Plan, states ...v1alpha1.StepState) *v1alpha1.Plan {
		f := inSync()
		drifted(&f)
		f.Plan = p
		out := status.Route(f).Plan
		for i, state := range states {
			out.Steps[i].State = state
		}
		return out
	}
	const done, pending = v1alpha1.StepDone, v1alpha1.StepPending
	rest, start := planOf("w", steps[1:]...), plan.Step{Target: "edge1.contoso.com", From: plan.StoppedByUs, To: "running", Act: plan.StartEdgeServices{Owed: true}}
	enable := plan.Step{Target: "topology", From: "published, not in force on edge1.contoso.com", To: "enabled", Act: plan.PublishFlags{}}
	other := joins("", "192.0.2.1")
	other.To = "A 192.0.2.7"
	cases := map[string]struct {
		reason   string
		earlier  *v1alpha1.Plan
		now      plan.Plan
		approved string
		want     string
	}{
		"first":                     {"its content", nil, whole, "", whole.ID},
		"rest of a begun plan":      {"nobody has to read it again", shown(whole, done), rest, "", whole.ID},
		"rest of an approved plan":  {"the manager may have died before it wrote that it began", shown(whole), rest, whole.ID, whole.ID},
		"came and went":             {"the steps were never begun and nobody approved them", shown(whole), rest, "", rest.ID},
		"right plan approved":       {"the approval of a plan's own content counts", shown(whole, done), rest, rest.ID, rest.ID},
		"the spec asks for less":    {"what is not wanted any more is not done", shown(whole, done, pending), planOf("less", steps[2:]...), whole.ID, planOf("less", steps[2:]...).ID},
		"written by an old version": {"it knew no wish", shown(planOf("", steps...), done), rest, whole.ID, whole.ID},
		"services to start again":   {"fedroute stopped them", shown(whole, done), planOf("w", append([]plan.Step{start}, steps[1:]...)...), whole.ID, whole.ID},
		"a machine of three joined the zone": {"the others are added by the same approval", shown(planOf("w", joins("a", "192.0.2.9; SRV old"), joins("b", "192.0.2.9; SRV old"), joins("c", "192.0.2.9; SRV old")), done, pending, pending),
			planOf("w", joins("b", "192.0.2.1"), joins("c", "192.0.2.1")), "", planOf("w", joins("a", "192.0.2.9; SRV old")).ID},
		"only one machine is left to join": {"its step is that of the whole zone, and changes less", shown(planOf("w", joins("a", "192.0.2.9; SRV old"), joins("b", "192.0.2.9; SRV old")), done, pending),
			planOf("w", joins("", "192.0.2.1")), "", planOf("w", joins("a", "192.0.2.9; SRV old")).ID},
		"the zone is to show something else": {"nobody approved that", shown(planOf("w", joins("a", "192.0.2.9; SRV old"), joins("b", "192.0.2.9; SRV old")), done, pending),
			planOf("w", other), "", planOf("w", other).ID},
		"a publish to enable": {"a replica's status may lag and say that it never will be", shown(whole, done), planOf("w", append([]plan.Step{enable}, steps[1:]...)...), whole.ID, whole.ID},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := status.PlanID(c.earlier, c.now, c.approved); got != c.want {
				t.Errorf("%s: the id is %s, want %s", c.reason, got, c.want)
			}
		})
	}
}

// TestPlanIDIsItsContents shows random plans one after the other, of which none is begun. Each has
// the id and the steps of its own, whatever was shown before and whatever is approved. So an
// approval of what a person reads, now or before, is never refused.
func TestPlanIDIsItsContents(t *testing.T) {
	for seed := range uint64(200) {
		dice := rand.New(rand.NewPCG(seed, 13))
		var pool []plan.Step
		for i := range 25 {
			pool = append(pool, plan.Step{Target: fmt.Sprint("pool ", i), From: "a", To: "b", Act: plan.AssociateFrontEnd{}})
		}
		f := inSync()
		drifted(&f)
		var ids []string
		for range 12 {
			some := slices.DeleteFunc(slices.Clone(pool), func(plan.Step) bool { return dice.IntN(3) == 0 })
			f.Plan = planOf("w", some...)
			ids = append(ids, f.Plan.ID)
			approved := ids[dice.IntN(len(ids))]
			own := f.Plan.ID
			if f.Plan.ID = status.PlanID(f.Previous.Plan, f.Plan, approved); f.Plan.ID != own {
				if kept := f.Previous.Plan; kept.ID != approved || !status.Continues(kept, f.Plan) {
					t.Fatalf("seed %d: the plan has another's id, and that plan is not the approved one", seed)
				}
				continue // the rest of the approved plan; nothing was begun, so another round shows what it likes
			}
			f.Previous = status.Route(f)
			if f.Previous.Plan.ID != own || len(f.Previous.Plan.Steps) != len(some) {
				t.Fatalf("seed %d: plan %s with %d steps shows as %s with %d steps", seed, own, len(some), f.Previous.Plan.ID, len(f.Previous.Plan.Steps))
			}
		}
	}
}

// TestRestShowsWhatIsDone: the rest of a plan is shown with the plan's done steps, and with steps
// that are owed since.
func TestRestShowsWhatIsDone(t *testing.T) {
	machine := lync.EdgeServer{FQDN: "edge1.contoso.com"}
	all := []plan.Step{
		{Target: "topology", To: "on", Act: plan.PublishFlags{Flags: []lync.Flag{{Pool: "edge1.contoso.com"}}}},
		{Target: "edge1.contoso.com", To: "replica newer", Act: plan.AwaitReplication{Server: machine}},
		{Target: "edge1.contoso.com", To: "listening", Act: plan.RestartEdgeServices{Server: machine}},
	}
	start := plan.Step{Target: "edge1.contoso.com", From: plan.StoppedByUs, To: "running", Act: plan.StartEdgeServices{Server: machine, Owed: true}}
	f := inSync()
	drifted(&f)
	f.Plan = planOf("w", all...)
	f.Previous = status.Route(f)
	f.Previous.Plan.Steps[0].State, f.Previous.Plan.Steps[1].State, f.Previous.Plan.Steps[2].State = v1alpha1.StepDone, v1alpha1.StepDone, v1alpha1.StepRunning
	id := f.Previous.Plan.ID

	lines := func(p *v1alpha1.Plan) []string {
		var out []string
		for _, s := range p.Steps {
			out = append(out, fmt.Sprint(s.Kind, " ", s.State, " after ", s.After))
		}
		return out
	}
	f.Plan = planOf("w", start, all[1])
	f.Plan.ID = status.PlanID(f.Previous.Plan, f.Plan, id)
	next := status.Route(f)
	want := []string{"StartEdgeServices Pending after []", "PublishFlags Done after []", "AwaitReplication Pending after [1 2]", "RestartEdgeServices Done after [3]"}
	if diff := cmp.Diff(want, lines(next.Plan)); diff != "" || next.Plan.ID != id {
		t.Errorf("after a crash the plan is %s (-want +got):\n%s", next.Plan.ID, diff)
	}
	f.Previous, f.Run = next, &status.RunFacts{PlanID: id, Wish: "w", Active: true, Entries: []apply.Entry{{Step: start, State: apply.Running}, {Step: all[1], State: apply.Pending}}}
	want[0] = "StartEdgeServices Running after []"
	if diff := cmp.Diff(want, lines(status.Route(f).Plan)); diff != "" {
		t.Errorf("while the rest is carried out (-want +got):\n%s", diff)
	}
}

// TestAnotherPlanShowsNothingOfTheEarlier: a plan of the same steps that is made for another wish
// is not the rest of the earlier one. What failed then, and what was said, is not shown with it.
func TestAnotherPlanShowsNothingOfTheEarlier(t *testing.T) {
	f := inSync()
	drifted(&f)
	f.Plan = planOf("w", steps...)
	f.Previous = status.Route(f)
	f.Previous.Plan.Steps[0].State, f.Previous.Plan.Steps[0].Message = v1alpha1.StepFailed, "it broke"
	f.Previous.Plan.Notices = []string{"partners may refuse edge1.contoso.com"}
	shown := func(wish string) (states []string, notices []string) {
		f.Plan = planOf(wish, steps...)
		p := status.Route(f).Plan
		for _, s := range p.Steps {
			states = append(states, fmt.Sprint(s.State, s.Message))
		}
		return states, p.Notices
	}
	for wish, want := range map[string][]string{"w": {"Failedit broke", "Pending", "Pending"}, "another": {"Pending", "Pending", "Pending"}} {
		states, notices := shown(wish)
		if diff := cmp.Diff(want, states); diff != "" || (notices != nil) != (wish == "w") {
			t.Errorf("for the wish %s the plan says %q (-want +got):\n%s", wish, notices, diff)
		}
	}
}

// TestStagesKeepTheirOrder: a plan that prepares the new Edge pool has steps of one kind in
// several stages. What is shown of it keeps the stages, and what each step waits for.
func TestStagesKeepTheirOrder(t *testing.T) {
	machine := lync.EdgeServer{FQDN: "edge2.contoso.com"}
	sets, clears := lync.Flag{Pool: "edge2.contoso.com", On: true}, lync.Flag{Pool: "edge1.contoso.com"}
	all := []plan.Step{
		{Stage: plan.Preparing, Target: "topology", To: "on", Act: plan.PublishFlags{Flags: []lync.Flag{sets}}},
		{Stage: plan.Preparing, Target: machine.FQDN, To: "newer", Act: plan.AwaitReplication{Server: machine}},
		{Stage: plan.Preparing, Target: machine.FQDN, To: "set up", Act: plan.SetupEdgeServer{Server: machine}},
		{Target: "SIP route", To: machine.FQDN, Act: plan.SetSiteRoute{Site: "Redmond", EdgePool: machine.FQDN}},
		{Target: machine.FQDN, To: "newer still", Act: plan.AwaitReplication{Server: machine}},
		{Target: "port", To: "answers", Act: plan.CheckPorts{Servers: []lync.EdgeServer{machine}}},
		{Stage: plan.Leaving, Target: "topology", To: "off", Act: plan.PublishFlags{Flags: []lync.Flag{clears}}},
	}
	start := plan.Step{Target: machine.FQDN, From: plan.StoppedByUs, To: "running", Act: plan.StartEdgeServices{Server: machine, Owed: true}}
	staged := []string{"PublishFlags on after []", "AwaitReplication newer after [1]", "SetupEdgeServer set up after [2]", "SetSiteRoute edge2.contoso.com after [1 2 3]",
		"AwaitReplication newer still after [1 4]", "CheckPorts answers after [2 3 5]", "PublishFlags off after [6]"}
	cases := map[string]struct {
		reason string
		rest   []plan.Step
		want   []string
	}{
		"all":               {"nothing is done yet", all, staged},
		"prepared":          {"the rest stands behind what is done", all[3:], staged},
		"only leaving left": {"the last stage stands behind all of the move", all[6:], staged},
		"owed on the way": {"a step that is owed stands where its kind does", append([]plan.Step{start}, all[3:]...),
			[]string{"StartEdgeServices running after []", "PublishFlags on after []", "AwaitReplication newer after [2]", "SetupEdgeServer set up after [3]",
				"SetSiteRoute edge2.contoso.com after [2 3 4]", "AwaitReplication newer still after [1 2 5]", "CheckPorts answers after [1 3 4 6]", "PublishFlags off after [7]"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			drifted(&f)
			f.Plan = planOf("w", all...)
			f.Previous = status.Route(f)
			f.Previous.Plan.Steps[0].State = v1alpha1.StepRunning
			f.Plan = planOf("w", c.rest...)
			f.Plan.ID = f.Previous.Plan.ID
			var got []string
			for _, s := range status.Route(f).Plan.Steps {
				got = append(got, fmt.Sprint(s.Kind, " ", s.To, " after ", s.After))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestStopped(t *testing.T) {
	const a = "edge-a.contoso.com"
	entry := func(kind plan.Kind, result v1alpha1.StepState) v1alpha1.HistoryEntry {
		return v1alpha1.HistoryEntry{Time: metav1.NewTime(now), Kind: string(kind), Target: a, Result: result}
	}
	one := func(kind plan.Kind, from string, state v1alpha1.StepState) *v1alpha1.Plan {
		return &v1alpha1.Plan{ID: "sha256-1", Steps: []v1alpha1.Step{{Kind: string(kind), Target: a, From: from, State: state}}}
	}
	const failed, done, running, pending = v1alpha1.StepFailed, v1alpha1.StepDone, v1alpha1.StepRunning, v1alpha1.StepPending
	cases := map[string]struct {
		reason   string
		history  []v1alpha1.HistoryEntry
		plan     *v1alpha1.Plan
		approved string
		want     bool
	}{
		"nothing":                    {"most routes", nil, nil, "", false},
		"restart failed":             {"it may have ended between stop and start", []v1alpha1.HistoryEntry{entry(plan.KindRestartEdgeServices, failed)}, nil, "", true},
		"setup failed":               {"it disables and enables services", []v1alpha1.HistoryEntry{entry(plan.KindSetupEdgeServer, failed)}, nil, "", true},
		"the start failed too":       {"they are still stopped", []v1alpha1.HistoryEntry{entry(plan.KindStartEdgeServices, failed), entry(plan.KindRestartEdgeServices, failed)}, nil, "", true},
		"started since":              {"whoever stopped them later was not fedroute", []v1alpha1.HistoryEntry{entry(plan.KindStartEdgeServices, done), entry(plan.KindRestartEdgeServices, failed)}, nil, "", false},
		"a start failed":             {"fedroute did not stop them", []v1alpha1.HistoryEntry{entry(plan.KindStartEdgeServices, failed)}, nil, "", false},
		"killed in a restart":        {"status still says that it runs", nil, one(plan.KindRestartEdgeServices, "", running), "", true},
		"killed before it was told":  {"an approved step may have begun", nil, one(plan.KindRestartEdgeServices, "", pending), "sha256-1", true},
		"never begun":                {"nobody approved it", nil, one(plan.KindRestartEdgeServices, "", pending), "", false},
		"restarted":                  {"they run since", nil, one(plan.KindRestartEdgeServices, "", done), "sha256-1", false},
		"owed, and killed again":     {"the step says who stopped them", nil, one(plan.KindStartEdgeServices, plan.StoppedByUs, running), "", true},
		"a start, killed":            {"a person stopped them", nil, one(plan.KindStartEdgeServices, "stopped", running), "", false},
		"owed, and not yet approved": {"a start that is owed waits for nobody", nil, one(plan.KindStartEdgeServices, plan.StoppedByUs, pending), "", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			since := metav1.NewTime(now.Add(-time.Hour))
			s := v1alpha1.FederationRouteStatus{History: c.history, Plan: c.plan, Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, LastTransitionTime: since}}}
			if got := status.Stopped(s, c.approved)[a]; got != c.want {
				t.Errorf("%s: stopped by fedroute: %v", c.reason, got)
			}
		})
	}
}

// TestALeftStepIsNotSimplyDone: a run set records, and somebody has set one of them back again and
// again. The plan has no step for that any more, and its step of before says why.
func TestALeftStepIsNotSimplyDone(t *testing.T) {
	zone := func(to string) plan.Step {
		return plan.Step{Act: plan.UpdateDNS{}, Target: "zone contoso.com", From: "x", To: to}
	}
	f := inSync()
	drifted(&f)
	f.Plan = planOf("w", zone("sip.contoso.com A 192.0.2.1 (ttl 300); xmpp.contoso.com A 192.0.2.1 (ttl 300)"), steps[0])
	f.Previous = status.Route(f)
	f.Previous.Plan.Steps[0].State = v1alpha1.StepDone
	f.Previous.Plan.Steps[1].State = v1alpha1.StepRunning
	f.Plan = planOf("w", steps[0])
	f.Plan.ID = f.Previous.Plan.ID
	f.Left = []plan.Step{zone("sip.contoso.com A 192.0.2.1 (ttl 300)")}
	got := status.Route(f).Plan.Steps[0]
	if want := "somebody else has changed it back again and again since, so it is left; see the condition Contested"; got.Message != want {
		t.Errorf("the step says %q, want %q", got.Message, want)
	}
	f.Left = []plan.Step{zone("www.contoso.com A 192.0.2.1 (ttl 300)")}
	if got := status.Route(f).Plan.Steps[0]; got.Message != "" {
		t.Errorf("another record is left, and the step says %q", got.Message)
	}
}

// TestWhatALeftFieldIsOf: a step that was done says that a field of its own is left, and says
// nothing of the fields of another step. A publish lists its flags with commas, and a zone has commas between the addresses of one
// record.
func TestWhatALeftFieldIsOf(t *testing.T) {
	publish := func(to string) plan.Step {
		return plan.Step{Act: plan.PublishFlags{Flags: []lync.Flag{{Pool: "edge1.contoso.com"}}}, Target: "topology", From: "x", To: to}
	}
	zone := func(name, to string) plan.Step {
		return plan.Step{Act: plan.UpdateDNS{}, Target: "zone " + name, From: "x", To: to}
	}
	cases := map[string]struct {
		reason     string
		done, left plan.Step
		want       bool
	}{
		"one of two flags": {"the publish set it", publish("edge1.contoso.com SIP on, edge2.contoso.com SIP off"), publish("edge2.contoso.com SIP off"), true},
		"another flag":     {"the publish did not set it", publish("edge1.contoso.com SIP on, edge2.contoso.com SIP off"), publish("edge3.contoso.com SIP off"), false},
		"one of two sets":  {"the step set it", zone("contoso.com", "sip.contoso.com A 192.0.2.1; x.contoso.com A 192.0.2.1"), zone("contoso.com", "x.contoso.com A 192.0.2.1"), true},
		"another set":      {"one address in common is not the set", zone("contoso.com", "sip.contoso.com A 192.0.2.1, 192.0.2.2"), zone("contoso.com", "x.contoso.com A 192.0.2.9, 192.0.2.2"), false},
		"another zone":     {"it has records of its own", zone("contoso.com", "sip A 192.0.2.1"), zone("fabrikam.com", "sip A 192.0.2.1"), false},
		"another kind":     {"it sets something else", zone("contoso.com", "on"), publish("on"), false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			drifted(&f)
			f.Plan = planOf("w", c.done, steps[0])
			f.Previous = status.Route(f)
			f.Previous.Plan.Steps[0].State, f.Previous.Plan.Steps[1].State = v1alpha1.StepDone, v1alpha1.StepRunning
			f.Plan = planOf("w", steps[0])
			f.Plan.ID, f.Left = f.Previous.Plan.ID, []plan.Step{c.left}
			for _, s := range status.Route(f).Plan.Steps {
				if s.Kind == string(c.done.Kind()) && (s.Message != "") != c.want {
					t.Errorf("%s: it says %q", c.reason, s.Message)
				}
			}
		})
	}
}
