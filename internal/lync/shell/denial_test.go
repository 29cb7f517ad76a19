package shell

import (
	"context"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// TestRefusedCredentialsAreLeftAlone: credentials that a host refused are not tried again at every
// poll, because that would lock the account out. Corrected credentials are tried at once.
func TestRefusedCredentialsAreLeftAlone(t *testing.T) {
	now, dials := time.Unix(0, 0), 0
	p := newPool(func(context.Context, remote.Endpoint, remote.Credentials) (remote.Session, error) {
		dials++
		return nil, fault.New(fault.Denied, "sign in", "fe1", "refused")
	}, func() time.Time { return now }, 0, 0)
	wrong := remote.Credentials{Method: remote.Basic, Username: "u", Password: "wrong"}
	right := remote.Credentials{Method: remote.Basic, Username: "u", Password: "right"}
	for _, c := range []struct {
		reason      string
		after       time.Duration
		credentials remote.Credentials
		dials       int
	}{
		{"the first try is made", 0, wrong, 1},
		{"at once again it is not", time.Second, wrong, 1},
		{"after ten seconds it is", 10 * time.Second, wrong, 2},
		{"then the wait doubles", 15 * time.Second, wrong, 2},
		{"and ends", 6 * time.Second, wrong, 3},
		{"other credentials are tried at once", 0, right, 4},
		{"and begin with a short wait", 11 * time.Second, right, 5},
	} {
		now = now.Add(c.after)
		_, err := p.open(t.Context(), remote.Endpoint{URL: "https://fe1/wsman"}, c.credentials)
		if !fault.Is(err, fault.Denied) || dials != c.dials {
			t.Errorf("%s: %d dials, want %d (%v)", c.reason, dials, c.dials, err)
		}
	}
}
