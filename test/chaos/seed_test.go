package chaos_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	mathrand "math/rand"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/test/chaos/judge"
)

// outcome is what became of a seed.
type outcome struct {
	Seed       uint64
	Violations []string
	Converged  bool
	// Served is how long after the end of the faults partners were served where people wish.
	Served time.Duration
	// ByHand is how long an administrator took for it on a copy of the farm; 0: he did not
	// get there. Late says that fedroute took longer than 1.5 times that and one look.
	ByHand time.Duration
	Late   bool
	// Live: it was played in real time, with a real API server.
	Live bool
	// Took is the time that the seed took to play.
	Took time.Duration
	// Lasted is the simulated time of the seed.
	Lasted time.Duration
	Writes int
	// Struck counts faults by the step during which they struck.
	Struck map[string]map[string]int
	// Story is what happened, for a person.
	Story string
	// Journal is what was written, for comparison.
	Journal string
}

const (
	// settling is how long fedroute may take to make an undisturbed organization its own.
	settling = 4 * time.Minute
	// patience is how long after the last fault partners may have to wait.
	patience = time.Hour
	// look is how long it takes until fedroute looks again, with jitter.
	look = time.Minute + 6*time.Second + 10*time.Second
)

// play plays one seed in a bubble of its own.
func play(t *testing.T, seed uint64) (out outcome) {
	out.Seed = seed
	if _, err := kinds(); err != nil { // not in the bubble
		t.Fatal(err)
	}
	words := catchWords(t)
	mathrand.Seed(int64(seed)) //nolint:staticcheck // client-go throws these dice
	stage(t, seed, func(t *testing.T) {
		spec := organizationOf(t, seed)
		w := open(t, seed, spec)
		w.describe()
		c := castOf(spec)
		w.setClocks(c)
		w.state.pool = c.pools[0]
		w.frontEnds = c.associated(seed)
		w.route(c.pools[0], w.associates)
		w.watch(c)
		w.listen()
		w.judge.Wishes(judge.Wish{Pool: w.state.pool})
		w.hire()
		if seed%2 == 0 {
			w.hire() // a standby
		}
		w.pass(time.Now().Add(settling))
		script := draw(seed, c)
		var told strings.Builder
		start := time.Now()
		struck := w.act(script)
		ended := time.Now()
		if w.mended(struck) {
			w.request()
		}
		byHand := make(chan time.Duration, 1)
		go func() {
			defer close(byHand)
			if took, ok := w.restores(w.state.pool); ok {
				byHand <- took
			}
		}()
		served := w.served(ended)
		out.Served = time.Since(ended)
		if took, ok := <-byHand; ok {
			out.ByHand = took
			out.Late = out.Served > took*3/2+look+predicted(struck, ended, time.Duration(w.org.Farm().Durations().Setup))
		}
		w.over = true
		w.pass(time.Now().Add(10 * time.Minute))
		if served && w.judge.Partner(w.state.pool) != "" {
			w.judge.Lost(w.judge.Partner(w.state.pool))
		} else if served {
			w.movesUnread(c)
			served = w.movesUndisturbed(c)
		}
		w.judge.End()
		w.reveal(words)
		out.Converged = served
		for _, v := range w.judge.Violations() {
			out.Violations = append(out.Violations, v.String())
		}
		if served && out.Late && !isLive(seed) { // in real time the machine may be what is slow
			out.Violations = append(out.Violations, fmt.Sprintf("liveness: partners were served %s after the last fault, and an administrator took %s", out.Served, out.ByHand))
		}
		if !served {
			out.Violations = append(out.Violations, fmt.Sprintf("liveness: %s after the last fault: %s", patience, w.judge.Partner(w.state.pool)))
		}
		fmt.Fprintf(&told, "seed %d: %s\n", seed, w.portrait())
		for _, a := range script {
			fmt.Fprintln(&told, " ", a)
		}
		journal := w.org.Farm().Journal()
		out.Struck = tally(struck, journal, w.judge)
		out.Writes, out.Journal = w.judge.Writes(), written(journal)
		if len(out.Violations) > 0 {
			fmt.Fprintf(&told, "the script began at %s and ended at %s; what was written:\n%s%s", start.Sub(began), ended.Sub(began), out.Journal, w.status())
		}
		out.Story = told.String()
		w.dismiss()
		out.Lasted = time.Since(began)
		w.org.Close()
		w.api.Close()
	})
	return out
}

