package chaos_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/farm/topology"
	"github.com/fedroute/fedroute/lyncsim/wsman"
	"github.com/fedroute/fedroute/test/chaos/judge"
	"github.com/fedroute/fedroute/test/support/memnet"
)

// act is one thing that happens in a seed.
type act struct {
	at    time.Duration // since the script began
	cue   *cue          // nil: it begins at its time; otherwise it waits for the cue from then on
	lasts time.Duration // 0: it has no end
	shuns time.Duration // how long fedroute asks nobody whom it struck after it, as it promises
	// forgets: what setup has done cannot be noted while it lasts, and setup may run again.
	forgets bool
	closes  string // the machine whose federation ports do not answer while it lasts
	fails   bool   // steps fail in a server's words while it lasts
	ofKit   bool   // it happens only where fedroute works through the endpoint kit
	fault   string // its row in the table
	text    string
	begin   func(*world)
	end     func(*world) // nil: nothing ends
}

func (a act) String() string {
	when := a.at.Round(time.Millisecond).String()
	if a.cue != nil {
		when = fmt.Sprintf("from %s on %s after %s:", when, a.cue.delay.Round(time.Millisecond), a.cue.after)
	}
	if a.lasts == 0 {
		return when + " " + a.text
	}
	return fmt.Sprintf("%s %s, for %s", when, a.text, a.lasts.Round(time.Millisecond))
}

// cue lets an act begin some time after fedroute has written something.
type cue struct {
	after string // the kind of step that ended with the write, or wished
	delay time.Duration
}

// wished is the cue of a changed wish.
const wished = "a wish"

// during says for each kind of step after which write it is under way, and how long mostly.
var during = map[string][]cue{
	"PublishFlags":      {{wished, 40 * time.Second}, {"UpdateDNS", 25 * time.Second}},
	"RestoreSimpleURLs": {{"PublishFlags", 800 * time.Millisecond}},
	"EnableTopology":    {{"RestoreSimpleURLs", 20 * time.Second}},
	"SetupEdgeServer":   {{"EnableTopology", 3 * time.Minute}},
	"Services":          {{"SetupEdgeServer", 25 * time.Second}},
	"SetSiteRoute":      {{"Services", 8 * time.Second}, {"SetSiteRoute", 800 * time.Millisecond}},
	"UpdateDNS":         {{"SetSiteRoute", 45 * time.Second}},
}

// row is a fault of the table, and the happening that gives it.
type row struct {
	fault string
	of    happening
}

// rows are all faults that the dice can give.
var rows = sync.OnceValue(func() (out []row) {
	d := dice{rand.New(rand.NewPCG(1, 1))}
	anybody := []string{"a", "b"}
	for _, h := range happenings {
		found := map[string]bool{}
		for range 1000 {
			found[h.draw(d, cast{anybody, anybody, anybody, anybody, anybody, anybody}).fault] = true
		}
		for _, fault := range slices.Sorted(maps.Keys(found)) {
			out = append(out, row{fault, h})
		}
	}
	return out
})

// aims is how many acts of each seed aim at a cell of the table.
const aims = 3

// aimed draws an act for a cell: a fault, and a cue by which it strikes during a step. All
// cells have their turn.
func aimed(d dice, c cast, turn uint64) act {
	r := rows()[turn%uint64(len(rows()))]
	step := judge.Steps[turn/uint64(len(rows()))%uint64(len(judge.Steps))]
	for {
		if a := r.of.draw(d, c); a.fault == r.fault {
			options := during[step]
			then := options[d.IntN(len(options))]
			a.at, a.cue = d.between(0, 8*time.Minute), &cue{then.after, d.between(0, then.delay)}
			return a
		}
	}
}

// dice are thrown while a script is drawn, and never while it is played.
type dice struct{ *rand.Rand }

// diceFor gives the dice of a seed for something: what is drawn for one thing does not depend on
// how much is drawn for another. The name has eight letters at most.
func diceFor(seed uint64, what string) dice {
	var number uint64
	for _, letter := range []byte(what) {
		number = number<<8 | uint64(letter)
	}
	return dice{rand.New(rand.NewPCG(seed, number))}
}

