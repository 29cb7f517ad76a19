package controllers

import (
	"runtime"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/version"
)

// upToHours are histogram buckets in seconds, from one second to three hours. They suit
// runs and steps, which may wait for replication.
var upToHours = []float64{1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 10800}

var (
	callDuration = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "fedroute_remote_command_duration_seconds",
		Help:    "Time that a script of the catalogue took on a server.",
		Buckets: prometheus.ExponentialBuckets(0.05, 3, 10),
	}, []string{"script", "result"})
	runDuration = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "fedroute_run_duration_seconds",
		Help:    "Time from the beginning of a run to its end. result is Done or the kind of fault that ended it.",
		Buckets: upToHours,
	}, []string{"result"})
	stepDuration = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "fedroute_step_duration_seconds",
		Help:    "Time that a step of a run took. result is Done, Skipped or the kind of fault that it failed by.",
		Buckets: upToHours,
	}, []string{"kind", "result"})
	buildInfo = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "fedroute_build_info",
		Help: "Always 1: which version of fedroute runs, and the Go that built it.",
	}, []string{"version", "goversion"})

	ofTopology, ofRoute = []string{"namespace", "topology"}, []string{"namespace", "route"}

	observedAt = prometheus.NewDesc("fedroute_observation_timestamp_seconds",
		"When the organization was last observed; when this manager began to work, or first saw the object, until the first time.", ofTopology, nil)
	topologyReady = prometheus.NewDesc("fedroute_topology_ready",
		"1 when the LyncTopology is Ready.", ofTopology, nil)
	routeReady = prometheus.NewDesc("fedroute_route_ready",
		"1 when the route's condition Ready is True; in mode Observe it was looked at.", ofRoute, nil)
	routeInfo = prometheus.NewDesc("fedroute_route_info",
		"Always 1: why the route is ready or not, its mode, whether it is suspended, and the pools that are wanted and in use.",
		append(slices.Clone(ofRoute), "topology", "reason", "mode", "suspended", "edge_pool", "sip_edge_pool", "xmpp_edge_pool"), nil)
	driftFields = prometheus.NewDesc("fedroute_route_drift_fields",
		"How many fields differ from what the route wants.", ofRoute, nil)
)

// organization is what the metrics show of a LyncTopology.
type organization struct {
	seen  time.Time
	ready bool
}

// routed is what the metrics show of a FederationRoute.
type routed struct {
	ready bool
	drift int
	info  []string // the further labels of routeInfo
}

var (
	organizationSeries = newSeries(func(key types.NamespacedName, o organization) []prometheus.Metric {
		return []prometheus.Metric{gauge(observedAt, float64(o.seen.Unix()), key), gauge(topologyReady, truth(o.ready), key)}
	}, observedAt, topologyReady)
	routeSeries = newSeries(func(key types.NamespacedName, r routed) []prometheus.Metric {
		return []prometheus.Metric{gauge(routeReady, truth(r.ready), key), gauge(driftFields, float64(r.drift), key), gauge(routeInfo, 1, key, r.info...)}
	}, routeReady, driftFields, routeInfo)
)

func init() {
	metrics.Registry.MustRegister(callDuration, runDuration, stepDuration, buildInfo, organizationSeries, routeSeries)
	buildInfo.WithLabelValues(version.String(), runtime.Version()).Set(1)
}

// observeCall counts one remote call. No label holds an argument of the call.
func observeCall(c shell.Call) {
	callDuration.WithLabelValues(c.Script, resultOf(c.Kind, "ok")).Observe(c.Duration.Seconds())
}

// resultOf gives the label for a result: the kind of the fault, or none where kind is "".
func resultOf(kind fault.Kind, none string) string {
	if kind == "" {
		return none
	}
	return string(kind)
}

// meter measures runs.
type meter struct{}

func (meter) StepEnded(e apply.Entry) {
	stepDuration.WithLabelValues(string(e.Step.Kind()), resultOf(e.Fault, string(e.State))).Observe(e.Ended.Sub(e.Started).Seconds())
}

func (meter) RunEnded(took time.Duration, err error) {
	runDuration.WithLabelValues(resultOf(fault.KindOf(err), string(apply.Done))).Observe(took.Seconds())
}

// observeTopology updates an organization's series after an observation and the status
// that came of it.
func observeTopology(key types.NamespacedName, look sights.Sight, s v1alpha1.LyncTopologyStatus) {
	organizationSeries.note(key, func(o *organization) {
		o.ready = isReady(s.Conditions)
		if look.Err == nil && look.Snapshot.Topology.Known() {
			o.seen = look.Snapshot.At
		}
	})
}

// beginTopology begins the series of an organization that this manager has not observed
// yet.
func beginTopology(lt *v1alpha1.LyncTopology, now time.Time) {
	organizationSeries.begin(client.ObjectKeyFromObject(lt), organization{seen: now, ready: isReady(lt.Status.Conditions)})
}

// beginRoute begins a route's series with what its status says. The first reconcile
// replaces them.
func beginRoute(route *v1alpha1.FederationRoute) {
	routeSeries.begin(client.ObjectKeyFromObject(route), routedAs(route, route.Status))
}

func observeRoute(route *v1alpha1.FederationRoute, s v1alpha1.FederationRouteStatus) {
	routeSeries.note(client.ObjectKeyFromObject(route), func(r *routed) { *r = routedAs(route, s) })
}

func routedAs(route *v1alpha1.FederationRoute, s v1alpha1.FederationRouteStatus) routed {
	reason := ""
	if ready := meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionReady); ready != nil {
		reason = ready.Reason
	}
	return routed{ready: isReady(s.Conditions), drift: len(s.Drift), info: []string{route.Spec.TopologyRef.Name, reason, string(route.Spec.Mode),
		word(route.Spec.Suspend), string(route.Spec.EdgePool), s.SIPEdgePool, s.XMPPEdgePool}}
}

func isReady(conditions []metav1.Condition) bool {
	return meta.IsStatusConditionTrue(conditions, v1alpha1.ConditionReady)
}
