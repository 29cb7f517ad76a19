package scenario_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/wsman"
	"github.com/fedroute/fedroute/test/support/page"
)

var (
	everyFault   = flag.Bool("every-fault", false, "TestFaultAtEveryStep tells every fault at every step, and not only a few of them")
	faultsReport = flag.String("faults-report", "", "the page whose table TestFaultAtEveryStep writes anew; empty: none")
)

// The pools of the sample organization, which has one machine in each, and its first
// management server.
const (
	poolA, poolB = "edge1.contoso.com", "edge2.contoso.com"
	management   = "fe1.contoso.com"
)

// strife is one fault at one moment of a move, there and back.
type strife struct {
	*story
	r       *v1alpha1.FederationRoute
	target  string // the Edge pool that federation moves to, with one machine
	machine string // where the step works
	cmdlet  string // that the step runs there
	manager *manager
	struck  []time.Time
}

// moment is when a fault strikes: in the middle of a step of a kind.
type moment struct {
	name   string
	cmdlet string // that the step runs; the moment is the cmdlet's beginning
	kind   string // where it is set, the moment is the step's beginning
	onEdge bool   // the step works on the Edge machine, else on the management server
	after  int64  // so many earlier beginnings of the cmdlet in the move are not meant
	// prepared: the moment is one of a move that prepares the new pool first.
	prepared bool
	within   time.Duration // the moment is so much later
	// prepare is called before the move, and ends what it began by what it returns.
	prepare func(*strife) (finish func())
}

// trouble is a fault of the simulator. Striking returns what ends it; nil for one that is over
// at once.
type trouble struct {
	name    string
	strike  func(*strife) (heal func())
	process bool // it is the manager's own
}

var moments = []moment{
	{name: "StartEdgeServices", cmdlet: "Start-CsWindowsService", onEdge: true, prepare: func(s *strife) func() {
		s.must(s.org.Farm().StopServices(s.ctx, nora, farm.ServicesRequest{Machine: s.target}))
		return nil
	}},
	{name: "RestoreSimpleURLs", cmdlet: "New-CsSimpleUrlEntry", prepare: func(s *strife) func() {
		go func() {
			for s.ctx.Err() == nil && s.org.Farm().LostSimpleURLs() == nil {
				time.Sleep(5 * time.Millisecond)
			}
			s.org.WinRM(management).DeleteShells()
		}()
		return nil
	}},
	{name: "PublishFlags: publishing", cmdlet: "Publish-CsTopology", within: 100 * time.Millisecond},
	{name: "PublishFlags: simple URLs", cmdlet: "Set-CsSimpleUrlConfiguration"},
	{name: "PublishFlags: enabling", cmdlet: "Enable-CsTopology", within: 100 * time.Millisecond},
	{name: "SetSiteRoute", cmdlet: "Set-CsSite"},
	{name: "AwaitReplication", kind: "AwaitReplication", cmdlet: "Get-CsManagementStoreReplicationStatus"},
	{name: "SetupEdgeServer", kind: "SetupEdgeServer", cmdlet: "Get-CsSite", onEdge: true, within: 300 * time.Millisecond, prepared: true},
	{name: "RestartEdgeServices", cmdlet: "Stop-CsWindowsService", onEdge: true, within: 50 * time.Millisecond},
	{name: "CheckPorts", kind: "CheckPorts", cmdlet: "Get-CsSite", onEdge: true, prepare: func(s *strife) func() {
		s.must(s.org.Farm().AddFault(farm.Fault{Kind: farm.FaultFirewall, Target: s.target + "/5061"}))
		return s.org.Farm().ClearFaults
	}},
	{name: "UpdateDNS", kind: "UpdateDNS", cmdlet: "Get-CsSite", onEdge: true, prepare: func(s *strife) func() {
		s.slowNames(400 * time.Millisecond)
		return func() { s.slowNames(0) }
	}},
	{name: "AssociateFrontEnd", cmdlet: "Set-CsRegistrar"},
	{name: "FailBackFrontEnd", cmdlet: "Invoke-CsPoolFailBack", within: 200 * time.Millisecond},
	{name: "PublishFlags: the old pool's", cmdlet: "Publish-CsTopology", after: 1, within: 100 * time.Millisecond, prepared: true},
}

