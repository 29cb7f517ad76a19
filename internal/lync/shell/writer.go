package shell

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// writer runs writing scripts. A script that was sent is never sent again. Another host is
// tried only when nothing was sent.
type writer struct {
	*hosts
	sessions   *pool
	apart      *pool // of jobs that run apart
	operations *operations
}

// onManagement runs the job on the first management server that can be reached.
func (w *writer) onManagement(ctx context.Context, j job) (json.RawMessage, error) {
	return w.operations.do(ctx, j, func(done func(json.RawMessage, error)) {
		l, err := w.openManagement(ctx, j)
		if err != nil {
			done(nil, err)
			return
		}
		ctx := context.WithoutCancel(ctx)
		if j.publishes {
			if err := w.Hold.publishing(ctx, l.endpoint.URL, w.Noted); err != nil {
				l.release()
				done(nil, err)
				return
			}
		}
		contain.Go(j.op, j.target, func() {
			reply, err := w.detached(ctx, l, j)
			w.heard(ctx, l.endpoint.URL, j, err)
			done(reply, err)
		}, func(err error) { l.release(); w.Hold.lost(l.endpoint.URL, j.exclusive); done(nil, err) })
	})
}

// heard judges by the outcome of a job whether a write may still be at work on the server.
func (w *writer) heard(ctx context.Context, server string, j job, err error) {
	switch {
	case fault.Is(err, fault.OutcomeUnknown), fault.Is(err, fault.Internal): // the script may still run there
		w.Hold.lost(server, j.exclusive)
	case fault.Is(err, fault.Busy):
		if j.exclusive && thrown(err) { // an earlier publish still runs there
			w.Hold.lost(server, true)
		}
	case err != nil && !thrown(err):
		if j.publishes {
			w.Hold.unsent(ctx, w.Noted)
		}
	case !j.apart: // its answer says nothing of a publish that was lost
		w.Hold.answered(ctx, server, j.exclusive, w.Noted)
	}
}

// onEdge runs the job on an Edge machine.
func (w *writer) onEdge(ctx context.Context, server string, j job) (json.RawMessage, error) {
	current := func(ctx context.Context) (remote.Credentials, error) { return w.Operator.Edge(ctx, server) }
	return w.at(ctx, w.EdgeServer(server), current, j)
}

// at runs the job on one host.
func (w *writer) at(ctx context.Context, endpoint remote.Endpoint, current Credentials, j job) (json.RawMessage, error) {
	return w.operations.do(ctx, j, func(done func(json.RawMessage, error)) {
		credentials, err := current(ctx)
		if err != nil {
			done(nil, err)
			return
		}
		l, err := w.open(ctx, endpoint, credentials, j)
		if err != nil {
			done(nil, err)
			return
		}
		contain.Go(j.op, j.target, func() { done(w.detached(ctx, l, j)) }, func(err error) { l.release(); done(nil, err) })
	})
}

// detached runs the job to its end even when the caller gives up. To end the remote
// PowerShell in the middle of a publish would leave the publish half done.
func (w *writer) detached(ctx context.Context, l *lease, j job) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), j.limit)
	defer cancel()
	defer l.release()
	return w.run(ctx, l, j)
}

func (w *writer) openManagement(ctx context.Context, j job) (*lease, error) {
	credentials, err := w.Operator.Management(ctx)
	if err != nil {
		return nil, err
	}
	candidates, held := w.management.writable()
	var tried failures
	for _, endpoint := range candidates {
		l, err := w.open(ctx, endpoint, credentials, j)
		if err == nil {
			w.management.answered(endpoint)
			return l, nil
		}
		w.management.failed(endpoint)
		tried = append(tried, failure{endpoint, err})
		if ctx.Err() != nil {
			break
		}
	}
	if held {
		return nil, fault.New(fault.Busy, j.op, j.target,
			fmt.Sprintf("%s was lost in the middle of a change and may still be at work (%v)", candidates[0].Name(), tried[0].err)).
			With("no other server is asked meanwhile", "wait until it answers or has had time to end")
	}
	return nil, tried.fault(j)
}

func (w *writer) open(ctx context.Context, endpoint remote.Endpoint, credentials remote.Credentials, j job) (*lease, error) {
	began := w.Clock()
	sessions := w.sessions
	if j.apart {
		sessions = w.apart
	}
	l, err := sessions.open(ctx, endpoint, credentials)
	if err != nil {
		w.told(j, endpoint, began, err)
	}
	return l, err
}
