package plan_test

import (
	"errors"
	"flag"
	"net/netip"
	"strings"
	"testing"

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
		"rescue-beside-a-dead-machine": {"nothing works any more, so what can go on goes on; DNS needs every address", func(w *world) {
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
		"kit-lists-every-name": {"names are compared in lower case", func(w *world) {
			w.topology.Kit = &lync.Kit{Host: "fe1", Sites: []string{"redmond"}, Pools: []string{"edge1.contoso.com", "edge2.contoso.com", "pool1.contoso.com", "fe1.contoso.com"}}
		}},
		"kit-lacks-names": {"what the functions would refuse is said at the first look, though nothing is to be done", func(w *world) {
			w.topology.Kit = &lync.Kit{Host: "fe1", Pools: []string{"edge9.contoso.com"}}
			w.intent.Standby = []string{"edge2.contoso.com"}
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
		"front-end-replica-behind": {"a machine that has not replicated is down", func(w *world) {
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

// stop stops the Access Edge and leaves a second service, the replica's agent,
// running.
func stop(s *lync.EdgeServerState) {
	s.Services = []lync.Service{{Name: "RTCSRV", DisplayName: "Access Edge", State: lync.ServiceStopped},
		{Name: "REPLICA", DisplayName: "Replica Replicator Agent", State: lync.ServiceRunning}, s.Services[1]}
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
		"unknown Edge pool":      {"the names that exist help to find the typing error", func(w *world) { w.intent.EdgePool = "edge3.contoso.com" }, fault.Invalid, "edge1.contoso.com, edge2.contoso.com"},
		"unknown standby pool":   {"standby pools must exist too", func(w *world) { w.intent.Standby = []string{"nope.contoso.com"} }, fault.Invalid, "standby Edge pool"},
		"unknown site":           {"sites are looked up by name", func(w *world) { w.intent.Protocols[0].Sites = []string{"Tokyo"} }, fault.Invalid, "Redmond"},
		"unknown Front End pool": {"pools are looked up by name", func(w *world) { w.intent.FrontEnds[0].FQDN = "fe9.contoso.com" }, fault.Invalid, "fe1.contoso.com"},
		"pool without machine":   {"nothing can host there", func(w *world) { w.pool("edge1.contoso.com").Servers = nil }, fault.Invalid, "no machine in service"},
		"all out of service": {"out of service counts as not there", func(w *world) {
			w.intent.Servers = map[lync.Host]plan.ServerOverride{"edge1.contoso.com": {OutOfService: true}}
		}, fault.Invalid, "no machine in service"},
		"XMPP of 2019": {"the product has none", func(w *world) { w.topology.Product = lync.Product{Name: "Skype for Business Server 2019"} }, fault.Unsupported, "Skype for Business Server 2019"},
		"no address":   {"ports could not be checked", func(w *world) { w.pool("edge1.contoso.com").Servers[0].ExternalAddresses = nil }, fault.Invalid, "externalAddresses"},
		"no zone":      {"nowhere to write", func(w *world) { w.intent.DNS.Zones = []string{"fabrikam.com"} }, fault.Invalid, "spec.dns.servers"},
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
