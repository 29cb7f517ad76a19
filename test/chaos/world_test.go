package chaos_test

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"testing/synctest"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/test/chaos/judge"
	"github.com/fedroute/fedroute/test/support/apistore"
	"github.com/fedroute/fedroute/test/support/memnet"
)

// state is what people wish of the route.
type state struct {
	pool      string
	suspended bool
	observing int
	approving int
	approved  string // the plan that they have approved
}

// still reports whether nothing may be changed.
func (s state) still() bool {
	return s.suspended || s.observing > 0 || s.approving > 0 && s.approved == ""
}

// wish changes what people want and tells the judge and the API.
func (w *world) wish(change func(*state)) {
	before := w.state
	change(&w.state)
	if w.state.approving == 0 || w.state.pool != before.pool {
		w.state.approved = ""
	}
	w.rule()
	w.apply()
	w.cue(wished)
}

// rule tells the judge what is wished now. A route in mode Observe holds nothing against
// younger ones: then a colleague's route counts.
func (w *world) rule() {
	wish := judge.Wish{Pool: w.state.pool, Still: w.state.still()}
	if w.colleague != "" && w.state.observing > 0 {
		wish = judge.Wish{Pool: w.colleague}
	}
	if wish != w.ruled {
		w.judge.Wishes(wish)
	}
	w.ruled = wish
}

// apply writes the spec that people want.
func (w *world) apply() {
	w.edit(func(r *v1alpha1.FederationRoute) {
		r.Spec.EdgePool, r.Spec.Suspend, r.Spec.ApprovedPlan = v1alpha1.Hostname(w.state.pool), w.state.suspended, ""
		switch {
		case w.state.observing > 0:
			r.Spec.Mode = v1alpha1.ModeObserve
		case w.state.approving > 0:
			r.Spec.Mode, r.Spec.ApprovedPlan = v1alpha1.ModeApprove, w.state.approved
		default:
			r.Spec.Mode = v1alpha1.ModeEnforce
		}
	})
}

// associated are the Front End pools that the route of a seed names: all, in a third of the seeds,
// where there are several.
func (c cast) associated(seed uint64) []string {
	if seed%3 == 1 && len(c.frontPools) > 1 {
		return c.frontPools
	}
	return nil
}

// associates lets the route name Front End pools. It never fails one back.
func (w *world) associates(r *v1alpha1.FederationRoute) {
	for _, pool := range w.frontEnds {
		r.Spec.FrontEndPools = append(r.Spec.FrontEndPools, v1alpha1.FrontEndPoolRoute{FQDN: v1alpha1.Hostname(pool)})
	}
}

// edit changes the route as kubectl edit would.
func (w *world) edit(change func(*v1alpha1.FederationRoute)) {
	for {
		var r v1alpha1.FederationRoute
		w.must(w.objects.Get(w.ctx, client.ObjectKey{Namespace: namespace, Name: "federation"}, &r))
		base := r.DeepCopy()
		change(&r)
		err := w.objects.Patch(w.ctx, &r, client.MergeFrom(base))
		if err == nil {
			return
		}
		if !apierrors.IsConflict(err) {
			w.must(err)
		}
	}
}

// approve approves the plan that the route shows, as a person does who reads it.
func (w *world) approve() {
	if w.state.approving == 0 {
		return
	}
	var r v1alpha1.FederationRoute
	w.must(w.objects.Get(w.ctx, client.ObjectKey{Namespace: namespace, Name: "federation"}, &r))
	if r.Status.Plan != nil {
		w.wish(func(s *state) { s.approved = r.Status.Plan.ID })
	}
}

// claim makes a second route, of a colleague.
func (w *world) claim(pool string) {
	w.claims++
	var first v1alpha1.FederationRoute
	w.must(w.objects.Get(w.ctx, client.ObjectKey{Namespace: namespace, Name: "federation"}, &first))
	second := &v1alpha1.FederationRoute{ObjectMeta: named(fmt.Sprint("colleague-", w.claims)), Spec: first.Spec}
	second.Spec.EdgePool, second.Spec.Suspend, second.Spec.ApprovedPlan, second.Spec.Mode = v1alpha1.Hostname(pool), false, "", v1alpha1.ModeEnforce
	w.colleague = pool
	w.rule()
	w.must(w.objects.Create(w.ctx, second))
}

// unclaim deletes the colleague's routes.
func (w *world) unclaim() {
	for n := range w.claims {
		second := &v1alpha1.FederationRoute{ObjectMeta: named(fmt.Sprint("colleague-", n+1))}
		w.must(client.IgnoreNotFound(w.objects.Delete(w.ctx, second)))
	}
	w.colleague = ""
	w.rule()
}

