package apply_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

var (
	startServices = plan.Step{Target: edgeA.FQDN, From: "stopped", To: "running", Act: plan.StartEdgeServices{Server: edgeA}}
	publishFlags  = plan.Step{Target: "topology", From: "off", To: "on", Act: plan.PublishFlags{Flags: []lync.Flag{{Pool: "edge2.contoso.com", Protocol: lync.SIP, On: true}}}}
	restoreURLs   = plan.Step{Target: "simple URLs", From: "not seen restored", To: "as before", Act: plan.RestoreSimpleURLs{Kept: "urls"}}
	siteRoute     = plan.Step{Target: "SIP route of site Redmond", From: "edge1.contoso.com", To: "edge2.contoso.com", Act: plan.SetSiteRoute{Site: "Redmond", Protocol: lync.SIP, EdgePool: "edge2.contoso.com"}}
	setUpSIP      = plan.Step{Target: edgeA.FQDN, To: "set up", Act: plan.SetupEdgeServer{Server: edgeA, Ports: []uint16{5061}, Installs: []lync.Protocol{lync.SIP}}}
	takeAway      = plan.Step{Target: edgeA.FQDN, To: "set up without it", Act: plan.SetupEdgeServer{Server: edgeA, Removes: true}}
	setUpAnew     = plan.Step{Target: edgeA.FQDN, From: "left out before", To: "set up", Act: plan.SetupEdgeServer{Server: edgeA, Ports: []uint16{5061}, Anew: true, Installs: []lync.Protocol{lync.SIP}}}
	setUpXMPP     = plan.Step{Target: edgeA.FQDN, To: "set up", Act: plan.SetupEdgeServer{Server: edgeA, Ports: []uint16{5269}, Installs: []lync.Protocol{lync.SIP, lync.XMPP}}}
	restart       = plan.Step{Target: edgeA.FQDN, To: "listening on port 5269", Act: plan.RestartEdgeServices{Server: edgeA, Ports: []uint16{5269}}}
	checkPort     = plan.Step{Target: "192.0.2.1 port 5061", To: "answers", Act: plan.CheckPorts{Port: sipPort, Servers: []lync.EdgeServer{edgeA}}}
	connectPort   = plan.Step{Target: "192.0.2.1 port 5061", To: "answers", Act: plan.CheckPorts{Port: connecting(sipPort), Servers: []lync.EdgeServer{edgeA}}}
	checkOther    = plan.Step{Target: "192.0.2.2 port 5061", To: "answers", Act: plan.CheckPorts{Port: otherPort, Servers: []lync.EdgeServer{edgeB}}}
	associate     = plan.Step{Target: "fe1.contoso.com", From: "edge1.contoso.com", To: "edge2.contoso.com", Act: plan.AssociateFrontEnd{Pool: "fe1.contoso.com", EdgePool: "edge2.contoso.com"}}
	nextHop       = plan.Step{Target: "next hop of edge2.contoso.com", From: "fe1.contoso.com", To: "fe2.contoso.com", Act: plan.SetNextHop{Hop: plan.Hop{EdgePool: "edge2.contoso.com", Before: "fe1.contoso.com", Now: "fe2.contoso.com"}}}
	failBack      = plan.Step{Target: "fe1.contoso.com", From: "FailedOver", To: "Active", Act: plan.FailBackFrontEnd{Pool: "fe1.contoso.com", Machines: []plan.FrontEndMachine{
		{FQDN: "fe1a.contoso.com", Port: probe.Target{Host: "fe1a.contoso.com", Protocol: lync.SIP}}, {FQDN: "fe1b.contoso.com", Port: probe.Target{Host: "fe1b.contoso.com", Protocol: lync.SIP}}}}}
	sipPort   = probe.Target{Address: edgeA.ExternalAddresses[0], Protocol: lync.SIP}
	otherPort = probe.Target{Address: edgeB.ExternalAddresses[0], Protocol: lync.SIP}
)

// listens makes a machine listen on the given ports of its external interface.
func listens(f *farm, s lync.EdgeServer, ports ...uint16) {
	f.machine(s, func(m *lync.EdgeServerState) {
		for _, p := range ports {
			m.Listening = append(m.Listening, netip.AddrPortFrom(s.InterfaceAddresses[0], p))
		}
	})
}

