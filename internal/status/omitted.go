package status

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/plan"
)

// digestBytes is the length of what stands for a step that is left out. A plan has some
// thousand steps at most, so two of them are never taken for each other.
const digestBytes = 8

// digest stands for a step that is left out.
func digest(s v1alpha1.Step) []byte {
	w := words(s)
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q", w.Kind, w.Target, w.From, w.To))
	return sum[:digestBytes]
}

// omits reports whether the step is one of those of a plan that status has no room for and
// that were not done.
func omits(p *v1alpha1.Plan, s v1alpha1.Step) bool {
	own := digest(s)
	for one := range slices.Chunk(p.Omitted, digestBytes) {
		if bytes.Equal(one, own) {
			return true
		}
	}
	return false
}

// keepSteps keeps as many steps of a plan as status has room for, and says how many of how
// many. Steps that are under way, failed or change a zone are kept first, because the rest
// of the plan is told by more than their words (place); then what is not done. A digest is
// kept of what is left out and not done, so that the rest of the plan is still told to be
// its rest.
func keepSteps(p *v1alpha1.Plan) string {
	kept, room := make([]bool, len(p.Steps)), listBytes
	full := false
	for _, turn := range []func(v1alpha1.Step) bool{toldByMore, notDone, func(v1alpha1.Step) bool { return true }} {
		for i := range p.Steps {
			if full || kept[i] || !turn(p.Steps[i]) {
				continue
			}
			text, err := json.Marshal(p.Steps[i])
			if room -= len(text); err != nil || room < 0 {
				full = true
				continue
			}
			kept[i] = true
		}
	}
	if !full {
		return ""
	}
	all := len(p.Steps)
	p.Steps, p.Omitted = withoutOmitted(p.Steps, kept)
	return fmt.Sprintf("%d of %d steps", len(p.Steps), all)
}

// toldByMore reports whether place tells the step by more than its words.
func toldByMore(s v1alpha1.Step) bool {
	return s.State == v1alpha1.StepRunning || s.State == v1alpha1.StepFailed || s.Kind == string(plan.KindUpdateDNS)
}

func notDone(s v1alpha1.Step) bool {
	return s.State != v1alpha1.StepDone && s.State != v1alpha1.StepSkipped
}

// withoutOmitted gives the steps that are kept, with the numbers that they then have, and the
// digests of the others that are not done.
func withoutOmitted(all []v1alpha1.Step, kept []bool) (shown []v1alpha1.Step, omitted []byte) {
	number := make([]int32, len(all))
	for i, s := range all {
		if !kept[i] {
			if notDone(s) {
				omitted = append(omitted, digest(s)...)
			}
			continue
		}
		var after []int32
		for _, n := range s.After {
			if number[n-1] > 0 {
				after = append(after, number[n-1])
			}
		}
		s.After = after
		shown = append(shown, s)
		number[i] = int32(len(shown))
	}
	return shown, omitted
}
