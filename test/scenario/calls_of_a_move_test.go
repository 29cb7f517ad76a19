package scenario_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// atCall is a moment of a move: somebody asks something of the organization while a step runs.
// The words are the same for the way there and the way back.
type atCall struct {
	step string // betweenSteps for none
	call string // stepBegins and stepEnds for the boundaries of the step
	at   string // who is asked
}

const (
	betweenSteps         = "no step"
	stepBegins, stepEnds = "the step begins", "the step ends"
	atBoundary           = "the manager's status"
)

func (p atCall) String() string { return p.step + ": " + p.call + " at " + p.at }

// move is a move of the sample organization's federation, and who sees what is asked meanwhile.
type move struct {
	*story
	r        *v1alpha1.FederationRoute
	from, to string // Edge pools, which have one machine each
	steps    atomic.Pointer[[]v1alpha1.Step]
	// witness is asked about each call; nil for nobody.
	witness *atomic.Pointer[sim.Witness]
	// boundary is called with each step that began or ended; nil for nobody.
	boundary atomic.Pointer[func(atCall)]
}

// openMove starts the organization. The managers of the story see it alone.
func openMove(t *testing.T, from, to string) *move {
	t.Helper()
	spec := sampleFarm(t, "one-site-two-pools")
	brief := farm.Duration(200 * time.Millisecond)
	spec.Durations.Durations = farm.Durations{Publish: brief, Enable: brief, Replication: brief, Setup: 2 * brief, ServiceStart: brief, ServiceStop: brief / 4, FailBack: brief}
	spec.DNS.Servers = 2
	m := &move{from: from, to: to, witness: &atomic.Pointer[sim.Witness]{}}
	witness := m.witness
	m.story = begin(t, sim.Config{Spec: spec, Witness: func(c sim.Call) func() {
		if see := witness.Load(); see != nil {
			return (*see)(c)
		}
		return nil
	}})
	m.labels = map[string]string{alone: ""}
	m.credentials()
	m.create(m.topology())
	return m
}

// settle makes the route over the old pool, and waits until federation is there.
func (m *move) settle(mode v1alpha1.Mode) {
	m.Helper()
	m.r = m.route(m.from, func(r *v1alpha1.FederationRoute) {
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: management, FailBack: true}}
	})
	m.over()
	if mode != v1alpha1.ModeEnforce {
		change(m.story, m.r, func(r *v1alpha1.FederationRoute) { r.Spec.Mode = mode })
		m.settled(m.r)
	}
	go m.follow(m.r.Name)
}

// follow keeps the steps of the plan as the route's status last told them.
func (m *move) follow(route string) {
	seen := map[string]v1alpha1.StepState{}
	watched(m.story, &v1alpha1.FederationRouteList{}, func(now *v1alpha1.FederationRoute) {
		var steps []v1alpha1.Step
		if now.Status.Plan != nil {
			steps = now.Status.Plan.Steps
		}
		m.steps.Store(&steps)
		tell := m.boundary.Load()
		for i, step := range steps {
			id := fmt.Sprint(i, step.Kind, step.Target)
			if was := seen[id]; was == step.State || tell == nil {
				continue
			}
			seen[id] = step.State
			switch step.State {
			case v1alpha1.StepRunning:
				(*tell)(atCall{m.nameOf(steps, i), stepBegins, atBoundary})
			case v1alpha1.StepDone:
				(*tell)(atCall{m.nameOf(steps, i), stepEnds, atBoundary})
			}
		}
	}, byName(route))
}

// watched shows each state of the story's objects in the list that the API server tells, until
// the story ends.
func watched[T client.Object](s *story, list client.ObjectList, show func(T), options ...client.ListOption) {
	for s.ctx.Err() == nil { // an API server may end a watch at any time
		w, err := objects.Watch(s.ctx, list, append(options, client.InNamespace(s.namespace))...)
		if err != nil {
			continue
		}
		for e := range w.ResultChan() {
			if o, is := e.Object.(T); is {
				show(o)
			}
		}
	}
}

// nameOf names a step so that its counterpart on the way back has the same name.
func (m *move) nameOf(steps []v1alpha1.Step, i int) string {
	step := steps[i]
	later := step.Kind == "PublishFlags" && slices.ContainsFunc(steps[:i], func(s v1alpha1.Step) bool { return s.Kind == step.Kind })
	if later || step.Target == m.from {
		return step.Kind + " of the old pool"
	}
	return step.Kind
}

// now is the moment of a call.
func (m *move) now(c sim.Call) atCall {
	p := atCall{step: betweenSteps, call: c.What, at: m.placeOf(c)}
	var steps []v1alpha1.Step
	if known := m.steps.Load(); known != nil {
		steps = *known
	}
	for i, step := range steps {
		if step.State == v1alpha1.StepRunning && works(step, c) {
			p.step = m.nameOf(steps, i)
			break
		}
	}
	return p
}

// works reports whether a step may make a call.
func works(step v1alpha1.Step, c sim.Call) bool {
	names, port := strings.HasPrefix(c.What, "DNS "), strings.HasSuffix(c.What, " port")
	edge := c.Where == poolA || c.Where == poolB
	switch step.Kind {
	case "UpdateDNS":
		return names || port
	case "CheckPorts":
		return port
	case "AwaitReplication":
		return !names && !port && (!edge || step.Target == c.Where)
	case "SetupEdgeServer", "StartEdgeServices", "RestartEdgeServices":
		return !names && !port && step.Target == c.Where
	}
	return !names && !port && !edge
}

