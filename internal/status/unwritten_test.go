package status_test

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

func TestUnwritten(t *testing.T) {
	const zone = "zone contoso.com"
	entry := func(kind plan.Kind, target string, ago time.Duration, result v1alpha1.StepState) v1alpha1.HistoryEntry {
		return v1alpha1.HistoryEntry{Time: metav1.NewTime(now.Add(-ago)), Kind: string(kind), Target: target, Result: result}
	}
	const failed, done = v1alpha1.StepFailed, v1alpha1.StepDone
	cases := map[string]struct {
		reason  string
		history []v1alpha1.HistoryEntry
		want    bool
	}{
		"nothing":             {"most routes", nil, false},
		"failed":              {"the zone does not take the update", []v1alpha1.HistoryEntry{entry(plan.KindUpdateDNS, zone, 0, failed)}, true},
		"written since":       {"the zone takes updates", []v1alpha1.HistoryEntry{entry(plan.KindUpdateDNS, zone, 0, done), entry(plan.KindUpdateDNS, zone, time.Minute, failed)}, false},
		"failed since":        {"it took the last one", []v1alpha1.HistoryEntry{entry(plan.KindUpdateDNS, zone, 0, failed), entry(plan.KindUpdateDNS, zone, time.Minute, done)}, true},
		"in an earlier move":  {"a person may have mended the zone", []v1alpha1.HistoryEntry{entry(plan.KindUpdateDNS, zone, 2*time.Hour, failed)}, false},
		"another zone":        {"each zone is itself", []v1alpha1.HistoryEntry{entry(plan.KindUpdateDNS, "zone wingtip.com", 0, failed)}, false},
		"another kind failed": {"it is no update", []v1alpha1.HistoryEntry{entry(plan.KindSetSiteRoute, zone, 0, failed)}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			since := metav1.NewTime(now.Add(-time.Hour))
			s := v1alpha1.FederationRouteStatus{History: c.history, Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, LastTransitionTime: since}}}
			if got := status.Unwritten(s)[zone]; got != c.want {
				t.Errorf("%s: unwritten: %v", c.reason, got)
			}
		})
	}
}
