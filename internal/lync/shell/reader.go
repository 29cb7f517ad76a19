package shell

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// reader runs reading scripts. Reading changes nothing, so it may be tried again
// with a new session and on another host.
type reader struct {
	*hosts
	sessions *pool
}

// onManagement asks the management servers in order until a script ends on one, well or not.
func (r *reader) onManagement(ctx context.Context, j job) (json.RawMessage, remote.Endpoint, error) {
	credentials, err := r.ManagementCredentials(ctx)
	if err != nil {
		return nil, remote.Endpoint{}, err
	}
	var tried failures
	for _, endpoint := range r.management.order() {
		reply, err := r.at(ctx, endpoint, credentials, j)
		if err == nil || thrown(err) {
			r.management.answered(endpoint)
			return reply, endpoint, err
		}
		r.management.failed(endpoint)
		tried = append(tried, failure{endpoint, err})
		if ctx.Err() != nil {
			break
		}
	}
	return nil, remote.Endpoint{}, tried.fault(j)
}

// onEdge asks an Edge machine.
func (r *reader) onEdge(ctx context.Context, server string, j job) (json.RawMessage, error) {
	credentials, err := r.EdgeCredentials(ctx)
	if err != nil {
		return nil, err
	}
	return r.at(ctx, r.EdgeServer(server), credentials, j)
}

// at asks one host. A session that had been idle may turn out to be gone only
// when it is asked; then a new one is asked once.
func (r *reader) at(ctx context.Context, endpoint remote.Endpoint, credentials remote.Credentials, j job) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, j.limit)
	defer cancel()
	for {
		began := r.Clock()
		l, err := r.sessions.open(ctx, endpoint, credentials)
		if err != nil {
			r.told(j, endpoint, began, err)
			return nil, err
		}
		reply, err := r.run(ctx, l, j)
		again := err != nil && l.reused && l.lost() && ctx.Err() == nil
		l.release()
		if !again {
			return reply, unanswered(err)
		}
	}
}

// unanswered says of a read what matters: that no answer came. What became of
// the script is nothing to worry about.
func unanswered(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.OutcomeUnknown {
		return err
	}
	plain := *f
	plain.Kind, plain.Effect, plain.Next = fault.Unreachable, "", "it is asked again later"
	return &plain
}
