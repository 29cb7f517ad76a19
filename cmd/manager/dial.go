package main

import (
	"context"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// dialer opens sessions by what the endpoint asks for. An endpoint that asks for
// something that cannot be had gets no session of another kind.
func dialer(worker, kit remote.Dialer) remote.Dialer {
	return func(ctx context.Context, endpoint remote.Endpoint, credentials remote.Credentials) (remote.Session, error) {
		switch {
		case endpoint.Delegate:
			return nil, fault.New(fault.Unsupported, "connect to", endpoint.URL, "handing over a Kerberos ticket is not there yet").
				With("no command is sent there", "remove delegate from the endpoint")
		case endpoint.Configuration != "":
			return kit(ctx, endpoint, credentials)
		}
		return worker(ctx, endpoint, credentials)
	}
}