func (m *move) placeOf(c sim.Call) string {
	servers := m.org.DNSServers()
	switch c.Where {
	case m.from:
		return "the old pool"
	case m.to:
		return "the new pool"
	case servers[0]:
		return "the primary"
	case servers[1]:
		return "the secondary"
	}
	return "the management server"
}

// begin changes the one line.
func (m *move) begin() {
	m.Helper()
	m.must(m.org.Farm().SetPoolState(nora, management, farm.PoolFailedOver))
	m.until(m.r, "the Front End pool being seen failed over", func(r *v1alpha1.FederationRoute) bool {
		c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionFrontEndsAssociated)
		return c != nil && strings.Contains(c.Message, "failed over")
	})
	m.moveTo(m.r, m.to)
}

// end waits until the move has ended, and gives what is then.
func (m *move) end() ending {
	m.Helper()
	m.afterManyWrites("the end of the move", func() bool { return m.done(m.r) }, func() string { return describe(m.r) + m.journal() })
	m.eventually("the failback", func() bool { return m.inForce() }, m.journal)
	m.over()
	m.hosts(m.to)
	m.associated(management, m.to)
	return m.ending()
}

// over waits until federation is as the spec says and nothing is left to do on the old pool. On
// a busy machine that takes more than one run.
func (m *move) over() {
	m.Helper()
	m.until(m.r, "the move being over", func(r *v1alpha1.FederationRoute) bool {
		return ready(r) && (r.Status.Move == nil || len(r.Status.Move.Leaves) == 0)
	})
}

// inForce reports whether the Front End pool is active again.
func (m *move) inForce() bool {
	return !slices.ContainsFunc(m.org.State().FrontEndPools, func(p sim.FrontEndPoolState) bool { return p.State != farm.PoolActive })
}

// ending is all that may not depend on who carried a move out.
type ending struct {
	Sites    []sim.SiteState
	Edges    []sim.EdgePoolState
	Fronts   []sim.FrontEndPoolState
	URLs     []farm.SimpleURLSet
	Services map[string]string
	Records  []string
	Ready    string
}

func (m *move) ending() ending {
	state := m.org.State()
	e := ending{Sites: state.Sites, Edges: state.EdgePools, Fronts: state.FrontEndPools, URLs: state.SimpleURLs, Services: map[string]string{}}
	for _, machine := range state.Machines {
		for _, service := range machine.Services {
			e.Services[machine.FQDN+" "+service.Name] = fmt.Sprint(service.Status, " ", service.StartType)
		}
	}
	for _, domain := range m.org.Farm().Spec().SIPDomains {
		for _, line := range m.org.Zones().Records(domain) {
			if strings.Contains(line, " SOA ") {
				continue
			}
			for _, pool := range []string{poolA, poolB} { // the addresses of each organization are others
				for _, address := range m.publicAddresses(pool) {
					line = strings.Replace(line, " A "+address, " A "+pool, 1)
				}
			}
			e.Records = append(e.Records, line)
		}
	}
	for _, c := range m.r.Status.Conditions {
		e.Ready += fmt.Sprintf("%s=%s %s\n", c.Type, c.Status, c.Reason)
	}
	return e
}

// undisturbed tells the move with no crash. It lists the moments in the order in which they
// came, and gives how the move ended.
func undisturbed(t *testing.T, from, to string) (moments []atCall, end ending) {
	t.Helper()
	m := openMove(t, from, to)
	m.hire()
	m.settle(v1alpha1.ModeEnforce)
	var mu sync.Mutex
	isNew := func(p atCall) bool {
		mu.Lock()
		defer mu.Unlock()
		return !slices.Contains(moments, p)
	}
	note := func(p atCall) {
		mu.Lock()
		defer mu.Unlock()
		if !slices.Contains(moments, p) {
			moments = append(moments, p)
		}
	}
	see := sim.Witness(func(c sim.Call) func() {
		if p := m.caughtUp(c); isNew(p) {
			time.Sleep(catchUp)
			note(m.now(c))
		}
		return nil
	})
	m.witness.Store(&see)
	m.boundary.Store(&note)
	m.begin()
	end = m.end()
	m.witness.Store(nil)
	m.boundary.Store(nil)
	mu.Lock()
	defer mu.Unlock()
	return slices.Clone(moments), end
}

// caughtUp is now, once status had time to tell of the step that makes the call. Each change is
// made by a step.
func (m *move) caughtUp(c sim.Call) atCall {
	patience := catchUp / 6
	if !reads(atCall{call: c.What}) {
		patience = 20 * catchUp
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if p := m.now(c); p.step != betweenSteps || !m.underWay() || time.Now().After(deadline) {
			return p
		}
	}
}

// underWay reports whether status shows a plan with steps that have not begun.
func (m *move) underWay() bool {
	known := m.steps.Load()
	return known != nil && slices.ContainsFunc(*known, func(s v1alpha1.Step) bool { return s.State == v1alpha1.StepPending })
}

// catchUp is how long status may need to tell of a step that makes its first call.
const catchUp = 300 * time.Millisecond
