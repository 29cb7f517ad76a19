package shell_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
)

var errRefused = fault.New(fault.Unreachable, "connect to", "fe01", "connection refused")

func mustRead(t *testing.T, o *shell.Observer, want string) {
	t.Helper()
	if _, got, err := o.ReadTopology(context.Background()); err != nil || got != want {
		t.Fatalf("read from %q: %v; want %q", got, err, want)
	}
}

func TestDeadEndpointIsRemembered(t *testing.T) {
	w := newWorld()
	w.refused[first] = errRefused
	w.answers[first], w.answers[second] = says(file(t, "topology.json")), says(file(t, "topology.json"))
	o := shell.NewObserver(w.fleet(t))

	mustRead(t, o, second)
	mustRead(t, o, second)
	w.do(func() { w.now = w.now.Add(6 * time.Minute); w.refused[first] = nil })
	mustRead(t, o, first)

	want := []string{first, second, first}
	if diff := cmp.Diff(want, w.dials); diff != "" {
		t.Errorf("dials (-want +got):\n%s", diff)
	}
}

func TestEveryEndpointFailing(t *testing.T) {
	cases := map[string]struct {
		reason string
		second *fault.Error
		kind   fault.Kind
		next   string
	}{
		"alike":           {"the common kind stays", fault.New(fault.Unreachable, "connect to", "fe02", "no route to host"), fault.Unreachable, "repair one of them or name another"},
		"different":       {"none could be used", fault.New(fault.Denied, "sign in at", "fe02", "wrong password"), fault.Unreachable, "repair one of them or name another"},
		"one remedy":      {"what helps both is told", fault.New(fault.Unreachable, "connect to", "fe02", "no route to host").With("", "start WinRM there"), fault.Unreachable, "start WinRM there"},
		"another remedy":  {"no remedy of one helps the other", fault.New(fault.Unreachable, "connect to", "fe02", "no route to host").With("", "open port 5986"), fault.Unreachable, "repair one of them or name another"},
		"only one remedy": {"nor does it where the other has none", fault.New(fault.Unreachable, "connect to", "fe02", "no route to host"), fault.Unreachable, "repair one of them or name another"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.refused[first], w.refused[second] = errRefused, c.second
			if strings.HasSuffix(name, " remedy") {
				w.refused[first] = fault.New(fault.Unreachable, "connect to", "fe01", "connection refused").With("", "start WinRM there")
			}
			_, _, err := shell.NewObserver(w.fleet(t)).ReadTopology(context.Background())
			if !fault.Is(err, c.kind) || !strings.Contains(fault.Sentence(err), c.next) {
				t.Errorf("%s: got %s, %s", c.reason, fault.KindOf(err), fault.Sentence(err))
			}
			if written := route(w.fleet(t)); fault.Sentence(written) == "" || fault.KindOf(written) != c.kind || !strings.Contains(fault.Sentence(written), c.next) {
				t.Errorf("%s: a write gets %s, %s", c.reason, fault.KindOf(written), fault.Sentence(written))
			}
			for _, part := range []string{"fe01.contoso.com:5986: ", "fe02.contoso.com:5986: ", "connection refused", c.second.Cause} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not tell %q", err, part)
				}
			}
		})
	}
}

func TestWorkersAreKeptAndReplaced(t *testing.T) {
	cases := map[string]struct {
		reason string
		spoil  func(w *world)
		dials  int
	}{
		"nothing happens":     {"one shell serves many calls", func(*world) {}, 1},
		"worker lost":         {"its background reading found the host gone", func(w *world) { w.workers[0].healthy = false }, 2},
		"worker expired":      {"the host ends old shells", func(w *world) { w.workers[0].expired = true }, 2},
		"credentials rotated": {"the new secret is used at once", func(w *world) { w.password = "two" }, 2},
		"lost while asked": {"a reading call may be repeated", func(w *world) {
			broken := true
			good := w.answers[first]
			w.answers[first] = func(ctx context.Context, r remote.Request) (string, error) {
				if broken {
					broken = false
					return "", lost()
				}
				return good(ctx, r)
			}
		}, 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.answers[first] = says(file(t, "topology.json"))
			o := shell.NewObserver(w.fleet(t))
			mustRead(t, o, first)
			w.do(func() { c.spoil(w) })
			mustRead(t, o, first)
			if len(w.dials) != c.dials {
				t.Errorf("%s: %d dials, want %d", c.reason, len(w.dials), c.dials)
			}
			for i, worker := range w.workers {
				if closed := i < len(w.workers)-1; worker.closed != closed {
					t.Errorf("worker %d: closed is %t", i, worker.closed)
				}
			}
		})
	}
}

