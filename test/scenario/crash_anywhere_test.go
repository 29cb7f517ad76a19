package scenario_test

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	coordinationv1 "k8s.io/api/coordination/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

var (
	fewCrashes    = flag.Int("crashes", 20, "how many crashes TestCrashAnywhere tells, which the seed chooses; 0: every crash")
	crashSeed     = flag.Uint64("crash-seed", uint64(time.Now().Unix()), "chooses which crashes TestCrashAnywhere tells, and how each is told")
	crashesReport = flag.String("crashes-report", "", "the page whose table TestCrashAnywhere writes anew; empty: none")
)

// crash is how the manager ends at a moment, and what surrounds it.
type crash struct {
	atCall
	after   bool // the call has had its effect, and its answer has not left
	back    bool // the move leads from the second pool to the first
	mode    v1alpha1.Mode
	standby bool          // a second manager waits for the lease
	end     fate          // of the first manager
	heldFor time.Duration // so long the call stands still after the manager's end
}

// fate is how a manager loses its office.
type fate string

const (
	killed fate = "killed"
	// deprived: the lease is given to somebody who is no manager. The manager has to notice.
	deprived fate = "loses the lease"
	// replaced: the process stands still, as on a machine that is paused, until the second
	// manager has the lease. Then both work until the first notices.
	replaced fate = "hands the lease over"
)

func (c crash) String() string {
	w := c.words()
	return fmt.Sprintf("%s, %s, %s, %s, %s", c.atCall, w[0], w[1], c.mode, strings.Join(w[2:], ", "))
}

// words say when, which way, beside whom, how and for how long.
func (c crash) words() []string {
	when, way, replicas := "before its effect", "there", "alone"
	if c.after {
		when = "before its answer"
	}
	if c.back {
		way = "back"
	}
	if c.standby {
		replicas = "two"
	}
	if c.at == atBoundary {
		when = "seen"
	}
	return []string{when, way, replicas, string(c.end), c.heldFor.String()}
}

// TestCrashAnywhere tells a move once undisturbed and notes what is asked of the organization
// during each step. Then it tells the move again for each of these moments, and the manager
// ends there: it is killed, loses its lease, or hands it over to another that works beside it
// for a while. The call itself goes on, as it does on a server. Whoever comes next has to end
// the move as if nothing had been.
func TestCrashAnywhere(t *testing.T) {
	t.Parallel()
	var moments [2][]atCall
	var ends [2]ending
	t.Run("undisturbed", func(t *testing.T) {
		for i, way := range [2][2]string{{poolA, poolB}, {poolB, poolA}} {
			t.Run("to "+way[1], func(t *testing.T) {
				t.Parallel()
				moments[i], ends[i] = undisturbed(t, way[0], way[1])
			})
		}
	})
	if t.Failed() {
		return // there is nothing to compare with
	}
	if *fewCrashes == 0 {
		for _, p := range unfinished(t) {
			if !slices.Contains(moments[0], p) && !slices.Contains(moments[1], p) {
				moments[0] = append(moments[0], p)
			}
		}
	}
	crashes := crashesOf(moments, *crashSeed)
	fmt.Printf("TestCrashAnywhere: %d crashes at %d and %d moments, CRASH_SEED=%d\n", len(crashes), len(moments[0]), len(moments[1]), *crashSeed)
	results := &crashTable{crashes: crashes, rows: map[string]string{}}
	t.Cleanup(func() { results.enoughCame(t) })
	for _, c := range crashes {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			how := "failed"
			t.Cleanup(func() {
				if t.Failed() {
					how = "failed"
					t.Logf("make crashes CRASH_SEED=%d CELLS='%s' tells it again", *crashSeed, strings.ReplaceAll(regexp.QuoteMeta(c.atCall.String()), "'", "."))
				}
				results.put(t, c, how)
			})
			how = notCome
			for tries := 1; how == notCome && tries <= 4; tries++ {
				if tries == 3 { // the other way has the same steps
					c.back = !c.back
				}
				how = tellCrash(t, c, ends)
			}
		})
	}
}

// notCome is how a story ended whose move had no such moment. Which calls the looks at the
// organization make beside a step is a matter of chance.
const notCome = "did not come"