func hasProxy(m *lync.EdgeServerState) {
	m.Services = append(m.Services, lync.Service{Name: "X", DisplayName: "XMPP Translating Gateway Proxy", State: lync.ServiceRunning})
}

// atWork is the answer of a server on which an earlier operation has not ended.
func atWork(cause string) error {
	f := fault.New(fault.Busy, "act", "there", cause)
	f.Err = lync.ErrAtWork
	return f
}

type stepCase struct {
	reason string
	step   plan.Step
	set    func(*farm)
	state  apply.State
	says   string // part of the step's message
	acts   []string
	took   time.Duration
}

func TestStepsOnMachines(t *testing.T) {
	stopped := func(f *farm) { f.set(edgeA.FQDN, lync.ServiceStopped) }
	try(t, map[string]stepCase{
		"start":          {"what is stopped is started", startServices, stopped, apply.Done, "", []string{"start edge-a.contoso.com"}, 0},
		"start, running": {"what runs is left alone", startServices, func(*farm) {}, apply.Skipped, "already so", nil, 0},
		"start, refused": {"a refusal is the step's message", startServices, func(f *farm) {
			stopped(f)
			f.before["start edge-a.contoso.com"] = refuses
		}, apply.Failed, "the far side said no", []string{"start edge-a.contoso.com"}, 0},
		"start, never runs": {"the act's word is not enough, the machine's is", startServices, func(f *farm) {
			stopped(f)
			f.effect["start edge-a.contoso.com"] = func() {}
		}, apply.Failed, "did not happen within 10s", []string{"start edge-a.contoso.com"}, patience},
		"start, runs later": {"services take their time", startServices, func(f *farm) {
			stopped(f)
			f.effect["start edge-a.contoso.com"] = func() {}
			f.clock.after(3*time.Second, func() { f.set(edgeA.FQDN, lync.ServiceRunning) })
		}, apply.Done, "", []string{"start edge-a.contoso.com"}, 3 * time.Second},
		"start, unreadable": {"a failed read causes no change", startServices, func(f *farm) { f.unread[edgeA.FQDN] = refuses() }, apply.Failed, "the far side said no", nil, 0},
		"set up": {"setup is run with the document in force, and noted; a pool need not listen before a route names it", setUpSIP, func(*farm) {},
			apply.Done, "", []string{"set up edge-a.contoso.com with s1", "note edge-a.contoso.com has [SIP]"}, 0},
		"set up, one is at work": {"what a manager that died began is waited for; the machine shows that it is done, so it is not run again", setUpSIP, func(f *farm) {
			f.before["set up edge-a.contoso.com with s1"] = func() error { return atWork("setup is still running") }
			f.clock.after(3*time.Second, func() { listens(f, edgeA, 5061) })
		}, apply.Skipped, "already so", []string{"set up edge-a.contoso.com with s1", "set up edge-a.contoso.com with s1", "set up edge-a.contoso.com with s1", "note edge-a.contoso.com has [SIP]"}, 3 * time.Second},
		"start, one is at work": {"the services start as soon as setup has ended", startServices, func(f *farm) {
			stopped(f)
			f.before["start edge-a.contoso.com"] = func() error { return atWork("setup is still running") }
			f.clock.after(2*time.Second, func() { delete(f.before, "start edge-a.contoso.com") })
		}, apply.Done, "", []string{"start edge-a.contoso.com", "start edge-a.contoso.com", "start edge-a.contoso.com"}, 2 * time.Second},
		"start, one is at work for ever": {"the step's limit bounds the wait, too", startServices, func(f *farm) {
			stopped(f)
			f.before["start edge-a.contoso.com"] = func() error { return atWork("setup is still running") }
		}, apply.Failed, "setup is still running", slices.Repeat([]string{"start edge-a.contoso.com"}, 1211), lync.ServicesLimit + patience},
		"set up, not noted": {"what is not noted is set up once more", setUpSIP, func(f *farm) { f.before["note edge-a.contoso.com has [SIP]"] = refuses },
			apply.Failed, "the far side said no", []string{"set up edge-a.contoso.com with s1", "note edge-a.contoso.com has [SIP]"}, 0},
		"set up, listens": {"a machine that listens is not set up again", setUpSIP, func(f *farm) { listens(f, edgeA, 5061) }, apply.Skipped, "already so", []string{"note edge-a.contoso.com has [SIP]"}, 0},
		"set up, listens inside only": {"the inner 5061 listener does not count", setUpSIP, func(f *farm) {
			f.machine(edgeA, func(m *lync.EdgeServerState) {
				m.Listening = []netip.AddrPort{netip.MustParseAddrPort("172.16.0.1:5061")}
			})
		}, apply.Done, "", []string{"set up edge-a.contoso.com with s1", "note edge-a.contoso.com has [SIP]"}, 0},
		"set up anew": {"a machine that was left out may have missed anything, whatever it shows", setUpAnew, func(f *farm) { listens(f, edgeA, 5061) }, apply.Done, "",
			[]string{"set up edge-a.contoso.com with s1", "note edge-a.contoso.com has [SIP]"}, 0},
		"set up without federation": {"no look shows that nothing is left to take away", takeAway, func(f *farm) { listens(f, edgeA, 5061) }, apply.Done, "",
			[]string{"note nothing of edge-a.contoso.com", "set up edge-a.contoso.com with s1", "note edge-a.contoso.com has []"}, 0},
		"set up without federation, and nobody sees it end": {"a record that is wrong would spare a setup that is due", takeAway, func(f *farm) { f.before["set up edge-a.contoso.com with s1"] = refuses }, apply.Failed, "the far side said no",
			[]string{"note nothing of edge-a.contoso.com", "set up edge-a.contoso.com with s1"}, 0},
		"set up, proxy installed": {"an XMPP proxy is set up before it listens: it waits for its route", setUpXMPP, func(f *farm) { f.machine(edgeA, hasProxy) }, apply.Skipped, "already so", []string{"note edge-a.contoso.com has [SIP XMPP]"}, 0},
		"set up, proxy missing": {"setup installs the proxy", setUpXMPP, func(f *farm) {
			f.effect["set up edge-a.contoso.com with s1"] = func() { f.machine(edgeA, hasProxy) }
		}, apply.Done, "", []string{"set up edge-a.contoso.com with s1", "note edge-a.contoso.com has [SIP XMPP]"}, 0},
		"set up, proxy never there": {"the act's word is not enough, the machine's is", setUpXMPP, func(*farm) {},
			apply.Failed, "is set up edge-a.contoso.com: that did not happen", []string{"set up edge-a.contoso.com with s1"}, patience},
		"set up, disabled": {"what setup left stopped is started, or nothing would listen", setUpSIP, func(f *farm) {
			f.set(edgeA.FQDN, lync.ServiceStopped)
			f.effect["start edge-a.contoso.com"] = func() { f.set(edgeA.FQDN, lync.ServiceRunning); listens(f, edgeA, 5061) }
		}, apply.Done, "", []string{"set up edge-a.contoso.com with s1", "start edge-a.contoso.com", "note edge-a.contoso.com has [SIP]"}, 0},
		"set up, listens while a service is stopped": {"a machine of which a part is down is not set up", setUpSIP, func(f *farm) {
			f.set(edgeA.FQDN, lync.ServiceStopped)
			listens(f, edgeA, 5061)
		}, apply.Done, "", []string{"set up edge-a.contoso.com with s1", "start edge-a.contoso.com", "note edge-a.contoso.com has [SIP]"}, 0},
		"set up, will not start": {"a machine left stopped is told at once", setUpSIP, func(f *farm) {
			f.set(edgeA.FQDN, lync.ServiceStopped)
			f.before["start edge-a.contoso.com"] = refuses
		}, apply.Failed, "the far side said no", []string{"set up edge-a.contoso.com with s1", "start edge-a.contoso.com"}, 0},
		"set up, replica behind": {"the machine refuses setup on another document", setUpSIP, func(f *farm) {
			f.before["set up edge-a.contoso.com with s1"] = func() error { return fault.New(fault.WorldChanged, "set up", edgeA.FQDN, "the replica carries s0") }
		}, apply.Failed, "the replica carries s0", []string{"set up edge-a.contoso.com with s1"}, 0},
		"set up, unreadable": {"a failed read causes no change", setUpSIP, func(f *farm) { f.unread[edgeA.FQDN] = refuses() }, apply.Failed, "the far side said no", nil, 0},
		"restart": {"services are stopped and started, and the port decides", restart, func(f *farm) {
			f.effect["restart edge-a.contoso.com"] = func() { f.set(edgeA.FQDN, lync.ServiceRunning); listens(f, edgeA, 5269) }
		}, apply.Done, "", []string{"restart edge-a.contoso.com"}, 0},
		"restart, listens":       {"a machine that listens is not interrupted", restart, func(f *farm) { listens(f, edgeA, 5269) }, apply.Skipped, "already so", nil, 0},
		"restart, never listens": {"a restart that does not help is told", restart, func(*farm) {}, apply.Failed, "listens again", []string{"restart edge-a.contoso.com"}, patience},
		"restart, fails":         {"a machine that may be left stopped is told at once", restart, func(f *farm) { f.before["restart edge-a.contoso.com"] = refuses }, apply.Failed, "the far side said no", []string{"restart edge-a.contoso.com"}, 0},
		"restart, unreadable":    {"a failed read causes no change", restart, func(f *farm) { f.unread[edgeA.FQDN] = refuses() }, apply.Failed, "the far side said no", nil, 0},
		"port":                   {"one look is enough", checkPort, func(f *farm) { f.open[edgeA.ExternalAddresses[0]] = true }, apply.Done, "", nil, 0},
		"port, opens late": {"a service needs a moment to listen", checkPort, func(f *farm) {
			f.clock.after(4*time.Second, func() { f.open[edgeA.ExternalAddresses[0]] = true })
		}, apply.Done, "", nil, 4 * time.Second},
		"port, silent": {"the message says what happened, what it means and what to do", checkPort, func(*farm) {}, apply.Failed,
			"check 192.0.2.1 port 5061: connection refused; DNS stays where it is; open the port", nil, patience},
		"port, hollow": {"a load balancer without members accepts every connection", checkPort, func(f *farm) { f.hollow = true }, apply.Failed,
			"check 192.0.2.1 port 5061: open, but the other side hung up; DNS stays where it is; look at the Edge server's services, and behind a load balancer at its members", nil, patience},
		"port, hollow, Connect": {"a person says that this is enough", connectPort, func(f *farm) { f.hollow = true }, apply.Done, "", nil, 0},
	})
}