func (s *strife) slowNames(pause time.Duration) {
	s.rehearse("POST", "/dns/servers/1", map[string]any{"slow": map[string]string{"contoso.com": pause.String()}})
}

var troubles = slices.Concat([]trouble{
	{name: "shells are deleted", strike: func(s *strife) func() { s.winrm().DeleteShells(); return nil }},
	{name: "PowerShell crashes", strike: func(s *strife) func() { s.winrm().KillProcesses(1); return nil }},
	{name: "connections are cut", strike: func(s *strife) func() { s.winrm().DropConnections(); return nil }},
	{name: "the network loses all packets", strike: func(s *strife) func() { s.winrm().Freeze(); return s.winrm().Thaw }},
	{name: "logons are refused", strike: func(s *strife) func() { s.winrm().RefuseLogons(); return s.winrm().Behave }},
	misbehaves("a request is cut", wsman.Rule{Effect: wsman.Drop, Times: 1}),
	misbehaves("a request is answered with 401", wsman.Rule{Effect: wsman.Unauthorized, Times: 1}),
	misbehaves("a request finds its shell gone", wsman.Rule{Effect: wsman.LoseShell, Times: 1}),
	misbehaves("a reply is lost", wsman.Rule{Effect: wsman.Lose, Times: 1}),
	misbehaves("a reply is cut in half", wsman.Rule{Effect: wsman.Halve, Times: 1}),
	dies("the management server dies", farm.ServicesStart, func(*strife) string { return management }),
	dies("the Edge machine dies", farm.ServicesStart, func(s *strife) string { return s.target }),
	dies("the Edge machine dies and its services stay stopped", farm.ServicesStayStopped, func(s *strife) string { return s.target }),
	{name: "the management server is cut off", strike: func(s *strife) func() { return s.cutOff(management) }},
	{name: "the Edge machine is cut off", strike: func(s *strife) func() { return s.cutOff(s.target) }},
	breaks("StuckReplica", func(s *strife) farm.Fault { return farm.Fault{Target: s.target} }),
	breaks("SlowReplica", func(s *strife) farm.Fault { return farm.Fault{Target: s.target, Delay: farm.Duration(time.Second)} }),
	breaks("PublishFails", func(*strife) farm.Fault { return farm.Fault{} }),
	breaks("SetupFails", func(s *strife) farm.Fault { return farm.Fault{Target: s.target} }),
	breaks("ServiceWillNotStart", func(s *strife) farm.Fault { return farm.Fault{Target: s.target + "/" + farm.ServiceAccessEdge} }),
	breaks("ServiceWillNotStop", func(s *strife) farm.Fault { return farm.Fault{Target: s.target + "/" + farm.ServiceAccessEdge} }),
	breaks("PersonEdits", func(*strife) farm.Fault { return farm.Fault{} }),
	breaks("Firewall", func(s *strife) farm.Fault { return farm.Fault{Target: s.target + "/5061"} }),
	breaks("EmptyBalancer", func(s *strife) farm.Fault { return farm.Fault{Target: s.target + "/5061"} }),
	breaks("CmdletDenied", func(s *strife) farm.Fault { return farm.Fault{Target: s.cmdlet} }),
	{name: "replication is stopped", strike: func(s *strife) func() {
		s.must(s.org.Farm().StopReplication(nora))
		return func() { s.must(s.org.Farm().StartReplication(nora)) }
	}},
	{name: "the manager is killed", process: true, strike: func(s *strife) func() { return s.replaceManager(syscall.SIGKILL) }},
	{name: "the manager is told to stop", process: true, strike: func(s *strife) func() { return s.replaceManager(syscall.SIGTERM) }},
}, ofNames())

func misbehaves(name string, rule wsman.Rule) trouble {
	return trouble{name: name, strike: func(s *strife) func() { s.winrm().Misbehave(rule); return s.winrm().Behave }}
}

func dies(name string, after farm.AfterReturn, which func(*strife) string) trouble {
	return trouble{name: name, strike: func(s *strife) func() {
		s.must(s.org.Farm().Kill(nora, which(s)))
		return func() { s.must(s.org.Farm().Return(nora, which(s), after)) }
	}}
}

