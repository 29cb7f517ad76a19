package status

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/plan"
)

// Abandoned is the event of a route that is given up because an object was deleted: the
// route or its LyncTopology, as what says. Its note says where federation stands.
func Abandoned(what string, s v1alpha1.FederationRouteStatus) Event {
	open, lead, kind := undone(s.Plan), "nobody goes on with the plan", corev1.EventTypeWarning
	if len(open) == 0 {
		lead, kind = "the plan was carried out to its end", corev1.EventTypeNormal
	}
	parts := append([]string{what + " was deleted while a plan was carried out, and " + lead}, stands(s)...)
	if len(open) > 0 {
		parts = append(parts, "not done: "+strings.Join(open, ", "))
	}
	return Event{kind, "FederationLeft", "Delete", clip(strings.Join(parts, "; "))}
}

// stands says which Edge pools host federation.
func stands(s v1alpha1.FederationRouteStatus) []string {
	var parts []string
	if s.SIPEdgePool != "" {
		parts = append(parts, "SIP federation is led over "+s.SIPEdgePool)
	}
	if s.XMPPEdgePool != "" {
		parts = append(parts, "XMPP federation is led over "+s.XMPPEdgePool)
	}
	return parts
}

// undone names the steps of a plan that change something and are not done.
func undone(p *v1alpha1.Plan) []string {
	if p == nil {
		return nil
	}
	var open []string
	for _, step := range p.Steps {
		if !plan.Kind(step.Kind).Looks() && step.State != v1alpha1.StepDone && step.State != v1alpha1.StepSkipped {
			open = append(open, step.Kind+" "+step.Target)
		}
	}
	return open
}
