package shell

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fedroute/fedroute/internal/remote"
)

// idleSession is a session that counts how often it was closed.
type idleSession struct{ closed *int }

func (idleSession) Call(context.Context, remote.Request) (json.RawMessage, error) { return nil, nil }
func (idleSession) Healthy() bool                                                 { return true }
func (idleSession) Expired() bool                                                 { return false }
func (s idleSession) Close(context.Context) error                                 { *s.closed++; return nil }

// TestHostsThatNobodyAsksAreForgotten: the session with a host that is not asked any more is
// closed. Machines leave an organization, and an open session takes up one of the account's
// shells on the host.
func TestHostsThatNobodyAsksAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		closed, dialed := 0, 0
		p := newPool(func(context.Context, remote.Endpoint, remote.Credentials) (remote.Session, error) {
			dialed++
			return idleSession{&closed}, nil
		}, time.Now, 0, 0)
		ask := func(host string) *lease {
			l, err := p.open(t.Context(), remote.Endpoint{URL: host}, remote.Credentials{Method: remote.NTLM})
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		for _, c := range []struct {
			reason               string
			after                time.Duration
			host                 string
			held, dialed, closed int
		}{
			{"a host that is asked has a session", 0, "edge1", 1, 1, 0},
			{"each has its own", 0, "edge2", 2, 2, 0},
			{"a host that is asked now and then is kept", unasked - 1, "edge1", 2, 2, 0},
			{"one that was not is closed when another is asked", 1, "edge1", 1, 2, 1},
			{"it gets a new session when it is back", 0, "edge2", 2, 3, 1},
		} {
			time.Sleep(c.after)
			ask(c.host).release()
			synctest.Wait()
			if len(p.slots) != c.held || dialed != c.dialed || closed != c.closed {
				t.Errorf("%s: %d hosts, %d dialed, %d closed; want %d, %d, %d", c.reason, len(p.slots), dialed, closed, c.held, c.dialed, c.closed)
			}
		}
		busy := ask("edge1")
		time.Sleep(unasked)
		ask("edge2").release()
		if len(p.slots) != 2 || closed != 1 {
			t.Errorf("%d hosts are kept and %d closed beside a call that is under way, want 2 and 1", len(p.slots), closed)
		}
		busy.release()
	})
}

// TestAHostThatIsForgottenMayPanic: to leave a host that is not asked any more is nobody's turn.
func TestAHostThatIsForgottenMayPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(func(context.Context, remote.Endpoint, remote.Credentials) (remote.Session, error) {
			return fragileSession{}, nil
		}, time.Now, 0, 0)
		ask := func(host string) {
			l, err := p.open(t.Context(), remote.Endpoint{URL: host}, remote.Credentials{Method: remote.NTLM})
			if err != nil {
				t.Fatal(err)
			}
			l.release()
		}
		ask("edge1")
		time.Sleep(unasked)
		ask("edge2")
		synctest.Wait()
		ask("edge1")
		if len(p.slots) != 2 {
			t.Errorf("%d hosts are held, want 2", len(p.slots))
		}
	})
}

// fragileSession is one whose end panics.
type fragileSession struct{ idleSession }

func (fragileSession) Close(context.Context) error { panic("swordfish") }
