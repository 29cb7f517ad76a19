package plan

import (
	"testing"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
)

// moveSteps are the steps of a move, one of each kind that matters here.
var moveSteps = []Step{
	{Act: StartEdgeServices{Server: lync.EdgeServer{FQDN: "edge2"}}},
	{Act: PublishFlags{Flags: []lync.Flag{{Pool: "edge2", On: true}}}},
	{Act: SetSiteRoute{Site: "Redmond", EdgePool: "edge2"}},
	{Act: AwaitReplication{Server: lync.EdgeServer{FQDN: "edge2"}}},
	{Act: CheckPorts{Servers: []lync.EdgeServer{{FQDN: "edge2"}}, Port: probe.Target{Protocol: lync.SIP}}},
	{Act: UpdateDNS{Zone: "contoso.com", Ports: []probe.Target{{Protocol: lync.SIP}}}},
	{Act: AssociateFrontEnd{Pool: "fe1", EdgePool: "edge2"}},
	{Act: FailBackFrontEnd{Pool: "fe1"}},
}

func TestHalfway(t *testing.T) {
	off := append([]Step(nil), moveSteps...)
	off[1] = Step{Act: PublishFlags{Flags: []lync.Flag{{Pool: "edge1"}, {Pool: "edge2", On: true}}}}
	leave := Step{Stage: Leaving, Act: PublishFlags{Flags: []lync.Flag{{Pool: "edge1"}}}}
	cases := map[string]struct {
		reason       string
		steps        []Step
		rest         bool
		began, ended int // so many of the steps
		want         bool
	}{
		"nothing began":           {"federation works as before", moveSteps, false, 0, 0, false},
		"a flag goes on":          {"nobody is led to the new pool yet", moveSteps, false, 2, 1, false},
		"the old flag goes off":   {"partners reach nobody until the routes have moved", off, false, 2, 1, true},
		"a route is being set":    {"it may be set already", moveSteps, false, 3, 2, true},
		"the ports are awaited":   {"nobody answers yet", moveSteps, false, 5, 4, true},
		"DNS is left":             {"partners are led to the old pool", moveSteps, false, 5, 5, true},
		"links are left":          {"partners are served", moveSteps, false, 7, 6, false},
		"a pool fails back":       {"its users are served by the other", moveSteps, false, 8, 7, false},
		"the rest of a move":      {"what was begun before it counts", moveSteps[3:], true, 0, 0, true},
		"the old pool drains":     {"partners are led to the new one", append(moveSteps[:8:8], leave), false, 8, 8, false},
		"the old pool is left":    {"nobody is there any more", []Step{moveSteps[4], leave}, true, 2, 0, false},
		"the rest needs no ports": {"only links are left", moveSteps[6:], true, 0, 0, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := Halfway(c.steps, c.rest, func(n int) bool { return n < c.began }, func(n int) bool { return n < c.ended })
			if got != c.want {
				t.Errorf("%s: half-way is %v", c.reason, got)
			}
		})
	}
}

func TestLeftHalfway(t *testing.T) {
	edge1, edge2 := lync.EdgePool{FQDN: "edge1", SIPEnabled: true}, lync.EdgePool{FQDN: "edge2", SIPEnabled: true}
	silent := edge1
	silent.SIPEnabled = false
	cases := map[string]struct {
		reason string
		route  string
		old    lync.EdgePool
		steps  []Step
		want   bool
	}{
		"nothing moved":         {"the old pool serves partners", "edge1", edge1, moveSteps, false},
		"the route moved":       {"DNS has to follow", "edge2", edge1, moveSteps[5:], true},
		"the old flag went off": {"the old pool will fall silent", "edge1", silent, moveSteps[2:], true},
		"only links are left":   {"partners are served", "edge2", edge1, moveSteps[6:], false},
		"no route":              {"nobody was served before", "", edge1, moveSteps, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := Desired{Pool: edge2, Protocols: []DesiredProtocol{{Protocol: lync.SIP, Sites: []string{"Redmond"}}}}
			o := Observed{Topology: lync.Topology{Sites: []lync.Site{{Name: "Redmond", SIPRoute: c.route}}, EdgePools: []lync.EdgePool{c.old, edge2}}}
			if got := (Plan{Steps: c.steps}).LeftHalfway(d, o); got != c.want {
				t.Errorf("%s: left half-way is %v", c.reason, got)
			}
		})
	}
}
