package plan_test

import (
	"errors"
	"flag"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

var update = flag.Bool("update", false, "write the golden plans anew")

// TestCompute changes a settled world in one way for each case and compares the plan with the
// expected one in testdata/plans.txt.
func TestCompute(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*world)
	}{
		"in-sync":   {"nothing differs, so nothing is to do", func(*world) {}},
		"fail-over": {"the one line that moves federation gives every step of the procedures, in order", func(w *world) { w.intent.EdgePool = "edge2.contoso.com" }},
		"fail-over-by-the-procedure": {"one publish, then the routes, then setup, for who wants Microsoft's order", func(w *world) {
			w.intent.EdgePool, w.intent.Strategy = "edge2.contoso.com", plan.Procedure
		}},
		"fail-over-from-a-dead-pool": {"nobody is served while the new pool is made ready, so nothing is prepared", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.dead("edge1.contoso.com")
		}},
		"move-from-a-pool-that-cannot-be-read": {"its ports answer, so it serves partners and is left as a pool that works", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.sealed("edge1.contoso.com")
		}},
		"fail-over-to-a-prepared-pool": {"setup last installed what the flags ask for; that the pool listens is not asked", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.pool("edge2.contoso.com").SIPEnabled, w.pool("edge2.contoso.com").XMPPEnabled = true, true
			w.edgeServer("edge2.contoso.com", func(s *lync.EdgeServerState) { s.Services = edgeState("edge2.contoso.com", true).Services })
			w.setups = map[lync.Host][]lync.Protocol{"edge2.contoso.com": {lync.SIP, lync.XMPP}}
		}},
		"fail-over-to-a-pool-set-up-by-somebody": {"it listens on all that its flags ask for, whatever was noted", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.pool("edge2.contoso.com").SIPEnabled, w.pool("edge2.contoso.com").XMPPEnabled = true, true
			w.servers["edge2.contoso.com"] = lync.Part[lync.EdgeServerState]{Value: edgeState("edge2.contoso.com", true)}
			w.setups = map[lync.Host][]lync.Protocol{"edge2.contoso.com": {}}
		}},
		"setup-installed-one-port-of-two": {"it listens on the one that it has, and setup is due for the other", func(w *world) {
			w.edgeServer("edge1.contoso.com", func(s *lync.EdgeServerState) { s.Listening = s.Listening[1:] })
			w.setups = map[lync.Host][]lync.Protocol{"edge1.contoso.com": {lync.XMPP}}
		}},
		"silent-though-set-up": {"listeners do not decide about setup", func(w *world) {
			w.edgeServer("edge1.contoso.com", func(s *lync.EdgeServerState) { s.Listening = s.Listening[1:] })
			w.setups = map[lync.Host][]lync.Protocol{"edge1.contoso.com": {lync.SIP, lync.XMPP}}
		}},
		"fail-over-prepared-and-half-moved": {"the old pool keeps the flags of both protocols until the move is done", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.pool("edge2.contoso.com").SIPEnabled, w.pool("edge2.contoso.com").XMPPEnabled = true, true
			w.servers["edge2.contoso.com"] = lync.Part[lync.EdgeServerState]{Value: edgeState("edge2.contoso.com", true)}
			w.topology.Sites[0].SIPRoute = "edge2.contoso.com"
			w.leaves = []string{"edge1.contoso.com"}
		}},
		"fail-over-to-three-machines": {"they are set up one by one while the old pool serves; nobody serves while they restart, so one is kept for users, and partners are led to each as it answers", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.threeMachines("edge2.contoso.com")
		}},
		"fail-over-to-three-machines-from-a-dead-pool": {"nobody serves federation, so all but one are set up at once", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.threeMachines("edge2.contoso.com")
			w.dead("edge1.contoso.com")
		}},
		"fail-over-to-three-machines-of-which-one-is-stopped": {"it serves nobody, so it needs no turn, and users keep one that runs", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.threeMachines("edge2.contoso.com")
			w.edgeServer("b.edge2.contoso.com", stopAll)
			w.dead("edge1.contoso.com")
		}},
		"fail-over-to-three-machines-in-parallel": {"who asks for it gets all at once, and partners are led to all at once", func(w *world) {
			w.intent.EdgePool, w.intent.Rollout = "edge2.contoso.com", plan.Parallel
			w.threeMachines("edge2.contoso.com")
		}},
		"old-pool-of-three-machines-has-drained": {"its machines serve users yet, and the new pool serves partners", func(w *world) {
			w.drains()
			w.threeMachines("edge2.contoso.com")
			w.drain.Over = true
		}},
		"standby-pool-of-three-machines-is-prepared": {"its machines serve users, and another pool serves partners", func(w *world) {
			w.threeMachines("edge2.contoso.com")
			w.intent.Prepare = []string{"edge2.contoso.com"}
		}},
		"two-of-three-machines-lost-a-port": {"the third one serves, so they restart one by one", func(w *world) {
			w.threeMachines("edge1.contoso.com")
			w.record("sip.contoso.com", dns.A, "192.0.2.11", "192.0.2.21", "192.0.2.31")
			for _, name := range []string{"a", "c"} {
				w.edgeServer(name+".edge1.contoso.com", func(s *lync.EdgeServerState) { s.Listening = s.Listening[:1] })
			}
		}},
		"one-of-three-machines-answers-and-is-published": {"the others are added as they answer", func(w *world) {
			w.threeMachines("edge1.contoso.com")
			w.record("sip.contoso.com", dns.A, "192.0.2.21")
			w.closed["192.0.2.11"] = true
		}},
		"one-of-three-machines-joins-beside-a-silent-one": {"it does not wait for the silent one, which is published already", func(w *world) {
			w.threeMachines("edge1.contoso.com")
			w.record("sip.contoso.com", dns.A, "192.0.2.11", "192.0.2.21")
			w.closed["192.0.2.21"] = true
		}},
		"one-of-three-machines-is-left-out": {"its address goes, and nobody waits for it", func(w *world) {
			w.threeMachines("edge1.contoso.com")
			w.record("sip.contoso.com", dns.A, "192.0.2.11", "192.0.2.21", "192.0.2.31")
			w.adopt()
			w.dead("c.edge1.contoso.com")
			w.out = map[lync.Host]bool{"c.edge1.contoso.com": true}
		}},
		"fail-over-to-three-machines-of-which-one-is-left-out": {"nothing is done there, and the move goes on while the old pool works", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.threeMachines("edge2.contoso.com")
			w.dead("b.edge2.contoso.com")
			w.out = map[lync.Host]bool{"b.edge2.contoso.com": true}
		}},
		"a-machine-is-taken-in-again": {"setup runs there first, though it listens", func(w *world) {
			w.threeMachines("edge1.contoso.com")
			w.record("sip.contoso.com", dns.A, "192.0.2.11", "192.0.2.21")
			w.setups = map[lync.Host][]lync.Protocol{"c.edge1.contoso.com": {lync.SIP, lync.XMPP}}
			w.returning = map[lync.Host]bool{"c.edge1.contoso.com": true}
		}},
		"all-three-machines-answer-and-one-is-published": {"one step leads partners to all that answer", func(w *world) {
			w.threeMachines("edge1.contoso.com")
			w.record("sip.contoso.com", dns.A, "192.0.2.21")
		}},
		"old-pool-drains": {"partners may remember it; nothing is to be done yet", func(w *world) {
			w.drains()
			w.drain = plan.Drain{Ends: time.Date(2026, 3, 14, 22, 5, 0, 0, time.UTC)}
		}},
		"old-pool-has-drained": {"its flags are cleared, and setup takes its ports away", func(w *world) {
			w.drains()
			w.drain.Over = true
		}},
		"old-pool-has-drained-and-is-a-persons": {"flags are a person's", func(w *world) {
			w.drains()
			w.intent.ManageFlags, w.drain.Over = false, true
		}},
		"old-pool-dies-while-it-drains": {"it serves nobody any more, so its flags go at once, and no setup runs there", func(w *world) {
			w.drains()
			w.dead("edge2.contoso.com")
		}},
		"old-pool-lost-its-flags": {"setup is what is left to do there", func(w *world) {
			w.drains()
			w.pool("edge2.contoso.com").SIPEnabled, w.pool("edge2.contoso.com").XMPPEnabled, w.drain.Over = false, false, true
			w.setups = map[lync.Host][]lync.Protocol{"edge2.contoso.com": {lync.SIP, lync.XMPP}}
		}},
		"old-pool-is-done-with": {"setup has run there without the flags", func(w *world) {
			w.drains()
			w.pool("edge2.contoso.com").SIPEnabled, w.pool("edge2.contoso.com").XMPPEnabled, w.drain.Over = false, false, true
			w.setups = map[lync.Host][]lync.Protocol{"edge2.contoso.com": {}}
		}},
		"old-pool-is-stopped": {"a machine that a person stopped is left stopped", func(w *world) {
			w.drains()
			w.pool("edge2.contoso.com").SIPEnabled, w.pool("edge2.contoso.com").XMPPEnabled, w.drain.Over = false, false, true
			w.edgeServer("edge2.contoso.com", stop)
		}},
		"standby-pool-that-drains": {"listed or not, it serves until partners have left", func(w *world) {
			w.drains()
			w.intent.Standby = []string{"edge2.contoso.com"}
		}},
		"standby-is-to-be-prepared": {"the flags are set in one publish, and setup follows where it is due; partners notice nothing", func(w *world) {
			w.intent.Prepare = []string{"edge1.contoso.com", "edge2.contoso.com"}
		}},
		"standby-is-prepared": {"setup last installed what the flags ask for; that the pool listens is not asked", func(w *world) {
			w.intent.Prepare = []string{"edge2.contoso.com"}
			w.prepared("edge2.contoso.com")
		}},
		"standby-is-prepared-and-listed-as-standby": {"prepare wins: no flag is cleared; the active pool may be listed, too", func(w *world) {
			w.intent.Prepare, w.intent.Standby = []string{"edge2.contoso.com"}, []string{"edge1.contoso.com", "edge2.contoso.com"}
			w.prepared("edge2.contoso.com")
		}},
		"standby-lost-a-flag": {"it is set again, and setup follows", func(w *world) {
			w.intent.Prepare = []string{"edge2.contoso.com"}
			w.prepared("edge2.contoso.com")
			w.pool("edge2.contoso.com").XMPPEnabled = false
			w.setups = nil
		}},
		"standby-is-stopped": {"its services are started", func(w *world) {
			w.intent.Prepare = []string{"edge2.contoso.com"}
			w.prepared("edge2.contoso.com")
			w.edgeServer("edge2.contoso.com", stop)
		}},
		"standby-cannot-be-read": {"what is safe there is unknown; it is told, and nothing waits", func(w *world) {
			w.intent.Prepare = []string{"edge2.contoso.com"}
			w.prepared("edge2.contoso.com")
			w.dead("edge2.contoso.com")
			w.record("sip.contoso.com", dns.A, "192.0.2.2")
		}},
		"standby-is-out-of-service": {"nothing is done with it", func(w *world) {
			w.intent.Prepare = []string{"edge2.contoso.com"}
			w.prepared("edge2.contoso.com")
			w.dead("edge2.contoso.com")
			w.intent.Servers = map[lync.Host]plan.ServerOverride{"edge2.contoso.com": {OutOfService: true}}
		}},
		"standby-has-flags-of-a-person": {"a move elsewhere does not wait for its check boxes", func(w *world) {
			w.intent.Prepare, w.intent.ManageFlags = []string{"edge2.contoso.com"}, false
			w.record("sip.contoso.com", dns.A, "192.0.2.2")
		}},
		"standby-flag-is-contested": {"somebody clears it again and again; no setup follows", func(w *world) {
			w.intent.Prepare = []string{"edge2.contoso.com"}
			w.left = map[string]bool{"SIP federation flag (port 5061) of Edge pool edge2.contoso.com": true, "XMPP federation flag (port 5269) of Edge pool edge2.contoso.com": true}
		}},
		"fail-over-between-prepared-pools": {"the pool that is left stays prepared: nothing drains and no flag is cleared", func(w *world) {
			w.intent.EdgePool, w.intent.Prepare = "edge2.contoso.com", []string{"edge1.contoso.com", "edge2.contoso.com"}
			w.prepared("edge2.contoso.com")
		}},
		"rescue-by-a-pool-that-has-its-flags": {"the routes lead there at once; the dead pool loses its flags when partners are served, and without a pause, because nobody can use it", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.prepared("edge2.contoso.com")
			w.dead("edge1.contoso.com")
		}},
		"rescue-by-the-procedure-and-a-pool-that-has-its-flags": {"the order is Microsoft's", func(w *world) {
			w.intent.EdgePool, w.intent.Strategy = "edge2.contoso.com", plan.Procedure
			w.prepared("edge2.contoso.com")
			w.dead("edge1.contoso.com")
		}},
		"fail-over-from-a-dead-prepared-pool": {"no publish is needed, and the dead pool holds nothing", func(w *world) {
			w.intent.EdgePool, w.intent.Prepare = "edge2.contoso.com", []string{"edge1.contoso.com", "edge2.contoso.com"}
			w.prepared("edge2.contoso.com")
			w.dead("edge1.contoso.com")
		}},
		"front-end-stays-local":                {"its site has an Edge pool whose services run", func(w *world) { w.dublin("edge2.contoso.com") }},
		"local-front-end-used-the-routes-pool": {"it is led to the Edge pool of its site", func(w *world) { w.dublin("edge1.contoso.com") }},
		"local-edge-is-stopped": {"the route's pool serves instead", func(w *world) {
			w.dublin("edge2.contoso.com")
			w.edgeServer("edge2.contoso.com", stop)
		}},
		"local-edge-is-stopped-and-another-is-not": {"two lie on the site; the one that runs serves", func(w *world) {
			w.dublin("edge2.contoso.com")
			w.edge3()
			w.edgeServer("edge2.contoso.com", stop)
		}},
		"local-edges-are-two": {"the one that is used now stays", func(w *world) {
			w.dublin("edge3.contoso.com")
			w.edge3()
		}},
		"local-edges-are-two-and-one-hosts-federation": {"the route's pool comes first where it lies on the site", func(w *world) {
			w.dublin("edge3.contoso.com")
			w.edge3()
			w.intent.EdgePool = "edge2.contoso.com"
		}},
		"local-edge-cannot-be-read": {"a failed read leads nobody elsewhere, and nothing else waits", func(w *world) {
			w.dublin("edge2.contoso.com")
			w.dead("edge2.contoso.com")
			w.topology.FrontEndPools[0].Edge.Mediation = "edge2.contoso.com"
		}},
		"local-edge-cannot-be-read-and-is-not-used": {"it stays with the route's pool", func(w *world) {
			w.dublin("edge1.contoso.com")
			w.dead("edge2.contoso.com")
		}},
		"local-edge-is-out-of-service": {"nothing is done with it, and nobody led there", func(w *world) {
			w.dublin("edge2.contoso.com")
			w.dead("edge2.contoso.com")
			w.intent.Servers = map[lync.Host]plan.ServerOverride{"edge2.contoso.com": {OutOfService: true}}
		}},
		"fail-over-from-a-dead-local-edge": {"a person has moved federation away from it, so the pool of its site follows", func(w *world) {
			w.dublin("edge2.contoso.com")
			w.intent.FrontEnds[0].EdgePool, w.intent.EdgePool = plan.Local, "edge2.contoso.com"
			w.dead("edge1.contoso.com")
		}},
		"front-end-has-an-edge-pool-of-its-own": {"what the spec names counts, also during a move", func(w *world) {
			w.dublin("edge1.contoso.com")
			w.intent.FrontEnds[1].EdgePool = "EDGE2.contoso.com"
		}},
		"flags-return-to-a-pool-that-was-left": {"a colleague had the document of before open; the publish is bound to what the document was", func(w *world) {
			w.returns("edge2.contoso.com")
		}},
		"document-of-before-returns": {"the pool gets its own flags back first; then the other's are cleared", func(w *world) {
			w.returns("edge2.contoso.com")
			w.pool("edge1.contoso.com").SIPEnabled, w.pool("edge1.contoso.com").XMPPEnabled = false, false
		}},
		"flags-return-to-a-pool-that-is-kept-prepared": {"the spec wants them", func(w *world) {
			w.returns("edge2.contoso.com")
			w.intent.Prepare = []string{"edge2.contoso.com"}
			w.edgeServer("edge2.contoso.com", func(s *lync.EdgeServerState) { s.Services = edgeState("edge2.contoso.com", true).Services })
			w.setups = map[lync.Host][]lync.Protocol{"edge2.contoso.com": {lync.SIP, lync.XMPP}}
		}},
		"flags-return-to-a-listed-standby": {"they are cleared anyway, whatever else was published", func(w *world) {
			w.returns("edge2.contoso.com")
			w.intent.Standby = []string{"edge2.contoso.com"}
		}},
		"flags-return-and-are-a-persons": {"fedroute publishes nothing", func(w *world) {
			w.returns("edge2.contoso.com")
			w.intent.ManageFlags = false
		}},
		"flags-return-and-no-document-is-known": {"nobody knows what else was published", func(w *world) {
			w.returns("edge2.contoso.com")
			w.leftLately[0].Document = ""
		}},
		"fail-over-without-dns": {"DNS is not touched when the spec does not name it", func(w *world) {
			w.intent.EdgePool, w.intent.DNS = "edge2.contoso.com", nil
		}},
		"fail-over-sip-alone": {"XMPP stays where it is when only SIP is managed", func(w *world) {
			w.intent.EdgePool, w.intent.Protocols = "edge2.contoso.com", w.intent.Protocols[:1]
		}},
		"fail-over-xmpp-alone": {"SIP stays where it is when only XMPP is managed", func(w *world) {
			w.intent.EdgePool, w.intent.Protocols = "edge2.contoso.com", w.intent.Protocols[1:]
		}},
		"fail-over-to-a-stopped-pool": {"services are started first", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.edgeServer("edge2.contoso.com", func(s *lync.EdgeServerState) { s.Services[0].State = lync.ServiceStopped })
		}},
		"fail-over-with-flags-verified": {"flags are a person's; until they are set nothing else moves", func(w *world) {
			w.intent.EdgePool, w.intent.ManageFlags = "edge2.contoso.com", false
		}},
		"fail-over-to-an-unreadable-machine": {"unknown is not empty: the plan is shown and held", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.servers["edge2.contoso.com"] = lync.Part[lync.EdgeServerState]{Err: fault.New(fault.Unreachable, "read Edge server", "edge2.contoso.com", "connection refused")}
		}},
		"repair-beside-a-dead-machine": {"a route is put back, though one machine of two is dead; partners are led to both already", func(w *world) {
			w.twoMachines()
			w.topology.Sites[0].SIPRoute = "edge2.contoso.com"
			w.dead("edge1b.contoso.com")
		}},
		"fail-over-beside-a-dead-machine": {"DNS needs every address, so federation stays on the pool that works", func(w *world) {
			w.twoMachines()
			w.intent.EdgePool, w.intent.Protocols = "edge1.contoso.com", w.intent.Protocols[:1]
			w.topology.Sites[0].SIPRoute = "edge2.contoso.com"
			w.record("sip.contoso.com", dns.A, "192.0.2.2")
			w.dead("edge1b.contoso.com")
		}},
		"rescue-beside-a-dead-machine": {"nothing works any more, so what can go on goes on; partners are led to the machine that answers", func(w *world) {
			w.twoMachines()
			w.intent.EdgePool, w.intent.Protocols = "edge1.contoso.com", w.intent.Protocols[:1]
			w.topology.Sites[0].SIPRoute = "edge2.contoso.com"
			w.record("sip.contoso.com", dns.A, "192.0.2.2")
			w.dead("edge1b.contoso.com")
			w.dead("edge2.contoso.com")
		}},
		"one-zone-of-two-silent": {"the other domain moves", func(w *world) {
			w.intent.EdgePool, w.intent.Protocols = "edge2.contoso.com", w.intent.Protocols[:1]
			w.intent.DNS.Zones = append(w.intent.DNS.Zones, "fabrikam.com")
			w.intent.Protocols[0].Domains = append(w.intent.Protocols[0].Domains, plan.Domain{Name: "fabrikam.com", Host: "sip.fabrikam.com"})
		}},
		"planned-move-beside-a-silent-zone": {"partners of the zone would be led to a pool that no site is led to: the new pool is made ready, and the sites stay", func(w *world) {
			w.intent.EdgePool, w.intent.Protocols, w.ahead = "edge2.contoso.com", w.intent.Protocols[:1], true
			w.intent.DNS.Zones = append(w.intent.DNS.Zones, "fabrikam.com")
			w.intent.Protocols[0].Domains = append(w.intent.Protocols[0].Domains, plan.Domain{Name: "fabrikam.com", Host: "sip.fabrikam.com"})
		}},
		"planned-move-that-leaves-records-behind": {"a person said that the move does not wait", func(w *world) {
			w.intent.EdgePool, w.ahead, w.intent.DNS.LeavesBehind = "edge2.contoso.com", true, true
			w.records[dns.Key{Name: "sip.contoso.com", Type: dns.A}] = lync.Part[dns.Lookup]{Err: fault.New(fault.Unreachable, "look up", "sip.contoso.com", "no answer")}
		}},
		"planned-move-from-a-dead-pool": {"nobody is served meanwhile, so nothing waits", func(w *world) {
			w.intent.EdgePool, w.ahead = "edge2.contoso.com", true
			w.records[dns.Key{Name: "sip.contoso.com", Type: dns.A}] = lync.Part[dns.Lookup]{Err: fault.New(fault.Unreachable, "look up", "sip.contoso.com", "no answer")}
			w.dead("edge1.contoso.com")
		}},
		"planned-move-by-the-procedure": {"Microsoft's order knows no such wait", func(w *world) {
			w.intent.EdgePool, w.ahead, w.intent.Strategy = "edge2.contoso.com", true, plan.Procedure
			w.records[dns.Key{Name: "sip.contoso.com", Type: dns.A}] = lync.Part[dns.Lookup]{Err: fault.New(fault.Unreachable, "look up", "sip.contoso.com", "no answer")}
		}},
		"planned-move-with-an-alias-in-the-way": {"where the alias leads is not known", func(w *world) {
			w.intent.EdgePool, w.ahead = "edge2.contoso.com", true
			key := dns.Key{Name: "sip.contoso.com", Type: dns.A}
			w.records[key] = lync.Part[dns.Lookup]{Value: dns.Lookup{Set: dns.RRSet{Key: key}, Barrier: dns.BarrierCNAME, Detail: "www.contoso.com"}}
		}},
		"planned-move-with-a-foreign-address": {"the set has the address of the pool that is left", func(w *world) {
			w.intent.EdgePool, w.ahead, w.adopted = "edge2.contoso.com", true, nil
			w.record("sip.contoso.com", dns.A, "192.0.2.1", "198.51.100.7")
		}},
		"planned-move-with-a-website": {"partners are led to neither pool, before and after", func(w *world) {
			w.intent.EdgePool, w.ahead, w.adopted = "edge2.contoso.com", true, nil
			w.record("sip.contoso.com", dns.A, "198.51.100.7")
		}},
		"planned-move-with-a-record-for-the-pool-that-is-left": {"the declared pool's record comes first, and its addresses are written", func(w *world) {
			w.intent.EdgePool, w.ahead = "edge2.contoso.com", true
			w.record("_xmpp-server._tcp.contoso.com", dns.SRV, "0 0 5269 sip.contoso.com", "10 0 5269 ae1.contoso.com")
		}},
		"planned-move-of-a-domain-at-microsoft-365": {"the zone's addresses stay with the old pool, and XMPP partners go by them", func(w *world) {
			w.intent.EdgePool, w.ahead = "edge2.contoso.com", true
			w.record("_sipfederationtls._tcp.contoso.com", dns.SRV, "100 1 5061 sipfed.online.lync.com")
		}},
		"kit-lists-every-name": {"names are compared in lower case", func(w *world) {
			w.topology.Kit = &lync.Kit{Host: "fe1", Sites: []string{"redmond"}, Pools: []string{"edge1.contoso.com", "edge2.contoso.com", "pool1.contoso.com", "fe1.contoso.com"}}
		}},
		"kit-lacks-names": {"what the functions would refuse is said at the first look, though nothing is to be done", func(w *world) {
			w.topology.Kit = &lync.Kit{Host: "fe1", Pools: []string{"edge9.contoso.com"}}
			w.intent.Standby = []string{"edge2.contoso.com"}
		}},
		"kit-lists-the-pools-of-front-ends": {"a Front End pool uses the pool of the route, the local one, or the one that is named", func(w *world) {
			w.dublin("edge2.contoso.com")
			w.intent.FrontEnds[0].EdgePool = "edge1.contoso.com"
			w.topology.Kit = &lync.Kit{Host: "fe1", Sites: []string{"redmond", "dublin"}, Pools: []string{"edge1.contoso.com", "edge2.contoso.com", "fe1.contoso.com", "fe2.contoso.com"}}
		}},
		"kit-lacks-the-pool-of-a-front-end": {"its functions would refuse to lead the Front End pool there", func(w *world) {
			w.edge3()
			w.topology.FrontEndPools[0].Edge = lync.Association{Registrar: "edge3.contoso.com", Conferencing: "edge3.contoso.com"}
			w.intent.FrontEnds[0].EdgePool = "edge3.contoso.com"
			w.topology.Kit = &lync.Kit{Host: "fe1", Sites: []string{"redmond"}, Pools: []string{"edge1.contoso.com", "edge2.contoso.com", "fe1.contoso.com"}}
		}},
		"standby-pool-ticked-by-hand": {"a listed standby pool must not carry the flag", func(w *world) {
			w.intent.Standby = []string{"edge2.contoso.com"}
			w.pool("edge2.contoso.com").SIPEnabled = true
		}},
		"unnamed-pool-ticked-by-hand": {"a pool that the route does not name is never touched", func(w *world) { w.pool("edge2.contoso.com").SIPEnabled = true }},
		"site-left-out-keeps-its-pool": {"a pool that still serves an unmanaged site keeps its flag", func(w *world) {
			w.topology.Sites = append(w.topology.Sites, lync.Site{Name: "Dublin", SIPRoute: "edge1.contoso.com", XMPPRoute: "edge1.contoso.com"})
			w.intent.EdgePool = "edge2.contoso.com"
			w.intent.Protocols[0].Sites, w.intent.Protocols[1].Sites = []string{"redmond"}, []string{"Redmond"}
		}},
		"site-named-twice": {"two spellings of a site are one site and one step", func(w *world) {
			w.intent.EdgePool, w.intent.Protocols = "edge2.contoso.com", w.intent.Protocols[:1]
			w.intent.Protocols[0].Sites = []string{"redmond", "Redmond"}
		}},
		"machines-behind-one-address": {"a load balancer's address is asked once, however many machines stand behind it", func(w *world) {
			w.intent.EdgePool, w.intent.Protocols = "edge2.contoso.com", w.intent.Protocols[:1]
			pool := w.pool("edge2.contoso.com")
			second := pool.Servers[0]
			second.FQDN = "edge2b.contoso.com"
			pool.Servers = append(pool.Servers, second)
			w.servers["edge2b.contoso.com"] = w.servers["edge2.contoso.com"]
			w.certificates["edge2b.contoso.com"] = w.certificates["edge2.contoso.com"]
		}},
		"route-edited-by-hand": {"drift of one route is one route's step", func(w *world) { w.topology.Sites[0].XMPPRoute = "edge2.contoso.com" }},
		"address-edited-by-hand": {"drift of one record is one update, after the ports were seen", func(w *world) {
			w.record("sip.contoso.com", dns.A, "192.0.2.99")
		}},
		"ttl-edited-by-hand": {"a TTL that differs is drift too", func(w *world) {
			key := dns.Key{Name: "sip.contoso.com", Type: dns.A}
			part := w.records[key]
			part.Value.Set.TTL = 60
			w.records[key] = part
		}},
		"ttl-of-zero": {"resolvers would ask for the record again and again", func(w *world) {
			key := dns.Key{Name: "sip.contoso.com", Type: dns.A}
			part := w.records[key]
			part.Value.Set.TTL = 0
			w.records[key] = part
		}},
		"fail-over-of-records-with-a-long-ttl": {"partners go to the old pool for an hour, which serves them", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.lasts("sip.contoso.com", dns.A, 3600)
			w.lasts("_sipfederationtls._tcp.contoso.com", dns.SRV, 7200) // it stays as it is
		}},
		"fail-over-of-records-with-a-long-ttl-from-a-dead-pool": {"partners go to the dead pool for an hour", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.lasts("sip.contoso.com", dns.A, 3600)
			w.dead("edge1.contoso.com")
		}},
		"ttl-that-was-long": {"who asks within the hour is led where everybody is led", func(w *world) { w.lasts("sip.contoso.com", dns.A, 3600) }},
		"name-published-for-the-first-time": {"resolvers remember that there was none", func(w *world) {
			w.record("sip.contoso.com", dns.A)
			w.record("_sipfederationtls._tcp.contoso.com", dns.SRV)
			w.absent("sip.contoso.com", dns.A, 900)
			w.absent("_sipfederationtls._tcp.contoso.com", dns.SRV, 0)
		}},
		"address-of-the-other-type-for-the-first-time": {"the name exists, and partners reach it", func(w *world) {
			w.pool("edge1.contoso.com").Servers[0].ExternalAddresses = append(w.pool("edge1.contoso.com").Servers[0].ExternalAddresses, netip.MustParseAddr("2001:db8::1"))
		}},
		"name-published-for-the-first-time-of-unknown-absence": {"not every server shows its SOA record", func(w *world) {
			w.record("_xmpp-server._tcp.contoso.com", dns.SRV)
		}},
		"fail-over-that-renames-the-host": {"partners who pinned the name do not follow", func(w *world) {
			for i := range w.intent.Protocols {
				w.intent.Protocols[i].Domains[0].Host = ""
			}
			w.record("_sipfederationtls._tcp.contoso.com", dns.SRV, "0 0 5061 ae1.contoso.com")
			w.record("_xmpp-server._tcp.contoso.com", dns.SRV, "0 0 5269 ae1.contoso.com")
			w.record("ae1.contoso.com", dns.A, "192.0.2.1")
			w.record("ae1.contoso.com", dns.AAAA)
			w.record("ae2.contoso.com", dns.A, "192.0.2.2")
			w.record("ae2.contoso.com", dns.AAAA)
			w.adopt()
			w.intent.EdgePool = "edge2.contoso.com"
		}},
		"next-hop-is-failed-over": {"what partners send would arrive nowhere, and a person decides", func(w *world) {
			w.pairs()
			w.intent.EdgePool, w.topology.FrontEndPools[0].State = "edge2.contoso.com", lync.PoolFailedOver
		}},
		"next-hop-is-silent": {"no machine of it answers", func(w *world) {
			w.pairs()
			w.intent.EdgePool, w.closed["fe1a.contoso.com"], w.closed["fe1b.contoso.com"] = "edge2.contoso.com", true, true
		}},
		"next-hop-has-one-machine-left": {"it takes what is handed to it", func(w *world) {
			w.pairs()
			w.intent.EdgePool, w.closed["fe1a.contoso.com"] = "edge2.contoso.com", true
		}},
		"next-hop-is-silent-and-nothing-moves": {"a machine that is restarted is no reason to change the topology", func(w *world) {
			w.pairs()
			w.pool("edge1.contoso.com").NextHop, w.intent.FollowNextHop = "fe1.contoso.com", true
			w.closed["fe1a.contoso.com"], w.closed["fe1b.contoso.com"] = true, true
			w.pool("edge2.contoso.com").NextHop = "fe2.contoso.com" // for which the machines are asked
			w.hops = []plan.Hop{{EdgePool: "edge2.contoso.com", Before: "fe1.contoso.com", Now: "fe2.contoso.com"}}
		}},
		"next-hop-is-not-in-the-kit": {"the endpoint kit would refuse to name the backup pool", func(w *world) {
			w.pairs()
			w.topology.Kit = &lync.Kit{Host: "fe1", Version: 2, Sites: []string{"redmond"}, Pools: []string{"edge1.contoso.com", "edge2.contoso.com", "fe1.contoso.com"}}
			w.intent.EdgePool, w.intent.FollowNextHop, w.topology.FrontEndPools[0].State = "edge2.contoso.com", true, lync.PoolFailedOver
		}},
		"next-hop-of-unknown-pools": {"nobody knows whether the pool serves", func(w *world) {
			w.pairs()
			w.intent.EdgePool, w.intent.FollowNextHop, w.closed["fe1a.contoso.com"], w.closed["fe1b.contoso.com"] = "edge2.contoso.com", true, true, true
			w.unread(lync.PartServices)
		}},
		"next-hop-is-followed": {"the backup pool takes its place before the routes move, after the publish", func(w *world) {
			w.pairs()
			w.intent.EdgePool, w.intent.FollowNextHop, w.topology.FrontEndPools[0].State = "edge2.contoso.com", true, lync.PoolFailedOver
		}},
		"next-hop-is-followed-from-a-dead-pool": {"nothing is prepared, and the replicas carry it with the routes", func(w *world) {
			w.pairs()
			w.intent.EdgePool, w.intent.FollowNextHop, w.topology.FrontEndPools[0].State = "edge2.contoso.com", true, lync.PoolFailedOver
			w.dead("edge1.contoso.com")
		}},
		"next-hop-cannot-be-followed": {"the backup pool is failed over, too", func(w *world) {
			w.pairs()
			w.intent.EdgePool, w.intent.FollowNextHop = "edge2.contoso.com", true
			w.topology.FrontEndPools[0].State, w.topology.FrontEndPools[1].State = lync.PoolFailedOver, lync.PoolFailedOver
		}},
		"next-hop-without-a-function": {"an older endpoint kit cannot set it", func(w *world) {
			w.pairs()
			w.topology.Kit = &lync.Kit{Host: "fe1", Version: 1, Lacks: []string{"Set-NextHop"}, Sites: []string{"redmond"}, Pools: []string{"edge1.contoso.com", "edge2.contoso.com", "fe1.contoso.com"}}
			w.intent.EdgePool, w.intent.FollowNextHop, w.topology.FrontEndPools[0].State = "edge2.contoso.com", true, lync.PoolFailedOver
		}},
		"next-hop-fails-over-later": {"federation is there already, and the next hop follows all the same", func(w *world) {
			w.pairs()
			w.pool("edge1.contoso.com").NextHop = "fe1.contoso.com"
			w.intent.FollowNextHop, w.topology.FrontEndPools[0].State = true, lync.PoolFailedOver
		}},
		"next-hop-comes-back": {"its pool was failed back and answers", func(w *world) {
			w.pairs()
			w.pool("edge1.contoso.com").NextHop, w.intent.FollowNextHop = "fe2.contoso.com", true
			w.hops = []plan.Hop{{EdgePool: "edge1.contoso.com", Before: "fe1.contoso.com", Now: "fe2.contoso.com"}}
		}},
		"next-hop-comes-back-after-a-failback": {"its pool is failed back, which is not the state of before", func(w *world) {
			w.pairs()
			w.pool("edge1.contoso.com").NextHop, w.intent.FollowNextHop, w.topology.FrontEndPools[0].State = "fe2.contoso.com", true, lync.PoolFailedBack
			w.hops = []plan.Hop{{EdgePool: "edge1.contoso.com", Before: "fe1.contoso.com", Now: "fe2.contoso.com"}}
		}},
		"next-hop-stays-while-its-pool-is-failed-over": {"its machines answer, and its users are elsewhere", func(w *world) {
			w.pairs()
			w.pool("edge1.contoso.com").NextHop, w.intent.FollowNextHop, w.topology.FrontEndPools[0].State = "fe2.contoso.com", true, lync.PoolFailedOver
			w.hops = []plan.Hop{{EdgePool: "edge1.contoso.com", Before: "fe1.contoso.com", Now: "fe2.contoso.com"}}
		}},
		"next-hop-stays-with-the-backup": {"its pool was failed back, and one machine of it is silent", func(w *world) {
			w.pairs()
			w.pool("edge1.contoso.com").NextHop, w.intent.FollowNextHop, w.closed["fe1b.contoso.com"] = "fe2.contoso.com", true, true
			w.hops = []plan.Hop{{EdgePool: "edge1.contoso.com", Before: "fe1.contoso.com", Now: "fe2.contoso.com"}}
		}},
		"next-hop-was-changed-since": {"somebody else's choice stays", func(w *world) {
			w.pairs()
			w.pool("edge1.contoso.com").NextHop, w.intent.FollowNextHop = "director.contoso.com", true
			w.hops = []plan.Hop{{EdgePool: "edge1.contoso.com", Before: "fe1.contoso.com", Now: "fe2.contoso.com"}}
		}},
		"fail-over-with-a-lower-ttl": {"the records of the move get it first, and the move waits; what is written later is what is found by then", func(w *world) {
			w.intent.EdgePool, w.intent.DNS.MoveTTL = "edge2.contoso.com", 30
			w.lasts("_sipfederationtls._tcp.contoso.com", dns.SRV, 7200) // it leads nobody elsewhere
		}},
		"fail-over-with-a-lowered-ttl": {"partners may remember the old one", func(w *world) {
			w.intent.EdgePool, w.intent.DNS.MoveTTL = "edge2.contoso.com", 30
			w.lasts("sip.contoso.com", dns.A, 30)
			w.lowering = plan.Lowering{Ends: time.Date(2026, 3, 14, 22, 5, 0, 0, time.UTC)}
		}},
		"fail-over-with-a-forgotten-ttl": {"the move goes on", func(w *world) {
			w.intent.EdgePool, w.intent.DNS.MoveTTL = "edge2.contoso.com", 30
			w.lasts("sip.contoso.com", dns.A, 30)
			w.lowering.Over = true
		}},
		"in-sync-with-a-lower-ttl": {"it is for moves alone", func(w *world) { w.intent.DNS.MoveTTL, w.lowering.Over = 30, true }},
		"certificate-lacks-the-host": {"partners ask for the host of the SRV record; the old pool serves, so nothing begins", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.lacks("edge2.contoso.com", "sip.contoso.com")
		}},
		"certificate-lacks-the-access-edge-name": {"the Access Edge is known by it", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.lacks("edge2.contoso.com", "ae2.contoso.com")
		}},
		"certificate-lacks-the-xmpp-domain": {"servers of 2013 are known by the domain, whatever else the certificate has", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.shows("edge2.contoso.com", func(c *lync.Certificate) { c.Names = []string{"ae2.contoso.com", "sip.contoso.com", "*.contoso.com"} })
		}},
		"certificate-lacks-the-xmpp-domain-in-2015": {"the host will do, and a wildcard", func(w *world) {
			w.intent.EdgePool, w.topology.Product.XMPPByHost = "edge2.contoso.com", true
			w.intent.Protocols[1].Domains[0].Host = "xmpp.contoso.com"
			w.record("xmpp.contoso.com", dns.A, "192.0.2.1")
			w.record("xmpp.contoso.com", dns.AAAA)
			w.record("_xmpp-server._tcp.contoso.com", dns.SRV, "0 0 5269 xmpp.contoso.com")
			w.shows("edge2.contoso.com", func(c *lync.Certificate) { c.Names = []string{"ae2.contoso.com", "sip.contoso.com", "*.contoso.com"} })
		}},
		"certificate-has-ended": {"partners refuse it", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.shows("edge2.contoso.com", func(c *lync.Certificate) { c.NotAfter, c.Chain = w.at.Add(-time.Hour), []string{"NotTimeValid"} })
		}},
		"certificate-is-of-tomorrow": {"partners refuse it", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.shows("edge2.contoso.com", func(c *lync.Certificate) { c.NotBefore = w.at.Add(time.Hour) })
		}},
		"certificate-without-its-chain": {"partners cannot follow it to an issuer that they know", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.shows("edge2.contoso.com", func(c *lync.Certificate) { c.Chain = []string{"PartialChain"} })
		}},
		"certificate-that-nobody-assigned": {"a pool that was installed and never finished", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.shows("edge2.contoso.com", func(c *lync.Certificate) { *c = lync.Certificate{} })
		}},
		"certificates-that-differ": {"a partner meets now one machine, now the other", func(w *world) {
			w.twoMachines()
			w.topology.Sites[0].SIPRoute, w.topology.Sites[0].XMPPRoute = "edge2.contoso.com", "edge2.contoso.com"
			w.edgeServer("edge2.contoso.com", func(s *lync.EdgeServerState) { *s = edgeState("edge2.contoso.com", true) })
			w.shows("edge1b.contoso.com", func(c *lync.Certificate) { c.Names = append(c.Names, "old.contoso.com") })
		}},
		"certificate-lacks-the-host-and-the-old-pool-is-dead": {"nobody is served, so the plan says so and goes on", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.lacks("edge2.contoso.com", "sip.contoso.com")
			w.dead("edge1.contoso.com")
		}},
		"certificate-lacks-the-host-and-a-move-is-taken-back": {"the pool served before with what it has", func(w *world) {
			w.topology.Sites[0].SIPRoute, w.topology.Sites[0].XMPPRoute, w.back = "edge2.contoso.com", "edge2.contoso.com", true
			w.edgeServer("edge2.contoso.com", func(s *lync.EdgeServerState) { *s = edgeState("edge2.contoso.com", true) })
			w.lacks("edge1.contoso.com", "sip.contoso.com")
		}},
		"certificate-unread": {"an old endpoint kit cannot say; the plan says so and goes on", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.certificates["edge2.contoso.com"] = lync.Part[lync.Certificate]{Err: fault.New(fault.Unsupported, "Read-EdgeCertificate", "edge2.contoso.com", "the endpoint kit there (version 1) has no function Read-EdgeCertificate")}
		}},
		"certificate-of-an-unknown-chain": {"the machine could not look", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.shows("edge2.contoso.com", func(c *lync.Certificate) { c.ChainError = "Access is denied." })
		}},
		"certificate-of-the-hosting-pool-ends": {"nobody is led anywhere, so no plan speaks of it", func(w *world) {
			w.lacks("edge1.contoso.com", "sip.contoso.com")
		}},
		"alias-in-the-way": {"a CNAME is named and nothing is written", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			for _, kind := range []dns.Type{dns.A, dns.AAAA} {
				key := dns.Key{Name: "sip.contoso.com", Type: kind}
				w.records[key] = lync.Part[dns.Lookup]{Value: dns.Lookup{Set: dns.RRSet{Key: key}, Barrier: dns.BarrierCNAME, Detail: "edge.cdn.example"}}
			}
		}},
		"hosted-by-microsoft-365": {"the domain's users may be there", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.record("_sipfederationtls._tcp.contoso.com", dns.SRV, "10 2 5061 sipfed.online.lync.com")
		}},
		"hosted-by-a-namesake": {"only names below online.lync.com are Microsoft's", func(w *world) {
			w.record("_sipfederationtls._tcp.contoso.com", dns.SRV, "0 0 5061 sip.notonline.lync.com")
		}},
		"fail-over-at-first-sight": {"records that lead to the old pool are the organization's own", func(w *world) {
			w.adopted, w.intent.EdgePool = nil, "edge2.contoso.com"
			w.record("_sipfederationtls._tcp.contoso.com", dns.SRV, "0 0 5061 ae1.contoso.com")
		}},
		"address-of-others": {"a set that the route never had is somebody's, and so are partners who would be led there", func(w *world) {
			w.adopted = nil
			w.record("sip.contoso.com", dns.A, "192.0.2.80")
			w.record("_sipfederationtls._tcp.contoso.com", dns.SRV)
			w.record("_xmpp-server._tcp.contoso.com", dns.SRV)
		}},
		"address-of-others-consented": {"a person has seen this very set", func(w *world) {
			w.adopted = nil
			w.record("sip.contoso.com", dns.A, "192.0.2.80")
			w.intent.DNS.Adopt = w.records[dns.Key{Name: "sip.contoso.com", Type: dns.A}].Value.Set.Hash()
		}},
		"address-of-others-changed-since": {"a person has seen another set", func(w *world) {
			w.adopted = nil
			w.record("sip.contoso.com", dns.A, "192.0.2.80")
			w.intent.DNS.Adopt = w.records[dns.Key{Name: "sip.contoso.com", Type: dns.A}].Value.Set.Hash()
			w.record("sip.contoso.com", dns.A, "192.0.2.81")
		}},
		"addresses-of-two-pools": {"somebody spreads partners over two pools on purpose", func(w *world) {
			w.adopted = nil
			w.record("sip.contoso.com", dns.A, "192.0.2.1", "192.0.2.2")
		}},
		"address-of-the-website": {"a consent alone does not take a website's addresses away", func(w *world) {
			w.adopted = nil
			for i := range w.intent.Protocols {
				w.intent.Protocols[i].Domains = []plan.Domain{{Name: "contoso.com", Host: "contoso.com"}}
			}
			w.record("contoso.com", dns.A, "192.0.2.80")
			w.record("contoso.com", dns.AAAA)
			w.intent.DNS.Adopt = w.records[dns.Key{Name: "contoso.com", Type: dns.A}].Value.Set.Hash()
		}},
		"address-of-the-website-meant": {"a consent and a declaration do", func(w *world) {
			w.adopted = nil
			for i := range w.intent.Protocols {
				w.intent.Protocols[i].Domains = []plan.Domain{{Name: "contoso.com", Host: "contoso.com", Apex: true}}
			}
			w.record("contoso.com", dns.A, "192.0.2.80")
			w.record("contoso.com", dns.AAAA)
			w.intent.DNS.Adopt = w.records[dns.Key{Name: "contoso.com", Type: dns.A}].Value.Set.Hash()
		}},
		"service-by-another-name": {"the name has the addresses of a pool", func(w *world) {
			w.adopted = nil
			w.record("_sipfederationtls._tcp.contoso.com", dns.SRV, "0 0 5061 partners.contoso.com")
			w.record("partners.contoso.com", dns.A, "192.0.2.1")
			w.record("partners.contoso.com", dns.AAAA)
		}},
		"service-elsewhere": {"the name has no address that is known", func(w *world) {
			w.adopted = nil
			w.record("_sipfederationtls._tcp.contoso.com", dns.SRV, "0 0 5061 sip.fabrikam.com")
		}},
		"service-of-unknown-addresses": {"whose a record is cannot be told from what was not read", func(w *world) {
			w.adopted = nil
			w.record("_sipfederationtls._tcp.contoso.com", dns.SRV, "0 0 5061 partners.contoso.com")
			w.records[dns.Key{Name: "partners.contoso.com", Type: dns.A}] = lync.Part[dns.Lookup]{Err: fault.New(fault.Unreachable, "look up", "partners.contoso.com", "no answer")}
		}},
		"service-of-another-pool-beside": {"Microsoft's XMPP procedure advises one record for each Edge pool; the address is put back all the same", func(w *world) {
			w.record("_xmpp-server._tcp.contoso.com", dns.SRV, "0 0 5269 sip.contoso.com", "10 0 5269 xmpp2.contoso.com")
			w.record("xmpp2.contoso.com", dns.A, "192.0.2.2")
			w.record("xmpp2.contoso.com", dns.AAAA)
			w.record("sip.contoso.com", dns.A, "192.0.2.99")
		}},
		"service-of-another-pool-at-first-sight": {"and so it is when the route has never had the set", func(w *world) {
			w.adopted = nil
			w.record("_xmpp-server._tcp.contoso.com", dns.SRV, "0 0 5269 sip.contoso.com", "10 0 5269 ae2.contoso.com")
		}},
		"service-of-the-same-pool-beside": {"it led to another pool before federation moved here", func(w *world) {
			w.record("_xmpp-server._tcp.contoso.com", dns.SRV, "0 0 5269 sip.contoso.com", "10 0 5269 ae1.contoso.com")
		}},
		"service-before-ours": {"a record that is asked first takes partners away", func(w *world) {
			w.intent.Protocols[1].Domains[0].Priority = 5
			w.record("_xmpp-server._tcp.contoso.com", dns.SRV, "0 0 5269 xmpp2.contoso.com", "5 0 5269 sip.contoso.com")
		}},
		"standby-declared": {"the record of each pool has a priority of its own, and the pool that hosts federation is no standby", func(w *world) {
			w.intent.Protocols[1].Domains[0].Standby = []plan.Standby{{EdgePool: "edge1.contoso.com", Priority: 10}, {EdgePool: "edge2.contoso.com", Priority: 10, Weight: 5}, {Host: "xmpp3.contoso.com", Priority: 20}}
		}},
		"standby-taken-back": {"what the route wrote it may take away", func(w *world) {
			w.record("_xmpp-server._tcp.contoso.com", dns.SRV, "0 0 5269 sip.contoso.com", "10 0 5269 xmpp3.contoso.com")
			w.adopt()
		}},
		"zone-elsewhere": {"what the server says of its zones is passed on", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			key := dns.Key{Name: "sip.contoso.com", Type: dns.A}
			w.records[key] = lync.Part[dns.Lookup]{Value: dns.Lookup{Set: dns.RRSet{Key: key}, Barrier: dns.BarrierNoZone, Detail: "the name lies in fabrikam.com, not in contoso.com"}}
		}},
		"zone-unexplained": {"and said in our words when the server says nothing", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			key := dns.Key{Name: "sip.contoso.com", Type: dns.A}
			w.records[key] = lync.Part[dns.Lookup]{Value: dns.Lookup{Set: dns.RRSet{Key: key}, Barrier: dns.BarrierNoZone}}
		}},
		"wildcard-in-the-way": {"a record of its own would hide the wildcard from partners", func(w *world) {
			key := dns.Key{Name: "sip.contoso.com", Type: dns.A}
			w.records[key] = lync.Part[dns.Lookup]{Value: dns.Lookup{Set: dns.RRSet{Key: key}, Barrier: dns.BarrierWildcard, Detail: "*.contoso.com"}}
		}},
		"delegation-in-the-way": {"a name below a zone cut is another server's", func(w *world) {
			key := dns.Key{Name: "sip.contoso.com", Type: dns.A}
			w.records[key] = lync.Part[dns.Lookup]{Value: dns.Lookup{Set: dns.RRSet{Key: key}, Barrier: dns.BarrierDelegation, Detail: "sip.contoso.com"}}
		}},
		"records-unknown": {"a zone that cannot be read holds its records and nothing else", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.records[dns.Key{Name: "sip.contoso.com", Type: dns.A}] = lync.Part[dns.Lookup]{Err: fault.New(fault.Unreachable, "look up", "sip.contoso.com", "no answer")}
		}},
		"services-died": {"a stopped machine of the hosting pool is started again", func(w *world) {
			w.edgeServer("edge1.contoso.com", func(s *lync.EdgeServerState) {
				s.Services[0].State, s.Listening = lync.ServiceStopped, nil
			})
		}},
		"setup-failed": {"setup disables first: what it left cannot be started, only set up, and its rest reads like the plan before", func(w *world) {
			w.edgeServer("edge1.contoso.com", disable)
		}},
		"disabled-and-running": {"a service that runs and is set to disabled is a person's", func(w *world) {
			w.edgeServer("edge1.contoso.com", func(s *lync.EdgeServerState) { s.Services[0].Disabled = true })
		}},
		"services-would-not-start": {"setup is what is left when a start failed", func(w *world) {
			w.edgeServer("edge1.contoso.com", stop)
			w.notStarted = map[lync.Host]bool{"edge1.contoso.com": true}
		}},
		"services-would-not-start-nor-replicate": {"setup needs a replica, so the start is tried again", func(w *world) {
			w.edgeServer("edge1.contoso.com", func(s *lync.EdgeServerState) { stop(s); s.Services[1].State = lync.ServiceStopped })
			w.notStarted = map[lync.Host]bool{"edge1.contoso.com": true}
		}},
		"services-stopped-by-fedroute": {"they are started again, and nobody has to approve it", func(w *world) {
			w.edgeServer("edge1.contoso.com", stop)
			w.stopped, w.topology.Sites[0].XMPPRoute = map[lync.Host]bool{"edge1.contoso.com": true}, "edge2.contoso.com"
		}},
		"services-run-at-last": {"a start that failed is past when all run", func(w *world) {
			w.notStarted = map[lync.Host]bool{"edge1.contoso.com": true}
		}},
		"setup-lost": {"a machine that runs and does not listen is set up again", func(w *world) {
			w.edgeServer("edge1.contoso.com", func(s *lync.EdgeServerState) { s.Listening = s.Listening[1:] })
		}},
		"proxy-silent": {"a proxy that has not taken its route up is restarted, on a replica that carries the route", func(w *world) {
			w.edgeServer("edge1.contoso.com", func(s *lync.EdgeServerState) { s.Listening = s.Listening[:1] })
		}},
		"listens-only-inside": {"the Access Edge listens on 5061 inside as well; that does not count", func(w *world) {
			w.edgeServer("edge1.contoso.com", func(s *lync.EdgeServerState) {
				s.Listening[0] = netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), 5061)
			})
		}},
		"published-and-never-enabled": {"a publish that died before Enable-CsTopology is finished, or nothing would ever replicate", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			for _, p := range []string{"edge1.contoso.com", "edge2.contoso.com"} {
				w.pool(p).SIPEnabled, w.pool(p).XMPPEnabled = p == "edge2.contoso.com", p == "edge2.contoso.com"
			}
			unenabled(w, "edge2.contoso.com")
			w.published = "sha256-theirs"
		}},
		"published-by-us-and-nothing-else-differs": {"a document that is in force nowhere is drift", func(w *world) {
			unenabled(w, "edge1.contoso.com")
			w.published = "sha256-theirs"
		}},
		"published-by-somebody-else": {"is left alone", func(w *world) {
			unenabled(w, "edge1.contoso.com")
			w.published = "sha256-ours"
		}},
		"published-by-somebody": {"unknown is not ours", func(w *world) {
			unenabled(w, "edge1.contoso.com")
			w.document = lync.Part[string]{Err: fault.New(fault.Unreachable, "read the topology document", "fe1", "no answer")}
		}},
		"publish-that-nobody-saw-end": {"it may have emptied the simple URLs", func(w *world) { w.simpleURLs = "[]" }},
		"publish-that-nobody-saw-end-and-a-move": {"they are back before another publish reads them", func(w *world) {
			w.simpleURLs, w.topology.EdgePools[0].SIPEnabled = "[]", false
		}},
		"published-by-us-with-flags-verified": {"flags are a person's", func(w *world) {
			unenabled(w, "edge1.contoso.com")
			w.intent.ManageFlags, w.published = false, "sha256-theirs"
		}},
		"move-on-what-somebody-else-published": {"no replica will carry it, and a person is asked", func(w *world) {
			unenabled(w, "edge1.contoso.com")
			w.topology.Sites[0].XMPPRoute = "edge2.contoso.com"
		}},
		"move-on-what-somebody-published": {"whose it is decides and is not known", func(w *world) {
			unenabled(w, "edge1.contoso.com")
			w.document = lync.Part[string]{Err: fault.New(fault.Unreachable, "read the topology document", "fe1", "no answer")}
			w.topology.Sites[0].XMPPRoute = "edge2.contoso.com"
		}},
		"half-associated": {"one of three links differs", func(w *world) { w.topology.FrontEndPools[0].Edge.Mediation = "edge2.contoso.com" }},
		"front-end-to-be-failed-back": {"what a move or a person asks for is done", func(w *world) {
			w.topology.FrontEndPools[0].State = lync.PoolFailedOver
			w.failBack = []string{"fe1.contoso.com"}
		}},
		"front-end-failed-over-on-purpose": {"failBack alone undoes nobody's failover", func(w *world) {
			w.topology.FrontEndPools[0].State = lync.PoolFailedOver
			w.intent.FrontEnds[0].FailBack = true
		}},
		"front-end-is-active": {"a pool that is back is left alone", func(w *world) { w.failBack = []string{"fe1.contoso.com"} }},
		"front-end-port-silent": {"one silent machine of two holds the failback, and nothing else", func(w *world) {
			w.intent.EdgePool, w.failBack = "edge2.contoso.com", []string{"fe1.contoso.com"}
			w.topology.FrontEndPools[0].State = lync.PoolFailedOver
			w.closed["fe1b.contoso.com"] = true
		}},
		"front-end-replica-behind": {"each change leaves the replicas behind for a while; the step waits for them", func(w *world) {
			w.failBack = []string{"fe1.contoso.com"}
			w.topology.FrontEndPools[0].State = lync.PoolFailedOver
			w.topology.Replicas["fe1a.contoso.com"] = lync.Replica{}
		}},
		"front-end-replica-unknown": {"so is one that nobody knows of", func(w *world) {
			w.failBack = []string{"fe1.contoso.com"}
			w.topology.FrontEndPools[0].State = lync.PoolFailedOver
			delete(w.topology.Replicas, "fe1a.contoso.com")
		}},
		"front-end-without-machines": {"and a pool of which no machine is known", func(w *world) {
			w.failBack = []string{"fe1.contoso.com"}
			w.topology.FrontEndPools[0].State, w.topology.FrontEndPools[0].Servers = lync.PoolFailedOver, nil
		}},
		"site-over-a-director": {"which Edge pool a Director hands federation to is unknown, so it is told and left", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.topology.Sites[0].SIPRoute = "dir1.contoso.com"
		}},
		"sites-unknown": {"which pool hosts federation is unknown, so no flag, route, record or link changes", func(w *world) {
			w.intent.EdgePool, w.intent.Protocols[0].Sites = "edge2.contoso.com", []string{"Redmond"}
			w.unread(lync.PartSites)
		}},
		"sites-unknown-and-a-machine-stopped": {"what does not need the sites goes on", func(w *world) {
			w.edgeServer("edge1.contoso.com", stop)
			w.record("sip.contoso.com", dns.A, "192.0.2.99")
			w.simpleURLs = "[]"
			w.unread(lync.PartSites)
		}},
		"sites-unknown-and-setup-lost": {"setup waits for a replica, and the wait looks at the sites", func(w *world) {
			w.edgeServer("edge1.contoso.com", func(s *lync.EdgeServerState) { s.Listening = s.Listening[1:] })
			w.unread(lync.PartSites)
		}},
		"switch-unknown": {"whether federation is allowed at all is not known, though nothing differs", func(w *world) { w.unread(lync.PartAccessEdge) }},
		"switch-unknown-and-a-move": {"the move is shown and held", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.unread(lync.PartAccessEdge)
		}},
		"replicas-unknown": {"nothing is to be done, so nothing has to be waited for", func(w *world) { w.unread(lync.PartReplicas) }},
		"replicas-unknown-and-a-move": {"a move that nobody could see arrive is not begun", func(w *world) {
			w.intent.EdgePool = "edge2.contoso.com"
			w.unread(lync.PartReplicas)
		}},
		"replicas-unknown-and-address-edited": {"records need no replica", func(w *world) {
			w.record("sip.contoso.com", dns.A, "192.0.2.99")
			w.unread(lync.PartReplicas)
		}},
		"services-unknown-and-a-move": {"federation moves, and the Front End pools wait", func(w *world) {
			w.intent.EdgePool, w.intent.FrontEnds[0].FailBack = "edge2.contoso.com", true
			w.unread(lync.PartServices)
		}},
		"services-unknown-and-no-front-ends": {"a route without Front End pools does not need them", func(w *world) {
			w.intent.FrontEnds = nil
			w.unread(lync.PartServices)
		}},
		"pool-states-unknown-and-a-move": {"federation moves, and whether users are to come home is told as unknown", func(w *world) {
			w.intent.EdgePool, w.intent.FrontEnds[0].FailBack = "edge2.contoso.com", true
			w.unread(lync.PartPoolStates)
		}},
		"pool-states-unknown": {"a pool that nobody wants back needs no state", func(w *world) { w.unread(lync.PartPoolStates) }},
		"pool-states-unknown-and-a-failback-is-owed": {"what is owed stays owed", func(w *world) {
			w.failBack = []string{"fe1.contoso.com"}
			w.unread(lync.PartPoolStates)
		}},
		"replicas-unknown-and-a-failback-is-owed": {"a machine of the pool may be down", func(w *world) {
			w.failBack, w.topology.FrontEndPools[0].State = []string{"fe1.contoso.com"}, lync.PoolFailedOver
			w.unread(lync.PartReplicas)
		}},
		"version-unknown-and-sip-alone": {"only XMPP depends on the version", func(w *world) {
			w.intent.EdgePool, w.intent.Protocols = "edge2.contoso.com", w.intent.Protocols[:1]
			w.unread(lync.PartVersion)
		}},
		"route-is-contested": {"it is left to whoever sets it, and the rest of a repair goes on", func(w *world) {
			w.topology.Sites[0].SIPRoute, w.topology.Sites[0].XMPPRoute = "edge2.contoso.com", "edge2.contoso.com"
			w.left = map[string]bool{"SIP federation route of site Redmond": true}
		}},
		"route-is-contested-and-set-back": {"what is as wanted changes nothing", func(w *world) {
			w.left = map[string]bool{"SIP federation route of site Redmond": true}
		}},
		"route-is-contested-beside-a-dead-machine": {"a site that is left leaves no pool, so nothing waits for the machine but what needs it", func(w *world) {
			w.twoMachines()
			w.intent.Protocols = w.intent.Protocols[:1]
			w.topology.Sites = append(w.topology.Sites, lync.Site{Name: "Dublin"})
			w.topology.Sites[0].SIPRoute = "edge2.contoso.com"
			w.record("sip.contoso.com", dns.A, "192.0.2.1")
			w.dead("edge1b.contoso.com")
			w.left = map[string]bool{"SIP federation route of site Redmond": true}
		}},
		"one-of-two-routes-is-contested": {"the other site moves, and the pool that the first keeps to keeps its flag", func(w *world) {
			w.intent.EdgePool, w.intent.Protocols = "edge2.contoso.com", w.intent.Protocols[:1]
			w.topology.Sites = append(w.topology.Sites, lync.Site{Name: "Dublin", SIPRoute: "edge1.contoso.com"})
			w.left = map[string]bool{"SIP federation route of site Redmond": true}
		}},
		"flag-is-contested": {"no site is led to a pool without the flag, no machine is set up for it, and the other protocol goes on", func(w *world) {
			w.topology.Sites[0].SIPRoute, w.topology.Sites[0].XMPPRoute = "edge2.contoso.com", "edge2.contoso.com"
			w.pool("edge1.contoso.com").SIPEnabled = false
			w.edgeServer("edge1.contoso.com", func(s *lync.EdgeServerState) { s.Listening = s.Listening[1:] })
			w.left = map[string]bool{"SIP federation flag (port 5061) of Edge pool edge1.contoso.com": true}
		}},
		"flag-is-contested-and-addresses-differ": {"partners are led only to a port that answers, and users wait for no port that cannot", func(w *world) {
			w.intent.Protocols = w.intent.Protocols[:1]
			w.pool("edge1.contoso.com").SIPEnabled = false
			w.record("sip.contoso.com", dns.A, "192.0.2.99")
			w.topology.FrontEndPools[0].Edge.Mediation = "edge2.contoso.com"
			w.left = map[string]bool{"SIP federation flag (port 5061) of Edge pool edge1.contoso.com": true}
		}},
		"flag-of-the-other-pool-is-contested": {"somebody ticks it again and again, and that holds nothing", func(w *world) {
			w.intent.Standby = []string{"edge2.contoso.com"}
			w.pool("edge2.contoso.com").SIPEnabled, w.pool("edge2.contoso.com").XMPPEnabled = true, true
			w.left = map[string]bool{"SIP federation flag (port 5061) of Edge pool edge2.contoso.com": true}
		}},
		"record-is-contested": {"the other records of the zone are changed", func(w *world) {
			w.record("sip.contoso.com", dns.A, "192.0.2.99")
			w.record("_xmpp-server._tcp.contoso.com", dns.SRV)
			w.left = map[string]bool{"sip.contoso.com A": true}
		}},
		"association-is-contested": {"the routes are put back", func(w *world) {
			w.topology.FrontEndPools[0].Edge.Mediation, w.topology.Sites[0].SIPRoute = "edge2.contoso.com", "edge2.contoso.com"
			w.left = map[string]bool{"Edge association of Front End pool fe1.contoso.com": true}
		}},
		"route-is-contested-and-another-site-has-the-other-protocol": {"the pool serves nobody over SIP, whatever the XMPP route of the other site is", func(w *world) {
			w.topology.Sites = append(w.topology.Sites, lync.Site{Name: "Dublin", XMPPRoute: "edge1.contoso.com"})
			w.intent.Protocols[0].Sites, w.intent.Protocols[1].Sites = []string{"Redmond"}, []string{"Dublin"}
			w.topology.Sites[0].SIPRoute = "edge2.contoso.com"
			w.record("sip.contoso.com", dns.A, "192.0.2.99")
			w.left = map[string]bool{"SIP federation route of site Redmond": true}
		}},
		"zone-by-cmdlets": {"who reads the plan sees that a zone is changed in another way than usual", func(w *world) {
			w.intent.DNS.Ways = map[string]string{"contoso.com": "by the DnsServer cmdlets"}
			w.record("sip.contoso.com", dns.A, "192.0.2.99")
		}},
		"sip-alone-needs-no-proxy": {"a pool without XMPP has no XMPP proxy, and nothing is to be set up", func(w *world) {
			w.intent.Protocols = w.intent.Protocols[:1]
			w.pool("edge1.contoso.com").XMPPEnabled = false
			w.edgeServer("edge1.contoso.com", func(s *lync.EdgeServerState) { s.Services, s.Listening = s.Services[:1], s.Listening[:1] })
		}},
		"proxy-is-missing": {"setup is noted, and somebody has taken the XMPP proxy away since", func(w *world) {
			w.setups = map[lync.Host][]lync.Protocol{"edge1.contoso.com": {lync.SIP, lync.XMPP}}
			w.edgeServer("edge1.contoso.com", func(s *lync.EdgeServerState) { s.Services, s.Listening = s.Services[:1], s.Listening[:1] })
		}},
		"left-pool-keeps-its-proxy": {"nothing listens and nothing was noted there, and the XMPP proxy is what setup has left to take away", func(w *world) {
			w.drains()
			w.drain.Over = true
			w.pool("edge2.contoso.com").SIPEnabled, w.pool("edge2.contoso.com").XMPPEnabled = false, false
			w.edgeServer("edge2.contoso.com", func(s *lync.EdgeServerState) { s.Listening = nil })
		}},
		"left-pool-has-the-proxy-of-others": {"a route without XMPP takes none away", func(w *world) {
			w.drains()
			w.drain.Over = true
			w.intent.Protocols = w.intent.Protocols[:1]
			w.pool("edge2.contoso.com").SIPEnabled, w.pool("edge2.contoso.com").XMPPEnabled = false, false
			w.edgeServer("edge2.contoso.com", func(s *lync.EdgeServerState) { s.Listening = nil })
		}},
		"srv-replaced-by-one-of-lower-priority": {"partners were led away, which is drift and no record beside the route's own", func(w *world) {
			w.record("_sipfederationtls._tcp.contoso.com", dns.SRV, "10 0 5061 other.contoso.com")
		}},
		"srv-with-a-rival": {"a record of the same priority beside the wanted one takes partners away", func(w *world) {
			w.record("_sipfederationtls._tcp.contoso.com", dns.SRV, "0 0 5061 other.contoso.com", "0 0 5061 sip.contoso.com")
		}},
		"federation-forbidden": {"the global switch is a person's", func(w *world) { w.topology.FederatedUsersAllowed = false }},
	}
	plans, reasons := map[string]string{}, map[string]string{}
	for name, c := range cases {
		w := settled()
		c.change(w)
		p, err := w.compute()
		if err != nil {
			t.Fatalf("%s: %s: %v", name, c.reason, err)
		}
		plans[name], reasons[name] = text(p), c.reason
	}
	comparePlans(t, plans, reasons)
}

