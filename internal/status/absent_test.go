package status_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// TestDegraded: the condition names the machines that are left out.
func TestDegraded(t *testing.T) {
	since := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		reason    string
		absence   plan.Absence
		returning bool
		want      string
	}{
		"silent once":     {"nobody is left out yet", plan.Absence{Since: since}, false, ""},
		"left out":        {"what the machine answered is the cause", plan.Absence{Since: since, Left: since.Add(time.Minute)}, false, "edge1b.contoso.com is left out of setup, ports and DNS since 2026-03-14T12:01:00Z: no answer in time; the other machines of edge1.contoso.com do without, as spec.minAvailable allows; repair it, or set outOfService for it in the LyncTopology to leave it out for good"},
		"answers again":   {"a person sees when it comes back", plan.Absence{Since: since, Left: since.Add(time.Minute), Answers: since.Add(time.Hour)}, false, "since 2026-03-14T12:01:00Z; it answers since 2026-03-14T13:00:00Z, and is taken in again at 2026-03-14T13:10:00Z if it still does, set up first; the other"},
		"is set up first": {"its ten minutes are over", plan.Absence{Since: since, Left: since.Add(time.Minute), Answers: since.Add(time.Hour)}, true, "edge1b.contoso.com was left out of setup, ports and DNS, answers since 2026-03-14T13:00:00Z and is taken in again, set up first; the other"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			f.Desired.Pool.FQDN = "edge1.contoso.com"
			f.Absent = map[lync.Host]plan.Absence{"edge1b.contoso.com": c.absence}
			f.Observed.Returning = map[lync.Host]bool{"edge1b.contoso.com": c.returning}
			f.Observed.EdgeServers = map[lync.Host]lync.Part[lync.EdgeServerState]{"edge1b.contoso.com": {Err: fault.New(fault.Unreachable, "read Edge server", "edge1b.contoso.com", "no answer in time")}}
			s := status.Route(f)
			got := condition(s.Conditions, v1alpha1.ConditionDegraded)
			if c.want == "" {
				if meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionDegraded) != nil {
					t.Errorf("%s: Degraded says %+v", c.reason, got)
				}
				return
			}
			if got.Status != metav1.ConditionTrue || got.Reason != v1alpha1.ReasonMachineLeftOut || !strings.Contains(got.Message, c.want) {
				t.Errorf("%s: Degraded says %+v, want %q", c.reason, got, c.want)
			}
			f.Previous, f.Absent = s, map[lync.Host]plan.Absence{}
			if left := meta.FindStatusCondition(status.Route(f).Conditions, v1alpha1.ConditionDegraded); left != nil {
				t.Errorf("nobody is left out any more, and Degraded says %+v", left)
			}
		})
	}
}

// TestAbsencesAreKept: what status says of a machine is what was written there, also by a reconcile
// that could not look.
func TestAbsencesAreKept(t *testing.T) {
	since := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	want := map[lync.Host]plan.Absence{"b": {Since: since, Left: since.Add(time.Minute), Answers: since.Add(time.Hour)}, "c": {Since: since}}
	f := inSync()
	f.Absent = want
	f.Previous = status.Route(f)
	f.Absent, f.Err = nil, fault.New(fault.Unreachable, "read", "the topology", "no answer in time")
	s := status.Route(f)
	if diff := cmp.Diff(want, status.Absences(s)); diff != "" {
		t.Errorf("absences (-written +read):\n%s", diff)
	}
}

// TestAbsentEvents: a person hears of a machine when it goes and when it comes back.
func TestAbsentEvents(t *testing.T) {
	since := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	silent, left := map[lync.Host]plan.Absence{"b": {Since: since}}, map[lync.Host]plan.Absence{"b": {Since: since, Left: since}}
	cases := map[string]struct {
		reason      string
		before, now map[lync.Host]plan.Absence
		want        string
	}{
		"silent":         {"nothing follows from it yet", nil, silent, ""},
		"left out":       {"DNS changes", silent, left, "MachineLeftOut"},
		"still left out": {"it was told", left, left, ""},
		"taken in":       {"it serves again", left, map[lync.Host]plan.Absence{}, "MachineTakenIn"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			f.Absent = c.before
			f.Previous = status.Route(f)
			f.Absent = c.now
			got := ""
			for _, e := range status.RouteEvents(f.Previous, status.Route(f)) {
				got += e.Reason
			}
			if got != c.want {
				t.Errorf("%s: events %q, want %q", c.reason, got, c.want)
			}
		})
	}
}

// TestWhatIsWantedAnewIsNoDrift: a machine was left out, so the records that were wanted before
// are not wanted any more. Nobody changed them.
func TestWhatIsWantedAnewIsNoDrift(t *testing.T) {
	for _, kept := range []bool{false, true} {
		f := inSync()
		f.Previous = status.Route(f)
		f.Plan = plan.Plan{ID: "sha256-1", Steps: steps, Differences: []plan.Difference{{Aspect: plan.AspectDNS, Field: "sip.contoso.com " + string(dns.A), Wanted: "192.0.2.1", Found: "192.0.2.1, 192.0.2.11", Settable: true, Kept: kept}}}
		s := status.Route(f)
		if drifts := len(s.Drift) > 0; drifts == kept || len(s.Reversals) > 0 == kept {
			t.Errorf("value of before kept: %v; drift %+v, reversals %+v", kept, s.Drift, s.Reversals)
		}
	}
}