func breaks(kind farm.FaultKind, fault func(*strife) farm.Fault) trouble {
	return trouble{name: string(kind), strike: func(s *strife) func() {
		f := fault(s)
		f.Kind = kind
		s.must(s.org.Farm().AddFault(f))
		return s.org.Farm().ClearFaults
	}}
}

// ofNames are the faults of the primary DNS server.
func ofNames() []trouble {
	var out []trouble
	for _, fault := range dns.Faults {
		if fault == dns.Healthy {
			continue
		}
		out = append(out, trouble{name: "DNS: " + string(fault), strike: func(s *strife) func() {
			s.rehearse("POST", "/dns/servers/1", map[string]any{"fault": fault})
			return func() { s.rehearse("POST", "/dns/servers/1", map[string]any{"fault": dns.Healthy}) }
		}})
	}
	return out
}

func (s *strife) winrm() *wsman.Server { return s.org.WinRM(s.machine) }

func (s *strife) cutOff(machine string) (heal func()) {
	s.must(s.org.Farm().Disconnect(nora, machine))
	return func() { s.must(s.org.Farm().Return(nora, machine, farm.ServicesStart)) }
}

func (s *strife) replaceManager(signal syscall.Signal) (heal func()) {
	s.must(s.manager.Process.Signal(signal))
	return func() {
		s.manager.leave(s.story)
		if signal == syscall.SIGKILL {
			s.dropLease()
		}
		s.manager = s.hire()
	}
}

// few are the faults and moments that each run tells.
var few = []string{
	"PublishFlags: simple URLs/shells are deleted", "SetSiteRoute/the management server dies", "SetupEdgeServer/the manager is killed",
	"RestartEdgeServices/PowerShell crashes", "UpdateDNS/DNS: LoseReplies", "FailBackFrontEnd/connections are cut",
}

// TestFaultAtEveryStep moves federation there and back. In the middle of a step of each kind
// a fault of the simulator strikes, and goes. Then the route converges without a person, and
// no long operation was carried out twice.
func TestFaultAtEveryStep(t *testing.T) {
	t.Parallel()
	results := &faultTable{path: *faultsReport}
	for _, m := range moments {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for _, x := range troubles {
				if cell := m.name + "/" + x.name; *everyFault || slices.Contains(few, cell) {
					t.Run(x.name, func(t *testing.T) {
						how := "failed"
						t.Cleanup(func() {
							if t.Failed() {
								how = "failed"
							}
							results.put(t, m, x, how)
						})
						how = strike(t, m, x)
					})
				}
			}
		})
	}
}

// strike tells of one fault at one moment, and says how it ended.
func strike(t *testing.T, m moment, x trouble) string {
	spec := sampleFarm(t, "one-site-two-pools")
	brief := farm.Duration(500 * time.Millisecond)
	spec.Durations.Durations = farm.Durations{Cmdlet: brief / 10, Publish: brief, Enable: brief, Replication: brief, Setup: 2 * brief, ServiceStart: brief, ServiceStop: brief / 4, FailBack: brief}
	if m.name == "RestoreSimpleURLs" {
		spec.Durations.Cmdlet = brief // time to strike before the simple URLs are back
	}
	spec.Behaviour.XMPPProxyNeedsRestart = m.name == "RestartEdgeServices"
	spec.DNS.Servers = 2
	s := &strife{story: open(t, spec), cmdlet: m.cmdlet}
	s.unwatched = true
	t.Cleanup(s.invariantsHeldButFor)
	if x.process {
		s.labels = map[string]string{alone: ""}
	}
	s.credentials()
	s.create(s.topology())
	urls := s.org.State().SimpleURLs
	if x.process {
		s.manager = s.hire("--port-timeout", "3s")
	}
	s.r = s.route(poolA, func(r *v1alpha1.FederationRoute) {
		r.Spec.Strategy = m.strategy()
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: management, FailBack: true}}
	})
	s.settled(s.r)
	var out []string
	for _, pool := range []string{poolB, poolA} {
		s.target, s.machine = pool, management
		if m.onEdge {
			s.machine = pool
		}
		out = append(out, s.move(m, x))
		s.hosts(pool)
		s.associated(management, pool)
		s.sameURLs(urls)
	}
	if out[0] == out[1] {
		return out[0]
	}
	return strings.Join(out, "/")
}

