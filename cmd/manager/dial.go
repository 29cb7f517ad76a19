package main

import (
	"context"
	"fmt"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// dialer opens sessions by what the endpoint asks for. An endpoint that asks for
// something that cannot be had gets no session of another kind.
func dialer(worker remote.Dialer) remote.Dialer {
	return func(ctx context.Context, endpoint remote.Endpoint, credentials remote.Credentials) (remote.Session, error) {
		switch {
		case endpoint.Configuration != "":
			return nil, fault.New(fault.Unsupported, "connect to", endpoint.URL, fmt.Sprintf("sessions in a configuration, such as %s, are not there yet", endpoint.Configuration)).
				With("no command is sent there", "remove configuration from the endpoint")
		case endpoint.Delegate:
			return nil, fault.New(fault.Unsupported, "connect to", endpoint.URL, "handing over a Kerberos ticket is not there yet").
				With("no command is sent there", "remove delegate from the endpoint")
		}
		return worker(ctx, endpoint, credentials)
	}
}
