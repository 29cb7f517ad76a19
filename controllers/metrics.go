package controllers

import (
	"context"
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
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/probe"
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
	updateDuration = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "fedroute_dns_update_duration_seconds",
		Help:    "Time from sending the changes of a DNS zone to the server's answer. result is ok or the kind of fault.",
		Buckets: prometheus.ExponentialBuckets(0.05, 3, 10),
	}, []string{"provider", "result"})
	buildInfo = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "fedroute_build_info",
		Help: "Always 1: which version of fedroute runs, and the Go that built it.",
	}, []string{"version", "goversion"})

	ofTopology, ofRoute = []string{"namespace", "topology"}, []string{"namespace", "route"}

	observedAt = prometheus.NewDesc("fedroute_observation_timestamp_seconds",
		"When the organization was last observed; when this manager began to work, or first saw the object, until the first time.", ofTopology, nil)
	topologyReady = prometheus.NewDesc("fedroute_topology_ready",
		"1 when the LyncTopology is Ready.", ofTopology, nil)
	topologyInfo = prometheus.NewDesc("fedroute_topology_info",
		"Always 1: why the LyncTopology is ready or not.", append(slices.Clone(ofTopology), "reason"), nil)
	routeReady = prometheus.NewDesc("fedroute_route_ready",
		"1 when the route's condition Ready is True; in mode Observe it was looked at.", ofRoute, nil)
	routeInfo = prometheus.NewDesc("fedroute_route_info",
		"Always 1: why the route is ready or not, its mode, whether it is suspended, and the pools that are wanted and in use.",
		append(slices.Clone(ofRoute), "topology", "reason", "mode", "suspended", "edge_pool", "sip_edge_pool", "xmpp_edge_pool"), nil)
	driftFields = prometheus.NewDesc("fedroute_route_drift_fields",
		"How many fields differ from what the route wants.", ofRoute, nil)
	contestedFields = prometheus.NewDesc("fedroute_route_contested_fields",
		"How many fields of the route are left as somebody else sets them.", ofRoute, nil)
	failedSteps = prometheus.NewDesc("fedroute_route_failed_steps",
		"How many steps of the route's plan failed when they were last tried.", ofRoute, nil)
	warnings = prometheus.NewDesc("fedroute_route_warning",
		"1 while the route warns of something on which Ready does not depend.", append(slices.Clone(ofRoute), "warning"), nil)

	ofPort       = append(slices.Clone(ofRoute), "protocol", "edge_pool", "edge_server", "address")
	portAnswers  = prometheus.NewDesc("fedroute_federation_port_answers", "1 when a federation port of the Edge pool that hosts the protocol now answered the manager's last probe.", ofPort, nil)
	certificates = prometheus.NewDesc("fedroute_edge_certificate_expiration_timestamp_seconds",
		"When the certificate ends that a federation port showed last, trusted or not.", ofPort, nil)
)

// organization is what the metrics show of a LyncTopology.
type organization struct {
	seen   time.Time
	ready  bool
	reason string
}

// routed is what the metrics show of a FederationRoute.
type routed struct {
	ready bool
	drift int
	left  int // fields that are left as somebody else sets them
	fails int
	info  []string // the further labels of routeInfo
	warns []string // the warnings that are True
	ports map[publishedPort]probe.Reading
}

var (
	organizationSeries = newSeries(func(key types.NamespacedName, o organization) []prometheus.Metric {
		return []prometheus.Metric{gauge(observedAt, float64(o.seen.Unix()), key), gauge(topologyReady, truth(o.ready), key), gauge(topologyInfo, 1, key, o.reason)}
	}, observedAt, topologyReady, topologyInfo)
	routeSeries = newSeries(func(key types.NamespacedName, r routed) []prometheus.Metric {
		out := []prometheus.Metric{gauge(routeReady, truth(r.ready), key), gauge(driftFields, float64(r.drift), key), gauge(contestedFields, float64(r.left), key),
			gauge(failedSteps, float64(r.fails), key), gauge(routeInfo, 1, key, r.info...)}
		for _, warning := range routeWarnings {
			out = append(out, gauge(warnings, truth(slices.Contains(r.warns, warning)), key, warning))
		}
		for port, answer := range r.ports {
			out = append(out, gauge(portAnswers, truth(answer.Answers()), key, port.labels()...))
			if !answer.CertificateEnds.IsZero() {
				out = append(out, gauge(certificates, float64(answer.CertificateEnds.Unix()), key, port.labels()...))
			}
		}
		return out
	}, routeReady, driftFields, contestedFields, failedSteps, routeInfo, warnings, portAnswers, certificates)
)