// crashesOf gives each moment a crash, and each call that may change something two: before its
// effect and after it.
func crashesOf(moments [2][]atCall, seed uint64) []crash {
	var all []crash
	for _, p := range slices.Concat(moments[0], moments[1]) {
		if slices.ContainsFunc(all, func(c crash) bool { return c.atCall == p }) {
			continue
		}
		all = append(all, rolls(p, moments, seed)...)
	}
	if *fewCrashes == 0 {
		return all
	}
	// A seed chooses the same crashes also where a run has met some moment more or less.
	slices.SortFunc(all, func(a, b crash) int { return cmp.Compare(hash(seed, a), hash(seed, b)) })
	return all[:min(*fewCrashes, len(all))]
}

func hash(values ...any) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, values...)
	return h.Sum64()
}

// rolls lets the seed choose how the crashes of a moment are told.
func rolls(p atCall, moments [2][]atCall, seed uint64) []crash {
	dice := rand.New(rand.NewPCG(seed, hash(p)))
	switch {
	case p.at == atBoundary || strings.HasSuffix(p.call, " port"): // there is no answer
		return []crash{roll(p, false, moments, dice)}
	case reads(p): // there is no effect
		return []crash{roll(p, dice.IntN(2) == 0, moments, dice)}
	}
	return []crash{roll(p, false, moments, dice), roll(p, true, moments, dice)}
}

// reads reports whether the call of a moment changes nothing.
func reads(p atCall) bool { return strings.HasPrefix(p.call, "Get-") || p.call == sim.DNSQuestion }

func roll(p atCall, after bool, moments [2][]atCall, dice *rand.Rand) crash {
	one := func(n int) bool { return dice.IntN(n) == 0 }
	c := crash{atCall: p, after: after, mode: v1alpha1.ModeEnforce, back: one(2), standby: one(2), end: killed}
	if one(4) {
		c.end = deprived
	}
	switch {
	case p.step == betweenSteps && reads(p) && one(3):
		c.mode = v1alpha1.ModeObserve
	case one(2):
		c.mode = v1alpha1.ModeApprove
	}
	if one(2) {
		c.heldFor = 3 * time.Second
	}
	if c.end == deprived && one(2) {
		c.end, c.standby = replaced, true
	}
	if !slices.Contains(moments[map[bool]int{false: 0, true: 1}[c.back]], p) {
		c.back = !c.back
	}
	return c
}

// tellCrash tells of one crash, and says what the steps that failed on the way said of it.
func tellCrash(t *testing.T, c crash, ends [2]ending) string {
	from, to, end := poolA, poolB, ends[0]
	if c.back {
		from, to, end = poolB, poolA, ends[1]
	}
	m := openMove(t, from, to)
	urls := m.org.State().SimpleURLs
	first := m.fill()
	m.settle(c.mode)
	if c.standby {
		m.fill()
	}
	publishes, setups, failBacks := m.acts("Publish-CsTopology", "Topology"), m.setups(), m.failBacks()
	since := time.Now()
	come, goOn := m.waylay(c)
	m.begin()
	approved := m.approvedBefore(come)
	if !m.comes(come, c.mode) {
		return notCome
	}
	written := m.writes()
	m.ends(first, c, goOn)
	if !approved {
		m.approveUntilBegun(written)
	}
	if c.mode == v1alpha1.ModeObserve {
		m.says(m.r, v1alpha1.ReasonDrifted)
		m.lookedAt(2)
		m.unchanged(written)
		return "-"
	}
	got := m.end()
	if diff := gocmp.Diff(end, got); diff != "" {
		t.Errorf("the end is another than without a crash (-without +with):\n%s", diff)
	}
	m.sameURLs(urls)
	if n := m.acts("Publish-CsTopology", "Topology") - publishes; n != publishesOfAMove {
		t.Errorf("the flags were published %d times\n%s", n, m.journal())
	}
	for machine, n := range m.setups() {
		if n -= setups[machine]; n != 1 {
			t.Errorf("setup ran %d times on %s\n%s", n, machine, m.journal())
		}
	}
	if n := m.failBacks() - failBacks; n != 1 {
		t.Errorf("the Front End pool was failed back %d times\n%s", n, m.journal())
	}
	for _, h := range m.r.Status.History {
		if h.Result == v1alpha1.StepFailed {
			t.Logf("on the way %s %s failed: %s", h.Kind, h.Target, h.Message)
		}
	}
	return (&strife{story: m.story, r: m.r}).ended(since, false)
}

