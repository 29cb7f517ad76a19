package judge_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/farm/topology"
	"github.com/fedroute/fedroute/test/chaos/judge"
)

var (
	fedroute = farm.Actor{User: `CONTOSO\lyncadmin`, Machine: "fe1.contoso.com", Command: "Set-CsSite"}
	nora     = farm.Actor{User: `CONTOSO\nora`, Machine: "fe1.contoso.com", Command: "by hand"}
)

const (
	edge1, edge2 = "edge1.contoso.com", "edge2.contoso.com"
	server       = "127.40.1.2:5300"
	key          = "fedroute."
)

// same is an edit of the topology that changes nothing but its signature.
func same(d *topology.Document) (*topology.Document, error) { return d, nil }

// court is an organization that is watched, where anybody may do anything.
type court struct {
	*testing.T
	farm  *farm.Farm
	zones *dns.Authority
	judge *judge.Judge
}

func convene(t *testing.T) court {
	t.Helper()
	spec, err := farm.Load("../../../lyncsim/samples/one-site-two-pools.yaml")
	if err != nil {
		t.Fatal(err)
	}
	spec.Durations.Profile = "lifelike"
	if _, err := spec.Allocate(netip.MustParsePrefix("127.40.1.0/24")); err != nil {
		t.Fatal(err)
	}
	f, err := farm.New(spec, farm.Options{Clock: farm.RealClock{}})
	if err != nil {
		t.Fatal(err)
	}
	z, err := dns.New(time.Now, []dns.Zone{{Name: "contoso.com", Records: []string{
		"_sipfederationtls._tcp.contoso.com. 300 SRV 0 0 5061 fed.contoso.com.", "_xmpp-server._tcp.contoso.com. 300 SRV 0 0 5269 fed.contoso.com."}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := court{t, f, z, judge.Watch(f, z, judge.Terms{Accounts: []string{fedroute.User, key}, Pools: []string{edge1, edge2}, SIP: []string{"contoso.com"}, XMPP: []string{"contoso.com"},
		Names: []string{"fed.contoso.com A", "_sipfederationtls._tcp.contoso.com SRV", "_xmpp-server._tcp.contoso.com SRV"}})}
	c.judge.Wishes(judge.Wish{Pool: edge1})
	c.leads("fed", edge1)
	return c
}

func (c court) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c court) address(pool string) string {
	c.Helper()
	for _, m := range c.farm.Machines() {
		if m.Pool == pool {
			return m.PublicAddress.String()
		}
	}
	c.Fatal("no such pool ", pool)
	return ""
}

// leads lets fedroute lead a name to a pool.
func (c court) leads(name, pool string) {
	c.Helper()
	c.must(c.zones.On(server).Set(key, name+".contoso.com", "A", 300, c.address(pool)))
}

// publishes lets fedroute publish the document that the store had.
func (c court) publishes(document []byte) {
	_, _ = c.farm.Publish(c.Context(), fedroute, document)
}

// restores lets fedroute put the simple URLs back.
func (c court) restores() {
	c.Helper()
	lost := c.farm.LostSimpleURLs()
	for _, set := range lost {
		c.must(c.farm.SetSimpleURLs(fedroute, set.Scope, set.URLs))
	}
	if len(lost) == 0 {
		c.Fatal("nothing was lost")
	}
}

func (c court) document() []byte {
	c.Helper()
	raw, err := c.farm.TopologyXML()
	c.must(err)
	return raw
}

// TestEachInvariantIsJudged: what breaks an invariant is found by its check, and by no other.
func TestEachInvariantIsJudged(t *testing.T) {
	cases := map[string]struct {
		reason string
		act    func(court)
		broken []string
	}{
		"nothing": {"what a person does is no breach, whatever it is", func(c court) {
			c.must(c.farm.SetSiteRoute(nora, "Redmond", farm.SIP, edge2))
			c.must(c.zones.Set("nora", "fed.contoso.com", "A", 60, "127.0.0.99"))
			c.must(c.farm.StopServices(c.Context(), nora, farm.ServicesRequest{Machine: edge1}))
		}, nil},
		"a port is closed": {"edge2 has never answered", func(c court) { c.leads("fed", edge2) }, []string{"I1"}},
		"a port was closed": {"it answered half an hour ago", func(c court) {
			c.must(c.farm.StopServices(c.Context(), nora, farm.ServicesRequest{Machine: edge1}))
			c.must(c.zones.Delete("nora", "fed.contoso.com", "A"))
			time.Sleep(30 * time.Minute)
			c.leads("fed", edge1)
		}, []string{"I1"}},
		"a port closes meanwhile": {"it answered when fedroute asked", func(c court) {
			c.must(c.zones.Delete("nora", "fed.contoso.com", "A"))
			c.must(c.farm.Kill(nora, edge1))
			time.Sleep(3 * time.Second)
			c.leads("fed", edge1)
		}, nil},
		"two publishes at once": {"by fedroute", func(c court) {
			document := c.document()
			go c.publishes(document)
			time.Sleep(time.Second)
			c.publishes(document)
			time.Sleep(time.Minute)
			c.restores()
		}, []string{"I2"}},
		"a stale document": {"somebody has published since", func(c court) {
			document := c.document()
			c.must(c.farm.TopologyBuilder(nora, same))
			time.Sleep(2 * time.Second)
			c.publishes(document)
			c.restores()
		}, []string{"I2"}},
		"a document that becomes stale": {"somebody publishes between the last read and the publish", func(c court) {
			document := c.document()
			c.must(c.farm.TopologyBuilder(nora, same))
			c.publishes(document)
			c.restores()
		}, nil},
		"suspended": {"a route that is set long after that", func(c court) {
			c.judge.Wishes(judge.Wish{Pool: edge1, Still: true})
			time.Sleep(10 * time.Minute)
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.SIP, edge1))
		}, []string{"I3"}},
		"records of one suspended": {"zones count, too", func(c court) {
			c.judge.Wishes(judge.Wish{Pool: edge1, Still: true})
			time.Sleep(10 * time.Minute)
			c.leads("fed", edge1)
			c.must(c.zones.On(server).Set(key, "fed.contoso.com", "A", 299, c.address(edge1)))
		}, []string{"I3"}},
		"suspended just now": {"what was under way may end", func(c court) {
			c.judge.Wishes(judge.Wish{Pool: edge1, Still: true})
			time.Sleep(30 * time.Second)
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.SIP, edge1))
		}, nil},
		"no simple URLs": {"nobody puts them back", func(c court) { c.publishes(c.document()) }, []string{"I4"}},
		"unread": {"the routes have not been readable for long", func(c court) {
			c.must(c.farm.AddFault(farm.Fault{Kind: farm.FaultCmdletDenied, Target: "Get-CsSite"}))
			time.Sleep(40 * time.Minute)
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.SIP, edge1))
		}, []string{"I5"}},
		"unread from the beginning": {"people wish a move while the routes cannot be read", func(c court) {
			c.must(c.farm.AddFault(farm.Fault{Kind: farm.FaultCmdletDenied, Target: "Get-CsSite"}))
			time.Sleep(time.Minute)
			c.judge.Wishes(judge.Wish{Pool: edge2})
			time.Sleep(4 * time.Minute)
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.SIP, edge2))
		}, []string{"I5"}},
		"unread and new": {"nothing for the new pool can have been under way", func(c court) {
			c.judge.Wishes(judge.Wish{Pool: edge1})
			c.must(c.farm.AddFault(farm.Fault{Kind: farm.FaultCmdletDenied, Target: "Get-CsSite"}))
			time.Sleep(time.Minute)
			c.judge.Wishes(judge.Wish{Pool: edge2})
			time.Sleep(10 * time.Second)
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.SIP, edge2))
		}, []string{"I5"}},
		"unread and wished again": {"it may have been under way for the wish of before", func(c court) {
			c.judge.Wishes(judge.Wish{Pool: edge2})
			time.Sleep(time.Hour)
			c.must(c.farm.AddFault(farm.Fault{Kind: farm.FaultCmdletDenied, Target: "Get-CsSite"}))
			c.judge.Wishes(judge.Wish{Pool: edge1})
			time.Sleep(time.Minute)
			c.judge.Wishes(judge.Wish{Pool: edge2})
			time.Sleep(10 * time.Second)
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.SIP, edge2))
		}, nil},
		"records of the unread": {"zones count, too", func(c court) {
			c.must(c.farm.AddFault(farm.Fault{Kind: farm.FaultCmdletDenied, Target: "Get-CsTopology"}))
			time.Sleep(time.Minute)
			c.judge.Wishes(judge.Wish{Pool: edge1})
			time.Sleep(4 * time.Minute)
			c.must(c.zones.On(server).Set(key, "fed.contoso.com", "A", 299, c.address(edge1)))
		}, []string{"I5"}},
		"unread since a moment": {"what was under way may go on", func(c court) {
			c.judge.Wishes(judge.Wish{Pool: edge2})
			c.must(c.farm.AddFault(farm.Fault{Kind: farm.FaultCmdletDenied, Target: "Get-CsSite"}))
			time.Sleep(10 * time.Minute)
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.SIP, edge2))
		}, nil},
		"not needed": {"the change does not depend on it", func(c court) {
			c.must(c.farm.AddFault(farm.Fault{Kind: farm.FaultCmdletDenied, Target: "Get-CsWindowsService"}))
			time.Sleep(40 * time.Minute)
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.SIP, edge1))
		}, nil},
		"another name": {"the route does not name it", func(c court) { c.leads("www", edge1) }, []string{"I6"}},
		"another thing": {"an association that no route names", func(c court) {
			c.must(c.farm.SetAssociation(fedroute, "fe1.contoso.com", farm.LinkRegistrar, edge2))
		}, []string{"I6"}},
		"more than a flag": {"the journal shows no more than that the document was published", func(c court) {
			c.must(c.farm.TopologyBuilder(fedroute, func(d *topology.Document) (*topology.Document, error) {
				return d.WithDependency(edge2, topology.RoleEdge, "fe2.contoso.com", topology.RoleRegistrar)
			}))
		}, []string{"I6"}},
		"a flag": {"the route names the pool", func(c court) {
			c.must(c.farm.TopologyBuilder(fedroute, func(d *topology.Document) (*topology.Document, error) { return d.WithSIPFederation(edge2, true) }))
			c.must(c.farm.TopologyBuilder(fedroute, func(d *topology.Document) (*topology.Document, error) { return d.WithXMPPFederation(edge2, true) }))
		}, nil},
		"a person elsewhere": {"persons may", func(c court) {
			c.must(c.farm.SetNextHop(nora, edge2, "fe2.contoso.com"))
			c.must(c.zones.Set("nora", "www.contoso.com", "A", 300, "127.0.0.9"))
		}, nil},
		"a failover undone": {"a person has failed the pool over", func(c court) {
			c.must(c.farm.SetPoolState(nora, "fe1.contoso.com", farm.PoolFailedOver))
			c.must(c.farm.SetPoolState(fedroute, "fe1.contoso.com", farm.PoolActive))
		}, []string{"I12"}},
		"a next hop undone": {"a person has set it, and a publish takes it back", func(c court) {
			before := c.farm.Truth().Published
			c.must(c.farm.SetNextHop(nora, edge2, "fe2.contoso.com"))
			c.must(c.farm.TopologyBuilder(fedroute, func(*topology.Document) (*topology.Document, error) { return before, nil }))
		}, []string{"I12"}},
		"a record undone": {"a person has made it", func(c court) {
			c.must(c.zones.Set("nora", "www.contoso.com", "A", 300, "127.0.0.9"))
			c.leads("www", edge1)
		}, []string{"I12"}},
		"the old pool first": {"partners reach nobody while the new pool is set up", func(c court) {
			c.judge.Undisturbed()
			c.judge.Wishes(judge.Wish{Pool: edge2})
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.SIP, edge2))
			time.Sleep(10 * time.Minute)
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.SIP, edge1))
		}, []string{"I11"}},
		"never again": {"partners reach nobody in the end", func(c court) {
			c.judge.Undisturbed()
			c.judge.Wishes(judge.Wish{Pool: edge2})
			c.must(c.zones.On(server).Delete(key, "fed.contoso.com", "A"))
		}, []string{"I11"}},
		"a short outage": {"the replicas take so long", func(c court) {
			c.judge.Undisturbed()
			c.judge.Wishes(judge.Wish{Pool: edge2})
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.SIP, edge2))
			time.Sleep(45 * time.Second)
			c.must(c.farm.SetSiteRoute(nora, "Redmond", farm.SIP, edge1))
		}, nil},
		"an outage of old": {"the machine has no power, which is not the doing of a move", func(c court) { c.must(c.farm.Kill(nora, edge1)) }, nil},
		"setup twice": {"at once on one machine", func(c court) {
			go func() { _ = c.farm.Setup(c.Context(), fedroute, edge1) }()
			time.Sleep(time.Second)
			_ = c.farm.Setup(c.Context(), fedroute, edge1)
		}, []string{"I7"}},
		"an old replica for a moment": {"a person made another pool the next hop, and no machine can know that yet", func(c court) {
			c.must(c.farm.AddFault(farm.Fault{Kind: farm.FaultStuckReplica, Target: edge1}))
			c.must(c.farm.SetNextHop(nora, edge2, "fe2.contoso.com"))
			time.Sleep(9 * time.Second)
			c.must(c.farm.Setup(c.Context(), fedroute, edge1))
		}, nil},
		"an old replica": {"the change has not arrived", func(c court) {
			c.must(c.farm.AddFault(farm.Fault{Kind: farm.FaultStuckReplica, Target: edge1}))
			c.must(c.farm.TopologyBuilder(nora, same))
			time.Sleep(2 * time.Minute)
			c.must(c.farm.Setup(c.Context(), fedroute, edge1))
		}, []string{"I8"}},
		"a replica that is on its way": {"somebody has published half a minute ago", func(c court) {
			c.must(c.farm.TopologyBuilder(nora, same))
			time.Sleep(30 * time.Second)
			c.must(c.farm.Setup(c.Context(), fedroute, edge1))
		}, nil},
		"a fight": {"people wish edge1, and it answers", func(c court) {
			time.Sleep(time.Hour)
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.XMPP, edge2))
		}, []string{"I9"}},
		"a fight at once": {"it learned late, and then the same again", func(c court) {
			c.judge.Wishes(judge.Wish{Pool: edge2})
			c.judge.Wishes(judge.Wish{Pool: edge1})
			for _, pool := range []string{edge2, edge1, edge2} {
				time.Sleep(time.Minute)
				c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.XMPP, pool))
			}
		}, []string{"I9"}},
		"an undo": {"nobody answers where people wish it", func(c court) {
			c.must(c.farm.Kill(nora, edge1))
			time.Sleep(time.Hour)
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.XMPP, edge2))
		}, nil},
		"learned late": {"people changed their mind a moment ago", func(c court) {
			c.judge.Wishes(judge.Wish{Pool: edge2})
			c.judge.Wishes(judge.Wish{Pool: edge1})
			time.Sleep(time.Minute)
			c.must(c.farm.SetSiteRoute(fedroute, "Redmond", farm.XMPP, edge2))
		}, nil},
		"a secret": {"in a text of fedroute", func(c court) { c.judge.Secret("the log", "of the account") }, []string{"I10"}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := convene(t)
				test.act(c)
				time.Sleep(time.Hour)
				c.judge.End()
				var broken []string
				for _, v := range c.judge.Violations() {
					broken = append(broken, v.Invariant)
				}
				slices.Sort(broken)
				if d := cmp.Diff(test.broken, slices.Compact(broken)); d != "" {
					t.Errorf("%s: %s\n%v", test.reason, d, c.judge.Violations())
				}
			})
		})
	}
}