func (d dice) of(all ...string) string { return all[d.IntN(len(all))] }

// between gives a time with nanoseconds of its own, so that no two acts are in one instant.
func (d dice) between(from, to time.Duration) time.Duration {
	return from + time.Duration(d.Int64N(int64(to-from)))
}

// cast are those to whom something may happen.
type cast struct {
	pools, edges, fronts []string
	frontPools           []string
	sites                []string
	sip                  []string
}

func castOf(spec farm.Spec) cast {
	c := cast{sip: spec.SIPDomains}
	for _, s := range spec.Sites {
		c.sites = append(c.sites, s.Name)
		for _, p := range s.EdgePools {
			c.pools = append(c.pools, p.FQDN)
			for _, m := range p.Servers {
				c.edges = append(c.edges, m.FQDN)
			}
		}
		for _, p := range s.FrontEndPools {
			c.frontPools = append(c.frontPools, p.FQDN)
			for _, m := range p.Servers {
				c.fronts = append(c.fronts, m.FQDN)
			}
		}
	}
	return c
}

var nora = farm.Actor{User: `CONTOSO\nora`, Machine: "her desk", Command: "by hand"}

// draw makes the script of a seed: a move, and what happens meanwhile.
func draw(seed uint64, c cast) (script []act) {
	d := diceFor(seed, "chaos")
	at := d.between(10*time.Second, time.Minute)
	for range 4 + d.IntN(6) {
		a := happenings[pick(d)].draw(d, c)
		a.at = at
		script = append(script, a)
		at += d.between(3*time.Second, 5*time.Minute)
	}
	// People move federation away and perhaps back, at any time between the others.
	move := moved(c.pools[1])
	move.at = d.between(time.Second, 6*time.Minute)
	script = append(script, move)
	for d.IntN(2) == 0 {
		back := moves(d, c)
		back.at = d.between(0, max(at, time.Minute))
		script = append(script, back)
	}
	// Then everything ends at once, often in the middle of something.
	end := at
	for _, a := range script {
		end = max(end, a.at)
	}
	if end += d.between(0, 4*time.Minute); d.IntN(2) == 0 {
		final := moves(d, c)
		final.at = end - d.between(0, 30*time.Second)
		script = append(script, final)
	}
	for n := range uint64(aims) {
		script = append(script, aimed(d, c, seed*aims+n))
	}
	for i := range script {
		if script[i].at+script[i].lasts > end {
			script[i].lasts = max(end-script[i].at, 0) + time.Duration(i)
		}
	}
	slices.SortStableFunc(script, func(a, b act) int { return int(a.at - b.at) })
	return script
}

func pick(d dice) int {
	sum := 0
	for _, h := range happenings {
		sum += h.weight
	}
	n := d.IntN(sum)
	for i, h := range happenings {
		if n -= h.weight; n < 0 {
			return i
		}
	}
	panic("unreachable")
}

// happening is a kind of act.
type happening struct {
	weight int
	draw   func(d dice, c cast) act
}

// happenings are all kinds. The rows of the table are their faults.
var happenings []happening

func init() {
	happenings = []happening{
		{8, moves}, {3, suspends}, {3, observes}, {3, approves}, {3, reapplies}, {7, colleagueClaims},
		{10, farmFault}, {8, cmdletIsDenied}, {6, machineDies}, {5, machineIsCutOff}, {8, networkFault}, {4, connectionsAreCut},
		{6, winrmFault}, {3, logonsAreRefused}, {4, processesDie}, {4, clockIsOff}, {3, kitIsOlder},
		{8, dnsFault}, {3, dnsLags}, {2, dnsIsSlow}, {2, dnsClock},
		{6, apiFault}, {3, cacheLags}, {2, watchesAreCut}, {2, leaseIsTaken},
		{6, managerCrashes}, {3, managerIsReplaced},
		{3, passwordChanges}, {5, personPublishes}, {3, personRoutes}, {3, personEditsRecords}, {6, personWorksElsewhere}, {2, certificateChanges},
	}
}

