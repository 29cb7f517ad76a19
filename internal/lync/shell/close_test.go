package shell

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// hostSession is a session whose host may hang: then neither a call nor closing ends before ctx.
type hostSession struct {
	closed *atomic.Int32
	hangs  bool
}

func (s hostSession) Call(ctx context.Context, _ remote.Request) (json.RawMessage, error) {
	if s.hangs {
		<-ctx.Done()
	}
	return json.RawMessage("[]"), nil
}

func (hostSession) Healthy() bool { return true }
func (hostSession) Expired() bool { return false }

func (s hostSession) Close(ctx context.Context) error {
	if s.hangs {
		<-ctx.Done()
	}
	s.closed.Add(1)
	return nil
}

// TestHostsAreLeftSideBySide: sixty hosts and three that hang. Every session is closed in the
// time that one farewell may take, and who waits for a turn is not kept.
func TestHostsAreLeftSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var closed atomic.Int32
		p := newPool(func(_ context.Context, e remote.Endpoint, _ remote.Credentials) (remote.Session, error) {
			return hostSession{&closed, e.SPN == "hangs"}, nil
		}, time.Now, 0, 0)
		open := func(n int) (*lease, error) {
			e := remote.Endpoint{URL: fmt.Sprintf("https://host%d:5986/wsman", n)}
			if n%20 == 0 {
				e.SPN = "hangs"
			}
			return p.open(context.Background(), e, remote.Credentials{Method: remote.NTLM})
		}
		for n := range 60 {
			l, err := open(n)
			if err != nil {
				t.Fatal(err)
			}
			l.release()
		}
		busy, _ := open(0)
		calls, stop := context.WithTimeout(context.Background(), time.Hour)
		defer stop()
		go func() { defer busy.release(); _, _ = busy.call(calls, remote.Request{Name: "x"}) }()
		waited := make(chan error, 1)
		go func() { _, err := open(0); waited <- err }()
		synctest.Wait()

		began := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), farewell)
		defer cancel()
		p.close(ctx)
		if took := time.Since(began); took != farewell || closed.Load() != 59 {
			t.Errorf("%d of 60 sessions are closed after %s; want all but the one that works, in one farewell", closed.Load(), took)
		}
		if err := <-waited; !fault.Is(err, fault.Unreachable) || time.Since(began) > farewell {
			t.Errorf("who waits for a turn got %v after %s", err, time.Since(began))
		}
		stop()
		time.Sleep(farewell)
		synctest.Wait()
		if closed.Load() != 60 {
			t.Error("the session that worked is left behind")
		}
		p.close(ctx) // again does nothing
	})
}

// TestIdleWritersEnd: a session that changed something is kept for a minute without a call, and
// never ended under one.
func TestIdleWritersEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var closed atomic.Int32
		dialed := 0
		p := newPool(func(context.Context, remote.Endpoint, remote.Credentials) (remote.Session, error) {
			dialed++
			return hostSession{&closed, false}, nil
		}, time.Now, 0, restOfWriters)
		open := func() *lease {
			l, err := p.open(t.Context(), remote.Endpoint{URL: "https://fe1/wsman"}, remote.Credentials{Method: remote.NTLM})
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		for _, c := range []struct {
			reason         string
			rests, works   time.Duration
			dialed, closed int
		}{
			{"the first call", 0, 0, 1, 0},
			{"a call in time finds the session", restOfWriters - time.Second, 0, 1, 0},
			{"and keeps it for a minute more", restOfWriters - time.Second, 0, 1, 0},
			{"a long call is not cut off", 0, time.Hour, 1, 0},
			{"after a minute it is gone", restOfWriters + time.Second, 0, 2, 1},
		} {
			time.Sleep(c.rests)
			l := open()
			time.Sleep(c.works)
			l.release()
			synctest.Wait()
			if dialed != c.dialed || int(closed.Load()) != c.closed {
				t.Errorf("%s: %d dialed, %d closed; want %d, %d", c.reason, dialed, closed.Load(), c.dialed, c.closed)
			}
		}
		p.close(t.Context())
		if closed.Load() != 2 {
			t.Error("a session that rests is left behind")
		}
	})
}