// failBacks counts the failbacks that were done.
func (m *move) failBacks() int {
	return m.acts("Invoke-CsPoolFailBack", "Registrar:"+management+" PoolState")
}

// waylay waits for the moment of a crash, and holds the call that makes it until somebody lets
// it go on.
func (m *move) waylay(c crash) (come <-chan struct{}, goOn func()) {
	arrived, free := make(chan struct{}), make(chan struct{})
	var taken, freed, stretched atomic.Bool
	goOn = func() {
		if freed.CompareAndSwap(false, true) {
			close(free)
		}
	}
	m.Cleanup(goOn)
	halt := func() { close(arrived); <-free }
	see := sim.Witness(func(call sim.Call) func() {
		if taken.Load() {
			return nil
		}
		if call.What != c.call || m.placeOf(call) != c.at {
			m.stretch(call, c, &taken, &stretched)
			return nil
		}
		for deadline := time.Now().Add(2 * catchUp); m.now(call) != c.atCall; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				return nil
			}
		}
		if !taken.CompareAndSwap(false, true) {
			return nil
		}
		if c.after {
			return halt
		}
		halt()
		return nil
	})
	tell := func(p atCall) {
		if p == c.atCall && taken.CompareAndSwap(false, true) {
			close(arrived)
		}
	}
	m.witness.Store(&see)
	m.boundary.Store(&tell)
	return arrived, goOn
}

// stretch holds a call of the step during which a look at the organization is to come: looks
// come every two seconds, and a step is often shorter.
func (m *move) stretch(call sim.Call, c crash, taken, stretched *atomic.Bool) {
	if c.step == betweenSteps || !reads(c.atCall) || !reads(m.now(call)) || m.now(call).step != c.step || !stretched.CompareAndSwap(false, true) {
		return
	}
	for deadline := time.Now().Add(3 * time.Second); !taken.Load() && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
}

// approvedBefore lets a person approve the plan, once it is there, unless the moment comes first.
// What such a look at the organization did not see yet may change the plan.
func (m *move) approvedBefore(come <-chan struct{}) bool {
	m.Helper()
	if m.r.Spec.Mode != v1alpha1.ModeApprove {
		return true
	}
	before := false
	m.eventually("a plan, or the moment", func() bool {
		select {
		case <-come:
			return true
		default:
		}
		m.must(objects.Get(m.ctx, key(m.r), m.r))
		c := meta.FindStatusCondition(m.r.Status.Conditions, v1alpha1.ConditionReady)
		before = c != nil && m.r.Status.ObservedGeneration == m.r.Generation && c.Reason == v1alpha1.ReasonAwaitingApproval
		return before
	}, m.journal)
	if before {
		m.approve(m.r)
	}
	return before
}

// approveUntilBegun lets a person approve the plan until it begins. A look of the next manager may
// see what the look of the first did not, such as a machine that did not answer while the move
// was ordered. Such a plan asks for something that nobody has approved and has another id, so it is
// approved anew. A plan that asks for nothing else keeps the id and the approval.
func (m *move) approveUntilBegun(written int) {
	m.Helper()
	var approved *v1alpha1.Plan
	m.eventually("a plan that begins", func() bool {
		m.must(objects.Get(m.ctx, key(m.r), m.r))
		plan := m.r.Status.Plan
		if plan == nil || plan.ID == m.r.Spec.ApprovedPlan || m.r.Status.ObservedGeneration != m.r.Generation {
			return m.writes() > written
		}
		if approved != nil {
			more := asksFor(plan, approved)
			if more == "" {
				m.Errorf("plan %s was approved, and %s asks for an approval of the same:\n%s", approved.ID, plan.ID, describe(m.r))
			}
			m.Logf("approved anew, because the plan now has %s", more)
		}
		approved = plan.DeepCopy()
		change(m.story, m.r, func(r *v1alpha1.FederationRoute) { r.Spec.ApprovedPlan = approved.ID })
		return m.writes() > written
	}, m.journal)
}

