package ports

import (
	"context"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
)

var begin = time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)

// proberFunc is a function that serves as a probe.Prober.
type proberFunc func(probe.Target) probe.Reading

func (f proberFunc) Probe(_ context.Context, t probe.Target) probe.Reading { return f(t) }

func port(address string) probe.Target {
	return probe.Target{Address: netip.MustParseAddr(address), Protocol: lync.SIP, Domain: "contoso.com"}
}

func TestPortsAreAskedOnceForAllWhoLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		answer := make(chan struct{})
		p := New(proberFunc(func(target probe.Target) probe.Reading {
			asked.Add(1)
			<-answer
			return probe.Reading{Target: target, Open: true}
		}), func() time.Time { return begin })
		seen := make(chan map[probe.Target]probe.Reading, 20)
		for range cap(seen) {
			go func() {
				got, _ := p.Read(t.Context(), []probe.Target{port("192.0.2.1"), port("192.0.2.2")}, begin)
				seen <- got
			}()
		}
		synctest.Wait() // all readers wait for an answer
		close(answer)
		for range cap(seen) {
			if got := <-seen; len(got) != 2 || !got[port("192.0.2.1")].Open || got[port("192.0.2.2")].Target != port("192.0.2.2") {
				t.Errorf("a reader saw %v", got)
			}
		}
		if got := asked.Load(); got != 2 {
			t.Errorf("two ports were asked %d times for 20 readers, want twice", got)
		}
	})
}

func TestPortsStayFresh(t *testing.T) {
	cases := map[string]struct {
		reason string
		passed time.Duration
		since  time.Duration // the second reader takes no reading older than begin + since
		asks   int32
	}{
		"at once":          {"a reading serves the next reader", 0, 0, 1},
		"just fresh":       {"for two seconds", fresh - 1, 0, 1},
		"stale":            {"and not longer", fresh, 0, 2},
		"before the world": {"a reading from before a run tells of another world", time.Second, 1, 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			now := begin
			p := New(proberFunc(func(target probe.Target) probe.Reading {
				asked.Add(1)
				return probe.Reading{Target: target, Detail: "refused"}
			}), func() time.Time { return now })
			targets := []probe.Target{port("192.0.2.1")}
			first, _ := p.Read(t.Context(), targets, begin)
			now = now.Add(c.passed)
			second, _ := p.Read(t.Context(), targets, begin.Add(c.since))
			if asked.Load() != c.asks || first[targets[0]] != second[targets[0]] {
				t.Errorf("%s: asked %d times, want %d (%v, %v)", c.reason, asked.Load(), c.asks, first, second)
			}
		})
	}
}

// TestPortsThatNobodyLooksAtAreForgotten: readings of ports that no route asks for are dropped.
// Otherwise they would pile up as routes and Edge pools come and go.
func TestPortsThatNobodyLooksAtAreForgotten(t *testing.T) {
	now := begin
	p := New(proberFunc(func(target probe.Target) probe.Reading { return probe.Reading{Target: target} }), func() time.Time { return now })
	for i, address := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.3"} {
		if _, err := p.Read(t.Context(), []probe.Target{port(address)}, begin); err != nil {
			t.Fatal(err)
		}
		if want := min(i+1, 2); len(p.readings) != want {
			t.Errorf("after %s %d readings are kept, want %d", address, len(p.readings), want)
		}
		now = now.Add(fresh / 2)
	}
}

// cancelled is a prober whose port answers after a second, to whoever still waits.
type cancelled struct{}

func (cancelled) Probe(ctx context.Context, t probe.Target) probe.Reading {
	select {
	case <-time.After(time.Second):
		return probe.Reading{Target: t, Open: true}
	case <-ctx.Done():
		return probe.Reading{Target: t, Detail: "the probe was cancelled"}
	}
}

// TestALookThatEndsSilencesNoPortOfAnother: two routes ask for a port at the same time, and
// the one that asked first is deleted.
func TestALookThatEndsSilencesNoPortOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(cancelled{}, func() time.Time { return begin })
		deleted, gone := context.WithCancel(t.Context())
		go func() { _, _ = p.Read(deleted, []probe.Target{port("192.0.2.1")}, begin) }()
		synctest.Wait()
		heard := make(chan map[probe.Target]probe.Reading)
		go func() {
			got, _ := p.Read(t.Context(), []probe.Target{port("192.0.2.1")}, begin)
			heard <- got
		}()
		synctest.Wait()
		gone()
		if got := (<-heard)[port("192.0.2.1")]; !got.Open {
			t.Errorf("the other route heard %+v", got)
		}
	})
}
