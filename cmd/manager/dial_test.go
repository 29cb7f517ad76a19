package main

import (
	"context"
	"testing"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

func TestEndpointsAreDialledAsTheyAsk(t *testing.T) {
	cases := map[string]struct {
		reason   string
		endpoint remote.Endpoint
		kind     fault.Kind
	}{
		"plain":         {"a worker in a remote shell", remote.Endpoint{URL: "https://fe1"}, ""},
		"configuration": {"a remote shell would be another account with other rights", remote.Endpoint{URL: "https://fe1", Configuration: "FedRoute"}, fault.Unsupported},
		"delegate":      {"a session without the ticket fails later, and says less", remote.Endpoint{URL: "https://fe1", Delegate: true}, fault.Unsupported},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dialled := false
			dial := dialer(func(context.Context, remote.Endpoint, remote.Credentials) (remote.Session, error) {
				dialled = true
				return nil, nil
			})
			_, err := dial(t.Context(), c.endpoint, remote.Credentials{})
			if fault.KindOf(err) != c.kind || dialled != (c.kind == "") {
				t.Errorf("%s: dialled %v, %v", c.reason, dialled, err)
			}
		})
	}
}