// movesUnread lets people, in one seed of three, wish a move while a cmdlet is denied that shows
// what a move depends on, and take the wish back before it is allowed again.
func (w *world) movesUnread(c cast) {
	if w.seed%3 != 1 {
		return
	}
	d := diceFor(w.seed, "unread")
	denied := farm.Fault{Kind: farm.FaultCmdletDenied,
		Target: d.of("Get-CsSite", "Get-CsTopology", "Get-CsAccessEdgeConfiguration", "Get-CsManagementStoreReplicationStatus")}
	before := w.state.pool
	w.must(w.org.Farm().AddFault(denied))
	w.pass(time.Now().Add(20 * time.Second))
	movesAway(d, c).begin(w)
	w.pass(time.Now().Add(5 * time.Minute))
	w.wish(func(s *state) { s.pool = before })
	w.pass(time.Now().Add(time.Minute))
	w.disarm(denied)
}

// movesUndisturbed lets people move federation once more, when nothing happens any more; false:
// partners are not served there.
func (w *world) movesUndisturbed(c cast) bool {
	w.judge.Undisturbed()
	i := slices.Index(c.pools, w.state.pool)
	w.wish(func(s *state) { s.pool = c.pools[(i+1)%len(c.pools)] })
	served := w.served(time.Now())
	w.pass(time.Now().Add(10 * time.Minute)) // the old pool is left
	return served
}

// mended reports whether people have mended something after which they ask for another try, as
// the runbooks have it: steps failed, or a port of the pool that people wish was closed, and a
// move that found it closed was undone and waits for a person.
func (w *world) mended(struck []strike) bool {
	machines, err := w.org.Farm().PoolMachines(w.state.pool)
	w.must(err)
	return slices.ContainsFunc(struck, func(s strike) bool { return s.act.fails || slices.Contains(machines, s.act.closes) })
}

// request is kubectl fedroute reconcile.
func (w *world) request() {
	w.edit(func(r *v1alpha1.FederationRoute) {
		if r.Annotations == nil {
			r.Annotations = map[string]string{}
		}
		r.Annotations[v1alpha1.AnnotationRequestedAt] = time.Now().Format(time.RFC3339Nano)
	})
}

// predicted is how long after the end of the faults the script lets fedroute wait on purpose. It
// shows an account that a server refuses to no server for a while, so that it is not locked out.
// While the API server takes no writes, fedroute cannot note what setup did, and sets a machine up
// once more.
func predicted(struck []strike, ended time.Time, setup time.Duration) (wait time.Duration) {
	again := time.Duration(0)
	for _, s := range struck {
		if s.act.forgets {
			again = setup
		}
		if s.act.shuns > 0 {
			over := s.at.Add(s.act.lasts)
			if over.After(ended) {
				over = ended
			}
			wait = max(wait, over.Add(s.act.shuns).Sub(ended))
		}
	}
	return wait + again
}

// watch lets the judge begin.
func (w *world) watch(c cast) {
	spec := w.org.Farm().Spec()
	t := judge.Terms{Pools: c.pools, SIP: spec.SIPDomains, FrontEnds: w.frontEnds}
	t.Accounts = append(w.writers(), w.org.DNSKeys()[0].Name+".", w.org.DNSKeys()[0].Name)
	if w.org.Farm().Product().XMPP {
		t.XMPP = spec.XMPPDomains
	}
	for _, d := range t.SIP {
		t.Names = append(t.Names, "_sipfederationtls._tcp."+d+" SRV", "fed."+d+" A", "fed."+d+" AAAA")
	}
	for _, d := range t.XMPP {
		t.Names = append(t.Names, "_xmpp-server._tcp."+d+" SRV", "fed."+d+" A", "fed."+d+" AAAA")
	}
	for _, d := range t.SIP { // a record of somebody else, beside those of the route
		w.must(w.org.Zones().Set("nora", "fed."+d, "TXT", 300, `"since long"`))
	}
	w.judge = judge.Watch(w.org.Farm(), w.org.Zones(), t)
	for _, a := range w.org.Accounts() {
		w.secrets = append(w.secrets, a.Password)
	}
	w.secrets = append(w.secrets, w.org.DNSKeys()[0].Secret)
}

