package guard_test

import (
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/plan"
)

func TestEvaluate(t *testing.T) {
	p := plan.Plan{ID: "sha256-1", Steps: []plan.Step{{Act: plan.SetSiteRoute{}}}}
	blocked := p
	blocked.Obstacles = []plan.Obstacle{{Part: plan.PartDNS, Err: fault.New(fault.Unreachable, "look up", "x", "no answer")}}
	cases := map[string]struct {
		reason string
		in     guard.Input
		want   guard.Reason
		says   string
	}{
		"enforce":            {"nothing stands in the way", guard.Input{Plan: p}, guard.Allowed, ""},
		"suspended":          {"a person's stop comes first", guard.Input{Plan: p, Suspended: true, Observe: true, Holder: "a/b"}, guard.Suspended, "set it to false"},
		"held by another":    {"two routes never fight", guard.Input{Plan: p, Holder: "ns/old", Claim: "the SIP route of site Redmond", NeedsApproval: true}, guard.Conflict, "ns/old"},
		"observe":            {"observing changes nothing", guard.Input{Plan: p, Observe: true}, guard.Observing, "mode Observe"},
		"unknown part":       {"a plan over an unknown part waits, even approved", guard.Input{Plan: blocked, NeedsApproval: true, Approved: "sha256-1"}, guard.Obstructed, ""},
		"not approved":       {"approval is asked by id", guard.Input{Plan: p, NeedsApproval: true}, guard.AwaitingApproval, "sha256-1"},
		"another approved":   {"an approval covers one content only", guard.Input{Plan: p, NeedsApproval: true, Approved: "sha256-2"}, guard.AwaitingApproval, "sha256-1"},
		"approved":           {"the very plan was approved", guard.Input{Plan: p, NeedsApproval: true, Approved: "sha256-1"}, guard.Allowed, ""},
		"approved, enforced": {"Enforce asks nobody", guard.Input{Plan: p, Approved: "sha256-2"}, guard.Allowed, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			v := guard.Evaluate(c.in)
			if v.Reason != c.want || !strings.Contains(v.Message, c.says) {
				t.Errorf("%s: got %q %q, want %q saying %q", c.reason, v.Reason, v.Message, c.want, c.says)
			}
			if v.Allows() != (c.want == guard.Allowed) {
				t.Errorf("%s: Allows is %v", c.reason, v.Allows())
			}
		})
	}
}
