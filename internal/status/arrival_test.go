package status_test

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/status"
)

// TestWhatIsMissingMayBeOnItsWay: the same errors are told to a person at once, or only
// when the object is a minute old.
func TestWhatIsMissingMayBeOnItsWay(t *testing.T) {
	missing := func(reason string) error {
		return &status.Missing{Reason: reason, Message: "none; waits; create it"}
	}
	cases := map[string]struct {
		reason string
		err    error
		age    time.Duration
		want   string
	}{
		"topology on its way": {"a pipeline creates the route first; the LyncTopology follows", missing(v1alpha1.ReasonTopologyMissing), status.Arrival - 1, v1alpha1.ConditionReconciling},
		"Secret on its way":   {"another controller creates the Secret", missing(v1alpha1.ReasonSecretMissing), 0, v1alpha1.ConditionReconciling},
		"topology never came": {"after a minute a person is told", missing(v1alpha1.ReasonTopologyMissing), status.Arrival, v1alpha1.ConditionStalled},
		"Secret never came":   {"after a minute a person is told", missing(v1alpha1.ReasonSecretMissing), status.Arrival, v1alpha1.ConditionStalled},
		"wrong from the start": {"what is there and wrong does not come right by waiting",
			fault.New(fault.Invalid, "find", "edge9", "it is not there"), 0, v1alpha1.ConditionStalled},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			route := status.Route(status.Facts{Now: now, Created: now.Add(-c.age), Generation: 1, Err: c.err})
			organization := status.Topology(status.TopologyFacts{Now: now, Created: now.Add(-c.age), Generation: 1, Err: c.err})
			if !meta.IsStatusConditionTrue(route.Conditions, c.want) || !meta.IsStatusConditionTrue(organization.Conditions, c.want) {
				t.Errorf("%s: the route has %+v and the LyncTopology %+v, want %s", c.reason, route.Conditions, organization.Conditions, c.want)
			}
		})
	}
}