func moves(d dice, c cast) act { return moved(d.of(c.pools...)) }

func moved(pool string) act {
	return act{fault: "spec changes", text: "people wish federation on " + pool, begin: func(w *world) { w.wish(func(s *state) { s.pool = pool }) }}
}

func suspends(d dice, _ cast) act {
	return act{fault: "suspended", text: "people suspend the route", lasts: d.between(time.Minute, 40*time.Minute),
		begin: func(w *world) { w.wish(func(s *state) { s.suspended = true }) },
		end:   func(w *world) { w.wish(func(s *state) { s.suspended = false }) }}
}

func observes(d dice, _ cast) act {
	return act{fault: "mode Observe", text: "people let the route observe", lasts: d.between(time.Minute, 40*time.Minute),
		begin: func(w *world) { w.wish(func(s *state) { s.observing++ }) },
		end:   func(w *world) { w.wish(func(s *state) { s.observing-- }) }}
}

// approves lets people read a plan for a while before they approve it. Half of the time they
// wish for one soon.
func approves(d dice, c cast) act {
	after := d.between(time.Minute, 30*time.Minute)
	a := act{fault: "mode Approve", text: fmt.Sprintf("people want to approve, and approve what they find after %s", after.Round(time.Second)), lasts: d.between(after, 45*time.Minute),
		begin: func(w *world) {
			w.wish(func(s *state) { s.approving++ })
			w.later(after, func() { w.approve() })
		},
		end: func(w *world) { w.wish(func(s *state) { s.approving-- }) }}
	return meanwhile(d, c, a, after/2)
}

// movesAway lets people move federation to another pool than they wished until then.
func movesAway(d dice, c cast) act {
	further := 1 + d.IntN(len(c.pools)-1)
	return act{text: "people move federation away", begin: func(w *world) {
		w.wish(func(s *state) { s.pool = c.pools[(slices.Index(c.pools, s.pool)+further)%len(c.pools)] })
	}}
}

// meanwhile lets people move federation away within a time after the act began, half of the time.
func meanwhile(d dice, c cast, a act, within time.Duration) act {
	move, after, begin := movesAway(d, c), d.between(min(20*time.Second, within/2), within), a.begin
	if d.IntN(2) == 0 {
		a.text += fmt.Sprintf(", and %s later %s", after.Round(time.Second), move.text)
		a.begin = func(w *world) {
			begin(w)
			w.later(after, func() { move.begin(w) })
		}
	}
	return a
}

func colleagueClaims(d dice, c cast) act {
	pool := d.of(c.pools...)
	return act{fault: "a second route", text: "a colleague makes a younger route for the same names to " + pool, lasts: d.between(5*time.Minute, 50*time.Minute),
		begin: func(w *world) { w.claim(pool) }, end: func(w *world) { w.unclaim() }}
}

func reapplies(d dice, _ cast) act {
	every := d.between(20*time.Second, 3*time.Minute)
	return act{fault: "GitOps", text: fmt.Sprintf("a tool applies the spec again every %s", every.Round(time.Second)), lasts: d.between(5*time.Minute, 30*time.Minute),
		begin: func(w *world) { w.reapply(every) }, end: func(w *world) { w.reapply(0) }}
}