func TestWriteIsNeverSentAgain(t *testing.T) {
	w := newWorld()
	w.answers[first], w.answers[second] = fails(lost()), says(`[{"Route": "x"}]`)
	o := shell.NewOperator(w.fleet(t))
	set := func() error {
		_, err := o.SetSiteRoute(context.Background(), "Redmond", lync.SIP, "edgepool02.contoso.com")
		return err
	}

	if err := set(); !fault.Is(err, fault.OutcomeUnknown) {
		t.Fatalf("got %v, want OutcomeUnknown", err)
	}
	if diff := cmp.Diff([]string{first}, w.asked); diff != "" {
		t.Fatalf("asked (-want +got):\n%s", diff)
	}

	// While the server that was lost may still carry out the write, no other server gets one.
	w.do(func() { w.refused[first] = errRefused })
	if err := set(); !fault.Is(err, fault.Busy) {
		t.Fatalf("got %v, want Busy", err)
	}
	w.do(func() { w.now = w.now.Add(11 * time.Minute) })
	if err := set(); err != nil {
		t.Fatalf("after the hold: %v", err)
	}
	if diff := cmp.Diff([]string{first, second}, w.asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

func TestHeldServerIsFreeOnceItAnswers(t *testing.T) {
	w := newWorld()
	w.answers[first], w.answers[second] = fails(lost()), says(`[{"Route": "x"}]`)
	o := shell.NewOperator(w.fleet(t))
	set := func(site string) (string, error) {
		return o.SetSiteRoute(context.Background(), site, lync.SIP, "edgepool02.contoso.com")
	}
	if _, err := set("Redmond"); !fault.Is(err, fault.OutcomeUnknown) {
		t.Fatalf("got %v, want OutcomeUnknown", err)
	}
	w.do(func() { w.answers[first] = fails(throws("fedroute.Busy", "ResourceBusy", "still running")) })
	if _, err := set("Redmond"); !fault.Is(err, fault.Busy) {
		t.Fatalf("got %v, want Busy", err)
	}
	w.do(func() { w.answers[first] = says(`[{"Route": "EdgeServer:y"}]`) })
	if got, err := set("Redmond"); err != nil || got != "y" {
		t.Fatalf("got %q, %v", got, err)
	}
	w.do(func() { w.refused[first] = errRefused; w.workers[1].healthy = false })
	if got, err := set("Redmond"); err != nil || got != "x" {
		t.Errorf("the hold outlived the answer: got %q, %v", got, err)
	}
}

func TestLongWriteIsJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		finish := make(chan struct{})
		w.answers[edge] = func(ctx context.Context, _ remote.Request) (string, error) {
			select {
			case <-finish:
				return `[{"Ran": "Bootstrapper"}]`, nil
			case <-ctx.Done():
				return "", lost()
			}
		}
		o := shell.NewOperator(w.fleet(t))

		impatient, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := o.Setup(impatient, "edge01.contoso.com", "sig"); !fault.Is(err, fault.Busy) {
			t.Fatalf("got %v, want Busy", err)
		}
		joined := make(chan error)
		go func() { joined <- o.Setup(context.Background(), "edge01.contoso.com", "sig") }()
		synctest.Wait()
		close(finish)
		if err := <-joined; err != nil {
			t.Errorf("the joined call: %v", err)
		}
		if len(w.requests) != 1 {
			t.Errorf("setup was sent %d times", len(w.requests))
		}
	})
}

func TestOneCallAtATimePerHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		slow := func(reply string) answer {
			return func(context.Context, remote.Request) (string, error) {
				time.Sleep(time.Second)
				return reply, nil
			}
		}
		w.answers[edge] = slow(file(t, "edgeserver.json"))
		w.answers["https://edge02.contoso.com:5986/wsman"] = slow(file(t, "edgeserver.json"))
		o := shell.NewObserver(w.fleet(t))

		began := time.Now()
		var group sync.WaitGroup
		for range 3 {
			for _, server := range []string{"edge01.contoso.com", "edge02.contoso.com"} {
				group.Go(func() {
					if _, err := o.ReadEdgeServer(context.Background(), server); err != nil {
						t.Error(err)
					}
				})
			}
		}
		group.Wait()
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("took %s: hosts must not wait for each other", took)
		}
		if w.most[edge] != 1 || len(w.dials) != 2 {
			t.Errorf("%d calls at once on one host, %d dials", w.most[edge], len(w.dials))
		}
	})
}

func TestReadGivesUpInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.answers[edge] = func(ctx context.Context, _ remote.Request) (string, error) {
			<-ctx.Done()
			return "", lost()
		}
		began := time.Now()
		_, err := shell.NewObserver(w.fleet(t)).ReadEdgeServer(context.Background(), "edge01.contoso.com")
		if !fault.Is(err, fault.Unreachable) || time.Since(began) > 2*time.Minute {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
	})
}

func TestClose(t *testing.T) {
	w := newWorld()
	w.answers[first] = says(file(t, "topology.json"))
	f := w.fleet(t)
	o := shell.NewObserver(f)
	mustRead(t, o, first)
	f.Close(context.Background())
	if !w.workers[0].closed {
		t.Error("the worker was left open")
	}
	if _, _, err := o.ReadTopology(context.Background()); !fault.Is(err, fault.Unreachable) {
		t.Errorf("a closed fleet answered: %v", err)
	}
}

func TestCloseLeavesARunningWriteAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.answers[edge] = func(context.Context, remote.Request) (string, error) {
			time.Sleep(time.Hour / 2)
			return `[{"Ran": "Bootstrapper"}]`, nil
		}
		f := w.fleet(t)
		ended := make(chan error, 1)
		go func() { ended <- shell.NewOperator(f).Setup(context.Background(), "edge01.contoso.com", "sig") }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		f.Close(ctx)
		w.do(func() {
			if w.workers[0].closed {
				t.Error("the shell was removed in the middle of setup")
			}
		})
		if err := <-ended; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if !w.workers[0].closed {
			t.Error("the shell was left behind after setup")
		}
	})
}

func TestCallsAreTold(t *testing.T) {
	w := newWorld()
	w.refused[first] = errRefused
	w.answers[second] = fails(throws("fedroute.Busy", "ResourceBusy", "still running"))
	o := shell.NewOperator(w.fleet(t))
	if err := o.FailBack(context.Background(), "fepool01.contoso.com"); !fault.Is(err, fault.Busy) {
		t.Fatalf("got %v, want Busy", err)
	}
	want := []shell.Call{
		{Script: "Invoke-PoolFailBack", Endpoint: first, Kind: fault.Unreachable},
		{Script: "Invoke-PoolFailBack", Endpoint: second, Kind: fault.Busy},
	}
	if diff := cmp.Diff(want, w.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestMissingSecretIsNoReasonToDial(t *testing.T) {
	w := newWorld()
	missing := fault.New(fault.Invalid, "read secret", "lync-admin", "it does not exist")
	f := shell.NewFleet(shell.Config{
		Management: []remote.Endpoint{{URL: first}, {URL: second}},
		Reader:     shell.Account{Management: func(context.Context) (remote.Credentials, error) { return remote.Credentials{}, missing }},
		Operator:   shell.Account{Management: func(context.Context) (remote.Credentials, error) { return remote.Credentials{}, missing }},
		Dial:       w.dial,
	})
	if _, _, err := shell.NewObserver(f).ReadTopology(context.Background()); !errors.Is(err, missing) || len(w.dials) != 0 {
		t.Errorf("got %v after %d dials", err, len(w.dials))
	}
	if err := route(f); !errors.Is(err, missing) || len(w.dials) != 0 {
		t.Errorf("a write got %v after %d dials", err, len(w.dials))
	}
}

// TestNobodyIsAskedWhenTimeIsOver: whoever asked has left, so the next server is not dialled.
func TestNobodyIsAskedWhenTimeIsOver(t *testing.T) {
	w := newWorld()
	ctx, cancel := context.WithCancel(t.Context())
	w.answers[first] = func(context.Context, remote.Request) (string, error) { cancel(); return "", lost() }
	if _, _, err := shell.NewObserver(w.fleet(t)).ReadTopology(ctx); !fault.Is(err, fault.Unreachable) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]string{first}, w.dials); diff != "" {
		t.Errorf("dials (-want +got):\n%s", diff)
	}
}

func TestNoManagementEndpoint(t *testing.T) {
	f := shell.NewFleet(shell.Config{
		Reader: shell.Account{Management: func(context.Context) (remote.Credentials, error) { return remote.Credentials{}, nil }},
	})
	if _, _, err := shell.NewObserver(f).ReadTopology(context.Background()); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v, want Invalid", err)
	}
}

// TestAWriteOutlivesItsConnection: a connection breaks in the middle of a write. The host is not
// told to remove the session, and keeps it for as long as the write may take.
func TestAWriteOutlivesItsConnection(t *testing.T) {
	lose := func(w *world) { w.answers[first], w.answers[edge] = fails(lost()), fails(lost()) }
	cases := map[string]struct {
		reason string
		act    func(*shell.Fleet) error
		idle   time.Duration
		left   bool
	}{
		"publish": {"half a publish is worse than none", publish, time.Hour, true},
		"setup": {"it has disabled the services", func(f *shell.Fleet) error {
			return shell.NewOperator(f).Setup(context.Background(), "edge01.contoso.com", "a")
		}, time.Hour, true},
		"failback": {"it may take hours", func(f *shell.Fleet) error {
			return shell.NewOperator(f).FailBack(context.Background(), "fe1.contoso.com")
		}, 3 * time.Hour, true},
		"look": {"nothing is lost, and the shell counts against the account's limit", func(f *shell.Fleet) error {
			_, err := shell.NewObserver(f).ReadEdgeServer(context.Background(), "edge01.contoso.com")
			return err
		}, 0, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			lose(w)
			if err := c.act(w.fleet(t)); err == nil {
				t.Fatal("the story is not told: the call did not fail")
			}
			if k := w.workers[0]; w.idle[0] != c.idle || !k.closed || k.left != c.left {
				t.Errorf("%s: idle %s, closed %v, left to the host %v", c.reason, w.idle[0], k.closed, k.left)
			}
		})
	}
}