// move moves federation to the target while the fault strikes and goes.
func (s *strife) move(m moment, x trouble) string {
	s.must(s.org.Farm().SetPoolState(nora, management, farm.PoolFailedOver))
	publishes, failBacks := s.acts("Publish-CsTopology", "Topology"), s.org.Counters().Cmdlets["Invoke-CsPoolFailBack"]
	begun := s.org.Counters().Cmdlets[m.cmdlet]
	var finish func()
	if m.prepare != nil {
		finish = m.prepare(s)
	}
	s.moveTo(s.r, s.target)
	if m.name == "RestartEdgeServices" {
		s.settled(s.r)
		s.silenceProxy()
	}
	since := time.Now()
	s.eventually("the moment of "+m.name, func() bool { return s.come(m, begun) }, func() string { return describe(s.now()) + s.journal() })
	time.Sleep(m.within)
	s.struck = append(s.struck, s.org.Farm().Clock().Now())
	if heal := x.strike(s); heal != nil {
		time.Sleep(1500 * time.Millisecond)
		heal()
	}
	if finish != nil {
		finish()
	}
	undone := s.converges()
	wanted := map[v1alpha1.Strategy]int{v1alpha1.StrategyProcedure: 1, v1alpha1.StrategyPrepareFirst: 2}[m.strategy()]
	if n := s.acts("Publish-CsTopology", "Topology") - publishes; n != wanted && !undone {
		s.Errorf("the flags were published %d times\n%s", n, s.journal())
	}
	// A Ready route may owe a failback that waits for the machines of the pool.
	s.eventually("the failback", func() bool { return s.org.Counters().Cmdlets["Invoke-CsPoolFailBack"] > failBacks }, s.journal)
	s.settled(s.r)
	return s.ended(since, undone)
}

// strategy is the order in which the moment comes on both ways. By the procedure a pool is not
// set up again on the way back, because nothing has undone its setup, and there is one publish.
func (m moment) strategy() v1alpha1.Strategy {
	if m.prepared {
		return v1alpha1.StrategyPrepareFirst
	}
	return v1alpha1.StrategyProcedure
}

// come reports whether the moment has come.
func (s *strife) come(m moment, begun int64) bool {
	if m.kind == "" {
		return s.org.Counters().Cmdlets[m.cmdlet] > begun+m.after
	}
	p := s.now().Status.Plan
	return p != nil && slices.ContainsFunc(p.Steps, func(step v1alpha1.Step) bool {
		return step.Kind == m.kind && step.State == v1alpha1.StepRunning
	})
}

// fresh is how old the answer of a port may be when a zone leads partners to it.
const fresh = 5 * time.Second

// invariantsHeldButFor checks that no invariant was broken. A fault that strikes between the
// answer of a port and the update that leads partners to it cannot be seen by anybody.
func (s *strife) invariantsHeldButFor() {
	for _, v := range s.org.Farm().Violations() {
		unseen := slices.ContainsFunc(s.struck, func(at time.Time) bool { return !v.At.Before(at) && v.At.Sub(at) < fresh })
		if v.Invariant != "I1" || !unseen {
			s.Errorf("invariant broken: %+v", v)
		}
	}
	if lost := s.org.Farm().LostSimpleURLs(); lost != nil {
		s.Errorf("simple URLs are lost: %+v", lost)
	}
}

// now reads the route.
func (s *strife) now() *v1alpha1.FederationRoute {
	s.must(objects.Get(s.ctx, key(s.r), s.r))
	return s.r
}

// silenceProxy is a person who leads XMPP away and restarts the services of the machine, so
// that its XMPP proxy no longer listens. To put that right, services are stopped and started.
func (s *strife) silenceProxy() {
	change(s.story, s.r, func(r *v1alpha1.FederationRoute) { r.Spec.Suspend = true })
	s.until(s.r, "being suspended", func(r *v1alpha1.FederationRoute) bool { return r.Status.ObservedGeneration == r.Generation })
	away := poolA
	if s.target == poolA {
		away = poolB
	}
	s.must(s.org.Farm().SetSiteRoute(nora, "Redmond", farm.XMPP, away))
	time.Sleep(time.Second) // until the machine's replica has the route
	s.must(s.org.Farm().StopServices(s.ctx, nora, farm.ServicesRequest{Machine: s.target}))
	s.must(s.org.Farm().StartServices(s.ctx, nora, farm.ServicesRequest{Machine: s.target}))
	change(s.story, s.r, func(r *v1alpha1.FederationRoute) { r.Spec.Suspend = false })
}