// asksFor names what a plan asks for and an approved one did not; empty: nothing.
func asksFor(p, approved *v1alpha1.Plan) string {
	if p.Wish != approved.Wish {
		return "another wish"
	}
	for _, step := range p.Steps {
		if step.Kind == "AwaitReplication" || step.Kind == "CheckPorts" { // they only look
			continue
		}
		if !slices.ContainsFunc(approved.Steps, func(o v1alpha1.Step) bool { return o.Kind == step.Kind && o.Target == step.Target && o.To == step.To }) {
			return fmt.Sprintf("%s %s to %q", step.Kind, step.Target, step.To)
		}
	}
	return ""
}

// comes waits for the moment, and reports whether it came before the move had ended. A move that
// is only observed has no end; it gets as many looks as a move has.
func (m *move) comes(come <-chan struct{}, mode v1alpha1.Mode) bool {
	m.Helper()
	there := false
	const looks = 6
	enough := m.org.Counters().Cmdlets["Get-CsSite"] + looks
	m.afterManyWrites("the moment, or the end of the move", func() bool {
		select {
		case <-come:
			there = true
			return true
		default:
			return m.done(m.r) || mode == v1alpha1.ModeObserve && m.org.Counters().Cmdlets["Get-CsSite"] > enough
		}
	}, m.journal)
	return there
}

// ends ends the manager as the crash says, lets another one take over, and then the call go on.
func (m *move) ends(p *post, c crash, goOn func()) {
	m.Helper()
	first := p.vacate()
	switch c.end {
	case deprived:
		m.takeLease()
		time.AfterFunc(c.heldFor, goOn) // the manager has not noticed anything yet
	case replaced:
		m.replace(first)
		time.AfterFunc(c.heldFor, goOn)
		first.leave(m.story)
		return
	default:
		if err := first.Process.Kill(); !errors.Is(err, os.ErrProcessDone) { // on a busy machine a manager may lose its lease by itself
			m.must(err)
		}
	}
	first.leave(m.story)
	m.dropLease()
	if !c.standby {
		m.fill()
	}
	if c.end == killed {
		time.AfterFunc(c.heldFor, goOn)
	}
}

// replace lets the second manager take the lease while the first stands still and knows nothing.
func (m *move) replace(first *manager) {
	m.Helper()
	m.must(first.Process.Signal(syscall.SIGSTOP))
	m.dropLease()
	m.eventually("the second manager having the lease", func() bool {
		var leases coordinationv1.LeaseList
		m.must(objects.List(m.ctx, &leases, client.InNamespace(m.namespace)))
		return slices.ContainsFunc(leases.Items, func(l coordinationv1.Lease) bool {
			return l.Spec.HolderIdentity != nil && *l.Spec.HolderIdentity != ""
		})
	}, m.journal)
	m.must(first.Process.Signal(syscall.SIGCONT))
}

// post is the place of a manager. It is filled again when the manager ends by itself, as a
// Deployment does: on a busy machine a manager may not come to renew its lease.
type post struct {
	mu      sync.Mutex
	holder  *manager
	vacated bool
}

// fill hires a manager for a new post.
func (m *move) fill() *post {
	m.Helper()
	p, closed := &post{holder: m.hire()}, make(chan struct{})
	m.Cleanup(func() { <-closed })
	go func() {
		defer close(closed)
		for p.occupied(m) {
		}
	}()
	return p
}

// occupied waits for the end of the manager, and reports whether there is another one now.
func (p *post) occupied(m *move) bool {
	p.mu.Lock()
	holder := p.holder
	p.mu.Unlock()
	select {
	case <-m.ctx.Done():
		return false
	case err := <-holder.ended:
		holder.ended <- err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.vacated || m.ctx.Err() != nil {
		return false
	}
	p.holder = m.hire()
	return true
}

// vacate gives the manager, whose end nobody answers any more.
func (p *post) vacate() *manager {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.vacated = true
	return p.holder
}
