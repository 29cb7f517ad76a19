package status

import (
	"cmp"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/plan"
)

// historyLimit is how many changes, and how many failures, status.history holds.
const historyLimit = 40

// PlanID is the id under which the plan is shown, carried out and approved. It is that of
// the plan's own content, unless the plan is the rest of an earlier one that was begun or
// is approved: the rest keeps the id, and with it the approval. An approval of the plan's
// own content always counts.
func PlanID(earlier *v1alpha1.Plan, p plan.Plan, approved string) string {
	if p.ID == approved || !Continues(earlier, p) || earlier.ID != approved && !begun(earlier) {
		return p.ID
	}
	return earlier.ID
}

// begun reports whether a run began to carry the plan out.
func begun(p *v1alpha1.Plan) bool {
	return slices.ContainsFunc(p.Steps, func(s v1alpha1.Step) bool { return s.State != v1alpha1.StepPending })
}

// Continues reports whether the plan is the rest of the earlier one. Both must have been
// made for the same wish, and every step that changes something must be a step of the
// earlier plan that is not done yet. Steps that only look do not count, because they are
// taken again; nor do owed steps, which nobody approves.
func Continues(earlier *v1alpha1.Plan, p plan.Plan) bool {
	if earlier == nil || len(p.Steps) == 0 || earlier.Wish != "" && earlier.Wish != p.Wish {
		return false
	}
	return !slices.ContainsFunc(p.Steps, func(s plan.Step) bool {
		if s.Kind().Looks() || s.Owed() {
			return false
		}
		i := place(earlier.Steps, step(s))
		if i < 0 {
			return !omits(earlier, step(s))
		}
		return earlier.Steps[i].State == v1alpha1.StepDone
	})
}

// place finds a step among those of an earlier plan; -1 when it is not among them. A step
// that was begun may have changed a part of what it was to change, so that the world is not
// as it was when the step was planned. Of a zone that machines join one by one, a step that
// was not begun is left with a part of its words.
func place(earlier []v1alpha1.Step, s v1alpha1.Step) int {
	if i := position(earlier, s); i >= 0 {
		return i
	}
	same := func(o v1alpha1.Step) bool { return o.Kind == s.Kind && o.Target == s.Target }
	zone := s.Kind == string(plan.KindUpdateDNS) && slices.ContainsFunc(earlier, func(o v1alpha1.Step) bool { return same(o) && o.State != v1alpha1.StepPending })
	return slices.IndexFunc(earlier, func(o v1alpha1.Step) bool {
		begun := o.State == v1alpha1.StepRunning || o.State == v1alpha1.StepFailed
		return same(o) && (begun && o.To == s.To || zone && o.State != v1alpha1.StepDone && says(o.To, s.To))
	})
}

// says reports whether the words of a step of a zone hold all those of another.
func says(all, some string) bool {
	have := strings.Split(all, "; ")
	return !slices.ContainsFunc(strings.Split(some, "; "), func(part string) bool { return !slices.Contains(have, part) })
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
		return runPlan(f)
	}
	out := &v1alpha1.Plan{ID: f.Plan.ID, Wish: f.Plan.Wish, Steps: graph(f.Plan.Steps, f.Limits), Notices: notices(f.Plan)}
	if !Continues(f.Previous.Plan, f.Plan) {
		return out
	}
	return withEarlier(f, out)
}

// notices are what a plan says, as status shows it.
func notices(p plan.Plan) []string {
	var out []string
	for _, n := range p.Notices {
		out = append(out, shorten(n))
	}
	return out
}

// withEarlier adds the steps that status shows of the same plan and that are done. A plan that
// is carried out says what it said before that.
func withEarlier(f Facts, p *v1alpha1.Plan) *v1alpha1.Plan {
	if before := f.Previous.Plan; before != nil && before.ID == p.ID {
		p.Steps = withDone(before.Steps, p.Steps)
		showLeft(f, p.Steps)
		if p.Notices == nil {
			p.Notices = before.Notices
		}
	}
	return p
}

