package shell

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
)

// operations lets a second call for a write that already runs wait for the first, so that
// no write is started twice.
type operations struct {
	mu      sync.Mutex
	running map[string]*operation
}

type operation struct {
	ended chan struct{}
	reply json.RawMessage
	err   error
}

func newOperations() *operations {
	return &operations{running: map[string]*operation{}}
}

// do starts the job, or joins the same job where it already runs, and waits until the job
// or ctx ends. start must see to it that done is called, now or later. Where ctx ends
// first, do gives Busy and the job goes on; a later call for the same job joins it.
func (o *operations) do(ctx context.Context, j job, start func(done func(json.RawMessage, error))) (json.RawMessage, error) {
	arguments, err := json.Marshal(j.arguments)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, j.op, j.target, err)
	}
	key := j.script.name + " " + j.target + " " + string(arguments)

	o.mu.Lock()
	op, joined := o.running[key]
	if !joined {
		op = &operation{ended: make(chan struct{})}
		o.running[key] = op
	}
	o.mu.Unlock()

	if !joined {
		var once sync.Once
		done := func(reply json.RawMessage, err error) { once.Do(func() { o.end(key, op, reply, err) }) }
		if err := contain.Run(j.op, j.target, func() error { start(done); return nil }); err != nil {
			done(nil, err) // otherwise the next caller would wait for ever
		}
	}
	select {
	case <-op.ended:
		return op.reply, op.err
	case <-ctx.Done():
		return nil, fault.New(fault.Busy, j.op, j.target, "it is still running").With("", "look again later")
	}
}

func (o *operations) end(key string, op *operation, reply json.RawMessage, err error) {
	o.mu.Lock()
	delete(o.running, key)
	o.mu.Unlock()
	op.reply, op.err = reply, err
	close(op.ended)
}
