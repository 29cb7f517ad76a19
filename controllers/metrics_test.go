package controllers

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/memory/sights"
)

// scraped gives the lines of /metrics that match.
func scraped(t *testing.T, pattern string) []string {
	t.Helper()
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(metrics.Registry, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if answer.Code != http.StatusOK {
		t.Fatalf("/metrics: %d %s", answer.Code, answer.Body)
	}
	return regexp.MustCompile("(?m)^"+pattern+".*$").FindAllString(answer.Body.String(), -1)
}

func expectSeries(t *testing.T, when, pattern string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, scraped(t, pattern)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// TestSeriesAreThereBeforeTheFirstLook: a manager that starts exports the series of every object
// before it observes anything. Otherwise a restart would end an alarm, or a standby that takes
// over would begin one.
func TestSeriesAreThereBeforeTheFirstLook(t *testing.T) {
	lt, route := lyncTopology(), federationRoute("unhappy", "edge2.contoso.com")
	lt.Name, route.Spec.TopologyRef.Name = "dark", "dark"
	route.Spec.Mode, route.Spec.Suspend = v1alpha1.ModeEnforce, true
	route.Status.SIPEdgePool = "edge1.contoso.com"
	route.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: "Suspended"},
		{Type: v1alpha1.ConditionDegraded, Status: metav1.ConditionTrue}, {Type: v1alpha1.ConditionStandbyPrepared, Status: metav1.ConditionUnknown}, {Type: v1alpha1.ConditionStandbyMayBeRefused, Status: metav1.ConditionUnknown}}
	route.Status.Plan = &v1alpha1.Plan{Steps: []v1alpha1.Step{{State: v1alpha1.StepDone}, {State: v1alpha1.StepFailed}}}
	since := metav1.NewTime(begin)
	route.Status.Reversals = []v1alpha1.Reversal{{Field: "left", LeftSince: &since}, {Field: "given up", LeftSince: &since, Restored: true}, {Field: "put back"}}
	lt.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: "Denied"}}
	org, of := client.ObjectKeyFromObject(lt), client.ObjectKeyFromObject(route)
	t.Cleanup(func() { organizationSeries.forget(org); routeSeries.forget(of) })
	clock := &manualClock{now: begin}
	must(t, arriving{fakeObjects(t, lt, route), clock}.Start(t.Context()))
	stamp := func(at time.Time) string {
		return `fedroute_observation_timestamp_seconds{namespace="lync",topology="dark"} ` + strconv.FormatFloat(float64(at.Unix()), 'g', -1, 64)
	}
	const observed, ready = `fedroute_observation.*topology="dark"`, `fedroute_topology_ready.*topology="dark"`
	expectSeries(t, "nobody has looked", observed, stamp(begin))
	expectSeries(t, "why it is not ready is as its status says", `fedroute_topology_info.*topology="dark"`, `fedroute_topology_info{namespace="lync",reason="Denied",topology="dark"} 1`)
	expectSeries(t, "nor was it ready before", ready, `fedroute_topology_ready{namespace="lync",topology="dark"} 0`)
	expectSeries(t, "the route as status says", `fedroute_route.*route="unhappy"`,
		`fedroute_route_contested_fields{namespace="lync",route="unhappy"} 1`,
		`fedroute_route_drift_fields{namespace="lync",route="unhappy"} 0`,
		`fedroute_route_failed_steps{namespace="lync",route="unhappy"} 1`,
		`fedroute_route_info{edge_pool="edge2.contoso.com",mode="Enforce",namespace="lync",reason="Suspended",route="unhappy",sip_edge_pool="edge1.contoso.com",suspended="true",topology="dark",xmpp_edge_pool=""} 1`,
		`fedroute_route_ready{namespace="lync",route="unhappy"} 0`,
		`fedroute_route_warning{namespace="lync",route="unhappy",warning="Degraded"} 1`,
		`fedroute_route_warning{namespace="lync",route="unhappy",warning="OtherPoolFederates"} 0`,
		`fedroute_route_warning{namespace="lync",route="unhappy",warning="SharedOrganization"} 0`,
		`fedroute_route_warning{namespace="lync",route="unhappy",warning="StandbyMayBeRefused"} 0`,
		`fedroute_route_warning{namespace="lync",route="unhappy",warning="StandbyNotPrepared"} 1`)

	later := begin.Add(time.Hour)
	good := v1alpha1.LyncTopologyStatus{Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue}}}
	observeTopology(org, twoPools(later), good)
	expectSeries(t, "a look", observed, stamp(later))
	expectSeries(t, "and what it gave", ready, `fedroute_topology_ready{namespace="lync",topology="dark"} 1`)
	bad := sights.Sight{Err: fault.New(fault.Denied, "sign in", "fe1", "no")}
	observeTopology(org, bad, v1alpha1.LyncTopologyStatus{})
	expectSeries(t, "a look that failed is none", observed, stamp(later))
	expectSeries(t, "and is told", ready, `fedroute_topology_ready{namespace="lync",topology="dark"} 0`)
	must(t, arriving{fakeObjects(t, lt), clock}.Start(t.Context()))
	expectSeries(t, "what was seen since the start counts", observed, stamp(later))

	route.Spec.Suspend = false
	observeRoute(route, v1alpha1.FederationRouteStatus{Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: "InSync"}}})
	if got := scraped(t, `fedroute_route_info.*route="unhappy"`); len(got) != 1 || !strings.Contains(got[0], `reason="InSync"`) {
		t.Errorf("one series for each route, with the reason of now: %v", got)
	}
	organizationSeries.forget(org)
	routeSeries.forget(types.NamespacedName{Namespace: route.Namespace, Name: route.Name})
	expectSeries(t, "what is gone has none", `fedroute_.*(dark|unhappy)`)
}