// converges waits until the route is as its spec says. A move that was given up is taken up
// again when a person asks; it reports whether that was so.
func (s *strife) converges() (undone bool) {
	s.until(s.r, "getting ready", func(r *v1alpha1.FederationRoute) bool { return ready(r) || gaveUp(r) })
	if !gaveUp(s.r) {
		return false
	}
	change(s.story, s.r, func(r *v1alpha1.FederationRoute) {
		if r.Annotations == nil {
			r.Annotations = map[string]string{}
		}
		r.Annotations[v1alpha1.AnnotationRequestedAt] = time.Now().Format(time.RFC3339Nano)
	})
	s.settled(s.r)
	return true
}

func gaveUp(r *v1alpha1.FederationRoute) bool {
	c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionReady)
	return c != nil && r.Status.ObservedGeneration == r.Generation && c.Reason == v1alpha1.ReasonMoveUndone
}

// letters are the reasons of failed steps in the report.
var letters = map[string]string{
	v1alpha1.ReasonOutcomeUnknown: "?", v1alpha1.ReasonUnreachable: "N", v1alpha1.ReasonStepFailed: "F", v1alpha1.ReasonWorldChanged: "W",
	v1alpha1.ReasonBusy: "B", v1alpha1.ReasonDenied: "D", v1alpha1.ReasonRefused: "R", v1alpha1.ReasonSecondHop: "H", v1alpha1.ReasonRightsMissing: "M",
}

// ended says how the story ended: with the reasons of the steps that failed on the way, "-"
// for none, and "U" where the move was given up first.
func (s *strife) ended(since time.Time, undone bool) string {
	found := map[string]bool{}
	for _, h := range s.r.Status.History {
		if h.Result != v1alpha1.StepFailed || h.Time.Time.Before(since.Truncate(time.Second)) {
			continue
		}
		letter, known := letters[h.Reason]
		if !known {
			letter = h.Reason
		}
		found[letter] = true
	}
	if undone {
		found["U"] = true
	}
	if len(found) == 0 {
		return "-"
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), "")
}

// faultTable is the table of all endings in a page. It is written anew when a story has ended,
// so that a run of some stories changes only their cells. The table stands between two marks.
type faultTable struct {
	mu   sync.Mutex
	path string // empty: there is none
}

const tableBegins, tableEnds = "<!-- faults: begin -->\n", "<!-- faults: end -->"

// put writes how the story of a moment and a trouble ended.
func (p *faultTable) put(t *testing.T, m moment, x trouble, how string) {
	if p.path == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	err := page.Rewrite(p.path, tableBegins, tableEnds, func(table string) string {
		cells := cellsOf(table)
		cells[x.name+"|"+m.name] = how
		return tableOf(cells)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// cellsOf reads the cells of a table, by "trouble|moment". A table of before may lack the last
// moments.
func cellsOf(table string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(table) {
		columns := strings.Split(strings.TrimSpace(line), " | ")
		if strings.HasPrefix(line, "| fault |") {
			continue
		}
		for i, cell := range columns[1:] {
			out[strings.TrimPrefix(columns[0], "| ")+"|"+moments[i].name] = strings.TrimSuffix(cell, " |")
		}
	}
	return out
}

func tableOf(cells map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Last told on %s.\n\n| fault |", time.Now().UTC().Format(time.DateOnly))
	for i := range moments {
		fmt.Fprintf(&b, " %d |", i+1)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(moments)) + "\n")
	for _, x := range troubles {
		b.WriteString("| " + x.name)
		for _, m := range moments {
			b.WriteString(" | " + cmp.Or(cells[x.name+"|"+m.name], "not told"))
		}
		b.WriteString(" |\n")
	}
	return b.String()
}
