package shell

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/fingerprint"
	"github.com/fedroute/fedroute/internal/remote"
)

// farewell bounds the removal of a remote shell.
const farewell = 10 * time.Second

// Credentials that a host refused are not sent to it again for a while, which grows with
// each refusal. Otherwise the account would be tried at every poll and would be locked
// out. Other credentials are tried at once.
const (
	firstDenial = 10 * time.Second
	longDenial  = 5 * time.Minute
)

// unasked is how long the pool keeps a host that is not asked. The hosts of an organization
// are asked at every observation. A host that is asked no more does not belong to it.
const unasked = 6 * time.Hour

// pool keeps one session per host, until the host was not asked for six hours. Calls on a
// host run one after the other.
type pool struct {
	dial  remote.Dialer
	clock func() time.Time

	mu     sync.Mutex
	slots  map[string]*slot
	closed bool
}

// slot is one host's place. Only the holder of the turn may use session, print and denial.
type slot struct {
	turn    chan struct{}
	session remote.Session
	print   fingerprint.Print
	denial  denial
	asked   time.Time // when a turn was last wanted; guarded by the pool's lock
}

// denial is a host's refusal of credentials.
type denial struct {
	err   error
	print fingerprint.Print
	wait  time.Duration
	until time.Time
}

// again is the denial after one more refusal of the credentials.
func (d denial) again(err error, print fingerprint.Print, now time.Time) denial {
	wait := firstDenial
	if d.print == print && d.wait > 0 {
		wait = min(2*d.wait, longDenial)
	}
	return denial{err: err, print: print, wait: wait, until: now.Add(wait)}
}

func newPool(dial remote.Dialer, clock func() time.Time) *pool {
	return &pool{dial: dial, clock: clock, slots: map[string]*slot{}}
}

// lease is the turn on one host, with a session that was healthy when the lease began.
type lease struct {
	pool     *pool
	slot     *slot
	endpoint remote.Endpoint
	signIn   signIn
	// reused says that the session served earlier calls.
	reused bool
}

// open waits for the turn on the host and gives a lease with a session. It takes the
// present session where that is still good for the credentials. The caller must release
// the lease.
func (p *pool) open(ctx context.Context, endpoint remote.Endpoint, credentials remote.Credentials) (*lease, error) {
	s, err := p.slot(endpoint)
	if err != nil {
		return nil, err
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fault.New(fault.Busy, "wait for", endpoint.Name(), "an earlier call there has not ended in time")
	}
	l := &lease{pool: p, slot: s, endpoint: endpoint, signIn: signInOf(endpoint, credentials), reused: true}
	print := credentials.Print()
	if s.session != nil && (s.print != print || !s.session.Healthy() || s.session.Expired()) {
		l.drop(ctx)
	}
	if s.session == nil {
		session, err := p.enter(ctx, s, endpoint, credentials)
		if err != nil {
			l.release()
			return nil, err
		}
		s.session, s.print, l.reused = session, print, false
	}
	return l, nil
}

// enter opens a session, unless the host has just refused these credentials.
func (p *pool) enter(ctx context.Context, s *slot, endpoint remote.Endpoint, credentials remote.Credentials) (remote.Session, error) {
	print := credentials.Print()
	if s.denial.print == print && p.clock().Before(s.denial.until) {
		return nil, s.denial.err
	}
	session, err := contain.Value("connect to", endpoint.Name(), func() (remote.Session, error) { return p.dial(ctx, endpoint, credentials) })
	switch {
	case err == nil:
		s.denial = denial{}
	case fault.Is(err, fault.Denied):
		s.denial = s.denial.again(err, print, p.clock())
	}
	return session, err
}

func (p *pool) slot(endpoint remote.Endpoint) (*slot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, fault.New(fault.Unreachable, "connect to", endpoint.Name(), "the connection to this organization was closed")
	}
	s := p.slots[endpoint.URL]
	if s == nil {
		s = &slot{turn: make(chan struct{}, 1)}
		p.slots[endpoint.URL] = s
	}
	s.asked = p.clock()
	p.sweep()
	return s, nil
}

// sweep forgets hosts that are not asked any more. It closes their sessions in the
// background, because each session keeps a shell on its host. The caller holds the lock.
func (p *pool) sweep() {
	for url, s := range p.slots {
		if p.clock().Sub(s.asked) < unasked {
			continue
		}
		select {
		case s.turn <- struct{}{}: // the turn is never given back
		default:
			continue // a call is still under way
		}
		delete(p.slots, url)
		if s.session != nil {
			contain.Go("close the session on", url, func() {
				ctx, cancel := context.WithTimeout(context.Background(), farewell)
				defer cancel()
				s.close(ctx)
			}, nil)
		}
	}
}

// kit is the endpoint kit of the host; nil where it has none.
func (l *lease) kit() *remote.Kit {
	described, ok := l.slot.session.(remote.Described)
	if !ok {
		return nil
	}
	kit := described.Kit()
	return &kit
}

// call runs the request. It drops the session when the call broke it.
func (l *lease) call(ctx context.Context, request remote.Request) (json.RawMessage, error) {
	reply, err := contain.Value(request.Name, l.endpoint.Name(), func() (json.RawMessage, error) { return l.slot.session.Call(ctx, request) })
	if fault.Is(err, fault.Internal) || err != nil && !thrown(err) && !l.slot.session.Healthy() {
		l.drop(ctx) // a session whose code panicked is dropped like one that was lost
	}
	return reply, err
}

// lost reports whether the session is gone.
func (l *lease) lost() bool { return l.slot.session == nil }

// drop closes the session. An error of closing does not matter: either the host is gone,
// or it removes the idle shell by itself.
func (l *lease) drop(ctx context.Context) {
	l.slot.close(ctx)
}

// close closes the session. Even where that fails, the session is not used again.
func (s *slot) close(ctx context.Context) {
	_ = contain.Run("close the shell on", "a host", func() error { return s.session.Close(ctx) })
	s.session = nil
}

// release ends the turn. Where the pool was closed during the lease, it closes the session.
func (l *lease) release() {
	if l.slot.session != nil && l.pool.isClosed() {
		ctx, cancel := context.WithTimeout(context.Background(), farewell)
		defer cancel()
		l.drop(ctx)
	}
	<-l.slot.turn
}

func (p *pool) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// close ends the pool. A session that is still busy at the end of ctx is closed when its
// call ends.
func (p *pool) close(ctx context.Context) {
	p.mu.Lock()
	p.closed = true
	slots := p.slots
	p.slots = nil
	p.mu.Unlock()
	for _, s := range slots {
		select {
		case s.turn <- struct{}{}:
			if s.session != nil {
				s.close(ctx)
			}
		case <-ctx.Done():
			return
		}
	}
}
