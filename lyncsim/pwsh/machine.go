package pwsh

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
	"github.com/fedroute/fedroute/lyncsim/pwsh/module"
)

// machine gives the commands of module.Machine their bodies.
func (v visit) machine() *powershell.Module {
	m := module.Machine()
	bodies := map[string]func(context.Context, *powershell.Call) error{
		"Get-SimulatedMachine": v.describe, "Invoke-SimulatedSetup": v.setup,
	}
	for _, c := range m.Commands {
		if body, ok := bodies[c.Name]; ok {
			c.Process = body
		}
	}
	return m
}

// describe outputs what .NET would report about the machine's network.
func (v visit) describe(_ context.Context, c *powershell.Call) error {
	host, domain, _ := strings.Cut(v.seat.Machine.FQDN(), ".")
	var listeners []any
	for _, l := range v.seat.Machine.Listeners() {
		listeners = append(listeners, value.NewHashtable().Set("Address", l.Addr().String()).Set("Port", int(l.Port())))
	}
	return c.EmitWhole(value.NewObject().Set("Name", v.seat.Machine.Name()).Set("HostName", host).Set("DomainName", domain).
		Set("Listeners", listeners))
}

// setup runs the product's setup program on the machine.
func (v visit) setup(ctx context.Context, c *powershell.Call) error {
	var out strings.Builder
	code := v.seat.Setup(ctx, c.Texts("Arguments"), &out)
	return c.EmitWhole(value.NewObject().Set("Output", out.String()).Set("ExitCode", code))
}
