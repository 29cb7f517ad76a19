package shell

import (
	"context"
	"encoding/json"
	"errors"
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
	// outlive is how long a host keeps a session that was lost, with what runs in it; zero
	// in pools whose calls change nothing, and as the protocol says.
	outlive time.Duration
	// rest is how long a session that nobody calls is kept; zero: until it expires.
	rest time.Duration
	done chan struct{} // closed with the pool

	mu     sync.Mutex
	slots  map[string]*slot
	closed bool
}

// slot is one host's place. Only the holder of the turn may use session, print, denial,
// rested and wake.
type slot struct {
	turn    chan struct{}
	session remote.Session
	print   fingerprint.Print
	denial  denial
	rested  int         // how often the session began or ended to rest
	wake    func() bool // ends the wait of a session that rests
	asked   time.Time   // when a turn was last wanted; guarded by the pool's lock
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

func newPool(dial remote.Dialer, clock func() time.Time, outlive, rest time.Duration) *pool {
	return &pool{dial: dial, clock: clock, outlive: outlive, rest: rest, done: make(chan struct{}), slots: map[string]*slot{}}
}

// lease is the turn on one host, with a session that was healthy when the lease began.
type lease struct {
	pool     *pool
	slot     *slot
	endpoint remote.Endpoint
	signIn   signIn
	// reused says that the session served earlier calls.
	reused   bool
	released bool
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
	case <-p.done:
		return nil, closedTo(endpoint)
	case <-ctx.Done():
		return nil, fault.New(fault.Busy, "wait for", endpoint.Name(), "an earlier call there has not ended in time")
	}
	s.stir()
	l := &lease{pool: p, slot: s, endpoint: endpoint, reused: true}
	print := credentials.Print()
	if s.session != nil && (s.print != print || !s.session.Healthy() || s.session.Expired()) {
		l.drop(ctx)
	}
	if s.session == nil {
		endpoint := endpoint
		endpoint.Idle = p.outlive
		session, err := p.enter(ctx, s, endpoint, credentials)
		if err != nil {
			l.release()
			return nil, err
		}
		s.session, s.print, l.reused = session, print, false
	}
	l.signIn = signInOf(endpoint, credentials, l.kit())
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
	case fault.Is(err, fault.Denied) && !errors.Is(err, remote.ErrNotShown):
		s.denial = s.denial.again(err, print, p.clock())
	}
	return session, err
}

func (p *pool) slot(endpoint remote.Endpoint) (*slot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, closedTo(endpoint)
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

func closedTo(endpoint remote.Endpoint) error {
	return fault.New(fault.Unreachable, "connect to", endpoint.Name(), "the connection to this organization was closed")
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
		l.dropAfter(ctx, err) // a session whose code panicked is dropped like one that was lost
	}
	return reply, err
}

// dropAfter closes the session after a call. Where a change may still be at work on the
// host, the host is not told: removing the session there would end the change half-way.
func (l *lease) dropAfter(ctx context.Context, err error) {
	if l.pool.outlive > 0 && !thrown(err) && (fault.Is(err, fault.OutcomeUnknown) || fault.Is(err, fault.Internal)) {
		ended, cancel := context.WithCancel(ctx)
		cancel() // with a context that has ended nothing is sent
		ctx = ended
	}
	l.drop(ctx)
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

// release ends the turn, once. Where the pool was closed during the lease, it closes the session.
func (l *lease) release() {
	if l.released {
		return
	}
	l.released = true
	if l.slot.session != nil && l.pool.isClosed() {
		ctx, cancel := context.WithTimeout(context.Background(), farewell)
		defer cancel()
		l.drop(ctx)
	}
	if l.slot.session != nil && l.pool.rest > 0 {
		l.slot.lie(l.endpoint, l.pool.rest)
	}
	<-l.slot.turn
}

// lie lets the session rest: when nobody has called it for so long, it is closed. The caller
// has the turn.
func (s *slot) lie(endpoint remote.Endpoint, rest time.Duration) {
	s.rested++
	since := s.rested
	s.wake = contain.Later(rest, "close the shell on", endpoint.Name(), func() {
		select {
		case s.turn <- struct{}{}:
		default:
			return // a call has begun
		}
		defer func() { <-s.turn }()
		if s.session == nil || s.rested != since {
			return // a call came and went meanwhile
		}
		ctx, cancel := context.WithTimeout(context.Background(), farewell)
		defer cancel()
		s.close(ctx)
	})
}

// stir ends the rest of the session. The caller has the turn.
func (s *slot) stir() {
	s.rested++
	if s.wake != nil {
		s.wake()
		s.wake = nil
	}
}

func (p *pool) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// close ends the pool. The hosts are left side by side, so that none waits for one that hangs.
// A session that is still busy at the end of ctx is closed when its call ends.
func (p *pool) close(ctx context.Context) {
	p.mu.Lock()
	slots := p.slots
	if !p.closed {
		close(p.done)
	}
	p.closed, p.slots = true, nil
	p.mu.Unlock()
	var all contain.Group
	for url, s := range slots {
		all.Go("close the session on", url, func() error {
			select {
			case s.turn <- struct{}{}: // the turn is never given back
				s.stir()
				if s.session != nil {
					s.close(ctx)
				}
			case <-ctx.Done():
			}
			return nil
		})
	}
	_ = all.Wait() // the log has a panic
}