func farmFault(d dice, c cast) act {
	f := farm.Fault{Times: 1 + d.IntN(3)}
	edge := d.of(c.edges...)
	f.Kind = farm.FaultKind(d.of(string(farm.FaultStuckReplica), string(farm.FaultSlowReplica), string(farm.FaultPublishFails), string(farm.FaultSetupFails),
		string(farm.FaultServiceWillNotStart), string(farm.FaultServiceWillNotStop), string(farm.FaultFirewall), string(farm.FaultEmptyBalancer)))
	switch f.Kind {
	case farm.FaultStuckReplica, farm.FaultSetupFails:
		f.Target = edge
	case farm.FaultSlowReplica:
		f.Target, f.Delay = edge, farm.Duration(d.between(10*time.Second, 10*time.Minute))
	case farm.FaultServiceWillNotStart, farm.FaultServiceWillNotStop:
		f.Target = edge + "/" + farm.ServiceAccessEdge
	case farm.FaultFirewall, farm.FaultEmptyBalancer:
		f.Target = edge + "/" + d.of("5061", "5269")
	}
	closes := ""
	switch f.Kind {
	case farm.FaultFirewall, farm.FaultEmptyBalancer, farm.FaultServiceWillNotStart:
		closes = edge
	}
	a := faulty(d, f)
	a.closes = closes
	if closes != "" { // a closed port matters most when partners are about to be led to it
		return meanwhile(d, c, a, a.lasts)
	}
	return a
}

func faulty(d dice, f farm.Fault) act {
	fails := f.Kind == farm.FaultPublishFails || f.Kind == farm.FaultSetupFails || f.Kind == farm.FaultCmdletDenied
	return act{fault: string(f.Kind), fails: fails, text: fmt.Sprintf("the farm is given the fault %s %s", f.Kind, f.Target), lasts: d.between(time.Minute, 45*time.Minute),
		begin: func(w *world) { w.must(w.org.Farm().AddFault(f)) }, end: func(w *world) { w.disarm(f) }}
}

// cmdletIsDenied takes a right away. What cannot be read matters most when people want
// something new, so half of the time they move federation meanwhile.
func cmdletIsDenied(d dice, c cast) act {
	a := faulty(d, farm.Fault{Kind: farm.FaultCmdletDenied, Target: d.of("Get-CsSite", "Get-CsSite", "Get-CsTopology", "Get-CsAccessEdgeConfiguration", "Get-CsManagementStoreReplicationStatus",
		"Get-CsSimpleUrlConfiguration", "Get-CsWindowsService", "Set-CsSite", "Publish-CsTopology", "Enable-CsTopology", "Set-CsSimpleUrlConfiguration")})
	return meanwhile(d, c, a, a.lasts/4)
}

func anyMachine(d dice, c cast) string { return d.of(slices.Concat(c.edges, c.edges, c.fronts)...) }

func machineDies(d dice, c cast) act {
	machine, then := anyMachine(d, c), farm.AfterReturn(d.of(string(farm.ServicesStart), string(farm.ServicesStart), string(farm.ServicesStayStopped)))
	return act{fault: "a machine dies", closes: machine, shuns: silent, text: machine + " loses its power", lasts: d.between(10*time.Second, 25*time.Minute),
		begin: func(w *world) { w.must(w.org.Farm().Kill(nora, machine)) },
		end:   func(w *world) { w.must(w.org.Farm().Return(nora, machine, then)) }}
}

func machineIsCutOff(d dice, c cast) act {
	machine := anyMachine(d, c)
	return act{fault: "a machine is cut off", closes: machine, shuns: silent, text: machine + " is cut off the network", lasts: d.between(5*time.Second, 20*time.Minute),
		begin: func(w *world) { w.must(w.org.Farm().Disconnect(nora, machine)) },
		end:   func(w *world) { w.must(w.org.Farm().Return(nora, machine, farm.ServicesStart)) }}
}

// far is where managers connect to: machines, DNS servers and federation ports.
func far(d dice, c cast) string {
	return d.of(append(slices.Concat(c.edges, c.fronts), "the DNS server")...)
}

func networkFault(d dice, c cast) act {
	to := far(d, c)
	f := memnet.Fault(d.of(string(memnet.Swallowed), string(memnet.Swallowed), string(memnet.Unanswered), string(memnet.Refused)))
	return act{fault: "network " + string(f), shuns: silent, text: fmt.Sprintf("the network from the managers to %s: %s", to, f), lasts: d.between(time.Second, 15*time.Minute),
		begin: func(w *world) { w.disturb(to, f) }, end: func(w *world) { w.disturb(to, memnet.Well) }}
}

