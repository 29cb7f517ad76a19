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

func TestAPoolThatWasLeftIsRemembered(t *testing.T) {
	day := func(n int) metav1.Time {
		return metav1.NewTime(now.Add(-time.Duration(n) * 24 * time.Hour)).Rfc3339Copy()
	}
	edge2 := v1alpha1.LeftPool{EdgePool: "edge2.contoso.com", Since: day(1), Document: "sha256-after"}
	today := v1alpha1.LeftPool{EdgePool: "edge2.contoso.com", Since: day(0), Document: "sha256-now"}
	returned, at := edge2, day(0)
	returned.Returned = &at
	ended := func(f *status.Facts, state apply.State, kind fault.Kind) {
		f.Run = &status.RunFacts{PlanID: "sha256-1", Entries: []apply.Entry{{State: state, Fault: kind, Started: now, Ended: now, Step: plan.Step{
			Act: plan.PublishFlags{Expects: "sha256-after", Flags: []lync.Flag{{Pool: "edge2.contoso.com", Protocol: lync.SIP}}}}}}}
	}
	cases := map[string]struct {
		reason string
		before []v1alpha1.LeftPool
		change func(*status.Facts)
		want   []v1alpha1.LeftPool
		again  bool // whether its flags are cleared where they return
	}{
		"nothing was left": {"there is nothing to remember", nil, func(*status.Facts) {}, nil, false},
		"flags seen off":   {"from now on for seven days", nil, leaves, []v1alpha1.LeftPool{today}, true},
		"flags still on": {"they were not cleared", nil, func(f *status.Facts) {
			leaves(f)
			f.Observed.Topology.EdgePools[1].XMPPEnabled = true
		}, nil, false},
		"left once more":       {"the time counts anew", []v1alpha1.LeftPool{returned}, leaves, []v1alpha1.LeftPool{today}, true},
		"a day later":          {"it is remembered", []v1alpha1.LeftPool{edge2}, func(*status.Facts) {}, []v1alpha1.LeftPool{edge2}, true},
		"a week later":         {"it is forgotten", []v1alpha1.LeftPool{edge2}, func(f *status.Facts) { f.Now = now.Add(6*24*time.Hour + time.Second) }, nil, false},
		"cleared once more":    {"a second time they are only told", []v1alpha1.LeftPool{edge2}, func(f *status.Facts) { ended(f, apply.Done, "") }, []v1alpha1.LeftPool{returned}, false},
		"more was published":   {"somebody meant it", []v1alpha1.LeftPool{edge2}, func(f *status.Facts) { ended(f, apply.Failed, fault.Refused) }, []v1alpha1.LeftPool{returned}, false},
		"a server was down":    {"it is tried again", []v1alpha1.LeftPool{edge2}, func(f *status.Facts) { ended(f, apply.Failed, fault.Unreachable) }, []v1alpha1.LeftPool{edge2}, true},
		"federation came back": {"the pool is wanted", []v1alpha1.LeftPool{edge2}, func(f *status.Facts) { f.Spec.EdgePool = "edge2.contoso.com" }, nil, false},
		"kept prepared":        {"the flags are wanted", []v1alpha1.LeftPool{edge2}, func(f *status.Facts) { f.Spec.Prepare = []v1alpha1.Hostname{"edge2.contoso.com"} }, nil, false},
		"not observed":         {"what was known stays", []v1alpha1.LeftPool{edge2}, func(f *status.Facts) { f.Err = fault.New(fault.Unreachable, "read", "fe1", "no") }, []v1alpha1.LeftPool{edge2}, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			f.Previous.Left = c.before
			c.change(&f)
			got := status.Route(f)
			if diff := cmp.Diff(c.want, got.Left); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			if again := len(status.Returning(got, f.Now)) > 0; again != c.again {
				t.Errorf("%s: its flags are cleared again: %v", c.reason, again)
			}
		})
	}
}

// leaves lets the move be done with edge2.
func leaves(f *status.Facts) {
	f.Previous.Move = &v1alpha1.Move{EdgePool: "edge1.contoso.com", Leaves: []string{"edge2.contoso.com"}}
	f.Move = &plan.Move{EdgePool: "edge1.contoso.com"}
	f.Observed.Published = "sha256-now"
}
