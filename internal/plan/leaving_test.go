package plan_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// TestWhatIsLeftIsRemembered: a pool that federation left and whose flags are cleared is
// forgotten once setup has taken its ports away, and not before.
func TestWhatIsLeftIsRemembered(t *testing.T) {
	const old = "edge2.contoso.com"
	for name, c := range map[string]struct {
		reason string
		set    func(*world)
		want   []string
	}{
		"ports stand":    {"setup is what is left to do there", func(*world) {}, []string{old}},
		"ports are gone": {"setup has run without the flags", func(w *world) { w.setups = map[lync.Host][]lync.Protocol{old: {}} }, nil},
		"not read":       {"the machine was silent for one look, and its ports may stand", func(w *world) { w.dead(old) }, []string{old}},
		"stopped":        {"a machine that a person stopped is left stopped", func(w *world) { w.edgeServer(old, stop) }, nil},
		"by procedure": {"the procedure sets no pool up that it left", func(w *world) {
			w.dead(old)
			w.intent.Strategy = plan.Procedure
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := settled()
			w.drains()
			w.pool(old).SIPEnabled, w.pool(old).XMPPEnabled, w.drain.Over = false, false, true
			w.setups = map[lync.Host][]lync.Protocol{old: {lync.SIP, lync.XMPP}}
			c.set(w)
			p, err := w.compute()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, p.Leaves); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestLeftTargets: edge1 hosts federation, and the route names edge2. The ports of edge1 are asked
// only while no look at its machines tells whether it serves.
func TestLeftTargets(t *testing.T) {
	ports := []string{"192.0.2.1 port 5061", "192.0.2.1 port 5269"}
	dead := func(w *world) { w.sealed("edge1.contoso.com") }
	cases := map[string]struct {
		reason string
		change func(*world)
		want   []string
	}{
		"it runs":               {"its machine says that it serves", func(*world) {}, nil},
		"it is stopped":         {"its machine says that it does not", func(w *world) { w.edgeServer("edge1.contoso.com", stop) }, nil},
		"it cannot be read":     {"it may serve all the same", dead, ports},
		"one of two runs":       {"a machine that runs is enough", func(w *world) { w.twoMachines(); dead(w) }, nil},
		"one of two is stopped": {"the one that cannot be read decides", func(w *world) { w.twoMachines(); dead(w); w.edgeServer("edge1b.contoso.com", stop) }, ports},
		"federation stays":      {"no pool is left", func(w *world) { dead(w); w.intent.EdgePool = "edge1.contoso.com" }, nil},
		"it is left, and has no flags": {"the routes still lead there", func(w *world) {
			dead(w)
			w.pool("edge1.contoso.com").SIPEnabled, w.pool("edge1.contoso.com").XMPPEnabled = false, false
		}, ports},
		"the routes have moved": {"partners are there until its flags go", func(w *world) { dead(w); w.moved() }, ports},
		"all has moved": {"nobody is led there", func(w *world) {
			dead(w)
			w.moved()
			w.pool("edge1.contoso.com").SIPEnabled, w.pool("edge1.contoso.com").XMPPEnabled = false, false
		}, nil},
		"it is kept ready": {"it is not left", func(w *world) { dead(w); w.moved(); w.intent.Prepare = []string{"edge1.contoso.com"} }, nil},
		"the sites are unknown": {"nobody knows which pool is left", func(w *world) {
			dead(w)
			w.topology.Unknown = []lync.UnknownPart{{Part: lync.PartSites, Err: errUnread}}
		}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := settled()
			w.intent.EdgePool = "edge2.contoso.com"
			c.change(w)
			d, err := plan.Resolve(w.intent, w.topology)
			if err != nil {
				t.Fatal(err)
			}
			d.Leaves = []string{"edge1.contoso.com"}
			var got []string
			for _, target := range d.LeftTargets(w.topology, w.servers) {
				got = append(got, fmt.Sprintf("%s port %d", target.Address, target.Protocol.Port()))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

var errUnread = fault.New(fault.SecondHop, "read the sites", "fe1", "ANONYMOUS LOGON")

// moved leads all sites to edge2.
func (w *world) moved() {
	w.topology.Sites = []lync.Site{{Name: "Redmond", SIPRoute: "edge2.contoso.com", XMPPRoute: "edge2.contoso.com"}}
}

// TestANextHopIsSetBackAsSuch: the step that sets a next hop back says that it does, so that status
// does not remember the next hop of before as a change of fedroute's own.
func TestANextHopIsSetBackAsSuch(t *testing.T) {
	w := settled()
	w.pairs()
	w.pool("edge1.contoso.com").NextHop = "fe2.contoso.com"
	w.hops = []plan.Hop{{EdgePool: "edge1.contoso.com", Before: "fe1.contoso.com", Now: "fe2.contoso.com"}}
	p, err := w.compute()
	if err != nil {
		t.Fatal(err)
	}
	want := plan.SetNextHop{Hop: plan.Hop{EdgePool: "edge1.contoso.com", Before: "fe2.contoso.com", Now: "fe1.contoso.com"}, Back: true}
	if diff := cmp.Diff(plan.Act(want), p.Steps[0].Act); diff != "" {
		t.Errorf("the first step (-want +got):\n%s", diff)
	}
}

// TestRecordClaims: a route claims every record that it may change, also one that it cannot be
// resolved for now. Of a record whose value is not known two routes cannot agree.
func TestRecordClaims(t *testing.T) {
	all := []string{"_sipfederationtls._tcp.contoso.com SRV = 0 0 5061 sip.contoso.com (ttl 300)", "sip.contoso.com A = 192.0.2.1 (ttl 300)", "sip.contoso.com AAAA = none",
		"_xmpp-server._tcp.contoso.com SRV = 0 0 5269 sip.contoso.com (ttl 300)"}
	unresolved := []string{"_sipfederationtls._tcp.contoso.com SRV", "sip.contoso.com A", "sip.contoso.com AAAA", "_xmpp-server._tcp.contoso.com SRV"}
	hostless := func(w *world) {
		w.intent.Protocols = w.intent.Protocols[:1]
		w.intent.Protocols[0].Domains[0].Host = ""
	}
	cases := map[string]struct {
		reason string
		change func(*world)
		want   []string
	}{
		"named hosts":     {"each record is claimed once, with its value", func(*world) {}, all},
		"no records":      {"a route without spec.dns changes none", func(w *world) { w.intent.DNS = nil }, nil},
		"an unknown pool": {"the names are those of the spec, whatever they are to be set to", func(w *world) { w.intent.EdgePool = "edge9.contoso.com" }, unresolved},
		"no zone":         {"which zone holds the name does not matter", func(w *world) { w.intent.DNS.Zones = nil }, unresolved},
		"no host": {"the host is the external name of the Edge pool", hostless,
			[]string{"_sipfederationtls._tcp.contoso.com SRV = 0 0 5061 ae1.contoso.com (ttl 300)", "ae1.contoso.com A = 192.0.2.1 (ttl 300)", "ae1.contoso.com AAAA = none"}},
		"no host, and an unknown pool": {"it may be any pool's name that fits the domain", func(w *world) {
			hostless(w)
			w.intent.EdgePool = "edge9.contoso.com"
			w.edge3()
			w.pool("edge3.contoso.com").ExternalFQDN = "ae3.fabrikam.com"
		}, []string{"_sipfederationtls._tcp.contoso.com SRV", "ae1.contoso.com A", "ae1.contoso.com AAAA", "ae2.contoso.com A", "ae2.contoso.com AAAA"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := settled()
			c.change(w)
			var got []string
			for _, claim := range plan.RecordClaims(w.intent, w.topology) {
				line := claim.Key.String()
				if claim.Value != "" {
					line += " = " + claim.Value
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
