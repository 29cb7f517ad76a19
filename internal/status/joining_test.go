package status_test

import (
	"strings"
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/dns"
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
			f.Run = &status.RunFacts{PlanID: "sha256-1", Active: true}
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

// TestPartlyPublished: a run ended, and partners are led to one machine of two.
func TestPartlyPublished(t *testing.T) {
	f := inSync()
	drifted(&f)
	key := dns.Key{Name: "sip.contoso.com", Type: dns.A}
	f.Desired.Records = []plan.Record{{Zone: "contoso.com", RRSet: dns.RRSet{Key: key, Data: []string{"192.0.2.1", "192.0.2.11"}}}}
	f.Observed.Records = map[dns.Key]lync.Part[dns.Lookup]{key: {Value: dns.Lookup{Set: dns.RRSet{Key: key, Data: []string{"192.0.2.11"}}}}}
	const want = "; sip.contoso.com: partners are led to 192.0.2.11; the others are added as they answer"
	if got := condition(status.Route(f).Conditions, v1alpha1.ConditionDNSPublished).Message; !strings.HasSuffix(got, want) {
		t.Errorf("one of two addresses is published; DNSPublished says %q, want %q at its end", got, want)
	}
	f.Observed.Records[key].Value.Set.Data[0] = "192.0.2.9" // the part shares the set's data
	if got := condition(status.Route(f).Conditions, v1alpha1.ConditionDNSPublished).Message; strings.Contains(got, "as they answer") {
		t.Errorf("an address of others is published; DNSPublished says %q", got)
	}
}
