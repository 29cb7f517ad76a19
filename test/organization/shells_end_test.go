//go:build unix

package organization_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// TestShellsEndTheirProgram checks that a program outlives neither its shell nor the
// machine.
func TestShellsEndTheirProgram(t *testing.T) {
	cases := map[string]struct {
		reason string
		end    func(t *testing.T, o *sim.Organization, leave context.CancelFunc)
	}{
		"client": {"the client gives its shell up", func(_ *testing.T, _ *sim.Organization, leave context.CancelFunc) { leave() }},
		"machine": {"the machine loses its power", func(t *testing.T, o *sim.Organization, _ context.CancelFunc) {
			must(t, o.Farm().Kill(person, "fe1.contoso.com"))
		}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			alive, program := filepath.Join(t.TempDir(), "alive"), filepath.Join(t.TempDir(), "program")
			must(t, syscall.Mkfifo(alive, 0o600))
			must(t, os.WriteFile(program, []byte("#!/bin/sh\nexec 3>'"+alive+"'\nsleep 300\n"), 0o700))
			c := withProgram(t, func(*farm.Spec) {})
			c.PowerShell = program
			o, _, _ := reach(t, c)
			ctx, leave := context.WithCancel(t.Context())
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				account := o.DomainAccount()
				_, err := winrm.Dialer(winrm.Options{})(ctx, endpoint(o, "fe1.contoso.com"),
					remote.Credentials{Method: remote.NTLM, Username: account.Name, Password: account.Password})
				if err == nil {
					t.Error("a program that says nothing was taken for a worker")
				}
			}()
			watched, err := os.Open(alive) // returns once the program has opened it too
			must(t, err)
			defer func() { _ = watched.Close() }()
			must(t, watched.SetReadDeadline(time.Now().Add(time.Minute)))
			tc.end(t, o, leave)
			if _, err := io.ReadAll(watched); err != nil {
				t.Errorf("%s, and the program goes on: %v", tc.reason, err)
			}
			leave()
			<-gone
		})
	}
}
