package shell_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
)

const publishedReply = `[{"Signature": "b", "BackupFile": "", "ExportFile": "", "ExportError": "", "SimpleUrlsRestored": false}]`

// record is what fleets note outside.
type record struct {
	notes []string
	err   error
}

func (r *record) note(_ context.Context, server string, _ time.Time) error {
	if r.err != nil {
		return r.err
	}
	r.notes = append(r.notes, server)
	return nil
}

func publish(f *shell.Fleet) error {
	_, err := shell.NewOperator(f).PublishFlags(context.Background(), lync.FlagChange{Signature: "a"})
	return err
}

func route(f *shell.Fleet) error {
	_, err := shell.NewOperator(f).SetSiteRoute(context.Background(), "Redmond", lync.SIP, "edgepool02.contoso.com")
	return err
}

func (w *world) clock() (now time.Time) { w.do(func() { now = w.now }); return now }

// TestHoldOutlivesItsFleet: a publish through the first server is lost, and then the
// organization gets another fleet. A write to the second server must wait.
func TestHoldOutlivesItsFleet(t *testing.T) {
	cases := map[string]struct {
		reason     string
		later      time.Duration
		between    func(w *world, f *shell.Fleet) // before the next fleet
		management []remote.Endpoint              // of the next fleet; nil: both servers
		kind       fault.Kind                     // of the next fleet's write; "" where it is sent
	}{
		"another spec":            {"an edit does not end a publish", 0, nil, nil, fault.Busy},
		"the time is over":        {"a server that is gone must not hold up a failover for ever", 11 * time.Minute, nil, nil, ""},
		"the server is taken out": {"a person knows that it is gone", 0, nil, []remote.Endpoint{{URL: second}}, ""},
		"another write answered": {"that a route was set says nothing of the publish", 0, func(w *world, f *shell.Fleet) {
			w.do(func() { w.answers[first] = says(`[{"Route": "x"}]`) })
			_ = route(f)
		}, nil, fault.Busy},
		"the publish still runs": {"its mutex says so, and the time counts anew", 11 * time.Minute, func(w *world, f *shell.Fleet) {
			w.do(func() {
				w.now = w.now.Add(9 * time.Minute)
				w.answers[first] = fails(throws("fedroute.Busy", "ResourceBusy", "still running"))
			})
			_ = publish(f)
			w.do(func() { w.now = w.now.Add(-9 * time.Minute) })
		}, nil, fault.Busy},
		"the publish has ended": {"its mutex was free", 0, func(w *world, f *shell.Fleet) {
			w.do(func() { w.answers[first] = fails(throws("fedroute.WorldChanged", "InvalidData", "another signature")) })
			_ = publish(f)
		}, nil, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			hold := shell.NewHold("", time.Time{}, w.clock)
			w.answers[first], w.answers[second] = fails(lost()), says(`[{"Route": "x"}]`)
			both := []remote.Endpoint{{URL: first}, {URL: second}}
			f := w.fleetWith(t, func(c *shell.Config) { c.Hold, c.Management = hold, both })
			if err := publish(f); !fault.Is(err, fault.OutcomeUnknown) {
				t.Fatalf("got %v, want OutcomeUnknown", err)
			}
			if c.between != nil {
				c.between(w, f)
			}
			w.do(func() { w.now = w.now.Add(c.later); w.refused[first] = errRefused })
			next := w.fleetWith(t, func(config *shell.Config) {
				config.Hold, config.Management = hold, both
				if c.management != nil {
					config.Management = c.management
				}
			})
			if err := route(next); fault.KindOf(err) != c.kind {
				t.Errorf("%s: got %v, want kind %q", c.reason, err, c.kind)
			}
		})
	}
}

