package main

import (
	"context"
	"testing"

	"github.com/fedroute/fedroute/internal/remote"
)

func TestEndpointsAreDialledAsTheyAsk(t *testing.T) {
	cases := map[string]struct {
		reason   string
		endpoint remote.Endpoint
		dialled  string
	}{
		"plain":         {"a worker in a remote shell", remote.Endpoint{URL: "https://fe1"}, "worker"},
		"configuration": {"a remote shell would be another account with other rights", remote.Endpoint{URL: "https://fe1", Configuration: "FedRoute"}, "kit"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dialled := ""
			by := func(name string) remote.Dialer {
				return func(context.Context, remote.Endpoint, remote.Credentials) (remote.Session, error) {
					dialled = name
					return nil, nil
				}
			}
			_, err := dialer(by("worker"), by("kit"))(t.Context(), c.endpoint, remote.Credentials{})
			if err != nil || dialled != c.dialled {
				t.Errorf("%s: dialled %q, %v", c.reason, dialled, err)
			}
		})
	}
}
