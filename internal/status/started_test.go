package status_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

func TestNotStarted(t *testing.T) {
	entry := func(ago time.Duration, kind plan.Kind, machine, reason string) v1alpha1.HistoryEntry {
		result := v1alpha1.StepFailed
		if reason == "" {
			result = v1alpha1.StepDone
		}
		return v1alpha1.HistoryEntry{Time: metav1.NewTime(now.Add(-ago)).Rfc3339Copy(), Kind: string(kind), Target: machine, Result: result, Reason: reason}
	}
	const a, b, failed = "Edge-A.contoso.com", "edge-b.contoso.com", v1alpha1.ReasonStepFailed
	cases := map[string]struct {
		reason  string
		history []v1alpha1.HistoryEntry
		since   time.Duration // how long ago Ready changed
		want    map[string]bool
	}{
		"nothing":           {"most routes", nil, time.Hour, map[string]bool{}},
		"failed":            {"by machine", []v1alpha1.HistoryEntry{entry(1, plan.KindStartEdgeServices, a, failed), entry(1, plan.KindStartEdgeServices, b, "")}, time.Hour, map[string]bool{"edge-a.contoso.com": true}},
		"within one second": {"history knows whole seconds only", []v1alpha1.HistoryEntry{entry(0, plan.KindStartEdgeServices, a, failed)}, -900 * time.Millisecond, map[string]bool{"edge-a.contoso.com": true}},
		"lost":              {"nobody said that it failed", []v1alpha1.HistoryEntry{entry(1, plan.KindStartEdgeServices, a, v1alpha1.ReasonOutcomeUnknown)}, time.Hour, map[string]bool{}},
		"set up since":      {"setup was what was left to try", []v1alpha1.HistoryEntry{entry(1, plan.KindSetupEdgeServer, a, failed), entry(2, plan.KindStartEdgeServices, a, failed)}, time.Hour, map[string]bool{}},
		"started since":     {"that is past", []v1alpha1.HistoryEntry{entry(1, plan.KindStartEdgeServices, a, ""), entry(2, plan.KindStartEdgeServices, a, failed)}, time.Hour, map[string]bool{}},
		"Ready since":       {"somebody mended it", []v1alpha1.HistoryEntry{entry(2*time.Hour, plan.KindStartEdgeServices, a, failed)}, time.Hour, map[string]bool{}},
		"other steps since": {"they tell nothing of services", []v1alpha1.HistoryEntry{entry(1, plan.KindUpdateDNS, a, ""), entry(2, plan.KindStartEdgeServices, a, failed)}, time.Hour, map[string]bool{"edge-a.contoso.com": true}},
		"a restart's start": {"the next plan tries a plain start first", []v1alpha1.HistoryEntry{entry(1, plan.KindRestartEdgeServices, a, failed)}, time.Hour, map[string]bool{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := v1alpha1.FederationRouteStatus{History: c.history, Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, LastTransitionTime: metav1.NewTime(now.Add(-c.since))}}}
			if diff := cmp.Diff(c.want, named(status.NotStarted(s))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestFailedStartIsRemembered: a run records in status that services did not start, and the next
// plan reads that record.
func TestFailedStartIsRemembered(t *testing.T) {
	f := inSync()
	f.Run = &status.RunFacts{PlanID: "sha256-1", Entries: []apply.Entry{{Step: plan.Step{Act: plan.StartEdgeServices{}, Target: "edge1.contoso.com"},
		State: apply.Failed, Message: "it broke", Fault: fault.Failed, Ended: now}}}
	f.Plan = plan.Plan{ID: "sha256-2", Steps: steps}
	s := status.Route(f)
	if diff := cmp.Diff(map[string]bool{"edge1.contoso.com": true}, named(status.NotStarted(s))); diff != "" {
		t.Errorf("-want +got:\n%s\n%+v", diff, s.History)
	}
}

// named gives the machines by name, as strings.
func named(machines map[lync.Host]bool) map[string]bool {
	out := map[string]bool{}
	for name := range machines {
		out[string(name)] = true
	}
	return out
}
