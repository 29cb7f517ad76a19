package plan_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// world is a small organization with two Edge pools whose federation edge1 hosts. It holds
// everything that a route of this organization observes.
type world struct {
	intent     plan.Intent
	topology   lync.Topology
	servers    map[lync.Host]lync.Part[lync.EdgeServerState]
	records    map[dns.Key]lync.Part[dns.Lookup]
	closed     map[string]bool    // addresses and host names whose ports do not answer
	notStarted map[lync.Host]bool // machines whose services did not start
	failBack   []string           // pools to fail back
	document   lync.Part[string]
	simpleURLs string // what a publish kept of them that nobody saw end
	published  string // digest of the document that fedroute published last
}

var addresses = map[string]netip.Addr{
	"edge1.contoso.com": netip.MustParseAddr("192.0.2.1"),
	"edge2.contoso.com": netip.MustParseAddr("192.0.2.2"),
}

func edgePool(fqdn, external string, on bool) lync.EdgePool {
	a := []netip.Addr{addresses[fqdn]}
	return lync.EdgePool{FQDN: fqdn, Site: "Redmond", ExternalFQDN: external, SIPEnabled: on, XMPPEnabled: on,
		Servers: []lync.EdgeServer{{FQDN: fqdn, ExternalAddresses: a, InterfaceAddresses: a}}}
}

func edgeState(fqdn string, on bool) lync.EdgeServerState {
	s := lync.EdgeServerState{LocalSignature: "s1", Services: []lync.Service{
		{Name: "RTCSRV", DisplayName: "Access Edge", State: lync.ServiceRunning}}}
	if on {
		s.Services = append(s.Services, lync.Service{Name: "X", DisplayName: "XMPP Translating Gateway Proxy", State: lync.ServiceRunning})
		s.Listening = []netip.AddrPort{netip.AddrPortFrom(addresses[fqdn], 5061), netip.AddrPortFrom(addresses[fqdn], 5269)}
	}
	return s
}

// settled is the world in which edge1 hosts everything and no step is left.
func settled() *world {
	w := &world{
		intent: plan.Intent{
			EdgePool: "edge1.contoso.com",
			Protocols: []plan.ProtocolIntent{
				{Protocol: lync.SIP, Domains: []plan.Domain{{Name: "contoso.com", Host: "sip.contoso.com"}}},
				{Protocol: lync.XMPP, Domains: []plan.Domain{{Name: "contoso.com", Host: "sip.contoso.com"}}},
			},
			FrontEnds:   []plan.FrontEnd{{FQDN: "fe1.contoso.com"}},
			ManageFlags: true,
			DNS:         &plan.DNSIntent{Zones: []string{"contoso.com"}, TTL: 300},
		},
		topology: lync.Topology{
			Product:               lync.Product{Name: "Lync Server 2013", XMPP: true},
			Signature:             "s1",
			FederatedUsersAllowed: true,
			Sites:                 []lync.Site{{Name: "Redmond", SIPRoute: "edge1.contoso.com", XMPPRoute: "edge1.contoso.com"}},
			EdgePools:             []lync.EdgePool{edgePool("edge1.contoso.com", "ae1.contoso.com", true), edgePool("edge2.contoso.com", "ae2.contoso.com", false)},
			Replicas:              map[lync.Host]lync.Replica{"fe1a.contoso.com": {UpToDate: true}, "fe1b.contoso.com": {UpToDate: true}},
			FrontEndPools: []lync.FrontEndPool{{FQDN: "fe1.contoso.com", Site: "Redmond", State: lync.PoolActive, Servers: []string{"fe1a.contoso.com", "fe1b.contoso.com"},
				Edge: lync.Association{Registrar: "edge1.contoso.com", Conferencing: "edge1.contoso.com", Mediation: "edge1.contoso.com", HasMediation: true}}},
		},
		servers: map[lync.Host]lync.Part[lync.EdgeServerState]{
			"edge1.contoso.com": {Value: edgeState("edge1.contoso.com", true)},
			"edge2.contoso.com": {Value: edgeState("edge2.contoso.com", false)},
		},
		records: map[dns.Key]lync.Part[dns.Lookup]{},
		closed:  map[string]bool{},
	}
	w.record("sip.contoso.com", dns.A, "192.0.2.1")
	w.record("sip.contoso.com", dns.AAAA)
	w.record("_sipfederationtls._tcp.contoso.com", dns.SRV, "0 0 5061 sip.contoso.com")
	w.record("_xmpp-server._tcp.contoso.com", dns.SRV, "0 0 5269 sip.contoso.com")
	return w
}

