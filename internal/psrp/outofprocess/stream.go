package outofprocess

import (
	"context"
	"encoding/base64"
	"strings"
	"sync"

	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/message"
)

// stream belongs to the pool (with the zero id) or to a pipeline.
type stream struct {
	transport *Transport
	id        message.ID
	asking    sync.Mutex // Close must not be sent before Signal

	mu      sync.Mutex
	octets  []byte
	unacked bool // the last Data has no acknowledgement yet
	acks    map[string]int
	closed  bool
	ended   error
	changed chan struct{} // closed at the next change
}

func (s *stream) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *stream) arrived(octets []byte)    { s.change(func() { s.octets = append(s.octets, octets...) }) }
func (s *stream) acknowledged(name string) { s.change(func() { s.acks[name]++ }) }
func (s *stream) end(err error)            { s.change(func() { s.ended = err }) }

// await waits until ready returns true. What arrived before the server ended still
// counts.
func (s *stream) await(ctx context.Context, ready func() bool) error {
	for {
		s.mu.Lock()
		if ready() {
			s.mu.Unlock()
			return nil
		}
		ended, changed := s.ended, s.changed
		s.mu.Unlock()
		if ended != nil {
			return ended
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// acked waits for one acknowledgement and uses it up.
func (s *stream) acked(ctx context.Context, name string) error {
	return s.await(ctx, func() bool {
		if s.acks[name] == 0 {
			return false
		}
		s.acks[name]--
		return true
	})
}

// ask sends an element without content and waits for its acknowledgement.
func (s *stream) ask(ctx context.Context, name string) error {
	s.asking.Lock()
	defer s.asking.Unlock()
	if err := s.transport.write("<%s PSGuid='%s' />", name, s.name()); err != nil {
		return err
	}
	return s.acked(ctx, name+"Ack")
}

func (s *stream) name() string { return strings.ToLower(s.id.String()) }

// Receive gives the octets that have arrived. last is never true, because the server
// does not mark its last octets.
func (s *stream) Receive(ctx context.Context) (octets []byte, last bool, err error) {
	err = s.await(ctx, func() bool {
		octets, s.octets = s.octets, nil
		return len(octets) > 0
	})
	return octets, false, err
}

// settle waits until the last Data is acknowledged. The server reads each line on a
// thread of its own, so a later line could overtake it.
func (s *stream) settle(ctx context.Context) error {
	return s.await(ctx, func() bool {
		if s.unacked && s.acks["DataAck"] == 0 {
			return false
		}
		if s.unacked {
			s.acks["DataAck"]--
		}
		s.unacked = false
		return true
	})
}

// Send sends Data.
func (s *stream) Send(ctx context.Context, to psrp.Input, fragments []byte) error {
	if err := s.settle(ctx); err != nil {
		return err
	}
	s.change(func() { s.unacked = true })
	name := "Default"
	if to == psrp.PromptResponse {
		name = "PromptResponse"
	}
	return s.transport.write("<Data Stream='%s' PSGuid='%s'>%s</Data>", name, s.name(), base64.StdEncoding.EncodeToString(fragments))
}

// Stop sends Signal.
func (s *stream) Stop(ctx context.Context) error {
	if err := s.settle(ctx); err != nil {
		return err
	}
	return s.ask(ctx, "Signal")
}

// Close sends Close, once.
func (s *stream) Close(ctx context.Context) error {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	if err := s.ask(ctx, "Close"); err != nil {
		return err
	}
	s.transport.mu.Lock()
	defer s.transport.mu.Unlock()
	delete(s.transport.streams, s.id)
	return nil
}
