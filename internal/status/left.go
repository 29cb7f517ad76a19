package status

import (
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// remembered is how long an Edge pool that federation left is remembered.
const remembered = 7 * 24 * time.Hour

// Returning lists the Edge pools whose flags are cleared once more where they have returned.
func Returning(s v1alpha1.FederationRouteStatus, now time.Time) []plan.LeftPool {
	var out []plan.LeftPool
	for _, left := range s.Left {
		if left.Returned == nil && now.Sub(left.Since.Time) < remembered {
			out = append(out, plan.LeftPool{EdgePool: left.EdgePool, Document: left.Document})
		}
	}
	return out
}

// left gives the Edge pools that status remembers. before and after are those that the move
// leaves, as status had them and as it will have them.
func left(f Facts, before, after []string) []v1alpha1.LeftPool {
	var out []v1alpha1.LeftPool
	for _, l := range f.Previous.Left {
		if l.Returned == nil && f.clearedReturned(l.EdgePool) {
			l.Returned = seconds(f.Now)
		}
		out = append(out, l)
	}
	for _, name := range before {
		if f.observed() && !lync.ContainsHost(after, name) && f.cleared(name) {
			out = slices.DeleteFunc(out, func(l v1alpha1.LeftPool) bool { return lync.SameHost(l.EdgePool, name) })
			out = append(out, v1alpha1.LeftPool{EdgePool: name, Since: metav1.NewTime(f.Now).Rfc3339Copy(), Document: f.Observed.Published})
		}
	}
	wanted := slices.Concat(Federating(f.Spec)[lync.SIP], Federating(f.Spec)[lync.XMPP], after)
	out = slices.DeleteFunc(out, func(l v1alpha1.LeftPool) bool {
		return f.Now.Sub(l.Since.Time) >= remembered || lync.ContainsHost(wanted, l.EdgePool)
	})
	if len(out) == 0 {
		return nil
	}
	return out
}

// cleared reports whether the pool is seen without the flags of all protocols of the route.
func (f Facts) cleared(name string) bool {
	pool, found := f.Observed.Topology.EdgePool(name)
	return found && !slices.ContainsFunc(f.Desired.Protocols, func(p plan.DesiredProtocol) bool { return pool.Enabled(p.Protocol) })
}

// clearedReturned reports whether a run has cleared flags that had returned to the pool, or
// found that more than these flags was published.
func (f Facts) clearedReturned(pool string) bool {
	runs := f.Earlier
	if f.Run != nil {
		runs = append(slices.Clone(runs), *f.Run)
	}
	return slices.ContainsFunc(runs, func(r RunFacts) bool {
		return slices.ContainsFunc(r.Entries, func(e apply.Entry) bool {
			act, ok := e.Step.Act.(plan.PublishFlags)
			ended := e.State == apply.Done || e.State == apply.Failed && e.Fault == fault.Refused
			return ok && act.Expects != "" && ended && slices.ContainsFunc(act.Flags, func(flag lync.Flag) bool { return lync.SameHost(flag.Pool, pool) })
		})
	})
}

func leavesOf(m *v1alpha1.Move) []string {
	if m == nil {
		return nil
	}
	return m.Leaves
}
