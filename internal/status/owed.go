package status

import (
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// owes lists the parts that obstacles keep from the wanted state, each with the time since
// which status names it.
func owes(f Facts) []v1alpha1.Owed {
	var out []v1alpha1.Owed
	for _, o := range slices.Concat(f.Plan.Obstacles, f.Plan.Waits) {
		part := o.Part()
		if slices.ContainsFunc(out, func(have v1alpha1.Owed) bool { return have.Part == part }) {
			continue
		}
		out = append(out, v1alpha1.Owed{Part: part, Since: owedSince(f, part), Message: shorten(obstructed([]plan.Obstacle{o}).message)})
	}
	return out
}

func owedSince(f Facts, part string) metav1.Time {
	if i := slices.IndexFunc(f.Previous.Owed, func(o v1alpha1.Owed) bool { return o.Part == part }); i >= 0 {
		return f.Previous.Owed[i].Since
	}
	return metav1.NewTime(f.Now).Rfc3339Copy()
}

// cannotBeDone names the parts that are owed, for a person who decides about the plan: it
// does not bring them about now. "" for none.
func cannotBeDone(f Facts) string {
	const named = 3
	owed := owes(f)
	if len(owed) == 0 {
		return ""
	}
	var parts []string
	for _, o := range owed[:min(named, len(owed))] {
		parts = append(parts, o.Part)
	}
	more := ""
	if n := len(owed) - named; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return "; what cannot be done now, see status.owed: " + strings.Join(parts, ", ") + more
}

// since says which part waits for an obstacle to go, and since when.
func since(f Facts, o plan.Obstacle) string {
	part := o.Part()
	return fmt.Sprintf("; %s waits since %s", part, owedSince(f, part).UTC().Format(time.RFC3339))
}

// obstacleOf gives the first obstacle of an aspect's condition. Machines have no condition
// of their own: PortsOpen names those that cannot be read.
func (f Facts) obstacleOf(aspect plan.Aspect) (plan.Obstacle, bool) {
	i := slices.IndexFunc(f.Plan.Obstacles, func(o plan.Obstacle) bool {
		return o.Aspect == aspect || aspect == plan.AspectPorts && o.Aspect == plan.AspectServices
	})
	if i < 0 {
		return plan.Obstacle{}, false
	}
	return f.Plan.Obstacles[i], true
}

// failure is the failed step of an aspect in the latest run; nil for none, or while the run
// is under way.
func (f Facts) failure(aspect plan.Aspect) *apply.Entry {
	if f.Run == nil || f.Run.Active || f.Run.Err == nil {
		return nil
	}
	i := slices.IndexFunc(f.Run.Entries, func(e apply.Entry) bool { return e.State == apply.Failed && f.belongs(e.Step.Act, aspect) })
	if i < 0 {
		return nil
	}
	return &f.Run.Entries[i]
}

// belongs reports whether an act brings an aspect into the wanted state.
func (f Facts) belongs(act plan.Act, aspect plan.Aspect) bool {
	switch a := act.(type) {
	case plan.PublishFlags:
		return slices.ContainsFunc(a.Flags, func(flag lync.Flag) bool {
			return aspect == aspectOf(flag.Protocol) || aspect == plan.AspectStandby && f.Desired.Prepares(flag.Pool)
		})
	case plan.RestoreSimpleURLs:
		return aspect == plan.AspectSIP || aspect == plan.AspectXMPP
	case plan.SetSiteRoute:
		return aspect == aspectOf(a.Protocol)
	case plan.UpdateDNS:
		return aspect == plan.AspectDNS
	case plan.SetNextHop: // no aspect waits for it
	case plan.AssociateFrontEnd, plan.FailBackFrontEnd:
		return aspect == plan.AspectFrontEnds
	case plan.StartEdgeServices:
		return aspect == f.aspectOfMachine(a.Server)
	case plan.AwaitReplication:
		return aspect == f.aspectOfMachine(a.Server)
	case plan.SetupEdgeServer:
		return aspect == f.aspectOfMachine(a.Server)
	case plan.RestartEdgeServices, plan.CheckPorts:
		return aspect == plan.AspectPorts
	}
	return false
}

// aspectOfMachine is the aspect of what is done on an Edge machine.
func (f Facts) aspectOfMachine(s lync.EdgeServer) plan.Aspect {
	for _, pool := range f.Desired.Prepare {
		if slices.ContainsFunc(pool.Servers, func(m lync.EdgeServer) bool { return lync.SameHost(m.FQDN, s.FQDN) }) {
			return plan.AspectStandby
		}
	}
	return plan.AspectPorts
}

func aspectOf(p lync.Protocol) plan.Aspect {
	if p == lync.XMPP {
		return plan.AspectXMPP
	}
	return plan.AspectSIP
}
