package status_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// silent adds an obstacle of a part: something that does not answer.
func silent(f *status.Facts, aspect plan.Aspect, part plan.Resource) {
	f.Plan.Obstacles = append(f.Plan.Obstacles, plan.Obstacle{Aspect: aspect, Holds: []plan.Resource{part},
		Err: fault.New(fault.Unreachable, "ask", "it", "no answer").With("it waits", "look there")})
}

// TestWhatIsOwedKeepsItsTime: status names each part once, since when it waits, why, and the way
// out. The time stays while the part waits, also where the reason changes.
func TestWhatIsOwedKeepsItsTime(t *testing.T) {
	f := inSync()
	zone, machine := plan.Resource{Sort: plan.SortZone, Name: "fabrikam.com"}, plan.Resource{Sort: plan.SortMachine, Name: "edge1b.contoso.com"}
	silent(&f, plan.AspectDNS, zone)
	silent(&f, plan.AspectDNS, zone)
	first := status.Route(f)
	const says = "ask it: no answer; it waits; look there"
	before := metav1.NewTime(now)
	if diff := cmp.Diff([]v1alpha1.Owed{{Part: "zone fabrikam.com", Since: before, Message: says}}, first.Owed); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	f.Previous, f.Now = first, now.Add(time.Hour)
	silent(&f, plan.AspectServices, machine)
	later := status.Route(f)
	want := []v1alpha1.Owed{{Part: "zone fabrikam.com", Since: before, Message: says}, {Part: "Edge server edge1b.contoso.com", Since: metav1.NewTime(f.Now), Message: says}}
	if diff := cmp.Diff(want, later.Owed); diff != "" {
		t.Errorf("an hour later (-want +got):\n%s", diff)
	}
	for kind, want := range map[string]string{
		v1alpha1.ConditionDNSPublished: says + "; zone fabrikam.com waits since 2026-03-14T22:00:00Z",
		v1alpha1.ConditionPortsOpen:    says + "; Edge server edge1b.contoso.com waits since 2026-03-14T23:00:00Z",
	} {
		if c := condition(later.Conditions, kind); c.Status != metav1.ConditionUnknown || c.Message != want {
			t.Errorf("%s is %s and says %q, want %q", kind, c.Status, c.Message, want)
		}
	}
	f.Previous, f.Plan = later, plan.Plan{}
	if owed := status.Route(f).Owed; len(owed) > 0 {
		t.Errorf("nothing is in the way any more, and status owes %+v", owed)
	}
}