// strike is an act and when it began.
type strike struct {
	act act
	at  time.Time
}

// act plays the script to its end.
func (w *world) act(script []act) (struck []strike) {
	start := time.Now()
	var last time.Duration // when everything ends
	for _, a := range script {
		last = max(last, a.at+a.lasts)
	}
	for i, a := range script {
		begin := func() {
			if time.Since(start) > last {
				return // its cue came too late
			}
			if a.ofKit && !w.byKit() {
				return
			}
			ends := time.Now().Add(a.lasts)
			if end := start.Add(last + time.Duration(i+1)); ends.After(end) {
				ends = end
			}
			struck = append(struck, strike{a, time.Now()})
			a.begin(w)
			if a.end != nil {
				w.due = append(w.due, deed{ends, func() { a.end(w) }})
			}
		}
		if a.cue != nil {
			w.due = append(w.due, deed{start.Add(a.at), func() { w.waiting = append(w.waiting, waiting{*a.cue, begin}) }})
		} else {
			w.due = append(w.due, deed{start.Add(a.at), begin})
		}
	}
	w.due = append(w.due, deed{start.Add(last), func() { w.waiting = nil }})
	for len(w.due) > 0 {
		next := w.due[0].at
		for _, d := range w.due {
			if d.at.Before(next) {
				next = d.at
			}
		}
		w.pass(next)
	}
	return struck
}

// served waits until partners are served where people wish.
func (w *world) served(since time.Time) bool {
	for time.Since(since) < patience {
		if w.judge.Partner(w.state.pool) == "" {
			return true
		}
		w.pass(time.Now().Add(5 * time.Second))
	}
	return false
}

// status shows a person what the objects say in the end; nobody judges by it.
func (w *world) status() string {
	var r v1alpha1.FederationRoute
	var lt v1alpha1.LyncTopology
	_ = w.objects.Get(w.ctx, client.ObjectKey{Namespace: namespace, Name: "federation"}, &r)
	_ = w.objects.Get(w.ctx, client.ObjectKey{Namespace: namespace, Name: "org"}, &lt)
	var out strings.Builder
	for _, c := range append(r.Status.Conditions, lt.Status.Conditions...) {
		fmt.Fprintf(&out, "%s %s %s: %s\n", c.Type, c.Status, c.Reason, c.Message)
	}
	return out.String()
}

// written shows the journal with its times.
func written(journal []farm.Entry) string {
	var out strings.Builder
	for _, e := range journal {
		fmt.Fprintf(&out, "%s %s %s %q -> %q %s\n", e.At.Sub(began), e.Actor, e.Object, e.From, e.To, e.Error)
	}
	return out.String()
}

// tally says during which step each fault struck: the next write of fedroute tells it.
func tally(struck []strike, journal []farm.Entry, j *judge.Judge) map[string]map[string]int {
	out := map[string]map[string]int{}
	for _, s := range struck {
		step := j.StepAt(s.at, journal)
		if out[s.act.fault] == nil {
			out[s.act.fault] = map[string]int{}
		}
		out[s.act.fault][step]++
	}
	return out
}

// wordsOf catches what fedroute logs.
type wordsOf struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (w *wordsOf) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Write(p)
}

func catchWords(t *testing.T) *wordsOf {
	w := &wordsOf{}
	if *loud {
		return w
	}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	return w
}

// reveal looks for secrets in everything that fedroute has said.
func (w *world) reveal(words *wordsOf) {
	words.mu.Lock()
	texts := map[string]string{"the log": words.all.String()}
	words.mu.Unlock()
	var r v1alpha1.FederationRouteList
	var lt v1alpha1.LyncTopologyList
	var events eventsv1.EventList
	for name, list := range map[string]client.ObjectList{"a route": &r, "a topology": &lt, "an event": &events} {
		w.must(w.objects.List(context.Background(), list))
		text, err := yaml.Marshal(list)
		w.must(err)
		texts[name] = string(text)
	}
	for where, text := range texts {
		for _, secret := range w.secrets {
			for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret))} {
				if secret != "" && strings.Contains(text, form) {
					w.judge.Secret(where, fmt.Sprintf("%d letters long", len(form)))
				}
			}
		}
	}
}