// showLeft says at a step that was done that what it set is left now as somebody else sets it.
// The step stays done: to set the value once more needs another approval.
func showLeft(f Facts, steps []v1alpha1.Step) {
	for i := range steps {
		if s := &steps[i]; s.State == v1alpha1.StepDone && slices.ContainsFunc(f.Left, func(left plan.Step) bool { return sets(*s, step(left)) }) {
			s.Message = "somebody else has changed it back again and again since, so it is left; see the condition Contested"
		}
	}
}

// sets reports whether a step sets something that the other step sets. A step on a zone, or
// on the topology, lists what it sets.
func sets(s, other v1alpha1.Step) bool {
	list := func(to string) []string {
		return strings.FieldsFunc(to, func(r rune) bool { return r == ';' || s.Kind == string(plan.KindPublishFlags) && r == ',' })
	}
	return s.Kind == other.Kind && s.Target == other.Target && slices.ContainsFunc(list(s.To), func(one string) bool {
		return slices.ContainsFunc(list(other.To), func(o string) bool { return strings.TrimSpace(o) == strings.TrimSpace(one) })
	})
}

// withDone shows the rest of a plan together with the steps of the plan that are done. A
// failure stays in sight until the step is taken again.
func withDone(earlier, rest []v1alpha1.Step) []v1alpha1.Step {
	all := merge(earlier, rest)
	out := make([]v1alpha1.Step, len(all))
	for n, a := range all {
		out[n] = a.of(earlier, rest)
		var after []int32
		for m, before := range all {
			if a.first >= 0 && before.first >= 0 && slices.Contains(earlier[a.first].After, int32(before.first+1)) ||
				a.then >= 0 && before.then >= 0 && slices.Contains(rest[a.then].After, int32(before.then+1)) {
				after = append(after, int32(m+1))
			}
		}
		out[n].After = after
	}
	return out
}

// places are those of one step in an earlier plan and in its rest; -1 for none.
type places struct{ first, then int }

// of is the step as it is shown now.
func (p places) of(earlier, rest []v1alpha1.Step) v1alpha1.Step {
	if p.first < 0 {
		return rest[p.then]
	}
	e := earlier[p.first]
	switch {
	case p.then < 0:
		e.State, e.Message = v1alpha1.StepDone, ""
	case e.State == v1alpha1.StepFailed && rest[p.then].State == v1alpha1.StepPending && rest[p.then].Message == "":
		e.From = rest[p.then].From
	default: // it only looks, or an earlier manager's run did not end it
		return rest[p.then]
	}
	return e
}

// merge lists the steps of both. Each keeps its order, which goes by stages first. Between
// two steps of which each list has one, their kinds decide.
func merge(earlier, rest []v1alpha1.Step) []places {
	first, then := make([]int, len(rest)), slices.Repeat([]int{-1}, len(earlier))
	for j, s := range rest {
		first[j] = place(earlier, s)
		if i := first[j]; i >= 0 && then[i] < 0 {
			then[i] = j
		}
	}
	var all []places
	j := 0
	for i, e := range earlier {
		for ; j < len(rest) && first[j] < i; j++ {
			if first[j] >= 0 { // it was shown with the earlier one
				continue
			}
			if then[i] < 0 && orderOf(e) <= orderOf(rest[j]) {
				break
			}
			all = append(all, places{-1, j})
		}
		all = append(all, places{i, then[i]})
	}
	for ; j < len(rest); j++ {
		if first[j] < 0 {
			all = append(all, places{-1, j})
		}
	}
	return all
}

// orderOf is the place of the step's kind in a plan.
func orderOf(s v1alpha1.Step) int { return slices.Index(plan.Kinds(), plan.Kind(s.Kind)) }

// runPlan shows a run's plan with the state of every step.
func runPlan(f Facts) *v1alpha1.Plan {
	r := *f.Run
	steps := make([]plan.Step, len(r.Entries))
	for i, e := range r.Entries {
		steps[i] = e.Step
	}
	out := &v1alpha1.Plan{ID: r.PlanID, Wish: r.Wish, Steps: graph(steps, f.Limits)}
	if f.Plan.ID == r.PlanID { // the run has just begun
		out.Notices = notices(f.Plan)
	}
	for i, e := range r.Entries {
		s := &out.Steps[i]
		s.State, s.Message = v1alpha1.StepState(e.State), shorten(e.Message)
		s.Started, s.Ended = seconds(e.Started), seconds(e.Ended)
	}
	return withEarlier(f, out)
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
