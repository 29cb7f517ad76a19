package psrp

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/psrp/message"
	"github.com/fedroute/fedroute/internal/remote"
)

// Session is one runspace on one host. It is safe for concurrent use; pipelines
// run one after the other.
type Session struct {
	*remote.Life // how long it can be called, and which call has the turn

	target  Target
	options Options
	version string        // of the protocol, as the server announced it
	used    atomic.Int64  // time of the last request to the host, in ns of the clock
	objects atomic.Uint64 // number of messages sent: each gets its own object id

	left atomic.Bool // closed or disconnected
}

// Target is the host where a session is opened, and the way there.
type Target struct {
	Host          string // for people
	Configuration string
	Transport     Transport
	// Room is the size of one fragment in octets, header included.
	Room int
}

// Open opens a session over any Transport. ctx bounds the opening only. Faults: as
// of Dial.
func Open(ctx context.Context, t Target, o Options) (*Session, error) {
	s := newSession(t, o.withDefaults())
	if err := s.open(ctx); err != nil {
		s.abandon(ctx)
		return nil, err
	}
	return s, nil
}

func newSession(t Target, o Options) *Session {
	s := &Session{Life: remote.NewLife(t.Host, o.MaxAge, o.Clock), target: t, options: o}
	s.touch()
	return s
}

// open makes the pool and waits until it is ready (MS-PSRP 3.1.4.1).
func (s *Session) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.options.StartTimeout, errSilent)
	defer cancel()
	stream, err := s.target.Transport.Open(ctx, s.fragments(message.Opening(s.options.Pool)))
	if err != nil {
		return s.unopened(err)
	}
	in := s.inbox(stream, message.ID{})
	for {
		m, err := in.next(ctx)
		if err != nil {
			return s.unopened(err)
		}
		ready, err := s.greet(m, message.RunspacePoolState)
		if err != nil {
			return err
		}
		if ready {
			s.touch()
			return nil
		}
	}
}

// greet reads a message of the opening. The message of type last completes it, and
// ready is then true.
func (s *Session) greet(m message.Message, last message.Type) (ready bool, err error) {
	if m.Type != message.SessionCapability && m.Type != message.RunspacePoolState && m.Type != last {
		return false, nil // a call needs nothing from private data and similar messages
	}
	v, err := m.Value()
	if err != nil {
		return false, s.unopened(&damagedError{err})
	}
	switch m.Type {
	case message.SessionCapability:
		if s.version, err = message.CheckCapability(v); err != nil {
			return false, fault.Wrap(fault.Unsupported, opOpen, s.target.Host, err)
		}
		return false, nil
	case message.RunspacePoolState:
		state, record, err := message.ReadPoolState(v)
		switch {
		case err != nil:
			return false, s.unopened(&damagedError{err})
		case state == message.PoolBroken || state == message.PoolClosed:
			return false, s.broken(record)
		}
		return state == message.PoolOpened && last == m.Type, nil
	default: // only a message of type last arrives here
		return true, nil
	}
}

// fragments gives the fragments of both messages, one after the other.
func (s *Session) fragments(messages [2]message.Message) []byte {
	var all []byte
	for _, m := range messages {
		for _, f := range s.split(m) {
			all = append(all, f...)
		}
	}
	return all
}

func (s *Session) split(m message.Message) [][]byte {
	return message.Split(s.objects.Add(1), m.Encode(), s.target.Room)
}

func (s *Session) inbox(stream Stream, pipeline message.ID) *inbox {
	return &inbox{stream: stream, pool: s.options.Pool, pipeline: pipeline,
		joiner: message.Joiner{Limit: int(s.options.MaxReply)}}
}

func (s *Session) touch() { s.used.Store(s.options.Clock().UnixNano()) }

// Healthy reports whether the session can still be called. It cannot when it has
// ended, or when it was unused for so long that the host may have removed it.
func (s *Session) Healthy() bool {
	if !s.Life.Healthy() {
		return false
	}
	quiet := s.options.Clock().Sub(time.Unix(0, s.used.Load()))
	return s.Busy() || quiet < s.options.IdleTimeout-s.options.IdleTimeout/4
}

// Close ends the session, removes its pool and ends what still runs there, within
// ctx. Closing again, or after Disconnect, waits at most for the end. Faults: Unreachable,
// Denied, Failed; the host then removes the pool after its idle timeout.
func (s *Session) Close(ctx context.Context) error {
	return s.leave(ctx, errClosed, func() error { return s.target.Transport.Close(ctx) }, opClose)
}

// Disconnect ends the session and leaves its pool on the host for
// Options.IdleTimeout; a pipeline goes on there. Resume needs the Ticket of that
// pipeline. Faults: as of Close; Unsupported where the transport cannot disconnect.
func (s *Session) Disconnect(ctx context.Context) error {
	t, ok := s.target.Transport.(resumable)
	if !ok {
		return fault.New(fault.Unsupported, opDisconnect, s.target.Host, "the connection ends with its session")
	}
	return s.leave(ctx, errDisconnected, func() error { return t.Disconnect(ctx) }, opDisconnect)
}

// leave calls tell, which sends the request to the host, before it ends the session:
// the answers of the host can still be received until then.
func (s *Session) leave(ctx context.Context, why error, tell func() error, op string) error {
	if s.left.Swap(true) {
		select {
		case <-s.Done():
		case <-ctx.Done():
		}
		return nil
	}
	defer s.End(why)
	if err := tell(); err != nil {
		return s.target.Transport.Judge(op, err).Why
	}
	return nil
}

var (
	errSilent       = errors.New("no answer in time")
	errClosed       = errors.New("the session was closed by us")
	errDisconnected = errors.New("the session was left to the host by us")
)
