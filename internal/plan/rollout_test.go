package plan_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// stops is the machine whose services an act stops; "" for none.
func stops(a plan.Act) string {
	if setup, is := a.(plan.SetupEdgeServer); is {
		return setup.Server.FQDN
	}
	if restart, is := a.(plan.RestartEdgeServices); is {
		return restart.Server.FQDN
	}
	return ""
}

// anyPoolOfThree is a world in which federation moves to, or left, a pool of three machines, each
// of which is in any state.
func anyPoolOfThree(dice *rand.Rand) *world {
	w := settled()
	w.intent.EdgePool = "edge2.contoso.com"
	if dice.IntN(4) == 0 {
		w.drains()
		w.intent.EdgePool, w.drain.Over = "edge1.contoso.com", true
	}
	w.threeMachines("edge2.contoso.com")
	for _, name := range []string{"a.edge2.contoso.com", "b.edge2.contoso.com", "c.edge2.contoso.com"} {
		switch dice.IntN(6) {
		case 0:
			w.edgeServer(name, stopAll)
		case 1:
			w.dead(name)
		case 2:
			w.edgeServer(name, func(s *lync.EdgeServerState) { s.Services = edgeState("edge2.contoso.com", true).Services })
			w.setups = map[lync.Host][]lync.Protocol{lync.HostOf(name): {lync.SIP, lync.XMPP}}
		}
	}
	switch dice.IntN(4) {
	case 0:
		w.dead("edge1.contoso.com")
	case 1:
		w.intent.Strategy = plan.Procedure
	case 2:
		w.topology.Sites[0].SIPRoute, w.topology.Sites[0].XMPPRoute = "edge2.contoso.com", "edge2.contoso.com"
		w.pool("edge2.contoso.com").SIPEnabled, w.pool("edge2.contoso.com").XMPPEnabled = true, true
	}
	return w
}

// TestRolloutLeavesMachinesToUsers carries plans of random worlds out in random orders. While
// federation is served elsewhere at most one machine that ran is out of service. While nobody
// serves it, one of them is left to users where the pool has another. Every step gets its turn.
func TestRolloutLeavesMachinesToUsers(t *testing.T) {
	most := map[plan.Stage]int{}
	for seed := range uint64(600) {
		dice := rand.New(rand.NewPCG(seed, 14))
		w := anyPoolOfThree(dice)
		p, err := w.compute()
		if err != nil {
			t.Fatal(err)
		}
		ran := map[string]bool{} // the machines that serve users
		for _, s := range w.pool("edge2.contoso.com").Servers {
			state := w.servers[lync.HostOf(s.FQDN)]
			ran[s.FQDN] = state.Known() && state.Value.Running()
		}
		edges := plan.Edges(p.Steps)
		const waits, underWay, done = 0, 1, 2
		stand := make([]int, len(p.Steps))
		for slices.ContainsFunc(stand, func(s int) bool { return s != done }) {
			var may []int
			for n := range p.Steps {
				if stand[n] == underWay || stand[n] == waits && !slices.ContainsFunc(edges[n], func(j int) bool { return stand[j] != done }) {
					may = append(may, n)
				}
			}
			if len(may) == 0 {
				t.Fatalf("seed %d: steps wait for each other in a circle\n%s", seed, text(p))
			}
			n := may[dice.IntN(len(may))]
			if a, starts := p.Steps[n].Act.(plan.StartEdgeServices); starts && stand[n] == underWay {
				ran[a.Server.FQDN] = true
			}
			stand[n]++
			if stops(p.Steps[n].Act) == "" || stand[n] == done {
				if stop := stops(p.Steps[n].Act); stop != "" {
					ran[stop] = true
				}
				continue
			}
			out := map[string]bool{}
			for m, s := range p.Steps {
				if name := stops(s.Act); stand[m] == underWay && w.running(name) {
					out[name] = true
				}
			}
			stage := p.Steps[n].Stage
			most[stage] = max(most[stage], len(out))
			left := 0
			for name, runs := range ran {
				if runs && !out[name] {
					left++
				}
			}
			serving := 0
			for name := range ran {
				if w.running(name) {
					serving++
				}
			}
			switch {
			case stage != plan.Moving && len(out) > 1:
				t.Fatalf("seed %d: %v are out of service at once, and the other pool serves\n%s", seed, out, text(p))
			case stage == plan.Moving && left == 0 && serving > 1:
				t.Fatalf("seed %d: no machine is left to users\n%s", seed, text(p))
			}
		}
	}
	if most[plan.Preparing] != 1 || most[plan.Moving] != 2 || most[plan.Leaving] != 1 {
		t.Errorf("at most %v machines were out of service by stage; the search is broken", most)
	}
}

// running reports whether a machine was seen running.
func (w *world) running(name string) bool {
	state, there := w.servers[lync.HostOf(name)]
	return there && state.Known() && state.Value.Running()
}
