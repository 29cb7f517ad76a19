package guard_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

func TestEvaluate(t *testing.T) {
	p := plan.Plan{ID: "sha256-1", Steps: []plan.Step{{Kind: plan.SetSiteRoute}}}
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

func TestHolder(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	site := "the SIP route of site Redmond"
	mine := guard.Claims{Route: "ns/b", Created: day(2), Switches: []string{site, "the A record of fed.contoso.com"}}
	cases := map[string]struct {
		reason string
		other  guard.Claims
		want   string
	}{
		"older with the same switch": {"age decides", guard.Claims{Route: "ns/z", Created: day(1), Switches: []string{site}}, "ns/z"},
		"younger":                    {"the younger gives way, not we", guard.Claims{Route: "ns/a", Created: day(3), Switches: []string{site}}, ""},
		"same age, smaller name":     {"names settle what age cannot", guard.Claims{Route: "ns/a", Created: day(2), Switches: []string{site}}, "ns/a"},
		"same age, larger name":      {"and only one of the two gives way", guard.Claims{Route: "ns/c", Created: day(2), Switches: []string{site}}, ""},
		"older with other switches":  {"routes that share nothing do not meet", guard.Claims{Route: "ns/z", Created: day(1), Switches: []string{"the XMPP route of site Redmond"}}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got, _ := guard.Holder(mine, []guard.Claims{c.other}); got != c.want {
				t.Errorf("%s: held by %q, want %q", c.reason, got, c.want)
			}
		})
	}
}

func TestHolderIsTheOldest(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	site, record := "the SIP route of site Redmond", "the A record of fed.contoso.com"
	mine := guard.Claims{Route: "ns/mine", Created: day(9), Switches: []string{site, record}}
	others := []guard.Claims{
		{Route: "ns/b", Created: day(2), Switches: []string{"the XMPP route of site Redmond", record}},
		{Route: "ns/a", Created: day(1), Switches: []string{"the XMPP route of site Redmond"}},
		{Route: "ns/c", Created: day(3), Switches: []string{site}},
	}
	for range len(others) {
		others = append(others[1:], others[0])
		if route, claim := guard.Holder(mine, others); route != "ns/b" || claim != record {
			t.Errorf("among %v: held by %q for %q, want ns/b for the record: status must not change with the order of a list", others, route, claim)
		}
	}
}

func TestClaimsOf(t *testing.T) {
	d := plan.Desired{
		Protocols: []plan.DesiredProtocol{{Protocol: lync.XMPP, Sites: []string{"Redmond"}}},
		FrontEnds: []plan.FrontEnd{{FQDN: "fe1.contoso.com"}},
		Records:   []plan.Record{{}},
	}
	d.Records[0].Name, d.Records[0].Type = "fed.contoso.com", "A"
	want := []string{"the XMPP route of site Redmond", "the Edge association of Front End pool fe1.contoso.com", "the A record of fed.contoso.com"}
	if diff := cmp.Diff(want, guard.ClaimsOf(d)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