func connectionsAreCut(d dice, c cast) act {
	to := far(d, c)
	return act{fault: "connections are cut", text: "the connections to " + to + " are cut", begin: func(w *world) { w.cut(to) }}
}

func winrmFault(d dice, c cast) act {
	machine := anyMachine(d, c)
	r := wsman.Rule{Action: d.of("", "Create", "Command", "Send", "Receive"), Skip: d.IntN(4), Times: 1 + d.IntN(3), Code: 2150858843, Delay: d.between(time.Second, 2*time.Minute),
		Effect: wsman.Effect(d.of(string(wsman.Drop), string(wsman.Delay), string(wsman.Fault), string(wsman.Unauthorized), string(wsman.LoseShell), string(wsman.Lose), string(wsman.Halve), string(wsman.Silence)))}
	shuns := time.Duration(0)
	switch r.Effect {
	case wsman.Unauthorized:
		shuns = shunned(c, machine)
	case wsman.Delay, wsman.Lose, wsman.Silence:
		shuns = silent
	}
	return act{fault: "WinRM " + string(r.Effect), shuns: shuns, text: fmt.Sprintf("WinRM on %s: %s at %d requests %s after %d", machine, r.Effect, r.Times, r.Action, r.Skip), lasts: d.between(time.Minute, 20*time.Minute),
		begin: func(w *world) { w.org.WinRM(machine).Misbehave(r) }, end: func(w *world) { w.behave(machine) }}
}

// silent is how long a server is asked nothing that let looks wait in vain.
const silent = 2 * time.Minute

// shunned is how long an account is shown to no server after that machine refused it: a local
// account of Edge machines to its machine, an account of the domain to all.
func shunned(c cast, machine string) time.Duration {
	if slices.Contains(c.edges, machine) {
		return 5 * time.Minute
	}
	return 15 * time.Minute
}

func logonsAreRefused(d dice, c cast) act {
	machine := anyMachine(d, c)
	return act{fault: "logons are refused", shuns: shunned(c, machine), text: machine + " refuses all logons", lasts: d.between(30*time.Second, 20*time.Minute),
		begin: func(w *world) { w.org.WinRM(machine).RefuseLogons() }, end: func(w *world) { w.behave(machine) }}
}

func processesDie(d dice, c cast) act {
	machine := anyMachine(d, c)
	if d.IntN(2) == 0 {
		return act{fault: "processes die", text: "the PowerShells on " + machine + " crash", begin: func(w *world) { w.org.WinRM(machine).KillProcesses(1) }}
	}
	return act{fault: "shells are deleted", text: "the shells on " + machine + " are deleted", begin: func(w *world) { w.org.WinRM(machine).DeleteShells() }}
}

func dnsFault(d dice, _ cast) act {
	f := dns.Fault(d.of(string(dns.Silent), string(dns.Broken), string(dns.RefuseUpdates), string(dns.FailUpdates), string(dns.LoseReplies), string(dns.WrongSignature), string(dns.ForgeReplies)))
	return act{fault: "DNS " + string(f), shuns: silent, text: "the DNS server: " + string(f), lasts: d.between(10*time.Second, 20*time.Minute),
		begin: func(w *world) { w.org.NameServers()[0].Fail(f) }, end: func(w *world) { w.org.NameServers()[0].Fail(dns.Healthy) }}
}

func dnsLags(d dice, _ cast) act {
	lag := d.between(2*time.Second, 10*time.Minute)
	return act{fault: "DNS lags", text: fmt.Sprintf("the last DNS server is %s behind", lag.Round(time.Second)), lasts: d.between(time.Minute, 20*time.Minute),
		begin: func(w *world) { last(w.org.NameServers()).Lag(lag) }, end: func(w *world) { last(w.org.NameServers()).Lag(0) }}
}

