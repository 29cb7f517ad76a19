package winrm

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// Call implements remote.Session. The text of a script goes over the wire only once
// per worker.
func (w *Worker) Call(ctx context.Context, request remote.Request) (json.RawMessage, error) {
	arguments, err := encodeArguments(request.Arguments)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, request.Name, w.Host, err)
	}
	if err := w.TakeTurn(ctx, request.Name); err != nil {
		return nil, err
	}
	defer w.GiveTurn()
	if err := context.Cause(ctx); err != nil {
		return nil, explain(request.Name, w.Host, &neverSentError{err})
	}
	line, err := w.talk.ask(request.Script, arguments)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, request.Name, w.Host, err)
	}
	r, err := w.ask(ctx, request.Name, line)
	if err != nil {
		return nil, err
	}
	w.talk.learn(request.Script, r)
	return w.result(request.Name, r)
}

func (w *Worker) result(name string, r reply) (json.RawMessage, error) {
	if r.Error != nil {
		r.Error.Script = name
		return nil, &fault.Error{Kind: fault.Failed, Op: name, Target: w.Host, Cause: fault.Line(r.Error.Message), Err: r.Error}
	}
	if !bytes.HasPrefix(r.Result, []byte("[")) {
		return nil, fault.New(fault.Internal, name, w.Host, "the worker's reply is not an array")
	}
	return r.Result, nil
}