// reapply lets a tool write the spec again and again; 0 ends it.
func (w *world) reapply(every time.Duration) {
	w.tool++
	this := w.tool
	var again func()
	again = func() {
		if w.tool == this && !w.over {
			w.apply()
			w.later(every, again)
		}
	}
	if every > 0 {
		w.later(every, again)
	}
}

// later does something after a time, in the goroutine that plays the script.
func (w *world) later(after time.Duration, do func()) {
	w.due = append(w.due, deed{time.Now().Add(after), do})
}

// deed is what is still to be done.
type deed struct {
	at time.Time
	do func()
}

// pass lets time pass and does what falls due.
func (w *world) pass(until time.Time) {
	for {
		w.collect()
		w.restart()
		i := -1
		for k, d := range w.due {
			if !d.at.After(until) && (i < 0 || d.at.Before(w.due[i].at)) {
				i = k
			}
		}
		next := time.Now().Add(restartsAfter)
		switch {
		case i < 0 && !next.Before(until):
			if w.sleep(until) {
				return
			}
		case i < 0 || next.Before(w.due[i].at):
			w.sleep(next)
		case w.sleep(w.due[i].at):
			do := w.due[i].do
			w.due = slices.Delete(w.due, i, i+1)
			do()
		}
	}
}

// sleep waits for a moment; false: fedroute has written something before.
func (w *world) sleep(until time.Time) bool {
	left := time.Until(until)
	if left <= 0 {
		return true
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case step := <-w.written:
		w.cue(step)
		return false
	}
}

// waiting is an act that waits for a write of fedroute.
type waiting struct {
	cue   cue
	begin func()
}

// cue lets the acts begin that have waited for a step's end.
func (w *world) cue(step string) {
	w.waiting = slices.DeleteFunc(w.waiting, func(a waiting) bool {
		if a.cue.after == step {
			w.later(a.cue.delay, a.begin)
		}
		return a.cue.after == step
	})
}

// listen hears of what fedroute writes.
func (w *world) listen() {
	w.written = make(chan string, 1000)
	var mu sync.Mutex
	heard := len(w.org.Farm().Journal())
	w.org.Farm().Observe(func() {
		mu.Lock()
		defer mu.Unlock()
		journal := w.org.Farm().Journal()
		for _, e := range journal[heard:] {
			if step := w.judge.Step(e); step != "" {
				select {
				case w.written <- step:
				default: // nobody waits
				}
			}
		}
		heard = len(journal)
	})
}

// collects is how often garbage is collected.
const collects = 5 * time.Minute

// collect collects garbage while nobody in the bubble can run. Go's collector comes when much
// was allocated, and whom it interrupts follows from no seed.
func (w *world) collect() {
	if real == nil && time.Since(w.collected) >= collects {
		w.collected = time.Now()
		synctest.Wait()
		runtime.GC()
	}
}

// disarm ends a fault of the farm.
func (w *world) disarm(f farm.Fault) { w.org.Farm().RemoveFault(f.Kind, f.Target) }

// addresses are those of a machine, or of the DNS servers.
func (w *world) addresses(of string) (out []netip.Addr) {
	for _, m := range w.org.Farm().Machines() {
		if m.FQDN == of {
			out = append(out, m.Address)
			if m.PublicAddress.IsValid() {
				out = append(out, m.PublicAddress)
			}
		}
	}
	if len(out) == 0 {
		for _, s := range w.org.DNSServers() {
			out = append(out, netip.MustParseAddrPort(s).Addr())
		}
	}
	return out
}

func (w *world) disturb(to string, f memnet.Fault) {
	for _, a := range w.addresses(to) {
		w.network.Disturb(netip.Addr{}, a, f)
	}
}

func (w *world) cut(to string) {
	for _, a := range w.addresses(to) {
		w.network.Cut(netip.Addr{}, a)
	}
}

// behave ends what is wrong with WinRM. A machine that is cut off behaves again when it
// returns.
func (w *world) behave(machine string) {
	if m, err := w.org.Farm().Machine(machine); err == nil && m.Connected {
		w.org.WinRM(machine).Behave()
	}
}

// store puts another password into a Secret.
func (w *world) store(secret, password string) {
	var s corev1.Secret
	w.must(w.objects.Get(w.ctx, client.ObjectKey{Namespace: namespace, Name: secret}, &s))
	s.Data["password"] = []byte(password)
	w.must(w.objects.Update(w.ctx, &s))
}

// takeLease gives the lease to nobody who lives.
func (w *world) takeLease() {
	var l coordinationv1.Lease
	if err := w.objects.Get(w.ctx, client.ObjectKey{Namespace: namespace, Name: leaseName}, &l); err != nil {
		return // nobody leads yet
	}
	l.Spec.HolderIdentity = new("somebody else")
	_ = w.objects.Update(w.ctx, &l) // the holder may have renewed it meanwhile
}