func init() {
	metrics.Registry.MustRegister(callDuration, runDuration, stepDuration, updateDuration, buildInfo, organizationSeries, routeSeries)
	buildInfo.WithLabelValues(version.String(), runtime.Version()).Set(1)
}

// observeCall counts one remote call. No label holds an argument of the call.
func observeCall(c shell.Call) {
	callDuration.WithLabelValues(c.Script, resultOf(c.Kind, "ok")).Observe(c.Duration.Seconds())
}

// measured measures the updates of a zone's writer. It does not count questions whether an
// update would be accepted.
type measured struct {
	dns.Writer
	provider v1alpha1.DNSProvider
	clock    apply.Clock
}

// Write sends the changes and counts the answer.
func (m measured) Write(ctx context.Context, changes []dns.Change, may func() error) error {
	began := m.clock.Now()
	err := m.Writer.Write(ctx, changes, may)
	updateDuration.WithLabelValues(string(m.provider), resultOf(fault.KindOf(err), "ok")).Observe(m.clock.Now().Sub(began).Seconds())
	return err
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
		o.ready, o.reason = readiness(s.Conditions)
		if look.Err == nil && look.Snapshot.Topology.Known() {
			o.seen = look.Snapshot.At
		}
	})
}

// beginTopology begins the series of an organization that this manager has not observed
// yet.
func beginTopology(lt *v1alpha1.LyncTopology, now time.Time) {
	ready, reason := readiness(lt.Status.Conditions)
	organizationSeries.begin(client.ObjectKeyFromObject(lt), organization{seen: now, ready: ready, reason: reason})
}

// beginRoute begins a route's series with what its status says. The first reconcile
// replaces them.
func beginRoute(route *v1alpha1.FederationRoute) {
	routeSeries.begin(client.ObjectKeyFromObject(route), routedAs(route, route.Status))
}

func observeRoute(route *v1alpha1.FederationRoute, s v1alpha1.FederationRouteStatus) {
	routeSeries.note(client.ObjectKeyFromObject(route), func(r *routed) {
		ports := r.ports
		*r = routedAs(route, s)
		r.ports = ports
	})
}

// observePorts replaces the ports of a route's series. A port that showed no certificate
// this time keeps the end of the one that it showed before: a machine that is down has not
// lost it. A route that is gone meanwhile gets no series.
func observePorts(route types.NamespacedName, answers measure) {
	routeSeries.amend(route, func(r *routed) {
		for port, now := range answers {
			if now.CertificateEnds.IsZero() {
				now.CertificateEnds = r.ports[port].CertificateEnds
				answers[port] = now
			}
		}
		r.ports = answers
	})
}

func routedAs(route *v1alpha1.FederationRoute, s v1alpha1.FederationRouteStatus) routed {
	ready, reason := readiness(s.Conditions)
	fails := 0
	if s.Plan != nil {
		for _, step := range s.Plan.Steps {
			if step.State == v1alpha1.StepFailed {
				fails++
			}
		}
	}
	left := 0
	for _, r := range s.Reversals {
		if r.LeftSince != nil && !r.Restored {
			left++
		}
	}
	return routed{ready: ready, drift: len(s.Drift), left: left, fails: fails, warns: warningsOf(s.Conditions), info: []string{route.Spec.TopologyRef.Name, reason, string(route.Spec.Mode),
		word(route.Spec.Suspend), string(route.Spec.EdgePool), s.SIPEdgePool, s.XMPPEdgePool}}
}

// routeWarnings are the conditions of a route that warn of something on which Ready does not
// depend. StandbyNotPrepared stands for a condition that is good when it is True.
var routeWarnings = []string{v1alpha1.ConditionDegraded, v1alpha1.ConditionOtherPoolFederates, v1alpha1.ConditionSharedOrganization, v1alpha1.ConditionStandbyMayBeRefused, standbyNotPrepared}

const standbyNotPrepared = "StandbyNotPrepared"

// warningsOf lists the warnings that are to be given.
func warningsOf(conditions []metav1.Condition) []string {
	var out []string
	for _, c := range conditions {
		switch {
		case c.Type == v1alpha1.ConditionStandbyPrepared && c.Status != metav1.ConditionTrue:
			out = append(out, standbyNotPrepared)
		case c.Status == metav1.ConditionTrue && slices.Contains(routeWarnings, c.Type):
			out = append(out, c.Type)
		}
	}
	return out
}

// readiness gives whether an object is Ready, and the reason; "" where nothing was said yet.
func readiness(conditions []metav1.Condition) (ready bool, reason string) {
	c := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady)
	if c == nil {
		return false, ""
	}
	return c.Status == metav1.ConditionTrue, c.Reason
}
