package controllers

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
)

// arriving runs when this manager becomes the leader. It logs the plans that the manager
// before it left unfinished. It also begins the metric series of all objects, so that an
// alarm on an old observation still works after a restart.
type arriving struct {
	client client.Reader
	clock  apply.Clock
}

var _ manager.LeaderElectionRunnable = arriving{}

// NeedLeaderElection is true: a standby takes over nothing.
func (arriving) NeedLeaderElection() bool { return true }

// Start logs, begins the series and returns. The caches have synced before it is called.
func (a arriving) Start(ctx context.Context) error {
	var topologies v1alpha1.LyncTopologyList
	var found v1alpha1.FederationRouteList
	if err := a.client.List(ctx, &topologies); err != nil {
		return err
	}
	if err := a.client.List(ctx, &found); err != nil {
		return err
	}
	for i := range topologies.Items {
		beginTopology(&topologies.Items[i], a.clock.Now())
	}
	underWay := 0
	for i := range found.Items {
		beginRoute(&found.Items[i])
		if text := unfinished(found.Items[i].Status.Plan); text != "" {
			underWay++
			logOf(&found.Items[i]).Info("a plan was found under way; the organization is observed and the rest is planned anew",
				"plan", found.Items[i].Status.Plan.ID, "found", text)
		}
	}
	slog.Info("this manager works now", "organizations", len(topologies.Items), "routes", len(found.Items), "plansUnderWay", underWay)
	return nil
}

// unfinished says how far a plan had been carried out when its manager ended. It gives ""
// where there is no plan, where no step had begun, and where the run had ended.
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
