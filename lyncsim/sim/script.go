package sim

import (
	"context"
	"io"

	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

const utf8CodePage = 65001

// Script is a script or a command line that runs on a machine without WinRM.
type Script struct {
	Text           string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// RunScript runs a script, in the notation of test/powershell, on a machine and
// gives its exit code. It runs as the domain's administrator, on an Edge server as
// the local administrator. An empty name means the first machine that is no Edge
// server.
func (o *Organization) RunScript(ctx context.Context, name string, s Script) (int, error) {
	m, err := o.scriptHost(name)
	if err != nil {
		return exitFailure, err
	}
	who := o.administrator(m)
	in := console.Invocation{Script: s.Text, Stdin: s.Stdin, Stdout: s.Stdout, Stderr: s.Stderr, Who: who,
		Environment: m.console.Environment(who)}
	rs, err := m.runspace(ctx, in, powershell.Recorded)
	if err != nil {
		return exitFailure, err
	}
	defer rs.Close()
	return rs.Run(ctx, s.Text), nil
}

// RunCommand starts a program of a machine by its command line and gives its exit
// code. It does so as a WinRM client that skips cmd.exe, as the same administrator
// as RunScript, and in UTF-8. Stdin must not be nil.
func (o *Organization) RunCommand(ctx context.Context, name string, s Script) (int, error) {
	m, err := o.scriptHost(name)
	if err != nil {
		return exitFailure, err
	}
	return m.console.Run(ctx, wsman.Process{
		CommandLine: s.Text, SkipShell: true, Stdin: s.Stdin, Stdout: s.Stdout, Stderr: s.Stderr, Who: o.administrator(m), CodePage: utf8CodePage,
	}), nil
}

// WriteFile puts a file on a machine's disk. With a real PowerShell, that is the
// disk of this computer.
func (o *Organization) WriteFile(name, path string, data []byte) error {
	m, err := o.scriptHost(name)
	if err != nil {
		return err
	}
	return m.disk.WriteFile(path, data)
}

// administrator is the first account that manages a machine, at the machine's
// console.
func (o *Organization) administrator(m *machine) identity.Identity {
	a := o.DomainAccount()
	if m.info.Role == farm.RoleEdge {
		a = o.LocalAccount()
	}
	return identity.Identity{Account: a.Name, SignIn: identity.Console, Groups: o.spec.TokenOn(a, m.info.FQDN)}
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
