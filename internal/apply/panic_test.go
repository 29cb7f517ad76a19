package apply_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/plan"
)

// TestAPanicEndsItsOwnRunOnly lets each goroutine of a run panic. The run ends, its step says why,
// and no goroutine goes on waiting for it.
func TestAPanicEndsItsOwnRunOnly(t *testing.T) {
	const secret = "swordfish"
	cases := map[string]struct {
		reason string
		set    func(f *farm)
		steps  []plan.Step
		want   []string
	}{
		"a step": {"what follows is not begun", func(f *farm) {
			f.before["route SIP of Redmond"] = func() error { panic(secret) }
		}, []plan.Step{siteRoute, awaitReplication}, []string{"SetSiteRoute Failed", "AwaitReplication Pending"}},
		"a zone that is asked beforehand": {"nothing is begun", func(f *farm) {
			f.zone.check = func(dns.Change) error { panic(secret) }
		}, []plan.Step{siteRoute, updateDNS}, []string{"SetSiteRoute Pending", "UpdateDNS Failed"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			c.set(f)
			entries, err := f.carryOut(t, c.steps...)
			if !fault.Is(err, fault.Internal) || strings.Contains(fault.Sentence(err), secret) {
				t.Errorf("%s: the run ended with %v", c.reason, err)
			}
			if diff := cmp.Diff(c.want, states(entries)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
