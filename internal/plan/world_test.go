package plan_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// world is a small organization with two Edge pools whose federation edge1 hosts. It holds
// everything that a route of this organization observes.
type world struct {
	intent       plan.Intent
	topology     lync.Topology
	servers      map[lync.Host]lync.Part[lync.EdgeServerState]
	records      map[dns.Key]lync.Part[dns.Lookup]
	adopted      map[dns.Key]string // the hashes of the sets that the route has had as it wants them
	closed       map[string]bool    // addresses and host names whose ports do not answer
	notStarted   map[lync.Host]bool // machines whose services did not start
	stopped      map[lync.Host]bool // machines whose services fedroute stopped
	failBack     []string           // pools to fail back
	left         map[string]bool    // fields that somebody else changes back again and again
	document     lync.Part[string]
	simpleURLs   string   // what a publish kept of them that nobody saw end
	published    string   // digest of the document that fedroute published last
	leaves       []string // pools that the move left, as status remembers them
	drain        plan.Drain
	setups       map[lync.Host][]lync.Protocol
	ahead        bool               // the move has led no site to the Edge pool yet
	out          map[lync.Host]bool // machines that are left out
	returning    map[lync.Host]bool // machines that were left out and are taken in again
	unwritten    map[string]bool
	certificates map[lync.Host]lync.Part[lync.Certificate] // that the Edge machines show partners
	lowering     plan.Lowering
	hops         []plan.Hop // next hops that fedroute changed
	at           time.Time
	back         bool              // a move is taken back
	minAvailable plan.MinAvailable // how many machines of an Edge pool have to run
	leftLately   []plan.LeftPool   // pools whose flags are cleared once more
}

var addresses = map[string]netip.Addr{
	"edge1.contoso.com": netip.MustParseAddr("192.0.2.1"),
	"edge2.contoso.com": netip.MustParseAddr("192.0.2.2"),
	"edge3.contoso.com": netip.MustParseAddr("192.0.2.3"),
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
		at:      time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC),
	}
	w.certificates = map[lync.Host]lync.Part[lync.Certificate]{"edge1.contoso.com": {Value: w.certificate()}, "edge2.contoso.com": {Value: w.certificate()}}
	w.record("sip.contoso.com", dns.A, "192.0.2.1")
	w.record("sip.contoso.com", dns.AAAA)
	w.record("_sipfederationtls._tcp.contoso.com", dns.SRV, "0 0 5061 sip.contoso.com")
	w.record("_xmpp-server._tcp.contoso.com", dns.SRV, "0 0 5269 sip.contoso.com")
	w.adopt()
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

// lasts gives the records of a set another TTL.
func (w *world) lasts(name string, t dns.Type, ttl uint32) {
	key := dns.Key{Name: name, Type: t}
	part := w.records[key]
	part.Value.Set.TTL = ttl
	w.records[key] = part
}

// absent says for how many seconds resolvers remember that a set does not exist.
func (w *world) absent(name string, t dns.Type, seconds uint32) {
	key := dns.Key{Name: name, Type: t}
	part := w.records[key]
	part.Value.Absence = seconds
	w.records[key] = part
}

// certificate is one that partners accept on every machine of the organization.
func (w *world) certificate() lync.Certificate {
	return lync.Certificate{Thumbprint: "AB12", Names: []string{"ae1.contoso.com", "ae2.contoso.com", "contoso.com", "sip.contoso.com", "sip.fabrikam.com"},
		NotBefore: w.at.AddDate(-1, 0, 0), NotAfter: w.at.AddDate(1, 0, 0)}
}

// shows gives a machine another certificate.
func (w *world) shows(fqdn string, change func(*lync.Certificate)) {
	c := w.certificate()
	change(&c)
	w.certificates[lync.HostOf(fqdn)] = lync.Part[lync.Certificate]{Value: c}
}

// lacks takes a name away from a machine's certificate.
func (w *world) lacks(fqdn, name string) {
	w.shows(fqdn, func(c *lync.Certificate) {
		c.Names = slices.DeleteFunc(c.Names, func(n string) bool { return n == name })
	})
}

// pairs adds a second Front End pool, fe2, pairs it with fe1, and lets edge2 hand its traffic to
// fe1.
func (w *world) pairs() {
	fe2 := w.topology.FrontEndPools[0]
	fe2.FQDN, fe2.Servers, fe2.BackupPool = "fe2.contoso.com", []string{"fe2a.contoso.com"}, "fe1.contoso.com"
	w.topology.FrontEndPools[0].BackupPool = "fe2.contoso.com"
	w.topology.FrontEndPools = append(w.topology.FrontEndPools, fe2)
	w.pool("edge2.contoso.com").NextHop = "fe1.contoso.com"
}