func TestStepsOnTheStore(t *testing.T) {
	try(t, map[string]stepCase{
		"publish, may not enable": {"no replica would ever carry what is published", publishFlags, func(f *farm) { f.lacks = "make it a member of Domain Admins" },
			apply.Failed, "nothing was published; make it a member of Domain Admins", nil, 0},
		"publish, unknown rights": {"what is unknown is told and holds nothing", publishFlags, func(f *farm) { f.unread["rights"] = refuses() },
			apply.Done, "whether the account may enable what it publishes is unknown: act there: the far side said no", []string{"propose from s1", "note sha256-of-s2 and urls", "publish from s1", "note restored"}, 0},
		"publish, not noted": {"what is not noted is not published: nobody could tell whose it was", publishFlags, func(f *farm) { f.before["note sha256-of-s2 and urls"] = refuses },
			apply.Failed, "the far side said no", []string{"propose from s1", "note sha256-of-s2 and urls"}, 0},
		"publish, not proposed": {"nor what is not known", publishFlags, func(f *farm) { f.before["propose from s1"] = refuses },
			apply.Failed, "the far side said no", []string{"propose from s1"}, 0},
		"enable":  {"nothing is published that would have to be noted", plan.Step{Target: "topology", Act: plan.PublishFlags{}}, func(*farm) {}, apply.Done, "", []string{"publish from s1"}, 0},
		"publish": {"one publish, from the document that was planned on", publishFlags, func(*farm) {}, apply.Done, "", []string{"propose from s1", "note sha256-of-s2 and urls", "publish from s1", "note restored"}, 0},
		"publish, stale": {"a stale document is refused, not overwritten", publishFlags, func(f *farm) {
			f.before["publish from s1"] = func() error {
				return fault.New(fault.WorldChanged, "publish", "the topology", "it was published by someone else")
			}
		}, apply.Failed, "someone else", []string{"propose from s1", "note sha256-of-s2 and urls", "publish from s1"}, 0},
		"publish, answer lost": {"a publish is never sent twice", publishFlags, func(f *farm) {
			f.before["publish from s1"] = func() error { return fault.New(fault.OutcomeUnknown, "publish", "the topology", "no answer came") }
		}, apply.Failed, "no answer came", []string{"propose from s1", "note sha256-of-s2 and urls", "publish from s1"}, 0},
		"publish, one is at work": {"what a manager that died began is waited for; the document is another then, and nothing is published on it", publishFlags, func(f *farm) {
			f.before["propose from s1"] = func() error { return atWork("another publish is still running") }
			f.clock.after(2*time.Second, func() {
				f.before["propose from s1"] = func() error {
					return fault.New(fault.WorldChanged, "publish", "the topology", "it was published by someone else")
				}
			})
		}, apply.Failed, "someone else", []string{"propose from s1", "propose from s1", "propose from s1"}, 2 * time.Second},
		"restore": {"what a lost publish emptied is put back, and a person told what is due", restoreURLs, func(f *farm) { f.emptied = []string{"Global"} },
			apply.Done, "put back those of Global; run Enable-CsComputer on the Front End servers", []string{"restore urls", "note restored"}, 0},
		"restore, nothing lost": {"once they were seen in their place nothing is owed", restoreURLs, func(*farm) {}, apply.Skipped, "already so", []string{"restore urls", "note restored"}, 0},
		"restore, refused":      {"what was not seen in its place stays owed", restoreURLs, func(f *farm) { f.before["restore urls"] = refuses }, apply.Failed, "the far side said no", []string{"restore urls"}, 0},
		"route":                 {"set and read back", siteRoute, func(*farm) {}, apply.Done, "", []string{"route SIP of Redmond"}, 0},
		"route, refused":        {"a refusal is the step's message", siteRoute, func(f *farm) { f.before["route SIP of Redmond"] = refuses }, apply.Failed, "the far side said no", []string{"route SIP of Redmond"}, 0},
		"route, not kept": {"what a read does not show was not done", siteRoute, func(f *farm) { f.effect["keep routes"] = func() {} }, apply.Failed,
			`it was set to edge2.contoso.com and reads "edge1.contoso.com" afterwards; the rest of the plan was not begun; look for someone`, []string{"route SIP of Redmond"}, 0},
		"next hop": {"set and read back", nextHop, func(*farm) {}, apply.Done, "", []string{"lead edge2.contoso.com to fe2.contoso.com"}, 0},
		"next hop, not kept": {"what a read does not show was not done", nextHop, func(f *farm) { f.effect["keep hops"] = func() {} }, apply.Failed,
			`it was set to fe2.contoso.com and reads "fe1.contoso.com" afterwards`, []string{"lead edge2.contoso.com to fe2.contoso.com"}, 0},
		"associate":          {"set and read back", associate, func(*farm) {}, apply.Done, "", []string{"associate fe1.contoso.com"}, 0},
		"associate, refused": {"a refusal is the step's message", associate, func(f *farm) { f.before["associate fe1.contoso.com"] = refuses }, apply.Failed, "the far side said no", []string{"associate fe1.contoso.com"}, 0},
		"associate, two of three": {"an association is all of its links", associate, func(f *farm) { f.effect["keep mediation"] = func() {} }, apply.Failed,
			`reads "edge2.contoso.com, edge2.contoso.com, edge1.contoso.com" afterwards`, []string{"associate fe1.contoso.com"}, 0},
		"fail back": {"done when the pool no longer says that it is failed over", failBack, func(*farm) {}, apply.Done, "", []string{"fail back fe1.contoso.com"}, 0},
		"fail back, still runs": {"an hour's work is joined later, not started again", failBack, func(f *farm) {
			f.before["fail back fe1.contoso.com"] = func() error { return fault.New(fault.Busy, "fail back", "fe1.contoso.com", "it is still running") }
		}, apply.Failed, "still running", []string{"fail back fe1.contoso.com"}, 0},
		"fail back, not kept": {"the pool's word decides", failBack, func(f *farm) { f.effect["fail back fe1.contoso.com"] = func() {} }, apply.Failed, `reads "FailedOver" afterwards`, []string{"fail back fe1.contoso.com"}, 0},
		"fail back, pool gone": {"a pool that vanished cannot be verified", failBack, func(f *farm) {
			f.effect["fail back fe1.contoso.com"] = func() { f.topology.FrontEndPools = nil }
		}, apply.Failed, "afterwards", []string{"fail back fe1.contoso.com"}, 0},
		"fail back, unreadable": {"a failed read causes no change", failBack, func(f *farm) { f.unread["topology"] = refuses() }, apply.Failed, "the far side said no", nil, 0},
		"fail back, unreadable afterwards": {"what cannot be verified is not called done", failBack, func(f *farm) {
			f.effect["fail back fe1.contoso.com"] = func() { f.unread["topology"] = refuses() }
		}, apply.Failed, "the far side said no", []string{"fail back fe1.contoso.com"}, 0},
		"fail back, state unknown": {"a state that the server's own replica tells may be old", failBack, func(f *farm) { lacks(f, lync.PartPoolStates) }, apply.Failed, "Front End pool states", nil, 0},
		"fail back, state unknown afterwards": {"nor does it tell what became of the pool", failBack, func(f *farm) {
			f.effect["fail back fe1.contoso.com"] = func() { lacks(f, lync.PartPoolStates) }
		}, apply.Failed, "Front End pool states", []string{"fail back fe1.contoso.com"}, 0},
		"fail back, replicas unknown": {"a machine may be behind", failBack, func(f *farm) { lacks(f, lync.PartReplicas) }, apply.Failed, "replication status", nil, 0},
		"fail back, switch unknown":   {"other parts do not matter", failBack, func(f *farm) { lacks(f, lync.PartAccessEdge) }, apply.Done, "", []string{"fail back fe1.contoso.com"}, 0},
		"fail back, brought back":     {"somebody was faster", failBack, func(f *farm) { f.topology.FrontEndPools[0].State = lync.PoolActive }, apply.Skipped, "already so", nil, 0},
		"fail back, failing over": {"what somebody does right now is theirs", failBack, func(f *farm) { f.topology.FrontEndPools[0].State = lync.PoolFailingOver }, apply.Failed,
			`its state is "FailingOver" and not "FailedOver" any more; it was left as it is; a new plan is made`, nil, 0},
		"fail back, gone before": {"a pool that vanished is not failed back", failBack, func(f *farm) { f.topology.FrontEndPools = nil }, apply.Failed, "any more", nil, 0},
		"fail back, a machine died": {"users are not brought home to a dead machine", failBack, func(f *farm) { f.silent["fe1b.contoso.com"] = true }, apply.Failed,
			"these are down: fe1b.contoso.com (port 5061: connection refused); it stays failed over", nil, 0},
		"fail back, a replica stays behind": {"nor to one that lives in the past", failBack, func(f *farm) { f.topology.Replicas["fe1a.contoso.com"] = lync.Replica{} }, apply.Failed,
			"fe1a.contoso.com (its replica is not up to date)", nil, 15 * time.Minute},
		"fail back, a replica catches up": {"the links that were set right before leave every replica behind for a while", failBack, func(f *farm) {
			f.topology.Replicas["fe1a.contoso.com"] = lync.Replica{}
			f.clock.after(time.Minute, func() {
				f.mu.Lock()
				defer f.mu.Unlock()
				f.topology.Replicas["fe1a.contoso.com"] = lync.Replica{UpToDate: true}
			})
		}, apply.Done, "", []string{"fail back fe1.contoso.com"}, time.Minute},
		"unknown kind": {"a step without an act is a defect of ours", plan.Step{}, func(*farm) {}, apply.Failed, "no such kind of step", nil, 0},
	})
}

