package controllers

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// arriving tells, when this manager becomes the one that works, what the one before it
// has left.
type arriving struct{ client client.Reader }

var _ manager.LeaderElectionRunnable = arriving{}

// NeedLeaderElection: a standby takes over nothing.
func (arriving) NeedLeaderElection() bool { return true }

// Start tells and ends. The caches have synced.
func (a arriving) Start(ctx context.Context) error {
	var topologies v1alpha1.LyncTopologyList
	var routes v1alpha1.FederationRouteList
	if err := a.client.List(ctx, &topologies); err != nil {
		return err
	}
	if err := a.client.List(ctx, &routes); err != nil {
		return err
	}
	underWay := 0
	for i := range routes.Items {
		if found := unfinished(routes.Items[i].Status.Plan); found != "" {
			underWay++
			logOf(&routes.Items[i]).Info("a plan was found under way; the organization is observed and the rest is planned anew",
				"plan", routes.Items[i].Status.Plan.ID, "found", found)
		}
	}
	slog.Info("this manager works now", "organizations", len(topologies.Items), "routes", len(routes.Items), "plansUnderWay", underWay)
	return nil
}

// unfinished says how far a plan had come that was being carried out; "" for none and
// for a plan that nobody had begun.
func unfinished(p *v1alpha1.Plan) string {
	if p == nil {
		return ""
	}
	var running []string
	ended := 0
	for _, s := range p.Steps {
		switch s.State {
		case v1alpha1.StepRunning:
			running = append(running, s.Kind+" "+s.Target)
		case v1alpha1.StepDone, v1alpha1.StepSkipped:
			ended++
		case v1alpha1.StepFailed:
			return "" // that run has ended
		case v1alpha1.StepPending:
		}
	}
	if len(running) == 0 && (ended == 0 || ended == len(p.Steps)) {
		return ""
	}
	text := fmt.Sprintf("%d of %d steps had ended", ended, len(p.Steps))
	if len(running) > 0 {
		text += ", running: " + strings.Join(running, ", ")
	}
	return text
}
