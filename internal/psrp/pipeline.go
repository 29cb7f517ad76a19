package psrp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/psrp/message"
)

// Pipeline is one command that was started on the host.
type Pipeline struct {
	session *Session
	command Command
	in      *inbox
	room    int64 // octets of output that it may still return

	done    chan struct{}
	outcome Outcome // read only after done is closed
	lost    error   // why the outcome is unknown, nil when it is known
}

// Ticket holds what another process needs to resume a pipeline. It holds no secret.
type Ticket struct {
	Configuration string     `json:"configuration"`
	Pool          message.ID `json:"pool"`
	Pipeline      message.ID `json:"pipeline"`
	Command       string     `json:"command"`
}

// Ticket of the pipeline.
func (p *Pipeline) Ticket() Ticket {
	return Ticket{p.session.target.Configuration, p.session.options.Pool, p.command.ID, p.command.Name}
}

// freeTimeout bounds the request by which the host forgets a pipeline.
const freeTimeout = 30 * time.Second

// listen reads until the pipeline's last message, and then lets the host forget the
// pipeline. Calls of Wait return before that. It holds the session's turn.
func (p *Pipeline) listen() {
	s := p.session
	defer s.GiveTurn()
	if err := contain.Run(p.command.Name, s.target.Host, p.follow); err != nil {
		p.lost = s.lose(p.command.Name, err)
		close(p.done)
		return
	}
	close(p.done)
	ctx, cancel := context.WithTimeoutCause(s.Context(), freeTimeout, errSilent)
	defer cancel()
	if err := p.in.stream.Close(ctx); err != nil && s.Life.Healthy() {
		s.End(s.target.Transport.Judge(opClose, err).Why) // what the pipeline did is known; the session is not used again
	}
	s.touch()
}

// follow reads until the pipeline's last message.
func (p *Pipeline) follow() error {
	for p.outcome.State == 0 {
		m, err := p.in.next(p.session.Context())
		if err == nil {
			err = p.take(m)
		}
		if err != nil {
			return err
		}
		p.session.touch()
	}
	return nil
}

// take handles one message. It is not called after the pipeline's last message.
func (p *Pipeline) take(m message.Message) error {
	switch m.Type {
	case message.PipelineHostCall, message.RunspacePoolHostCall:
		return p.refuse(m)
	case message.PipelineOutput, message.ErrorRecordType, message.WarningRecord, message.PipelineState:
		if p.room -= int64(len(m.Text)); p.room < 0 {
			return &damagedError{fmt.Errorf("it is larger than %d octets", p.session.options.MaxReply)}
		}
	case message.DebugRecord, message.VerboseRecord, message.ProgressRecord, message.InformationRecord:
		if p.command.Tell == nil {
			return nil
		}
	default:
		return nil // skip unknown messages, as the real client does
	}
	if err := p.read(m); err != nil {
		return &damagedError{err}
	}
	return nil
}

func (p *Pipeline) read(m message.Message) error {
	v, err := m.Value()
	if err != nil {
		return err
	}
	out := &p.outcome
	switch m.Type {
	case message.PipelineOutput:
		out.Output = append(out.Output, v)
	case message.ErrorRecordType:
		record, err := message.ReadError(v)
		if err != nil {
			return err
		}
		if record == nil {
			return errors.New("an error record is null")
		}
		out.Errors = append(out.Errors, record)
	case message.WarningRecord:
		out.Warnings = append(out.Warnings, message.Text(m.Type, v))
	case message.PipelineState:
		state, record, err := message.ReadPipelineState(v)
		if err != nil {
			return err
		}
		switch state {
		case message.Completed, message.Failed, message.Stopped:
			out.State, out.Failure = state, record
		}
	default:
		p.command.Tell(Record{Type: m.Type, Text: message.Text(m.Type, v), Value: v})
	}
	return nil
}

// refuse answers a question that the host puts to the client.
func (p *Pipeline) refuse(call message.Message) error {
	answer, wanted, err := message.Refusal(call)
	if err != nil {
		return &damagedError{err}
	}
	if !wanted {
		return nil
	}
	for _, f := range p.session.split(answer) {
		if err := p.in.stream.Send(p.session.Context(), PromptResponse, f); err != nil {
			return err
		}
	}
	return nil
}

// Wait waits until the pipeline has ended, or for its limit. It may be called again.
//
// Faults: Failed (the command failed or was stopped; errors.AsType[*ErrorRecord] has
// the record, and the Outcome holds what came before), OutcomeUnknown (its last
// message did not come; the pipeline may still run).
func (p *Pipeline) Wait(ctx context.Context) (Outcome, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.command.Limit, errSilent)
	defer cancel()
	select {
	case <-p.done:
	case <-ctx.Done():
		return Outcome{}, p.session.Unknown(p.command.Name, context.Cause(ctx))
	}
	if p.lost != nil {
		return Outcome{}, p.lost
	}
	return p.outcome, p.session.ending(p.command.Name, p.outcome)
}

// Stop asks the host to end the pipeline and waits until it has, within ctx (MS-PSRP
// 3.1.4.6). The pipeline's finally blocks still run. Wait then reports how it ended.
// Faults: OutcomeUnknown.
func (p *Pipeline) Stop(ctx context.Context) error {
	stopped := make(chan error, 1)
	contain.Go(opStop, p.session.target.Host, func() { stopped <- p.in.stream.Stop(ctx) }, func(err error) { stopped <- err })
	for waiting := true; waiting; {
		select {
		case <-p.done:
			waiting = false
		case err := <-stopped:
			if err != nil {
				return p.session.Unknown(p.command.Name, p.session.target.Transport.Judge(opStop, err).Why)
			}
			stopped = nil // the pipeline's state still comes
		case <-ctx.Done():
			return p.session.Unknown(p.command.Name, context.Cause(ctx))
		}
	}
	if p.lost != nil {
		return p.lost
	}
	return nil
}