func try(t *testing.T, cases map[string]stepCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFarm()
			c.set(f)
			entries, err := f.carryOut(t, c.step)
			e := entries[0]
			if e.State != c.state || !strings.Contains(e.Message, c.says) || (c.says == "" && e.Message != "") {
				t.Errorf("%s: step is %s %q, want %s saying %q", c.reason, e.State, e.Message, c.state, c.says)
			}
			if e.NotKept != strings.Contains(e.Message, "it was set to ") {
				t.Errorf("%s: %q, and the value counts as not kept: %t", c.reason, e.Message, e.NotKept)
			}
			if (err != nil) != (c.state == apply.Failed) {
				t.Errorf("%s: the step is %s and the run ended with %v", c.reason, e.State, err)
			}
			if diff := cmp.Diff(c.acts, f.acts); diff != "" {
				t.Errorf("%s: acts (-want +got):\n%s", c.reason, diff)
			}
			if took := e.Ended.Sub(e.Started); took != c.took || !e.Started.Equal(start) {
				t.Errorf("%s: began at %s and took %s, want %s", c.reason, e.Started, took, c.took)
			}
		})
	}
}

// TestEachActMayFail lets each act of a step fail, one after the other. The step tells the fault of
// that act, and what comes after it is not done.
func TestEachActMayFail(t *testing.T) {
	enable := plan.Step{Target: "topology", Act: plan.PublishFlags{}}
	cases := map[string]struct {
		step plan.Step
		set  func(*farm)
	}{
		"start": {startServices, func(f *farm) { f.set(edgeA.FQDN, lync.ServiceStopped) }},
		"set up": {takeAway, func(f *farm) {
			f.set(edgeA.FQDN, lync.ServiceStopped)
			f.effect["set up edge-a.contoso.com with s1"] = func() { listens(f, edgeA, 5061) }
		}},
		"set up already": {setUpSIP, func(f *farm) { listens(f, edgeA, 5061) }},
		"restart": {restart, func(f *farm) {
			f.effect["restart edge-a.contoso.com"] = func() { f.set(edgeA.FQDN, lync.ServiceRunning); listens(f, edgeA, 5269) }
		}},
		"publish":   {publishFlags, nil},
		"enable":    {enable, nil},
		"restore":   {restoreURLs, func(f *farm) { f.emptied = []string{"Global"} }},
		"route":     {siteRoute, nil},
		"next hop":  {nextHop, nil},
		"associate": {associate, nil},
		"fail back": {failBack, nil},
	}
	for name, c := range cases {
		run := func(fails string) (apply.Entry, []string, error) {
			f := newFarm()
			if c.set != nil {
				c.set(f)
			}
			if fails != "" {
				f.before[fails] = refuses
			}
			entries, err := f.carryOut(t, c.step)
			return entries[0], f.acts, err
		}
		healthy, acts, err := run("")
		if err != nil || len(acts) == 0 {
			t.Errorf("%s: nothing fails, and it is %s %q after %q: %v", name, healthy.State, healthy.Message, acts, err)
		}
		for n, act := range acts {
			e, done, err := run(act)
			if diff := cmp.Diff(acts[:n+1], done); diff != "" || e.State != apply.Failed || !strings.Contains(e.Message, "the far side said no") || err == nil {
				t.Errorf("%s: %q fails: the step is %s %q, the run ended with %v; acts (-want +got):\n%s", name, act, e.State, e.Message, err, diff)
			}
		}
	}
}