func (w *world) record(name string, t dns.Type, data ...string) {
	key := dns.Key{Name: name, Type: t}
	set := dns.RRSet{Key: key, Data: slices.Clone(data)}
	if len(data) > 0 {
		set.TTL = 300
	}
	w.records[key] = lync.Part[dns.Lookup]{Value: dns.Lookup{Set: set, Zone: "contoso.com"}}
}

func (w *world) pool(fqdn string) *lync.EdgePool {
	i := slices.IndexFunc(w.topology.EdgePools, func(p lync.EdgePool) bool { return p.FQDN == fqdn })
	return &w.topology.EdgePools[i]
}

// twoMachines adds a second machine, edge1b, to edge1, with an address of its own.
func (w *world) twoMachines() {
	pool := w.pool("edge1.contoso.com")
	other := lync.EdgeServer{FQDN: "edge1b.contoso.com", ExternalAddresses: []netip.Addr{netip.MustParseAddr("192.0.2.11")}, InterfaceAddresses: pool.Servers[0].InterfaceAddresses}
	pool.Servers = append(pool.Servers, other)
	w.servers["edge1b.contoso.com"] = w.servers["edge1.contoso.com"]
	w.record("sip.contoso.com", dns.A, "192.0.2.1", "192.0.2.11")
}

// dead makes a machine unreadable.
func (w *world) dead(fqdn string) {
	w.servers[lync.HostOf(fqdn)] = lync.Part[lync.EdgeServerState]{Err: fault.New(fault.Unreachable, "read Edge server", fqdn, "connection refused")}
}

// edgeServer changes the state that an Edge machine reports.
func (w *world) edgeServer(fqdn string, change func(*lync.EdgeServerState)) {
	part := w.servers[lync.HostOf(fqdn)]
	change(&part.Value)
	w.servers[lync.HostOf(fqdn)] = part
}

// observed gives what a reconcile would have observed of this world.
func (w *world) observed(d plan.Desired) plan.Observed {
	o := plan.Observed{Topology: w.topology, EdgeServers: w.servers, NotStarted: w.notStarted, Document: w.document, Published: w.published, SimpleURLs: w.simpleURLs,
		Records: w.records, Ports: map[probe.Target]probe.Reading{}}
	for _, t := range slices.Concat(d.Targets, d.FailBackTargets()) {
		open := !w.closed[t.Address.String()] && !w.closed[t.Host]
		r := probe.Reading{Target: t, Open: open, Spoke: open, Detail: "accepted"}
		if !r.Open {
			r.Detail = "connection refused"
		}
		o.Ports[t] = r
	}
	return o
}

func (w *world) compute() (plan.Plan, error) {
	d, err := plan.Resolve(w.intent, w.topology)
	if err != nil {
		return plan.Plan{}, err
	}
	d.FailBack = w.failBack
	return plan.Compute(d, w.observed(d)), nil
}

// after names the steps that a step waits for by their numbers.
func after(edges []int) string {
	if len(edges) == 0 {
		return ""
	}
	var out []string
	for _, j := range edges {
		out = append(out, fmt.Sprint(j+1))
	}
	return " [after " + strings.Join(out, ", ") + "]"
}

// text writes a plan in the form of testdata/plans.txt.
func text(p plan.Plan) string {
	var b strings.Builder
	edges, held := plan.Edges(p.Steps), p.Held()
	for i, s := range p.Steps {
		mark := ""
		if _, h := held[i]; h {
			mark = " [held]"
		}
		fmt.Fprintf(&b, "%d. %s%s%s\n", i+1, s, after(edges[i]), mark)
	}
	for _, o := range p.Obstacles {
		b.WriteString("OBSTACLE " + string(o.Aspect) + ": " + o.Err.Error() + "\n")
	}
	for _, o := range p.Waits {
		b.WriteString("WAITS " + string(o.Aspect) + ": " + o.Err.Error() + "\n")
	}
	for _, pool := range p.LeftFailedOver {
		b.WriteString("LEFT FAILED OVER " + pool + "\n")
	}
	return b.String()
}
