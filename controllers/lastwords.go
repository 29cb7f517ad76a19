package controllers

import (
	"context"
	"log/slog"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/status"
)

// lastWordsWithin bounds the writes of lastWords.
const lastWordsWithin = 5 * time.Second

// lastWords writes what the runs have done into the status of their routes, once they have
// ended because the manager stops. Nobody reconciles any more then, and the next manager
// knows of no run: a step that ended last would be missing in history.
func (r *FederationRouteReconciler) lastWords(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lastWordsWithin)
	defer cancel()
	for route := range r.runs.Stopped() {
		if err := contain.Run("write down the run of", route.String(), func() error { return r.tell(ctx, types.NamespacedName(route)) }); err != nil {
			slog.Warn("what a run did last is not in history", "namespace", route.Namespace, "route", route.Name, "error", err.Error())
		}
	}
}

func (r *FederationRouteReconciler) tell(ctx context.Context, key types.NamespacedName) error {
	var route v1alpha1.FederationRoute
	if err := r.options.Client.Get(ctx, key, &route); err != nil {
		return err
	}
	catchUp(r.written, &route, &route.Status)
	s := scope{FederationRouteReconciler: r, route: &route}
	if s.run = s.latest(); s.run == nil || !s.run.IsOfObject(string(route.UID)) {
		return nil
	}
	s.facts = status.Facts{Now: r.options.Clock.Now(), Created: route.CreationTimestamp.Time, Limits: r.options.Limits, Generation: route.Status.ObservedGeneration,
		Spec: route.Spec, Previous: route.Status, RequestedAt: route.Status.LastHandledReconcileAt}
	s.tellRun()
	s.facts.Run.Active = true // no observation is newer than its end
	return s.report(ctx)
}
