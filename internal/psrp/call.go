package psrp

import (
	"cmp"
	"context"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/psrp/message"
)

// Call runs a command and waits for its end. While another command runs, it waits
// for that one first. When ctx or the limit ends before the command does, the
// session ends too. The command itself keeps running on the host. Close ends it;
// Disconnect leaves it running.
//
// Faults: as of Start and of Wait.
func (s *Session) Call(ctx context.Context, command Command) (Outcome, error) {
	p, err := s.Start(ctx, command)
	if err != nil {
		return Outcome{}, err
	}
	outcome, err := p.Wait(ctx)
	if fault.Is(err, fault.OutcomeUnknown) {
		s.End(err)
	}
	return outcome, err
}

// Start starts a command. The session is busy until it ends.
//
// Faults: Busy (ctx ended while another command ran), Unreachable and Denied (it
// was not started), OutcomeUnknown (it may have been; the session has ended),
// Internal (a parameter has a type that does not go over the wire).
func (s *Session) Start(ctx context.Context, command Command) (*Pipeline, error) {
	command.Limit = cmp.Or(command.Limit, s.options.CallLimit)
	if command.ID == (message.ID{}) {
		command.ID = message.NewID()
	}
	m, err := command.message(s.options.Pool)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, command.Name, s.target.Host, err)
	}
	if err := s.takeTurn(ctx, command.Name); err != nil {
		return nil, err
	}
	stream, err := s.begin(ctx, command, s.split(m))
	if err != nil {
		s.GiveTurn()
		return nil, err
	}
	return s.follow(command, stream), nil
}

// follow starts to read a pipeline's messages. The caller has taken the session's
// turn.
func (s *Session) follow(command Command, stream Stream) *Pipeline {
	p := &Pipeline{
		session: s, command: command, in: s.inbox(stream, command.ID),
		room: s.options.MaxReply, done: make(chan struct{}),
	}
	contain.Go(command.Name, s.target.Host, p.listen, nil) // listen closes p.done whatever follow does
	return p
}

// takeTurn waits for the end of the pipeline that runs now.
func (s *Session) takeTurn(ctx context.Context, name string) error {
	if err := s.TakeTurn(ctx, name); err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil {
		s.GiveTurn()
		return fault.Wrap(fault.Unreachable, name, s.target.Host, err)
	}
	return nil
}

// begin sends the pipeline's first message. Once the host may have seen a part of
// the message, it is never sent again.
func (s *Session) begin(ctx context.Context, command Command, fragments [][]byte) (Stream, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer contain.AfterFunc(s.Context(), command.Name, s.target.Host, func() { cancel(s.Err()) })()
	stream, err := s.target.Transport.Start(ctx, command.ID, fragments[0])
	if err != nil {
		j := s.target.Transport.Judge(command.Name, err)
		if j.Unseen {
			s.End(j.Why)
			return nil, j.Why
		}
		return nil, s.Lose(command.Name, j.Why)
	}
	s.touch()
	for _, f := range fragments[1:] {
		if err := stream.Send(ctx, Stdin, f); err != nil {
			return nil, s.lose(command.Name, err)
		}
	}
	return stream, nil
}
