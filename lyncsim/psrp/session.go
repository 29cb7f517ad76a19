package psrp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Options describe the runspaces of a session and the form of its messages.
type Options struct {
	// Open makes a runspace of the session configuration. Its error breaks the pool, and
	// the client gets the text.
	Open func(ctx context.Context) (*powershell.Runspace, error)
	// FragmentSize is the largest fragment in octets, by default 32768.
	FragmentSize int
	// Strict makes the session compare the ids in messages with those of their streams.
	// The real engine does so out of process and not over WSMan.
	Strict bool
}

// Session is the server's side of one runspace pool. Its methods may be called from
// several goroutines; calls for one pipeline must follow one another.
type Session struct {
	options Options
	sender
	life context.Context
	end  context.CancelFunc

	mu        sync.Mutex
	streams   map[ID]*assembler
	pipelines map[ID]*pipeline
	pool      ID
	version   string // negotiated; empty before SESSION_CAPABILITY
	state     poolState
	runspaces *runspaces
	running   sync.WaitGroup
}

// poolState is RunspacePoolState (MS-PSRP 2.2.3.4).
type poolState int32

const (
	beforeOpen poolState = 0
	opened     poolState = 2
	closed     poolState = 3
	closing    poolState = 4
	broken     poolState = 5
)

// New makes a session for a client that writes to out.
func New(o Options, out Output) *Session {
	if o.FragmentSize == 0 {
		o.FragmentSize = 32 << 10
	}
	life, end := context.WithCancel(context.Background())
	return &Session{
		options: o, sender: sender{out: out, size: o.FragmentSize}, life: life, end: end,
		streams: map[ID]*assembler{{}: {}}, pipelines: make(map[ID]*pipeline),
	}
}

// Take takes octets of a pipeline's stream, or of the pool's for the zero ID. The error
// says what could not be read; the session lives on, and the client is not told.
func (s *Session) Take(stream ID, octets []byte) error {
	s.mu.Lock()
	a := s.streams[stream]
	s.mu.Unlock()
	if a == nil {
		return nil // of a pipeline that is gone
	}
	messages, err := a.take(octets)
	for _, raw := range messages {
		m, wrong := decode(raw)
		if wrong == nil {
			wrong = s.handle(stream, m)
		}
		err = errors.Join(err, wrong)
	}
	return err
}

func (s *Session) handle(stream ID, m message) error {
	if stream != (ID{}) {
		return s.handlePipeline(stream, m)
	}
	switch m.kind {
	case SessionCapability:
		return s.negotiate(m)
	case InitRunspacePool:
		return s.open(m)
	}
	if s.options.Strict && s.state == opened && m.pool != s.pool {
		s.Close()
		return errors.New("a message is for another pool")
	}
	switch m.kind {
	case SetMaxRunspaces, SetMinRunspaces, ResetRunspaceState, GetAvailableRunspaces:
		return s.manage(m)
	case GetCommandMetadata:
		return errors.New("the message belongs to a pipeline")
	}
	return nil // the real engine ignores what it does not know
}

func (s *Session) handlePipeline(stream ID, m message) error {
	switch m.kind {
	case CreatePipeline, GetCommandMetadata:
		return s.start(stream, m)
	case PipelineInput, EndOfPipelineInput:
		s.mu.Lock()
		p := s.pipelines[stream]
		s.mu.Unlock()
		if p == nil {
			return errors.New("input for a pipeline that does not exist")
		}
		return p.feed(m)
	}
	return nil
}

// Begin announces a pipeline whose octets follow.
func (s *Session) Begin(pipeline ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pipeline == (ID{}) || s.streams[pipeline] != nil {
		return fmt.Errorf("the pipeline %s exists already", pipeline)
	}
	s.streams[pipeline] = &assembler{}
	return nil
}

// Stop stops a pipeline and waits until it has sent its state. A pipeline that has ended
// or does not exist is no error.
func (s *Session) Stop(pipeline ID) {
	s.mu.Lock()
	p := s.pipelines[pipeline]
	s.mu.Unlock()
	if p != nil {
		p.stop()
		<-p.done
	}
}

// Free forgets a pipeline and ends it when it still runs.
func (s *Session) Free(pipeline ID) {
	s.mu.Lock()
	p := s.pipelines[pipeline]
	delete(s.pipelines, pipeline)
	delete(s.streams, pipeline)
	s.mu.Unlock()
	if p != nil {
		p.stop()
	}
}

// Close ends the pipelines and the pool, and waits for them.
func (s *Session) Close() {
	s.mu.Lock()
	before := s.state
	s.state = closing
	all := slices.Collect(maps.Values(s.pipelines))
	s.mu.Unlock()
	if before == closing || before == closed {
		return
	}
	for _, p := range all {
		p.stop()
	}
	if before == opened {
		_ = s.tell(closing, nil) // the client may be gone
	}
	s.running.Wait()
	s.end()
	if s.runspaces != nil {
		s.runspaces.close()
	}
	s.mu.Lock()
	s.state = closed
	s.mu.Unlock()
	if before == opened {
		_ = s.tell(closed, nil)
	}
}

// tell sends the pool's state.
func (s *Session) tell(state poolState, why *value.ErrorRecord) error {
	n := notes("RunspaceState", int32(state))
	if why != nil {
		n = notes("RunspaceState", int32(state), "ExceptionAsErrorRecord", why)
	}
	return s.send(ID{}, message{kind: RunspacePoolState, pool: s.pool}, n)
}
