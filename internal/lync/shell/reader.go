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

// answered is the endpoint that answered, and how the session came to be there.
type answered struct {
	remote.Endpoint
	signIn
	kit *remote.Kit // nil without one
}

// onManagement asks the management servers in order until the script has ended on one of
// them, with or without an error of its own.
func (r *reader) onManagement(ctx context.Context, j job) (json.RawMessage, answered, error) {
	credentials, err := r.Reader.Management(ctx)
	if err != nil {
		return nil, answered{}, err
	}
	var tried failures
	for _, endpoint := range r.management.order() {
		reply, kit, err := r.at(ctx, endpoint, credentials, j)
		if err == nil || thrown(err) {
			r.management.answered(endpoint)
			return reply, answered{endpoint, signInOf(endpoint, credentials, kit), kit}, err
		}
		r.management.failed(endpoint)
		tried = append(tried, failure{endpoint, err})
		if ctx.Err() != nil {
			break
		}
	}
	return nil, answered{}, tried.fault(j)
}

// onEdge asks an Edge machine.
func (r *reader) onEdge(ctx context.Context, server string, j job) (json.RawMessage, error) {
	credentials, err := r.Reader.Edge(ctx, server)
	if err != nil {
		return nil, err
	}
	reply, _, err := r.at(ctx, r.EdgeServer(server), credentials, j)
	return reply, err
}

// at asks one host. That an idle session is gone may show only when it is used. The job is
// then run again, once, in a new session.
func (r *reader) at(ctx context.Context, endpoint remote.Endpoint, credentials remote.Credentials, j job) (json.RawMessage, *remote.Kit, error) {
	ctx, cancel := context.WithTimeout(ctx, j.limit)
	defer cancel()
	for {
		began := r.Clock()
		l, err := r.sessions.open(ctx, endpoint, credentials)
		if err != nil {
			r.told(j, endpoint, began, err)
			return nil, nil, err
		}
		reply, err := r.run(ctx, l, j)
		kit := l.kit()
		if err == nil && kit != nil && j.fits != nil {
			j.target = endpoint.Name()
			err = j.fits(reply, j)
		}
		again := err != nil && l.reused && l.lost() && ctx.Err() == nil
		l.release()
		if !again {
			return reply, kit, unanswered(err)
		}
	}
}

// unanswered turns OutcomeUnknown into Unreachable. For a read it matters only that no
// answer came: whether the script ran makes no difference, because it changes nothing.
func unanswered(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.OutcomeUnknown {
		return err
	}
	plain := *f
	plain.Kind, plain.Effect, plain.Next = fault.Unreachable, "", "it is asked again later"
	return &plain
}
