package plan_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

var (
	first  = lync.EdgeServer{FQDN: "edge2a.contoso.com"}
	second = lync.EdgeServer{FQDN: "edge2b.contoso.com"}
	sip    = probe.Target{Address: addresses["edge1.contoso.com"], Protocol: lync.SIP}
	xmpp   = probe.Target{Address: addresses["edge1.contoso.com"], Protocol: lync.XMPP}
)

// TestEdges asks for each pair of steps whether the second waits for the first.
func TestEdges(t *testing.T) {
	cases := map[string]struct {
		reason        string
		before, after plan.Act
		waits         bool
	}{
		"setup, own replica":      {"setup reads the machine's own replica", plan.AwaitReplication{Server: first}, plan.SetupEdgeServer{Server: first}, true},
		"setup, other case":       {"a machine has one name, however it is written", plan.AwaitReplication{Server: lync.EdgeServer{FQDN: "EDGE2A.contoso.com"}}, plan.SetupEdgeServer{Server: first}, true},
		"setup, other replica":    {"another machine's replica may be stuck for hours", plan.AwaitReplication{Server: second}, plan.SetupEdgeServer{Server: first}, false},
		"setup, machine before":   {"its users are served again", plan.SetupEdgeServer{Server: second}, plan.SetupEdgeServer{Server: first, Follows: "EDGE2B.contoso.com"}, true},
		"restart, machine before": {"setup stops services, too", plan.SetupEdgeServer{Server: second}, plan.RestartEdgeServices{Server: first, Follows: second.FQDN}, true},
		"setup, other machine":    {"its turn is not before", plan.SetupEdgeServer{Server: second}, plan.SetupEdgeServer{Server: first, Follows: "edge2c.contoso.com"}, false},
		"restart, other setup":    {"another machine's setup says nothing of this one", plan.SetupEdgeServer{Server: second}, plan.RestartEdgeServices{Server: first}, false},
		"replica, publish":        {"every replica carries the one document", plan.PublishFlags{}, plan.AwaitReplication{Server: first}, true},
		"publish, start":          {"the document needs no Edge machine", plan.StartEdgeServices{Server: first}, plan.PublishFlags{}, false},
		"route, publish":          {"a site is led to a pool that carries the flag", plan.PublishFlags{}, plan.SetSiteRoute{Site: "Redmond"}, true},
		"route, other route":      {"sites are independent", plan.SetSiteRoute{Site: "Dublin"}, plan.SetSiteRoute{Site: "Redmond"}, false},
		"port, own machine":       {"the machine opens the port", plan.SetupEdgeServer{Server: first}, plan.CheckPorts{Port: sip, Servers: []lync.EdgeServer{first}}, true},
		"port, own replica":       {"DNS must not move before the routes did, also where nothing is set up", plan.AwaitReplication{Server: first}, plan.CheckPorts{Port: sip, Servers: []lync.EdgeServer{first}}, true},
		"port, other machine":     {"that machine has another address", plan.SetupEdgeServer{Server: second}, plan.CheckPorts{Port: sip, Servers: []lync.EdgeServer{first}}, false},
		"zone, its port":          {"partners are led there", plan.CheckPorts{Port: sip}, plan.UpdateDNS{Zone: "contoso.com", Ports: []probe.Target{sip}}, true},
		"zone, other port":        {"a zone without XMPP leads nobody to 5269", plan.CheckPorts{Port: xmpp}, plan.UpdateDNS{Zone: "contoso.com", Ports: []probe.Target{sip}}, false},
		"zone, other zone":        {"zones have servers of their own", plan.UpdateDNS{Zone: "fabrikam.com", Ports: []probe.Target{sip}}, plan.UpdateDNS{Zone: "contoso.com", Ports: []probe.Target{sip}}, false},
		"links, a zone":           {"a silent zone server is no reason to keep users on a dead pool", plan.UpdateDNS{Zone: "contoso.com"}, plan.AssociateFrontEnd{Pool: "fe1"}, false},
		"links, a port":           {"users need the pool that answers", plan.CheckPorts{Port: sip}, plan.AssociateFrontEnd{Pool: "fe1"}, true},
		"failback, own links":     {"users come home to right links", plan.AssociateFrontEnd{Pool: "fe1"}, plan.FailBackFrontEnd{Pool: "fe1"}, true},
		"failback, other links":   {"pools are independent", plan.AssociateFrontEnd{Pool: "fe2"}, plan.FailBackFrontEnd{Pool: "fe1"}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var want []int
			if c.waits {
				want = []int{0}
			}
			if diff := cmp.Diff(want, plan.Edges([]plan.Step{{Act: c.before}, {Act: c.after}})[1]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestEdgesOfATurnMayLeadToLaterSteps: a plan lists every setup before the first restart, and a
// machine that has its turn later waits for the restart of the one before.
func TestEdgesOfATurnMayLeadToLaterSteps(t *testing.T) {
	steps := []plan.Step{
		{Act: plan.SetupEdgeServer{Server: second, Follows: first.FQDN}}, {Act: plan.SetupEdgeServer{Server: first}},
		{Act: plan.RestartEdgeServices{Server: second, Follows: first.FQDN}}, {Act: plan.RestartEdgeServices{Server: first}},
	}
	edges := plan.Edges(steps)
	if diff := cmp.Diff([][]int{{1, 3}, nil, {0, 1, 3}, {1}}, edges); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{1, 3, 0, 2}, plan.Order(edges)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// TestEdgesComeFromTheTable computes the failover of the settled world. Each of its edges must lead
// to an earlier step and belong to a row of the table. Then nothing waits in a circle.
func TestEdgesComeFromTheTable(t *testing.T) {
	w := settled()
	w.intent.EdgePool = "edge2.contoso.com"
	p, err := w.compute()
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for i, edges := range plan.Edges(p.Steps) {
		for _, j := range edges {
			count++
			after := p.Steps[i].Kind().Rules().After
			if j >= i || !slices.ContainsFunc(after, func(d plan.Dependency) bool { return d.Kind == p.Steps[j].Kind() }) {
				t.Errorf("%s waits for %s, which no row of the table says", p.Steps[i], p.Steps[j])
			}
		}
	}
	if count < 10 {
		t.Errorf("the failover has %d edges; it cannot be in order", count)
	}
}

// TestIdleAndFree: a plan is idle while all that it would change pauses, and free when something of
// it may begin.
func TestIdleAndFree(t *testing.T) {
	moving, leaving := plan.Step{Act: plan.UpdateDNS{Zone: "contoso.com"}}, plan.Step{Stage: plan.Leaving, Act: plan.PublishFlags{}}
	look := plan.Step{Act: plan.CheckPorts{Port: sip}}
	pauses := []plan.Pause{{Stage: plan.Leaving, Err: errors.New("partners are still led there")}}
	zone := []plan.Obstacle{{Holds: []plan.Resource{{Sort: plan.SortZone, Name: "contoso.com"}}, Err: errors.New("the zone refuses")}}
	cases := map[string]struct {
		reason     string
		plan       plan.Plan
		idle, free bool
	}{
		"nothing":               {"nothing pauses", plan.Plan{}, false, false},
		"a step":                {"it is done now", plan.Plan{Steps: []plan.Step{moving}}, false, true},
		"only a look":           {"nothing pauses, and a look alone changes nothing", plan.Plan{Steps: []plan.Step{look}}, false, false},
		"it pauses":             {"time ends that", plan.Plan{Steps: []plan.Step{leaving}, Pauses: pauses}, true, false},
		"it pauses, and a look": {"a look alone is nothing to do", plan.Plan{Steps: []plan.Step{look, leaving}, Pauses: pauses}, true, false},
		"the rest pauses":       {"the step before it is done now", plan.Plan{Steps: []plan.Step{moving, leaving}, Pauses: pauses}, false, true},
		"held":                  {"somebody has to end that", plan.Plan{Steps: []plan.Step{moving}, Obstacles: zone}, false, false},
		"one of two is held":    {"the other zone goes on", plan.Plan{Steps: []plan.Step{moving, {Act: plan.UpdateDNS{Zone: "fabrikam.com"}}}, Obstacles: zone}, false, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if idle, free := c.plan.Idle(), c.plan.Free(); idle != c.idle || free != c.free {
				t.Errorf("%s: idle %v, free %v", c.reason, idle, free)
			}
		})
	}
}

// TestObstaclesNameTheirPart: a condition names what an obstacle is about in words.
func TestObstaclesNameTheirPart(t *testing.T) {
	cases := map[string]plan.Obstacle{
		"Central Management Store": {Aspect: plan.AspectSIP, Holds: []plan.Resource{{Sort: plan.SortStore}}},
		"zone contoso.com":         {Aspect: plan.AspectDNS, Holds: []plan.Resource{{Sort: plan.SortZone, Name: "contoso.com"}, {Sort: plan.SortStore}}},
		string(lync.PartSites):     {Aspect: plan.AspectSIP, Lacks: lync.PartSites},
		"SIP":                      {Aspect: plan.AspectSIP},
	}
	for want, o := range cases {
		if got := o.Part(); got != want {
			t.Errorf("the part is named %q, want %q", got, want)
		}
	}
}
