package status

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/plan"
)

// historyLimit bounds status.history.
const historyLimit = 40

// Continues reports whether the plan is the rest of the earlier one: every step that
// changes something must be a step of the earlier plan that is not done yet. The rest
// keeps the id of the earlier plan, and with the id its approval. Steps that only look do
// not count, because they are taken again.
func Continues(earlier *v1alpha1.Plan, p plan.Plan) bool {
	if earlier == nil || len(p.Steps) == 0 {
		return false
	}
	return !slices.ContainsFunc(p.Steps, func(s plan.Step) bool {
		if s.Kind().Looks() {
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

// pendingPlan shows the plan while no run is under way. After a failed run it also shows
// what that run did.
func pendingPlan(f Facts) *v1alpha1.Plan {
	if len(f.Plan.Steps) == 0 {
		return nil
	}
	if f.Run != nil && f.Run.Err != nil && f.Run.PlanID == f.Plan.ID {
		return runPlan(*f.Run)
	}
	out := &v1alpha1.Plan{ID: f.Plan.ID}
	for _, s := range f.Plan.Steps {
		out.Steps = append(out.Steps, step(s))
	}
	if !Continues(f.Previous.Plan, f.Plan) {
		return out
	}
	rest := f.Previous.Plan.DeepCopy()
	for i := range rest.Steps {
		switch {
		case position(out.Steps, rest.Steps[i]) < 0:
			rest.Steps[i].State, rest.Steps[i].Message = v1alpha1.StepDone, ""
		case rest.Steps[i].State != v1alpha1.StepFailed: // it only looks, or an earlier manager's run did not end it
			rest.Steps[i].State, rest.Steps[i].Message = v1alpha1.StepPending, ""
		}
	}
	return rest
}

// runPlan shows a run's plan with the state of every step.
func runPlan(r RunFacts) *v1alpha1.Plan {
	out := &v1alpha1.Plan{ID: r.PlanID}
	for _, e := range r.Entries {
		s := step(e.Step)
		s.State, s.Message = v1alpha1.StepState(e.State), shorten(e.Message)
		out.Steps = append(out.Steps, s)
	}
	return out
}

// history puts the steps of the run that ended, newest first, before the entries of
// earlier runs.
func history(before []v1alpha1.HistoryEntry, r RunFacts) []v1alpha1.HistoryEntry {
	ended := slices.DeleteFunc(slices.Clone(r.Entries), func(e apply.Entry) bool { return !memorable(e) })
	slices.Reverse(ended)
	slices.SortStableFunc(ended, func(a, b apply.Entry) int { return b.Ended.Compare(a.Ended) })
	var all []v1alpha1.HistoryEntry
	for _, e := range ended {
		all = append(all, historyEntry(r.PlanID, e))
	}
	for _, o := range before {
		if !slices.ContainsFunc(all, func(h v1alpha1.HistoryEntry) bool { return sameEntry(o, h) }) {
			all = append(all, o)
		}
	}
	return all[:min(len(all), historyLimit)]
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
