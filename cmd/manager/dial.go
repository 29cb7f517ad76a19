package main

import (
	"context"

	"github.com/fedroute/fedroute/internal/remote"
)

// dialer opens sessions by what the endpoint asks for. An endpoint that asks for
// something that cannot be had gets no session of another kind.
func dialer(worker, kit remote.Dialer) remote.Dialer {
	return func(ctx context.Context, endpoint remote.Endpoint, credentials remote.Credentials) (remote.Session, error) {
		if endpoint.Configuration != "" {
			return kit(ctx, endpoint, credentials)
		}
		return worker(ctx, endpoint, credentials)
	}
}
