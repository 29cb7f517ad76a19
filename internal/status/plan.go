package status

import (
	"cmp"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/plan"
)

// historyLimit is how many changes, and how many failures, status.history holds.
const historyLimit = 40

// Continues reports whether the plan is the rest of the earlier one: every step that
// changes something must be a step of the earlier plan that is not done yet. The rest
// keeps the id of the earlier plan, and with the id its approval. Steps that only look do
// not count, because they are taken again; nor do owed steps, which nobody approves.
func Continues(earlier *v1alpha1.Plan, p plan.Plan) bool {
	if earlier == nil || len(p.Steps) == 0 {
		return false
	}
	return !slices.ContainsFunc(p.Steps, func(s plan.Step) bool {
		if s.Kind().Looks() || s.Owed() {
			return false
		}
		i := position(earlier.Steps, step(s))
		return i < 0 || earlier.Steps[i].State == v1alpha1.StepDone
	})
}

// position finds a step among others by its words; -1 when it is not among them.
func position(all []v1alpha1.Step, s v1alpha1.Step) int {
	return slices.IndexFunc(all, func(o v1alpha1.Step) bool { return words(o) == words(s) })
}

// words gives the words of a step as status shows them.
func words(s v1alpha1.Step) plan.Words {
	return plan.Words{Kind: plan.Kind(s.Kind), Target: s.Target, From: s.From, To: s.To}
}

func step(s plan.Step) v1alpha1.Step {
	w := s.Words()
	return v1alpha1.Step{Kind: string(w.Kind), Target: w.Target, From: shorten(w.From), To: shorten(w.To), State: v1alpha1.StepPending}
}

// graph shows steps, each with the steps that it waits for and its time limit.
func graph(steps []plan.Step, limits apply.Limits) []v1alpha1.Step {
	out := make([]v1alpha1.Step, len(steps))
	for i, edges := range plan.Edges(steps) {
		out[i] = step(steps[i])
		for _, j := range edges {
			out[i].After = append(out[i].After, int32(j+1))
		}
		if limit := limits.Of(steps[i].Kind()); limit > 0 {
			out[i].Limit = &metav1.Duration{Duration: limit}
		}
	}
	return out
}

// pendingPlan shows the plan while no run is under way. After a failed run it also shows
// what that run did.
func pendingPlan(f Facts) *v1alpha1.Plan {
	if len(f.Plan.Steps) == 0 {
		return nil
	}
	if f.Run != nil && f.Run.Err != nil && f.Run.PlanID == f.Plan.ID {
		return runPlan(*f.Run, f.Limits)
	}
	out := &v1alpha1.Plan{ID: f.Plan.ID, Steps: graph(f.Plan.Steps, f.Limits)}
	if !Continues(f.Previous.Plan, f.Plan) {
		return out
	}
	rest := f.Previous.Plan.DeepCopy()
	for i := range rest.Steps {
		switch {
		case position(out.Steps, rest.Steps[i]) < 0:
			rest.Steps[i].State, rest.Steps[i].Message = v1alpha1.StepDone, ""
		case rest.Steps[i].State != v1alpha1.StepFailed: // it only looks, or an earlier manager's run did not end it
			rest.Steps[i].State, rest.Steps[i].Message, rest.Steps[i].Started, rest.Steps[i].Ended = v1alpha1.StepPending, "", nil, nil
		}
	}
	return rest
}

// runPlan shows a run's plan with the state of every step.
func runPlan(r RunFacts, limits apply.Limits) *v1alpha1.Plan {
	steps := make([]plan.Step, len(r.Entries))
	for i, e := range r.Entries {
		steps[i] = e.Step
	}
	out := &v1alpha1.Plan{ID: r.PlanID, Steps: graph(steps, limits)}
	for i, e := range r.Entries {
		s := &out.Steps[i]
		s.State, s.Message = v1alpha1.StepState(e.State), shorten(e.Message)
		s.Started, s.Ended = seconds(e.Started), seconds(e.Ended)
	}
	return out
}

// seconds is the time as the API keeps it; nil for no time.
func seconds(t time.Time) *metav1.Time {
	if t.IsZero() {
		return nil
	}
	return new(metav1.NewTime(t).Rfc3339Copy())
}

// history puts the steps of the run that ended before what was there, newest first. A
// failure that was met before, in the same words, is counted and not listed again. It is
// called again and again with the same run, and then changes nothing.
func history(before []v1alpha1.HistoryEntry, r RunFacts) []v1alpha1.HistoryEntry {
	ended := slices.DeleteFunc(slices.Clone(r.Entries), func(e apply.Entry) bool { return !memorable(e) })
	slices.SortStableFunc(ended, func(a, b apply.Entry) int { return a.Ended.Compare(b.Ended) })
	all := slices.Clone(before)
	for _, e := range ended {
		h := historyEntry(r.PlanID, e)
		if slices.ContainsFunc(all, func(o v1alpha1.HistoryEntry) bool { return sameEntry(o, h) }) {
			continue
		}
		if i := slices.IndexFunc(all, func(o v1alpha1.HistoryEntry) bool { return repeats(h, o) }); i >= 0 {
			h.Count, h.FirstTime = max(all[i].Count, 1)+1, cmp.Or(all[i].FirstTime, &all[i].Time).DeepCopy()
			all = slices.Delete(all, i, i+1)
		}
		all = slices.Insert(all, 0, h)
	}
	slices.SortStableFunc(all, func(a, b v1alpha1.HistoryEntry) int { return b.Time.Compare(a.Time.Time) })
	return bounded(all)
}

// bounded drops the oldest entries. Failures and changes are counted apart, so that many
// failures do not push out what was changed.
func bounded(all []v1alpha1.HistoryEntry) []v1alpha1.HistoryEntry {
	kept := make(map[v1alpha1.StepState]int, 2)
	return slices.DeleteFunc(all, func(h v1alpha1.HistoryEntry) bool {
		kept[h.Result]++
		return kept[h.Result] > historyLimit
	})
}

// repeats reports whether a step failed as it had failed before.
func repeats(h, before v1alpha1.HistoryEntry) bool {
	h.Time, h.Count, h.FirstTime = before.Time, before.Count, before.FirstTime
	return h.Result == v1alpha1.StepFailed && h == before
}

// memorable reports whether a step goes into history: it changed something, or it failed.
func memorable(e apply.Entry) bool {
	return e.State == apply.Failed || (e.State == apply.Done && !e.Step.Kind().Looks())
}

func historyEntry(planID string, e apply.Entry) v1alpha1.HistoryEntry {
	return v1alpha1.HistoryEntry{Time: metav1.NewTime(e.Ended).Rfc3339Copy(), Plan: planID, Kind: string(e.Step.Kind()), Target: e.Step.Target,
		From: shorten(e.Step.From), To: shorten(e.Step.To), Result: v1alpha1.StepState(e.State), Reason: byKind[e.Fault].reason, Message: shorten(e.Message)}
}

func sameEntry(a, b v1alpha1.HistoryEntry) bool {
	return a.Time.Equal(&b.Time) && a.Plan == b.Plan && a.Kind == b.Kind && a.Target == b.Target
}