// TestEveryKindHasHands carries out one step of each kind. Whether it succeeds or not, apply must
// know how to carry it out, and it waits no longer than its kind may.
func TestEveryKindHasHands(t *testing.T) {
	steps := []plan.Step{startServices, restoreURLs, publishFlags, nextHop, siteRoute, awaitReplication, setUpSIP, restart, checkPort, updateDNS, associate, failBack}
	for _, kind := range plan.Kinds() {
		i := slices.IndexFunc(steps, func(s plan.Step) bool { return s.Kind() == kind })
		if i < 0 {
			t.Errorf("no step of kind %s is tried here", kind)
			continue
		}
		f := newFarm()
		r := apply.Start(t.Context(), plan.Plan{ID: "sha256-1", Steps: steps[i : i+1]}, f.topology, f.hands(), apply.DefaultLimits, func() {})
		<-r.Done()
		e := r.Entries()[0]
		if strings.Contains(e.Message, "no such kind of step") {
			t.Errorf("%s: %s", kind, e.Message)
		}
		if took := e.Ended.Sub(e.Started); took > kind.Rules().Wait {
			t.Errorf("%s waited %s, its rules say %s", kind, took, kind.Rules().Wait)
		}
	}
}

// connecting is the port where accepting a connection counts as an answer.
func connecting(p probe.Target) probe.Target {
	p.Connect = true
	return p
}
