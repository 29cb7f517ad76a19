package winrm

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
)

// Request asks the worker to run one script.
type Request struct {
	// Name of the script, for errors and logs.
	Name string
	// Script is the text; it goes over the wire once per worker.
	Script string
	// Arguments marshals to a JSON object whose keys are names of the script's
	// parameters; nil means none.
	Arguments any
}

// Call runs the script and returns the JSON array of what it emitted. It waits
// while another call runs.
//
// Faults: Failed (the script threw; errors.AsType[*RemoteError] has the record),
// Busy (ctx ended while another call ran), Unreachable and Denied (nothing was
// sent), OutcomeUnknown (the script was or may have been started and its reply
// did not come; the worker has ended), Internal (the arguments are no object).
func (w *Worker) Call(ctx context.Context, request Request) (json.RawMessage, error) {
	arguments, err := encodeArguments(request.Arguments)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, request.Name, w.host, err)
	}
	if err := w.takeTurn(ctx, request.Name); err != nil {
		return nil, err
	}
	defer func() { <-w.turn }()

	w.calls++
	c := command{ID: w.calls, Hash: hash(request.Script), Arguments: arguments}
	if !w.known[c.Hash] {
		c.Script = request.Script
	}
	line, err := w.tag.line(c)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, request.Name, w.host, err)
	}
	r, err := w.ask(ctx, request.Name, c.ID, line)
	if err != nil {
		return nil, err
	}
	w.known[c.Hash] = r.Cached
	return w.result(request.Name, r)
}

// takeTurn waits for the call before this one.
func (w *Worker) takeTurn(ctx context.Context, name string) error {
	select {
	case w.turn <- struct{}{}:
	case <-w.life.Done():
		return w.gone(name)
	case <-ctx.Done():
		return fault.New(fault.Busy, name, w.host, "another command is still running there").
			With("", "it is asked again later")
	}
	if err := context.Cause(ctx); err != nil {
		<-w.turn
		return explain(name, w.host, &neverSentError{err})
	}
	if !w.Healthy() {
		<-w.turn
		return w.gone(name)
	}
	return nil
}

// ask sends the line and waits for its reply.
func (w *Worker) ask(ctx context.Context, name string, id int64, line string) (reply, error) {
	w.awaited.Store(id)
	sending, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer contain.AfterFunc(w.life, name, w.host, func() { cancel(w.Err()) })()
	if begun, err := w.shell.write(sending, line); err != nil {
		return reply{}, w.drop(name, begun, err)
	}
	select {
	case r := <-w.replies:
		return r, nil
	case <-ctx.Done():
		return reply{}, w.drop(name, true, context.Cause(ctx))
	case <-w.life.Done():
	}
	// The last words of a process may be the reply.
	select {
	case r := <-w.replies:
		return r, nil
	default:
		return reply{}, w.drop(name, true, w.Err())
	}
}

// drop ends the worker and says what is known of the call. Once the host may
// have seen the request it is never sent again.
func (w *Worker) drop(name string, begun bool, err error) error {
	why := explain(name, w.host, err)
	w.end(why)
	if !begun {
		return why
	}
	return &fault.Error{
		Kind: fault.OutcomeUnknown, Op: name, Target: w.host, Err: err,
		Cause:  "the command was sent and its answer did not come: " + why.Cause,
		Effect: "it may or may not have taken effect",
		Next:   "it is not sent again; the state is read anew",
	}
}

// gone answers a call to a worker that ended before anything was sent: whatever
// ended it, this script did not fail.
func (w *Worker) gone(name string) error {
	why := explain(name, w.host, w.Err())
	if why.Kind != fault.Denied {
		why.Kind = fault.Unreachable
	}
	return why
}

func (w *Worker) result(name string, r reply) (json.RawMessage, error) {
	if r.Error != nil {
		r.Error.Script = name
		return nil, &fault.Error{Kind: fault.Failed, Op: name, Target: w.host, Cause: oneLine(r.Error.Message), Err: r.Error}
	}
	if !bytes.HasPrefix(r.Result, []byte("[")) {
		return nil, fault.New(fault.Internal, name, w.host, "the worker's reply is not an array")
	}
	return r.Result, nil
}

// encodeArguments gives a JSON object.
func encodeArguments(arguments any) (json.RawMessage, error) {
	if arguments == nil {
		return json.RawMessage("{}"), nil
	}
	text, err := json.Marshal(arguments)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(text, []byte("{")) {
		return nil, fmt.Errorf("arguments are no JSON object but %.20s", text)
	}
	return text, nil
}

func hash(script string) string {
	sum := sha256.Sum256([]byte(script))
	return hex.EncodeToString(sum[:])
}