// apiTrouble is what is wrong with the API for managers.
type apiTrouble struct {
	seed uint64

	mu     sync.Mutex
	chance map[string]float64
	late   time.Duration
	dead   map[string]bool // managers that have crashed
}

func newTrouble(seed uint64) *apiTrouble {
	return &apiTrouble{seed: seed, chance: map[string]float64{}, dead: map[string]bool{}}
}

// throw gives a number from 0 to 1 for a request at this moment. It depends on nothing else,
// so that it is the same in every run of the seed.
func (t *apiTrouble) throw(what string, r apistore.Request) float64 {
	return float64(memnet.Draw(t.seed, what, r, time.Now().UnixNano())>>11) / (1 << 53)
}

func (w *world) trouble(how string, chance float64) {
	w.apiTrouble.mu.Lock()
	defer w.apiTrouble.mu.Unlock()
	w.apiTrouble.chance[how] = chance
}

func (w *world) lag(late time.Duration) {
	w.apiTrouble.mu.Lock()
	defer w.apiTrouble.mu.Unlock()
	w.apiTrouble.late = late
}

const person = "person"

var errNoAnswer = errors.New("the connection was lost")

// faults are those of the store.
func (t *apiTrouble) faults() apistore.Faults {
	return apistore.Faults{
		Wait: func(r apistore.Request) time.Duration {
			t.mu.Lock()
			defer t.mu.Unlock()
			d := 300*time.Microsecond + time.Duration(t.throw("wait", r)*float64(2*time.Millisecond))
			if slow := t.chance["slow"]; r.Client != person && slow > 0 && t.throw("slow", r) < slow {
				d += time.Duration(t.throw("how slow", r) * float64(20*time.Second))
			}
			return d
		},
		Refuse: func(r apistore.Request) error {
			t.mu.Lock()
			defer t.mu.Unlock()
			gr := schema.GroupResource{Group: r.Group, Resource: r.Resource}
			switch {
			case r.Client == person:
			case t.dead[r.Client]:
				return errNoAnswer
			case t.hits("refused", r):
				return errNoAnswer
			case t.hits("429", r):
				return apierrors.NewTooManyRequests("too many requests", 1)
			case r.Write() && r.Verb != "create" && t.hits("conflicts", r):
				return apierrors.NewConflict(gr, r.Name, errors.New("the object has been modified"))
			}
			return nil
		},
		Lose: func(r apistore.Request) error {
			t.mu.Lock()
			defer t.mu.Unlock()
			if r.Client != person && (t.dead[r.Client] || r.Write() && t.hits("lost", r)) {
				return errNoAnswer
			}
			return nil
		},
		Lag: func(client string) time.Duration {
			t.mu.Lock()
			defer t.mu.Unlock()
			if client == person {
				return 0
			}
			return t.late
		},
	}
}

func (t *apiTrouble) hits(how string, r apistore.Request) bool {
	return t.chance[how] > 0 && t.throw(how, r) < t.chance[how]
}

// hire starts another manager.
func (w *world) hire() {
	w.hired++
	at := netip.AddrFrom4([4]byte{127, 99, 0, byte(w.hired)})
	w.managers = append(w.managers, w.start(fmt.Sprint("manager-", w.hired), at))
}

// restartsAfter is how often it is looked whether a manager has ended.
const restartsAfter = 10*time.Second + 7

// restart starts another manager for each that has ended by itself, as it does when it loses
// the lease. A node does so, too.
func (w *world) restart() {
	for i := 0; i < len(w.managers); i++ {
		select {
		case <-w.managers[i].stopped:
			w.gone = append(w.gone, w.managers[i])
			w.managers = slices.Delete(w.managers, i, i+1)
			w.hire()
			i--
		default:
		}
	}
}

// crash ends the oldest manager without a word. silent: its connections are not even reset.
func (w *world) crash(silent bool) {
	if len(w.managers) == 0 {
		return
	}
	m := w.managers[0]
	w.managers = w.managers[1:]
	w.apiTrouble.mu.Lock()
	w.apiTrouble.dead[m.name] = true
	w.apiTrouble.mu.Unlock()
	w.network.Disturb(m.at, netip.Addr{}, memnet.Swallowed)
	if !silent {
		w.network.Cut(m.at, netip.Addr{})
	}
	w.api.CutWatches(m.name)
	m.stop()
	w.gone = append(w.gone, m)
}

// replace stops the oldest manager as a rollout does, and starts another.
func (w *world) replace() {
	w.hire()
	m := w.managers[0]
	w.managers = w.managers[1:]
	m.stop()
	w.gone = append(w.gone, m)
}

// dismiss ends all managers.
func (w *world) dismiss() {
	for _, m := range w.managers {
		m.stop()
	}
	for _, m := range append(w.managers, w.gone...) {
		<-m.stopped
		w.network.Cut(m.at, netip.Addr{})
	}
	w.managers, w.gone = nil, nil
}
