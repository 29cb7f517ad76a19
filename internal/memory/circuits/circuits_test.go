package circuits

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
)

var errSilent = fault.New(fault.Unreachable, "ask", "ns1.contoso.com:53", "no answer in time")

// ask asks the server, which answers after a while, and gives what came of it.
func ask(ctx context.Context, n Namespace, name string, takes time.Duration, answer error) error {
	done, err := n.Turn(ctx, name)
	if err != nil {
		return err
	}
	time.Sleep(takes)
	done(answer)
	return answer
}

func TestAServerThatLetsWaitHasAPause(t *testing.T) {
	cases := map[string]struct {
		reason string
		takes  time.Duration
		answer error
		pause  time.Duration
	}{
		"silent":      {"three times the wait", 5 * time.Second, errSilent, 15 * time.Second},
		"very silent": {"never longer than two minutes", time.Hour, errSilent, 2 * time.Minute},
		"refuses":     {"it cost nothing", 10 * time.Millisecond, errSilent, 0},
		"slow":        {"it answered in the end", 5 * time.Second, nil, 0},
		"denies":      {"it answered; another key may be right", 5 * time.Second, fault.New(fault.Denied, "ask", "x", "no"), 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := New(time.Now).Of("lync")
				_ = ask(t.Context(), n, "s", c.takes, c.answer)
				began := time.Now()
				for ask(t.Context(), n, "s", 0, nil) != nil {
					time.Sleep(time.Second)
				}
				if got := time.Since(began); got != c.pause {
					t.Errorf("%s: it is asked again after %s, want %s", c.reason, got, c.pause)
				}
			})
		})
	}
}

func TestAPauseSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(time.Now)
		_ = ask(t.Context(), m.Of("lync"), "s", 5*time.Second, errSilent)
		if err := ask(t.Context(), m.Of("lync"), "s", 0, nil); !errors.Is(err, errSilent) {
			t.Errorf("got %v: the sentence in status must not change", err)
		}
		if err := ask(t.Context(), m.Of("tenant"), "s", 0, nil); err != nil {
			t.Errorf("the neighbour's is closed, too: %v", err)
		}
		if err := ask(t.Context(), m.Of("lync"), "other", 0, nil); err != nil {
			t.Errorf("another server's is closed, too: %v", err)
		}
		m.Forgive("tenant")
		if err := ask(t.Context(), m.Of("lync"), "s", 0, nil); !errors.Is(err, errSilent) {
			t.Errorf("a neighbour's request ended the pause: %v", err)
		}
		m.Forgive("lync")
		if err := ask(t.Context(), m.Of("lync"), "s", 0, nil); err != nil {
			t.Errorf("a person asked for another try: %v", err)
		}
	})
}

// TestALookThatIsNotWantedClosesNothing: the object was deleted or edited meanwhile.
func TestALookThatIsNotWantedClosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(time.Now).Of("lync")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		_ = ask(ctx, n, "s", 5*time.Second, errSilent)
		if err := ask(t.Context(), n, "s", 0, nil); err != nil {
			t.Errorf("got %v", err)
		}
	})
}

// TestAServersQueue: whoever waits for a turn at a silent server hears of the pause with the
// first who waited in vain.
func TestAServersQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(time.Now).Of("lync")
		began := time.Now()
		var all sync.WaitGroup
		for range 10 * atOnce {
			all.Go(func() {
				if err := ask(t.Context(), n, "s", 5*time.Second, errSilent); !errors.Is(err, errSilent) {
					t.Errorf("got %v", err)
				}
			})
		}
		all.Wait()
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("%d looks took %s", 10*atOnce, took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.Sleep(time.Minute)
		for range atOnce {
			all.Go(func() { _ = ask(t.Context(), n, "s", time.Second, nil) })
		}
		synctest.Wait()
		cancel()
		if err := ask(ctx, n, "s", 0, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("a look that is not wanted any more waits on: %v", err)
		}
		all.Wait()
	})
}

func TestServersThatNobodyAsksAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(time.Now)
		_ = ask(t.Context(), m.Of("lync"), "s", time.Second, errSilent)
		time.Sleep(2 * time.Hour)
		_ = ask(t.Context(), m.Of("lync"), "other", 0, nil)
		if len(m.servers) != 1 {
			t.Errorf("%d servers are remembered", len(m.servers))
		}
	})
}