// TestAnOrganizationThatWasNeverSeenAgesFromItsFirstReconcile: an organization whose Secret is
// missing is never observed. Its age counts from the first reconcile, so that an alarm on old
// observations does go off for it, but not at once.
func TestAnOrganizationThatWasNeverSeenAgesFromItsFirstReconcile(t *testing.T) {
	lt := lyncTopology()
	lt.Name = "locked"
	s, key := newStage(t, lt), client.ObjectKeyFromObject(lt)
	t.Cleanup(func() { organizationSeries.forget(key) })
	for range 2 {
		if _, err := s.topologies.Reconcile(t.Context(), ctrl.Request{NamespacedName: key}); err != nil {
			t.Fatal(err)
		}
		s.clock.forward(time.Hour)
	}
	expectSeries(t, "two looks that failed", `fedroute_(observation|topology_ready).*topology="locked"`,
		`fedroute_observation_timestamp_seconds{namespace="lync",topology="locked"} `+strconv.FormatFloat(float64(begin.Unix()), 'g', -1, 64),
		`fedroute_topology_ready{namespace="lync",topology="locked"} 0`)
}

// TestRunsAreMeasured lets a run fail at its first step and reads the metrics of runs and steps.
func TestRunsAreMeasured(t *testing.T) {
	route := federationRoute("r", "edge2.contoso.com")
	s := newStage(t, lyncTopology(), managerSecret(), route)
	for range 3 {
		s.seen()
		s.reconcile(route)
		s.clock.forward(time.Minute)
	}
	<-s.latest(route).Done()
	for _, series := range []string{`fedroute_run_duration_seconds_count{result="Unreachable"}`, `fedroute_step_duration_seconds_count{kind="PublishFlags",result="Unreachable"}`} {
		if len(scraped(t, regexp.QuoteMeta(series))) != 1 {
			t.Errorf("after a run and a step that failed there is no %s: %v", series, scraped(t, "fedroute_(run|step)"))
		}
	}
	if len(scraped(t, `fedroute_run_duration_seconds_bucket.*le="10800"`)) == 0 {
		t.Error("a run of three hours has no bucket")
	}
}

// refusing is a zone that takes updates as its error says.
type refusing struct{ err error }

func (r refusing) Check(context.Context, []dns.Change) error { return r.err }
func (r refusing) Write(context.Context, []dns.Change, func() error) error {
	return r.err
}

func TestUpdatesAreMeasured(t *testing.T) {
	t.Cleanup(func() { updateDuration.DeletePartialMatch(prometheus.Labels{"provider": "Test"}) })
	for _, err := range []error{nil, nil, fault.New(fault.Denied, "update", "contoso.com", "the key is not known")} {
		w := measured{refusing{err}, "Test", &manualClock{now: begin}}
		if w.Check(t.Context(), nil) != err || w.Write(t.Context(), nil, dns.Always) != err {
			t.Error("what is measured answers otherwise")
		}
	}
	expectSeries(t, "updates count, questions do not", `fedroute_dns_update_duration_seconds_count.*Test`,
		`fedroute_dns_update_duration_seconds_count{provider="Test",result="Denied"} 1`, `fedroute_dns_update_duration_seconds_count{provider="Test",result="ok"} 2`)
}
