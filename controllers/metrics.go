package controllers

import (
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/version"
)

var (
	callDuration = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "fedroute_remote_command_duration_seconds",
		Help:    "Time that a script of the catalogue took on a server.",
		Buckets: prometheus.ExponentialBuckets(0.05, 3, 10),
	}, []string{"script", "result"})
	observedAt = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "fedroute_observation_timestamp_seconds",
		Help: "When the organization was last observed.",
	}, []string{"namespace", "topology"})
	routeReady = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "fedroute_route_ready",
		Help: "1 when the route's condition Ready is True; in mode Observe it was looked at.",
	}, []string{"namespace", "route"})
	buildInfo = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "fedroute_build_info",
		Help: "Always 1: which version of fedroute runs, and the Go that built it.",
	}, []string{"version", "goversion"})
	driftFields = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "fedroute_route_drift_fields",
		Help: "How many fields differ from what the route wants.",
	}, []string{"namespace", "route"})
)

func init() {
	metrics.Registry.MustRegister(callDuration, observedAt, routeReady, driftFields, buildInfo)
	buildInfo.WithLabelValues(version.String(), runtime.Version()).Set(1)
}

// observeCall counts one remote call; it carries no argument of the call.
func observeCall(c shell.Call) {
	result := "ok"
	if c.Kind != "" {
		result = string(c.Kind)
	}
	callDuration.WithLabelValues(c.Script, result).Observe(c.Duration.Seconds())
}

func observeSnapshot(key types.NamespacedName, s sights.Sight) {
	if s.Err == nil && s.Snapshot.Topology.Known() {
		observedAt.WithLabelValues(key.Namespace, key.Name).Set(float64(s.Snapshot.At.Unix()))
	}
}

// forgetTopology ends the series of an organization that nobody observes any more,
// so that no alarm counts its age.
func forgetTopology(key types.NamespacedName) {
	observedAt.DeleteLabelValues(key.Namespace, key.Name)
}

func observeRoute(route *v1alpha1.FederationRoute, s v1alpha1.FederationRouteStatus) {
	ready := 0.0
	if meta.IsStatusConditionTrue(s.Conditions, v1alpha1.ConditionReady) {
		ready = 1
	}
	routeReady.WithLabelValues(route.Namespace, route.Name).Set(ready)
	driftFields.WithLabelValues(route.Namespace, route.Name).Set(float64(len(s.Drift)))
}

func forgetRoute(key types.NamespacedName) {
	routeReady.DeleteLabelValues(key.Namespace, key.Name)
	driftFields.DeleteLabelValues(key.Namespace, key.Name)
}
