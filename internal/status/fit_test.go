package status_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// TestAStatusIsNeverTooLarge: the API server refuses what is larger than 1.5 MB.
func TestAStatusIsNeverTooLarge(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		many   int
		want   string
	}{
		"an organization as there are": {"nothing is left out", 200, ""},
		"a hostile server":             {"what is left out is counted", 20_000, " of 20000 sites, "},
	} {
		t.Run(name, func(t *testing.T) {
			var f status.TopologyFacts
			f.Snapshot.Topology.Value = many(c.many)
			s := status.Topology(f)
			text, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			if len(text) > 1_000_000 {
				t.Errorf("%s: the status has %d bytes", c.reason, len(text))
			}
			said := meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionReady).Message
			if cut := strings.Contains(said, "shows"); cut != (c.want != "") || !strings.Contains(said, c.want) {
				t.Errorf("%s: %s", c.reason, said)
			}
			if c.want == "" && (len(s.Sites) != c.many || len(s.EdgePools) != c.many || len(s.FrontEndPools) != c.many) {
				t.Errorf("%s: %d sites, %d Edge pools, %d Front End pools", c.reason, len(s.Sites), len(s.EdgePools), len(s.FrontEndPools))
			}
		})
	}
}

// TestARoutesStatusIsNeverTooLarge: every site of the organization has a step, and whoever
// answers for the server says how many sites there are.
func TestARoutesStatusIsNeverTooLarge(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		many   int
		want   string
	}{
		"a route as there are": {"nothing is left out", 200, ""},
		"a hostile server":     {"what is left out is counted", 3_000, " of 3000 steps"},
	} {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			f.Plan = plan.Plan{ID: "sha256-1"}
			for i := range c.many {
				site := fmt.Sprint("site", i)
				f.Plan.Steps = append(f.Plan.Steps, plan.Step{Act: plan.SetSiteRoute{}, Target: "SIP route of site " + site, From: strings.Repeat("edge", 100), To: "edge1.contoso.com"})
				f.Previous.Reversals = append(f.Previous.Reversals, v1alpha1.Reversal{Field: site, Times: []metav1.MicroTime{metav1.NewMicroTime(now)}})
			}
			f.Verdict = guard.Verdict{Reason: guard.AwaitingApproval}
			s := status.Route(f)
			text, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			if len(text) > 1_000_000 {
				t.Errorf("%s: the status has %d bytes", c.reason, len(text))
			}
			said := meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionReady).Message
			if cut := strings.Contains(said, "too small"); cut != (c.want != "") || !strings.Contains(said, c.want) {
				t.Errorf("%s: %s", c.reason, said)
			}
			if c.want == "" && len(s.Plan.Steps) != c.many {
				t.Errorf("%s: %d steps", c.reason, len(s.Plan.Steps))
			}
		})
	}
}

func many(n int) lync.Topology {
	var t lync.Topology
	for i := range n {
		t.Sites = append(t.Sites, lync.Site{Name: fmt.Sprint("site", i), SIPRoute: "edge.contoso.com", XMPPRoute: "edge.contoso.com"})
		pool := fmt.Sprintf("pool%d.contoso.com", i)
		t.EdgePools = append(t.EdgePools, lync.EdgePool{FQDN: pool, Servers: []lync.EdgeServer{{FQDN: "a." + pool}, {FQDN: "b." + pool}}})
		t.FrontEndPools = append(t.FrontEndPools, lync.FrontEndPool{FQDN: pool, Site: "site"})
	}
	return t
}

// TestNamesFromOutsideAreVisible: a name that a server gives is shown on screens.
func TestNamesFromOutsideAreVisible(t *testing.T) {
	const evil = "x\x1b[2J\u202e\x00\nx"
	var f status.TopologyFacts
	f.Answered = evil
	f.Snapshot.Topology.Value = lync.Topology{
		Product:       lync.Product{Name: evil, Version: evil},
		Sites:         []lync.Site{{Name: evil, SIPRoute: evil, XMPPRoute: evil}},
		EdgePools:     []lync.EdgePool{{FQDN: evil, Site: evil, ExternalFQDN: evil, NextHop: evil, Servers: []lync.EdgeServer{{FQDN: evil}}}},
		FrontEndPools: []lync.FrontEndPool{{FQDN: evil, Site: evil, BackupPool: evil}},
		DefaultDomain: evil,
	}
	s := status.Topology(f)
	texts := []string{s.DefaultDomain, s.Product.Name, s.Product.Version, s.Sites[0].Name, s.Sites[0].SIPRoute, s.Sites[0].XMPPRoute,
		s.EdgePools[0].FQDN, s.EdgePools[0].Site, s.EdgePools[0].ExternalFQDN, s.EdgePools[0].NextHop, s.EdgePools[0].Servers[0].FQDN,
		s.FrontEndPools[0].FQDN, s.FrontEndPools[0].Site, s.FrontEndPools[0].BackupPool}
	for _, c := range s.Conditions {
		texts = append(texts, c.Message)
	}
	for _, e := range status.TopologyEvents(f.Previous, s) {
		texts = append(texts, e.Note)
	}
	done := v1alpha1.FederationRouteStatus{History: []v1alpha1.HistoryEntry{{Kind: "UpdateDNS", Target: evil, Result: v1alpha1.StepDone}}}
	for _, e := range status.RouteEvents(v1alpha1.FederationRouteStatus{}, done) {
		texts = append(texts, e.Note)
	}
	for _, text := range texts {
		if text == "" || text != fault.Visible(text) {
			t.Errorf("%q", text)
		}
	}
}

// TestARequestIsBounded: an annotation may have 256 kB.
func TestARequestIsBounded(t *testing.T) {
	for reason, c := range map[string]struct{ value, want string }{
		"a time stays as it is": {"2026-03-14T22:00:00.123456789+01:00", "2026-03-14T22:00:00.123456789+01:00"},
		"one line":              {"a\nb\x1b[2J", `a b\x1b[2J`},
		"none":                  {"", ""},
	} {
		if got := status.Request(c.value); got != c.want {
			t.Errorf("%s: %q, want %q", reason, got, c.want)
		}
	}
	long := strings.Repeat("a", 200_000)
	if got := status.Request(long); len(got) > 128 || got == status.Request(long+"b") || status.Request(got) == "" {
		t.Errorf("%d bytes, or two requests are one: %s", len(got), got)
	}
}