func dnsIsSlow(d dice, c cast) act {
	zone, pause := d.of(c.sip...), d.between(500*time.Millisecond, 30*time.Second)
	return act{fault: "DNS is slow", text: fmt.Sprintf("the DNS server takes %s for an answer", pause.Round(time.Millisecond)), lasts: d.between(time.Minute, 20*time.Minute),
		begin: func(w *world) { w.org.NameServers()[0].Slow(zone, pause) }, end: func(w *world) { w.org.NameServers()[0].Slow(zone, 0) }}
}

func dnsClock(d dice, _ cast) act {
	skew := d.between(-time.Hour, time.Hour)
	return act{fault: "DNS clock", text: fmt.Sprintf("the DNS server's clock is off by %s", skew.Round(time.Second)), lasts: d.between(time.Minute, 20*time.Minute),
		begin: func(w *world) { w.org.NameServers()[0].Skew(skew) }, end: func(w *world) { w.org.NameServers()[0].Skew(0) }}
}

// clockIsOff is a machine that shows another time, as after a pause of its host, until its time
// service has noticed.
func clockIsOff(d dice, c cast) act {
	machine, off := d.of(append(slices.Clone(c.fronts), anyMachine(d, c))...), d.between(-2*time.Hour, 2*time.Hour)
	return act{fault: "a clock is off", text: fmt.Sprintf("the clock of %s is off by %s", machine, off.Round(time.Second)), lasts: d.between(10*time.Second, 20*time.Minute),
		begin: func(w *world) { w.must(w.org.Farm().SetClock(nora, machine, off)) }, end: func(w *world) { w.must(w.org.Farm().SetClock(nora, machine, 0)) }}
}

// kitIsOlder is a machine on which somebody installs the kit of before.
func kitIsOlder(d dice, c cast) act {
	machine := anyMachine(d, c)
	return act{fault: "an older kit", ofKit: true, text: "somebody installs an older kit on " + machine, lasts: d.between(time.Minute, 20*time.Minute),
		begin: func(w *world) { w.reinstall(machine, kit.Version-1) }, end: func(w *world) { w.reinstall(machine, kit.Version) }}
}

func last[T any](list []T) T { return list[len(list)-1] }

func apiFault(d dice, _ cast) act {
	how, chance := d.of("conflicts", "429", "refused", "lost", "slow"), 0.2+0.8*d.Float64()
	return act{fault: "API " + how, forgets: how != "slow", text: fmt.Sprintf("the API to the managers: %s, %.0f%%", how, 100*chance), lasts: d.between(10*time.Second, 15*time.Minute),
		begin: func(w *world) { w.trouble(how, chance) }, end: func(w *world) { w.trouble(how, 0) }}
}

func cacheLags(d dice, _ cast) act {
	lag := d.between(100*time.Millisecond, 30*time.Second)
	return act{fault: "caches lag", text: fmt.Sprintf("the managers learn of changes %s late", lag.Round(time.Millisecond)), lasts: d.between(time.Minute, 20*time.Minute),
		begin: func(w *world) { w.lag(lag) }, end: func(w *world) { w.lag(0) }}
}

func watchesAreCut(dice, cast) act {
	return act{fault: "watches are cut", text: "the managers' watches are cut", begin: func(w *world) { w.api.CutWatches("") }}
}

func leaseIsTaken(dice, cast) act {
	return act{fault: "the lease is taken", text: "somebody takes the lease away", begin: func(w *world) { w.takeLease() }}
}

func managerCrashes(d dice, _ cast) act {
	silent, after := d.IntN(2) == 0, d.between(time.Second, 3*time.Minute)
	text := "the leading manager's process crashes"
	if silent {
		text = "the leading manager's node loses its power"
	}
	return act{fault: "manager crashes", text: fmt.Sprintf("%s; another is started %s later", text, after.Round(time.Second)),
		begin: func(w *world) {
			w.crash(silent)
			w.later(after, w.hire)
		}}
}

func managerIsReplaced(d dice, _ cast) act {
	return act{fault: "manager is replaced", text: "the manager is told to stop, and another is started", begin: func(w *world) { w.replace() }}
}

