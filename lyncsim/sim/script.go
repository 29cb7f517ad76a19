package sim

import (
	"context"
	"io"

	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// Script is a script to run on a machine, past WinRM.
type Script struct {
	Text           string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// RunScript runs a script on a machine in the notation of test/powershell and
// gives its exit code: as the domain's administrator, on an Edge server as the
// local one. An empty name means the first machine that is no Edge server.
func (o *Organization) RunScript(ctx context.Context, name string, s Script) (int, error) {
	m, err := o.scriptHost(name)
	if err != nil {
		return exitFailure, err
	}
	account := o.DomainAccount()
	if m.info.Role == farm.RoleEdge {
		account = o.LocalAccount()
	}
	in := console.Invocation{Script: s.Text, Stdin: s.Stdin, Stdout: s.Stdout, Stderr: s.Stderr, User: account.Name,
		Environment: m.console.Environment(account.Name)}
	rs, err := m.runspace(in, powershell.Recorded)
	if err != nil {
		return exitFailure, err
	}
	defer rs.Close()
	return rs.Run(ctx, s.Text), nil
}

func (o *Organization) scriptHost(name string) (*machine, error) {
	if name != "" {
		return o.machine(name)
	}
	for i := len(o.machines) - 1; i >= 0; i-- {
		if o.machines[i].info.Role != farm.RoleEdge {
			return o.machines[i], nil
		}
	}
	return o.machine("a management server")
}
