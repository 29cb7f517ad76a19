package status_test

import (
	"strings"
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// TestJoined: while machines are added to DNS one by one, Ready says where partners are led.
func TestJoined(t *testing.T) {
	const all = "the others are added as they answer"
	cases := map[string]struct {
		reason string
		states []apply.State
		want   string
	}{
		"none yet": {"partners are led to nobody new", []apply.State{apply.Running, apply.Pending, apply.Pending}, ""},
		"one":      {"it is published alone", []apply.State{apply.Pending, apply.Done, apply.Pending}, "; partners are led to b; " + all},
		"two":      {"a step that found its work done counts", []apply.State{apply.Skipped, apply.Done, apply.Failed}, "; partners are led to a, b; " + all},
		"all":      {"nothing is left to say", []apply.State{apply.Done, apply.Done, apply.Done}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			f.Run = &status.RunFacts{PlanID: "sha256-1", Active: true, Entries: []apply.Entry{ // of another zone, and of no zone
				{State: apply.Done, Step: plan.Step{Act: plan.UpdateDNS{}}}, {State: apply.Pending, Step: plan.Step{Act: plan.UpdateDNS{}}}, {State: apply.Pending, Step: plan.Step{Act: plan.CheckPorts{}}}}}
			for i, s := range c.states {
				f.Run.Entries = append(f.Run.Entries, apply.Entry{State: s, Step: plan.Step{Act: plan.UpdateDNS{Joins: lync.EdgeServer{FQDN: string(rune('a' + i))}}}})
			}
			got := condition(status.Route(f).Conditions, v1alpha1.ConditionReady).Message
			if !strings.HasSuffix(got, c.want) || c.want == "" && strings.Contains(got, all) {
				t.Errorf("%s: Ready says %q, want %q at its end", c.reason, got, c.want)
			}
		})
	}
}

// TestPartlyPublished: a run ended, and partners are led to some machines of the wanted ones.
func TestPartlyPublished(t *testing.T) {
	key := dns.Key{Name: "sip.contoso.com", Type: dns.A}
	shows := func(addresses ...string) lync.Part[dns.Lookup] {
		return lync.Part[dns.Lookup]{Value: dns.Lookup{Set: dns.RRSet{Key: key, Data: addresses}}}
	}
	unread := shows("192.0.2.11")
	unread.Err = fault.New(fault.Unreachable, "look up", "it", "no answer")
	cases := map[string]struct {
		reason string
		part   lync.Part[dns.Lookup]
		want   string
	}{
		"one of two":              {"partners have one machine already", shows("192.0.2.11"), "; sip.contoso.com: partners are led to 192.0.2.11; the others are added as they answer"},
		"an address of others":    {"partners are led to nobody of ours", shows("192.0.2.9"), ""},
		"one of two, and another": {"an address of others is to go", shows("192.0.2.9", "192.0.2.11"), ""},
		"both, and another":       {"nothing is to be added", shows("192.0.2.1", "192.0.2.11", "192.0.2.9"), ""},
		"both":                    {"nothing is to be added", shows("192.0.2.1", "192.0.2.11"), ""},
		"none":                    {"partners are led to nobody yet", shows(), ""},
		"unread":                  {"nobody knows where partners are led", unread, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			drifted(&f)
			services := dns.RRSet{Key: far.Key, Data: []string{"0 0 5061 a.contoso.com", "0 0 5061 b.contoso.com"}}
			f.Desired.Records = []plan.Record{{Zone: "contoso.com", RRSet: services}, {Zone: "contoso.com", RRSet: dns.RRSet{Key: key, Data: []string{"192.0.2.1", "192.0.2.11"}}}}
			one := dns.RRSet{Key: far.Key, Data: services.Data[:1]}
			f.Observed.Records = map[dns.Key]lync.Part[dns.Lookup]{key: c.part, far.Key: {Value: dns.Lookup{Set: one}}} // of services nobody says so
			got := condition(status.Route(f).Conditions, v1alpha1.ConditionDNSPublished).Message
			if !strings.HasSuffix(got, c.want) || c.want == "" && strings.Contains(got, "partners are led to") {
				t.Errorf("%s: DNSPublished says %q, want %q at its end", c.reason, got, c.want)
			}
		})
	}
}