// adopt lets the route know all present records as its own.
func (w *world) adopt() {
	w.adopted = map[dns.Key]string{}
	for key, part := range w.records {
		w.adopted[key] = part.Value.Set.Hash()
	}
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
	w.certificates["edge1b.contoso.com"] = w.certificates["edge1.contoso.com"]
	w.record("sip.contoso.com", dns.A, "192.0.2.1", "192.0.2.11")
}

// threeMachines gives an Edge pool the machines a, b and c, which are alike.
func (w *world) threeMachines(pool string) {
	p, last := w.pool(pool), addresses[pool].As4()
	state := w.servers[lync.HostOf(pool)]
	p.Servers = nil
	for i, name := range []string{"a", "b", "c"} {
		last[3] = last[3]%10 + byte(10*(i+1))
		own := []netip.Addr{netip.AddrFrom4(last)}
		s := lync.EdgeServer{FQDN: name + "." + pool, ExternalAddresses: own, InterfaceAddresses: own}
		p.Servers = append(p.Servers, s)
		w.servers[lync.HostOf(s.FQDN)] = lync.Part[lync.EdgeServerState]{Value: onAddress(state.Value, own[0])}
		w.closed[own[0].String()] = len(state.Value.Listening) == 0
	}
}

// onAddress is a state whose listeners are on another address.
func onAddress(s lync.EdgeServerState, at netip.Addr) lync.EdgeServerState {
	s.Services, s.Listening = slices.Clone(s.Services), slices.Clone(s.Listening)
	for i, l := range s.Listening {
		s.Listening[i] = netip.AddrPortFrom(at, l.Port())
	}
	return s
}

// unread makes a part of the topology unknown. Its fields then hold what the server's own
// replica might say: another pool hosts federation, and everything is up to date.
func (w *world) unread(part lync.TopologyPart) {
	t := &w.topology
	switch part {
	case lync.PartVersion:
		t.Product = lync.Product{}
	case lync.PartAccessEdge:
		t.FederatedUsersAllowed = false
	case lync.PartSites:
		t.Sites = []lync.Site{{Name: "Old", SIPRoute: "edge9.contoso.com", XMPPRoute: "edge2.contoso.com"}}
	case lync.PartServices:
		t.FrontEndPools = nil
	case lync.PartPoolStates:
		t.FrontEndPools[0].State = lync.PoolFailedOver
	case lync.PartReplicas:
		t.Replicas = map[lync.Host]lync.Replica{"edge1.contoso.com": {UpToDate: true}}
	case lync.PartDocument:
	}
	t.Unknown = append(t.Unknown, lync.UnknownPart{Part: part, Local: true,
		Err: fault.New(fault.SecondHop, "read the "+string(part), "fe1", "ANONYMOUS LOGON").With("", "install the endpoint kit")})
}

// drains makes edge2 the pool that federation left for edge1: it has its flags and its ports yet.
func (w *world) drains() {
	w.leaves = []string{"edge2.contoso.com"}
	w.pool("edge2.contoso.com").SIPEnabled, w.pool("edge2.contoso.com").XMPPEnabled = true, true
	w.servers["edge2.contoso.com"] = lync.Part[lync.EdgeServerState]{Value: edgeState("edge2.contoso.com", true)}
}

// prepared makes a pool ready to take federation over. It does not listen: no site's route
// names it.
func (w *world) prepared(fqdn string) {
	w.pool(fqdn).SIPEnabled, w.pool(fqdn).XMPPEnabled = true, true
	w.edgeServer(fqdn, func(s *lync.EdgeServerState) { s.Services = edgeState(fqdn, true).Services })
	w.setups = map[lync.Host][]lync.Protocol{lync.HostOf(fqdn): {lync.SIP, lync.XMPP}}
}

// dublin is a second site, with the Edge pool edge2 and a Front End pool that uses the Edge
// pool. The Front End pool is listed with Local.
func (w *world) dublin(uses string) {
	w.topology.Sites = append(w.topology.Sites, lync.Site{Name: "Dublin", SIPRoute: "edge1.contoso.com", XMPPRoute: "edge1.contoso.com"})
	w.pool("edge2.contoso.com").Site = "Dublin"
	w.intent.FrontEnds = append(w.intent.FrontEnds, plan.FrontEnd{FQDN: "fe2.contoso.com", EdgePool: plan.Local})
	w.topology.FrontEndPools = append(w.topology.FrontEndPools, lync.FrontEndPool{FQDN: "fe2.contoso.com", Site: "dublin", State: lync.PoolActive,
		Edge: lync.Association{Registrar: uses, Conferencing: uses}})
}

// edge3 is a further Edge pool in Dublin.
func (w *world) edge3() {
	pool := edgePool("edge3.contoso.com", "ae3.contoso.com", false)
	pool.Site = "Dublin"
	w.topology.EdgePools = append(w.topology.EdgePools, pool)
	w.servers["edge3.contoso.com"] = lync.Part[lync.EdgeServerState]{Value: edgeState("edge3.contoso.com", false)}
}