// stopAll stops every service of a machine.
func stopAll(s *lync.EdgeServerState) {
	s.Services = slices.Clone(s.Services)
	for i := range s.Services {
		s.Services[i].State = lync.ServiceStopped
	}
}

// stop stops the Access Edge and leaves a second service, the replica's agent,
// running.
func stop(s *lync.EdgeServerState) {
	s.Services = append([]lync.Service{{Name: "RTCSRV", DisplayName: "Access Edge", State: lync.ServiceStopped},
		{Name: "REPLICA", DisplayName: "Replica Replicator Agent", State: lync.ServiceRunning}}, s.Services[1:]...)
	s.Listening = nil
}

// unenabled publishes a document that is not enabled: the machine's replica counts as up to date
// and does not carry it. The document is fedroute's own if w.published has its digest.
func unenabled(w *world, machine string) {
	w.topology.Signature, w.document = "s2", lync.Part[string]{Value: "sha256-theirs"}
	w.topology.Replicas = map[lync.Host]lync.Replica{lync.HostOf(machine): {UpToDate: true}}
}

func disable(s *lync.EdgeServerState) { stop(s); s.Services[0].Disabled = true }

func TestResolveRefuses(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*world)
		kind   fault.Kind
		says   string
	}{
		"unknown Edge pool":                {"the names that exist help to find the typing error", func(w *world) { w.intent.EdgePool = "edge3.contoso.com" }, fault.Invalid, "edge1.contoso.com, edge2.contoso.com"},
		"unknown standby pool":             {"standby pools must exist too", func(w *world) { w.intent.Standby = []string{"nope.contoso.com"} }, fault.Invalid, "standby Edge pool"},
		"unknown pool to prepare":          {"what is kept ready must exist", func(w *world) { w.intent.Prepare = []string{"nope.contoso.com"} }, fault.Invalid, "Edge pool to prepare"},
		"unknown pool of a Front End pool": {"nothing can be led there", func(w *world) { w.intent.FrontEnds[0].EdgePool = "nope.contoso.com" }, fault.Invalid, "Edge pool of Front End pool fe1.contoso.com"},
		"unknown site":                     {"sites are looked up by name", func(w *world) { w.intent.Protocols[0].Sites = []string{"Tokyo"} }, fault.Invalid, "Redmond"},
		"unknown Front End pool":           {"pools are looked up by name", func(w *world) { w.intent.FrontEnds[0].FQDN = "fe9.contoso.com" }, fault.Invalid, "fe1.contoso.com"},
		"pool without machine":             {"nothing can host there", func(w *world) { w.pool("edge1.contoso.com").Servers = nil }, fault.Invalid, "no machine in service"},
		"all out of service": {"out of service counts as not there", func(w *world) {
			w.intent.Servers = map[lync.Host]plan.ServerOverride{"edge1.contoso.com": {OutOfService: true}}
		}, fault.Invalid, "no machine in service"},
		"XMPP of 2019":     {"the product has none", func(w *world) { w.topology.Product = lync.Product{Name: "Skype for Business Server 2019"} }, fault.Unsupported, "Skype for Business Server 2019"},
		"no address":       {"ports could not be checked", func(w *world) { w.pool("edge1.contoso.com").Servers[0].ExternalAddresses = nil }, fault.Invalid, "externalAddresses"},
		"no zone":          {"nowhere to write", func(w *world) { w.intent.DNS.Zones = []string{"fabrikam.com"} }, fault.Invalid, "spec.dns.servers"},
		"document unknown": {"nothing can be planned without it", func(w *world) { w.unread(lync.PartDocument) }, fault.SecondHop, "there is no plan without"},
		"version unknown":  {"whether there is XMPP is unknown", func(w *world) { w.unread(lync.PartVersion) }, fault.SecondHop, "not every version has XMPP"},
		"unknown pool in standby": {"the record would have no name", func(w *world) {
			w.intent.Protocols[1].Domains[0].Standby = []plan.Standby{{EdgePool: "edge3.contoso.com", Priority: 10}}
		}, fault.Invalid, "standby Edge pool of contoso.com"},
		"standby outside": {"an SRV target must lie in its own domain", func(w *world) {
			w.pool("edge2.contoso.com").ExternalFQDN = "ae2.fabrikam.com"
			w.intent.Protocols[1].Domains[0].Standby = []plan.Standby{{EdgePool: "edge2.contoso.com", Priority: 10}}
		}, fault.Invalid, "ae2.fabrikam.com lies outside the domain"},
		"foreign host": {"an SRV target must lie in its own domain", func(w *world) {
			w.intent.Protocols[0].Domains = []plan.Domain{{Name: "fabrikam.com"}}
			w.intent.DNS.Zones = append(w.intent.DNS.Zones, "fabrikam.com")
		}, fault.Invalid, "sip.fabrikam.com"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := settled()
			c.change(w)
			_, err := w.compute()
			if got := fault.KindOf(err); got != c.kind {
				t.Fatalf("%s: kind %q, want %q (%v)", c.reason, got, c.kind, err)
			}
			f, _ := errors.AsType[*fault.Error](err)
			if !strings.Contains(f.Sentence(), c.says) || f.Effect == "" || f.Next == "" {
				t.Errorf("%s: %q should name %q, an effect and a next action", c.reason, f.Sentence(), c.says)
			}
		})
	}
}

func TestPlanIDIsOfContent(t *testing.T) {
	id := func(change func(*world)) string {
		w := settled()
		change(w)
		p, err := w.compute()
		if err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	over := func(w *world) { w.intent.EdgePool = "edge2.contoso.com" }
	if a, b := id(over), id(over); a != b || a == "" {
		t.Errorf("the same world and wish gave %q and %q", a, b)
	}
	if a, b := id(over), id(func(w *world) { over(w); w.record("sip.contoso.com", dns.A, "192.0.2.7") }); a == b {
		t.Error("another world gave the same id, so an approval would cover what nobody read")
	}
	if got := id(func(*world) {}); got != "" {
		t.Errorf("no steps have no id, got %q", got)
	}
}
