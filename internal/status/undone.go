package status

import (
	"fmt"
	"slices"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/plan"
)

// answered reports whether a port of the target answered after the routes had moved: a run
// asks the ports only then.
func answered(r RunFacts) bool {
	return slices.ContainsFunc(r.Entries, func(e apply.Entry) bool {
		return e.Step.Kind() == plan.KindCheckPorts && e.State == apply.Done
	})
}

// NoneAnswered says of a run that has ended which address did not answer in time, where
// none did; "" otherwise.
func NoneAnswered(entries []apply.Entry) string {
	silent := ""
	for _, e := range entries {
		switch {
		case e.Step.Kind() != plan.KindCheckPorts:
		case e.State == apply.Done:
			return ""
		case e.State == apply.Failed && silent == "":
			silent = e.Message
		}
	}
	return silent
}

// moveUndone concludes about a route whose move was undone.
func moveUndone(f Facts) finding {
	return finding{v1alpha1.ReasonMoveUndone, fmt.Sprintf("no address of the new Edge pool answered (%s); federation was led back to %s, which hosts it; mend the new pool, then run kubectl fedroute reconcile or change the spec",
		f.Undone.Message, f.Spec.EdgePool), stuck}
}
