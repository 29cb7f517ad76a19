package lync_test

import (
	"errors"
	"net/netip"
	"slices"
	"testing"

	"github.com/fedroute/fedroute/internal/lync"
)

// TestWhatATopologyIsAsked: names are found however they are written, a flag and a route are
// those of the protocol that is asked for, and what was not read is told.
func TestWhatATopologyIsAsked(t *testing.T) {
	unread, later := errors.New("unread"), errors.New("unread, too")
	topology := lync.Topology{
		EdgePools:     []lync.EdgePool{{FQDN: "edge1.contoso.com", SIPEnabled: true}, {FQDN: "edge2.contoso.com", XMPPEnabled: true}},
		FrontEndPools: []lync.FrontEndPool{{FQDN: "fe1.contoso.com"}, {FQDN: "fe2.contoso.com"}},
		Sites:         []lync.Site{{Name: "Redmond", SIPRoute: "s", XMPPRoute: "x"}},
		Unknown:       []lync.UnknownPart{{Part: lync.PartSites, Err: unread, Local: true}, {Part: lync.PartServices, Err: later}},
	}
	edge, found := topology.EdgePool("EDGE2.contoso.com.")
	if !found || edge.FQDN != "edge2.contoso.com" || edge.Enabled(lync.SIP) || !edge.Enabled(lync.XMPP) {
		t.Errorf("%+v, %t; want the second Edge pool, with the flag of XMPP", edge, found)
	}
	if first, found := topology.EdgePool("edge1.contoso.com"); !found || !first.Enabled(lync.SIP) || first.Enabled(lync.XMPP) {
		t.Errorf("%+v, %t; want the first Edge pool, with the flag of SIP", first, found)
	}
	if p, found := topology.EdgePool("fe1.contoso.com"); found {
		t.Errorf("a Front End pool is the Edge pool %+v", p)
	}
	for _, name := range []string{"fe1.contoso.com", "FE2.contoso.com"} {
		if p, found := topology.FrontEndPool(name); !found || !lync.SameHost(p.FQDN, name) {
			t.Errorf("%s is %+v, %t", name, p, found)
		}
	}
	if p, found := topology.FrontEndPool("edge1.contoso.com"); found {
		t.Errorf("an Edge pool is the Front End pool %+v", p)
	}
	site, found := topology.Site("REDMOND")
	if !found || site.Route(lync.SIP) != "s" || site.Route(lync.XMPP) != "x" {
		t.Errorf("%+v, %t; want the site with a route for each protocol", site, found)
	}
	if s, found := topology.Site("Redmon"); found {
		t.Errorf("a site of another name is %+v", s)
	}
	for part, want := range map[lync.TopologyPart][2]bool{lync.PartSites: {true, true}, lync.PartServices: {true, false}, lync.PartReplicas: {false, false}} {
		if lacks, local := topology.Lacks(part); lacks != want[0] || local != want[1] {
			t.Errorf("%s: lacks %t, local %t; want %v", part, lacks, local, want)
		}
	}
	if err := topology.Unread(lync.PartReplicas, lync.PartServices); err != later {
		t.Errorf("the unread part is told as %v", err)
	}
	if err := topology.Unread(lync.PartReplicas); err != nil {
		t.Errorf("a part that was read is told as %v", err)
	}
}

func TestProtocols(t *testing.T) {
	if lync.SIP.Port() != 5061 || lync.XMPP.Port() != 5269 {
		t.Errorf("the ports are %d and %d", lync.SIP.Port(), lync.XMPP.Port())
	}
	if got := lync.ProtocolsOf([]int32{5269, 443, 5061}); !slices.Equal(got, []lync.Protocol{lync.SIP, lync.XMPP}) {
		t.Errorf("the protocols of both ports are %v", got)
	}
	if got := lync.ProtocolsOf([]int32{443}); got == nil || len(got) > 0 {
		t.Errorf("the protocols of another port are %v, want a list of none", got)
	}
}