// TestPartner: a partner goes by SRV, address and port.
func TestPartner(t *testing.T) {
	cases := map[string]struct {
		reason string
		act    func(court)
		says   string // "": it is served
	}{
		"served":     {"as the organization begins", func(court) {}, ""},
		"elsewhere":  {"the name leads to another pool", func(c court) { c.leads("fed", edge2) }, "which is not edge1.contoso.com"},
		"no service": {"the records are right, and nobody answers", func(c court) { c.must(c.farm.Kill(nora, edge1)) }, "where nobody answers"},
		"no address": {"the SRV record leads to a name without one", func(c court) { c.must(c.zones.Delete("nora", "fed.contoso.com", "A")) }, "fed.contoso.com has no address"},
		"no SRV":     {"one of the two protocols", func(c court) { c.must(c.zones.Delete("nora", "_xmpp-server._tcp.contoso.com", "SRV")) }, "only 1 of the SRV records"},
		"half closed": {"XMPP alone does not answer", func(c court) {
			c.must(c.farm.AddFault(farm.Fault{Kind: farm.FaultFirewall, Target: edge1 + "/5269"}))
		}, "port 5269, where nobody answers"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := convene(t)
				test.act(c)
				if got := c.judge.Partner(edge1); (test.says == "") != (got == "") || !strings.Contains(got, test.says) {
					t.Errorf("%s: %q, want %q", test.reason, got, test.says)
				}
				time.Sleep(time.Hour) // what is on its way to replicas arrives
			})
		})
	}
}
