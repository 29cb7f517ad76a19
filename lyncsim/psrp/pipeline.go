package psrp

import (
	"context"
	"errors"
	"iter"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// pipelineState is PSInvocationState (MS-PSRP 2.2.3.5).
type pipelineState int32

const (
	stopped   pipelineState = 3
	completed pipelineState = 4
	failed    pipelineState = 5
)

// pipeline is one command or script of the client.
type pipeline struct {
	session *Session
	stream  ID // by which the transport knows it
	pool    ID
	id      ID // as the client's message names it
	ctx     context.Context
	stop    context.CancelFunc
	input   chan any // objects of the client; closed at their end
	ended   bool     // the input has ended
	done    chan struct{}
}

// inputRoom is how many objects of the client wait for their pipeline. Then the client's
// message waits, too.
const inputRoom = 64

// start answers CREATE_PIPELINE and GET_COMMAND_METADATA.
func (s *Session) start(stream ID, m message) error {
	s.mu.Lock()
	if s.state != opened {
		s.mu.Unlock()
		return errors.New("there is no open pool")
	}
	pool, exists := s.pool, s.pipelines[stream] != nil
	s.mu.Unlock()
	switch {
	case exists:
		return errors.New("the pipeline exists already")
	case s.options.Strict && m.pool != pool:
		s.Close()
		return errors.New("a message is for another pool")
	case s.options.Strict && m.pipeline != stream:
		return errors.New("a message is for another pipeline")
	}
	o, err := m.bag()
	if err != nil {
		return err
	}
	p := &pipeline{session: s, stream: stream, pool: m.pool, id: m.pipeline, done: make(chan struct{})}
	run, hasInput, err := p.task(m.kind, o)
	if err != nil {
		return err
	}
	if hasInput {
		p.input = make(chan any, inputRoom)
	}
	p.ctx, p.stop = context.WithCancel(s.life)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != opened {
		return errors.New("the pool is closing")
	}
	s.pipelines[stream] = p
	s.running.Add(1)
	go p.run(run)
	return nil
}

// task is what a pipeline does in its runspace.
type task func(ctx context.Context, rs *powershell.Runspace) error

func (p *pipeline) task(kind Type, o *value.Object) (run task, hasInput bool, err error) {
	if kind == GetCommandMetadata {
		run, err = p.metadata(o)
		return run, false, err
	}
	asked, hasInput, err := readPipeline(o)
	if err != nil {
		return nil, false, err
	}
	return func(ctx context.Context, rs *powershell.Runspace) error {
		if hasInput {
			asked.Input = p.objects()
		}
		return rs.Invoke(ctx, asked, p)
	}, hasInput, nil
}

// run waits for a runspace, runs the task in it, and sends the pipeline's state.
func (p *pipeline) run(run task) {
	s := p.session
	defer s.running.Done()
	defer close(p.done)
	defer s.out.Ended(p.stream)
	defer p.stop()
	rs, err := s.runspaces.borrow(p.ctx)
	if err == nil {
		err = run(p.ctx, rs)
		s.runspaces.giveBack(rs)
	}
	state, record := outcome(p.ctx, err)
	n := notes("PipelineState", int32(state))
	if record != nil {
		n = notes("PipelineState", int32(state), "ExceptionAsErrorRecord", record)
	}
	_ = p.send(PipelineState, n) // the client may be gone
}

// outcome is how a pipeline ended.
func outcome(ctx context.Context, err error) (pipelineState, *value.ErrorRecord) {
	record, isRecord := errors.AsType[*value.ErrorRecord](err)
	switch {
	case ctx.Err() != nil:
		return stopped, powershell.NewErrorRecord("System.Management.Automation.PipelineStoppedException", "PipelineStopped",
			"OperationStopped", nil, "The pipeline has been stopped.")
	case err == nil, errors.Is(err, powershell.ErrExit):
		return completed, nil
	case isRecord:
		return failed, record
	}
	// A refusal of the evaluator, or an object that cannot be written.
	return failed, powershell.NewErrorRecord("System.Management.Automation.RuntimeException", "NotSimulated", "NotImplemented", nil, err.Error())
}

func (p *pipeline) send(kind Type, v any) error {
	return p.session.send(p.stream, message{kind: kind, pool: p.pool, pipeline: p.id}, v)
}

// feed takes PIPELINE_INPUT and END_OF_PIPELINE_INPUT. The octets of a pipeline come one
// after the other, so nobody feeds it at the same time.
func (p *pipeline) feed(m message) error {
	if p.input == nil || p.ended {
		return errors.New("the pipeline takes no input")
	}
	if m.kind == EndOfPipelineInput {
		p.ended = true
		close(p.input)
		return nil
	}
	v, err := m.value()
	if err != nil {
		return err
	}
	select {
	case p.input <- v:
	case <-p.done:
	case <-p.ctx.Done():
	}
	return nil
}

// objects gives the client's objects as they come.
func (p *pipeline) objects() iter.Seq[any] {
	return func(yield func(any) bool) {
		for {
			select {
			case v, ok := <-p.input:
				if !ok || !yield(v) {
					return
				}
			case <-p.ctx.Done():
				return
			}
		}
	}
}
