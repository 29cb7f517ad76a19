package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// TestAdopted: a set is the route's own once it was as the route wants it, and for as long
// as the route wants the name.
func TestAdopted(t *testing.T) {
	key, other := record.Key.String(), "old.contoso.com A"
	changed := record
	changed.Data = []string{"192.0.2.99"}
	shows := func(f *status.Facts, set dns.RRSet) {
		f.Observed.Records[record.Key] = lync.Part[dns.Lookup]{Value: dns.Lookup{Set: set}}
	}
	wrote := func(f *status.Facts, state apply.State) {
		f.Observed = plan.Observed{} // nobody looks while a run is under way
		step := plan.Step{Act: plan.UpdateDNS{Changes: []dns.Change{{From: changed, To: record}}}}
		f.Run = &status.RunFacts{Active: true, Entries: []apply.Entry{{Step: step, State: state}}}
	}
	cases := map[string]struct {
		reason string
		change func(*status.Facts)
		want   map[string]string
	}{
		"as wanted":       {"from now on a change by hand is drift", func(*status.Facts) {}, map[string]string{key: record.Hash()}},
		"never as wanted": {"it may be somebody else's", func(f *status.Facts) { shows(f, changed) }, nil},
		"changed since":   {"it stays the route's own", func(f *status.Facts) { f.Previous.Adopted = map[string]string{key: record.Hash()}; shows(f, changed) }, map[string]string{key: record.Hash()}},
		"cannot be read": {"what is unknown is not forgotten", func(f *status.Facts) {
			f.Previous.Adopted = map[string]string{key: record.Hash()}
			f.Observed.Records[record.Key] = lync.Part[dns.Lookup]{Err: fault.New(fault.Unreachable, "look up", "it", "no answer")}
		}, map[string]string{key: record.Hash()}},
		"not wanted now":   {"who wants the name next finds it as it is", func(f *status.Facts) { f.Previous.Adopted = map[string]string{other: "sha256-0123456789abcdef"} }, map[string]string{key: record.Hash()}},
		"written by a run": {"the spec may change before the set is seen", func(f *status.Facts) { wrote(f, apply.Done) }, map[string]string{key: record.Hash()}},
		"not written":      {"a failed step wrote nothing that is known", func(f *status.Facts) { wrote(f, apply.Failed) }, nil},
		"nothing was seen": {"status keeps what it knows", func(f *status.Facts) {
			f.Observed = plan.Observed{}
			f.Previous.Adopted = map[string]string{other: "sha256-0123456789abcdef"}
		}, map[string]string{other: "sha256-0123456789abcdef"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			c.change(&f)
			next := status.Route(f)
			if diff := cmp.Diff(c.want, next.Adopted); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			if got := status.Adopted(next)[record.Key]; got != c.want[key] {
				t.Errorf("%s: read back as %q", c.reason, got)
			}
		})
	}
}