func TestHoldIsNotedBeforeAPublish(t *testing.T) {
	refusal := fault.New(fault.Unreachable, "note in LyncTopology", "org", "connection refused")
	cases := map[string]struct {
		reason string
		answer answer
		err    error // of noting
		notes  []string
		asked  []string
	}{
		"it ends":           {"the next manager need not wait", says(publishedReply), nil, []string{first, ""}, []string{first}},
		"it throws":         {"its end was seen, too", fails(throws("fedroute.Failed", "InvalidResult", "no")), nil, []string{first, ""}, []string{first}},
		"it is lost":        {"the next manager waits", fails(lost()), nil, []string{first}, []string{first}},
		"it was not sent":   {"nothing was begun", fails(fault.New(fault.Unreachable, "call", "fe01", "reset")), nil, []string{first, ""}, []string{first}},
		"it cannot be told": {"a crash would forget it", says(publishedReply), refusal, nil, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w, r := newWorld(), &record{err: c.err}
			w.answers[first] = c.answer
			f := w.fleetWith(t, func(config *shell.Config) { config.Noted = r.note })
			if err := publish(f); c.err != nil && !errors.Is(err, c.err) {
				t.Errorf("got %v, want %v", err, c.err)
			}
			if diff := cmp.Diff(c.notes, r.notes); diff != "" {
				t.Errorf("%s: notes (-want +got):\n%s", c.reason, diff)
			}
			if diff := cmp.Diff(c.asked, w.asked); diff != "" {
				t.Errorf("%s: asked (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestHoldOfAnEarlierManager(t *testing.T) {
	cases := map[string]struct {
		reason string
		sent   time.Duration // before the manager started
		later  time.Duration // after it
		kind   fault.Kind
		notes  []string
	}{
		"a minute ago":        {"it may still run", time.Minute, 0, fault.Busy, nil},
		"half an hour ago":    {"nobody knows when it was lost", 30 * time.Minute, 9 * time.Minute, fault.Busy, nil},
		"and the time passed": {"the record is cleared at the next look", 30 * time.Minute, 11 * time.Minute, "", []string{""}},
		"yesterday":           {"no publish takes that long", 24 * time.Hour, 0, "", []string{""}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w, r := newWorld(), &record{}
			hold := shell.NewHold(first, w.now.Add(-c.sent), w.clock)
			w.answers[second] = says(`[{"Route": "x"}]`)
			w.do(func() { w.now = w.now.Add(c.later); w.refused[first] = errRefused })
			f := w.fleetWith(t, func(config *shell.Config) { config.Hold, config.Noted = hold, r.note })
			hold.Lapse(context.Background(), r.note)
			if err := route(f); fault.KindOf(err) != c.kind {
				t.Errorf("%s: got %v, want kind %q", c.reason, err, c.kind)
			}
			hold.Lapse(context.Background(), r.note)
			if diff := cmp.Diff(c.notes, r.notes); diff != "" {
				t.Errorf("%s: notes (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestARecordThatTakesLongHoldsNobodyUp: the API server does not answer the manager that clears
// the record. Another look at the organization waits for that as long as it may, and no longer.
func TestARecordThatTakesLongHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		since := time.Now()
		hold := shell.NewHold(first, since, time.Now)
		time.Sleep(time.Hour)
		answer := make(chan struct{})
		var r record
		go hold.Lapse(context.Background(), func(ctx context.Context, server string, since time.Time) error {
			<-answer
			return r.note(ctx, server, since)
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		began := time.Now()
		hold.Lapse(ctx, r.note)
		if took := time.Since(began); took != time.Minute {
			t.Errorf("it waited %s, and had a minute", took)
		}
		close(answer)
		synctest.Wait()
		if d := cmp.Diff([]string{""}, r.notes); d != "" {
			t.Errorf("notes (-want +got):\n%s", d)
		}
	})
}

// TestWhatIsHeld plays what happens to writes through two servers, and asks which server is held.
func TestWhatIsHeld(t *testing.T) {
	cases := map[string]struct {
		reason string
		play   func(w *world, f *shell.Fleet)
		free   bool
		held   string // the only server to which the next write goes; "" for any
	}{
		"nothing":                       {"nobody was lost", func(*world, *shell.Fleet) {}, true, ""},
		"a publish is lost":             {"it may still run there", func(w *world, f *shell.Fleet) { w.lose(first, f, publish) }, false, first},
		"a route is lost":               {"so may its script", func(w *world, f *shell.Fleet) { w.lose(first, f, route) }, false, first},
		"a lost publish, and time":      {"it has had time to end", func(w *world, f *shell.Fleet) { w.lose(first, f, publish); w.passes(10 * time.Minute) }, true, ""},
		"a lost publish, a little less": {"it may run for ten minutes", func(w *world, f *shell.Fleet) { w.lose(first, f, publish); w.passes(10*time.Minute - 1) }, false, first},
		"a lost route, and an answer": {"the server has gone on", func(w *world, f *shell.Fleet) {
			w.lose(first, f, route)
			w.do(func() { w.answers[first] = says(`[{"Route": "x"}]`) })
			_ = route(f)
		}, true, ""},
		"a lost publish, and a route there": {"that answer says nothing of the publish", func(w *world, f *shell.Fleet) {
			w.lose(first, f, publish)
			w.do(func() { w.answers[first] = says(`[{"Route": "x"}]`) })
			_ = route(f)
		}, false, first},
		"a publish, then a route, both lost there": {"the publish counts on", func(w *world, f *shell.Fleet) {
			w.lose(first, f, publish)
			w.lose(first, f, route)
			w.do(func() { w.answers[first] = says(`[{"Route": "x"}]`) })
			_ = route(f)
		}, false, first},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			hold := shell.NewHold("", time.Time{}, w.clock)
			w.answers[first], w.answers[second] = says(`[{"Route": "x"}]`), says(`[{"Route": "x"}]`)
			f := w.fleetWith(t, func(config *shell.Config) { config.Hold = hold })
			c.play(w, f)
			if hold.Free() != c.free {
				t.Errorf("%s: no server is held: %v", c.reason, hold.Free())
			}
			w.do(func() { w.refused[first] = errRefused; w.workers = nil })
			next := w.fleetWith(t, func(config *shell.Config) { config.Hold = hold })
			if err := route(next); (err != nil) != (c.held == first) {
				t.Errorf("%s: the next write, while the first server is away, gets %v", c.reason, err)
			}
		})
	}
}

// lose lets the answer of a server to a write be lost.
func (w *world) lose(server string, f *shell.Fleet, write func(*shell.Fleet) error) {
	w.do(func() { w.answers[server] = fails(lost()) })
	_ = write(f)
}

func (w *world) passes(d time.Duration) { w.do(func() { w.now = w.now.Add(d) }) }

// TestAPublishUnderWayHolds: while a publish runs, no other write goes to another server.
func TestAPublishUnderWayHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		hold := shell.NewHold("", time.Time{}, w.clock)
		goOn := make(chan struct{})
		w.answers[first] = func(context.Context, remote.Request) (string, error) { <-goOn; return publishedReply, nil }
		w.answers[second] = says(`[{"Route": "x"}]`)
		f := w.fleetWith(t, func(config *shell.Config) { config.Hold = hold })
		published := make(chan error, 1)
		go func() { published <- publish(f) }()
		synctest.Wait()
		if hold.Free() {
			t.Error("a publish runs, and no server is held")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := shell.NewOperator(f).SetSiteRoute(ctx, "Redmond", lync.SIP, "edgepool02.contoso.com"); !fault.Is(err, fault.Busy) || len(w.dials) != 1 {
			t.Errorf("a route is set meanwhile: %v, dialled %v", err, w.dials)
		}
		close(goOn)
		if err := <-published; err != nil || !hold.Free() {
			t.Errorf("it ended: %v, and no server is held: %v", err, hold.Free())
		}
		synctest.Wait()
	})
}