func passwordChanges(d dice, _ cast) act {
	domain, late := d.IntN(2) == 0, d.between(10*time.Second, 10*time.Minute)
	who := "on Edge servers"
	if domain {
		who = "of the domain"
	}
	return act{fault: "password changes", text: fmt.Sprintf("the account %s gets another password, and the Secret %s later", who, late.Round(time.Second)),
		begin: func(w *world) { w.later(late, w.password(domain)) }}
}

func personPublishes(d dice, _ cast) act {
	if d.IntN(2) == 0 {
		a := faulty(d, farm.Fault{Kind: farm.FaultPersonEdits, Times: 1 + d.IntN(30)})
		a.fault, a.text = "a person publishes again and again", "nora publishes the topology as it is whenever somebody has read it"
		return a
	}
	return act{fault: "a person publishes", text: "nora publishes the topology as it is", begin: func(w *world) {
		same := func(d *topology.Document) (*topology.Document, error) { return d, nil }
		_ = w.org.Farm().TopologyBuilder(nora, same) // refused while the store is down
	}}
}

// personWorksElsewhere changes what the route does not name.
func personWorksElsewhere(d dice, c cast) act {
	domain, pool, front := d.of(c.sip...), d.of(c.pools...), d.of(c.frontPools...)
	works := []struct {
		text string
		do   func(*farm.Farm, *dns.Authority) error
	}{
		{"fails " + front + " over", func(f *farm.Farm, _ *dns.Authority) error { return f.SetPoolState(nora, front, farm.PoolFailedOver) }},
		{"fails " + front + " back", func(f *farm.Farm, _ *dns.Authority) error { return f.SetPoolState(nora, front, farm.PoolActive) }},
		{"makes " + front + " the next hop of " + pool, func(f *farm.Farm, _ *dns.Authority) error { return f.SetNextHop(nora, pool, front) }},
		{"does not let partners be discovered", func(f *farm.Farm, _ *dns.Authority) error {
			return f.SetAccessEdge(nora, func(e *farm.AccessEdge) { e.EnablePartnerDiscovery = false })
		}},
		{"gives fed." + domain + " a text", func(_ *farm.Farm, z *dns.Authority) error { return z.Set("nora", "fed."+domain, "TXT", 300, `"hers"`) }},
		{"publishes www." + domain, func(_ *farm.Farm, z *dns.Authority) error {
			return z.Set("nora", "www."+domain, "A", 300, "127.0.0.98")
		}},
	}
	work := works[d.IntN(len(works))]
	if d.IntN(3) == 0 {
		work = works[0]
	}
	return act{fault: "a person works elsewhere", text: "nora " + work.text, begin: func(w *world) {
		_ = work.do(w.org.Farm(), w.org.Zones()) // refused while the store is down, and where pools have no state
	}}
}

func personRoutes(d dice, c cast) act {
	site, pool := d.of(c.sites...), d.of(c.pools...)
	return act{fault: "a person routes", text: fmt.Sprintf("nora sets the SIP route of %s to %s", site, pool), begin: func(w *world) {
		_ = w.org.Farm().SetSiteRoute(nora, site, farm.SIP, pool)
	}}
}

func personEditsRecords(d dice, c cast) act {
	domain, ttl := d.of(c.sip...), uint32(60+d.IntN(600))
	return act{fault: "a person edits records", text: fmt.Sprintf("nora gives fed.%s another TTL and address", domain), begin: func(w *world) {
		_ = w.org.Zones().Set("nora", "fed."+domain, "A", ttl, "127.0.0.99")
	}}
}

func certificateChanges(d dice, c cast) act {
	edge := d.of(c.edges...)
	return act{fault: "certificate changes", text: edge + " gets a new certificate", begin: func(w *world) {
		_ = w.org.Farm().AssignCertificate(nora, edge, farm.NewCertificate{Life: 365 * 24 * time.Hour})
	}}
}