// returns lets flags return to a pool that federation left lately.
func (w *world) returns(fqdn string) {
	w.pool(fqdn).SIPEnabled, w.pool(fqdn).XMPPEnabled = true, true
	w.leftLately = []plan.LeftPool{{EdgePool: fqdn, Document: "sha256-after"}}
	w.drain.Over = true
}

// dead makes a machine unreadable and its ports silent.
func (w *world) dead(fqdn string) {
	w.sealed(fqdn)
	for _, p := range w.topology.EdgePools {
		for _, s := range p.Servers {
			for _, a := range s.ExternalAddresses {
				w.closed[a.String()] = w.closed[a.String()] || lync.SameHost(s.FQDN, fqdn)
			}
		}
	}
}

// sealed makes a machine unreadable, which serves partners all the same.
func (w *world) sealed(fqdn string) {
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
	o := plan.Observed{Topology: w.topology, EdgeServers: w.servers, NotStarted: w.notStarted, Stopped: w.stopped, Document: w.document, Published: w.published, SimpleURLs: w.simpleURLs,
		Records: w.records, Adopted: w.adopted, Ports: map[probe.Target]probe.Reading{}, Drain: w.drain, Setups: w.setups, Returning: w.returning}
	o.Certificates, o.At, o.Lowering, o.Hops, o.Unwritten = w.certificates, w.at, w.lowering, w.hops, w.unwritten
	for _, t := range slices.Concat(d.Targets, d.FailBackTargets(), d.NextHopTargets(w.topology, w.hops), d.LeftTargets(w.topology, w.servers)) {
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
	if d, err = d.Without(w.out, w.intent, w.topology); err != nil {
		return plan.Plan{}, err
	}
	d.FailBack, d.Left = w.failBack, w.left
	d.Back, d.LeftLately = w.back, w.leftLately
	next, _ := plan.Move{EdgePool: d.Pool.FQDN, Leaves: w.leaves}.Next(d, w.topology)
	d.Leaves, d.From, d.Ahead, d.MinAvailable = next.Leaves, next.From, w.ahead, w.minAvailable
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

// does says what an act needs beside the words of its step.
func does(act plan.Act) string {
	var out []string
	add := func(is bool, format string, what ...any) {
		if is {
			out = append(out, fmt.Sprintf(format, what...))
		}
	}
	switch a := act.(type) {
	case plan.StartEdgeServices:
		add(a.Owed, "owed")
	case plan.PublishFlags:
		add(a.Expects != "", "expects %s", a.Expects)
	case plan.SetNextHop:
		add(a.Back, "back")
	case plan.SetupEdgeServer:
		add(true, "installs %v, then serves %v", a.Installs, a.Ports)
		add(a.Removes, "takes away")
		add(a.Anew, "whatever it shows")
		add(a.Follows != "", "after %s", a.Follows)
	case plan.RestartEdgeServices:
		add(true, "then serves %v", a.Ports)
		add(a.Follows != "", "after %s", a.Follows)
	case plan.UpdateDNS:
		add(true, "needs ports: %d", len(a.Ports))
	case plan.FailBackFrontEnd:
		add(true, "%d machines", len(a.Machines))
	case plan.RestoreSimpleURLs, plan.SetSiteRoute, plan.AwaitReplication, plan.CheckPorts, plan.AssociateFrontEnd: // their words say all
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}

// said is an obstacle's error; its whole sentence where a part of the topology is unknown.
func said(o plan.Obstacle) string {
	if o.Lacks != "" {
		return fault.Sentence(o.Err)
	}
	return o.Err.Error()
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
		fmt.Fprintf(&b, "%d. %s%s%s%s\n", i+1, s, does(s.Act), after(edges[i]), mark)
	}
	for _, d := range p.Differences {
		mark := ""
		if !d.Settable {
			mark = " [no step sets it]"
		}
		if d.Kept {
			mark += " [as wanted before]"
		}
		fmt.Fprintf(&b, "DIFFERS %s: %s is %s, wanted %s%s\n", d.Aspect, d.Field, d.Found, d.Wanted, mark)
	}
	for _, o := range p.Obstacles {
		b.WriteString("OBSTACLE " + string(o.Aspect) + ": " + said(o) + "\n")
	}
	for _, o := range p.Waits {
		b.WriteString("WAITS " + string(o.Aspect) + ": " + o.Err.Error() + "\n")
	}
	for _, pause := range p.Pauses {
		fmt.Fprintf(&b, "PAUSE %s\n", fault.Sentence(pause.Err))
	}
	for _, notice := range p.Notices {
		b.WriteString("NOTICE " + notice + "\n")
	}
	for _, pool := range p.Leaves {
		b.WriteString("LEAVES " + pool + "\n")
	}
	for _, pool := range p.LeftFailedOver {
		b.WriteString("LEFT FAILED OVER " + pool + "\n")
	}
	return b.String()
}