// TestAssociation: each link that exists has to name the pool.
func TestAssociation(t *testing.T) {
	const pool = "edge1.contoso.com"
	for reason, c := range map[string]struct {
		a    lync.Association
		want bool
	}{
		"all links":              {lync.Association{pool, "EDGE1.contoso.com", pool, true}, true},
		"there is no mediation":  {lync.Association{pool, pool, "", false}, true},
		"the registrar's":        {lync.Association{"x", pool, pool, true}, false},
		"the conferencing's":     {lync.Association{pool, "x", pool, true}, false},
		"the mediation's":        {lync.Association{pool, pool, "x", true}, false},
		"the mediation has none": {lync.Association{pool, pool, "", true}, false},
	} {
		if got := c.a.Is(pool); got != c.want {
			t.Errorf("%s: it is associated: %t", reason, got)
		}
	}
}

// TestWhatAMachineSays: a machine runs when all its services do, and listens where its
// listeners say.
func TestWhatAMachineSays(t *testing.T) {
	service := func(name string, state lync.ServiceState) lync.Service {
		return lync.Service{Name: name, DisplayName: "Lync Server " + name, State: state}
	}
	off := service("RTCSRV", lync.ServiceStopped)
	off.Disabled = true
	odd := service("RTCSRV", lync.ServiceRunning)
	odd.Disabled = true // it was disabled while it ran
	type answers struct{ running, disabled, replicates, proxy bool }
	for reason, c := range map[string]struct {
		services []lync.Service
		want     answers
	}{
		"no service at all":    {nil, answers{}},
		"all run":              {[]lync.Service{service("RTCSRV", lync.ServiceRunning), service("Replica", lync.ServiceRunning)}, answers{running: true, replicates: true}},
		"one is stopped":       {[]lync.Service{service("RTCSRV", lync.ServiceRunning), service("REPLICA", lync.ServiceStopped)}, answers{}},
		"one is paused":        {[]lync.Service{service("RTCSRV", lync.ServicePaused)}, answers{}},
		"one may not start":    {[]lync.Service{off, service("REPLICA", lync.ServiceRunning)}, answers{disabled: true, replicates: true}},
		"it may not, but runs": {[]lync.Service{odd}, answers{running: true}},
		"a proxy":              {[]lync.Service{service("xmpp translating gateway", lync.ServiceRunning)}, answers{running: true, proxy: true}},
	} {
		s := lync.EdgeServerState{Services: c.services}
		if got := (answers{s.Running(), s.Disabled(), s.Replicates(), s.HasXMPPProxy()}); got != c.want {
			t.Errorf("%s: %+v, want %+v", reason, got, c.want)
		}
	}
	ours, inside := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("10.0.0.1")
	for listener, want := range map[string]bool{
		"192.0.2.1:5061": true, "0.0.0.0:5061": true, "[::]:5061": true, "10.0.0.1:5061": false, "192.0.2.1:5062": false, "0.0.0.0:443": false,
	} {
		s := lync.EdgeServerState{Listening: []netip.AddrPort{netip.AddrPortFrom(inside, 443), netip.MustParseAddrPort(listener)}}
		if got := s.Listens(5061, []netip.Addr{ours}); got != want {
			t.Errorf("a listener at %s: %t", listener, got)
		}
	}
}

// TestNotEnabled: a machine that is up to date with another document shows that the published
// one was never enabled. A machine of which that is not known shows nothing.
func TestNotEnabled(t *testing.T) {
	const name = "edge1.contoso.com"
	for reason, c := range map[string]struct {
		local    string
		upToDate bool
		err      error
		unseen   bool
		want     []string
	}{
		"another document":         {"old", true, nil, false, []string{name}},
		"the same one":             {"NEW", true, nil, false, nil},
		"it will come":             {"old", false, nil, false, nil},
		"the machine does not say": {"", true, nil, false, nil},
		"the machine was not read": {"old", true, errors.New("unread"), false, nil},
		"nobody asked the machine": {"old", true, nil, true, nil},
	} {
		s := lync.Snapshot{EdgeServers: map[lync.Host]lync.Part[lync.EdgeServerState]{}}
		s.Topology.Value = lync.Topology{Signature: "new", Replicas: map[lync.Host]lync.Replica{name: {UpToDate: c.upToDate}},
			EdgePools: []lync.EdgePool{{FQDN: "edge.contoso.com", Servers: []lync.EdgeServer{{FQDN: name}}}}}
		if !c.unseen {
			s.EdgeServers[name] = lync.Part[lync.EdgeServerState]{Value: lync.EdgeServerState{LocalSignature: c.local}, Err: c.err}
		}
		if got := s.NotEnabled(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", reason, got, c.want)
		}
	}
}
