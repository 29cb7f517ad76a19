package sim

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/fedroute/fedroute/internal/sim/cmdlets"
	"github.com/fedroute/fedroute/internal/sim/console"
	"github.com/fedroute/fedroute/internal/sim/farm"
	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/pwsh"
)

// openPowerShell prepares a real PowerShell to run what shells are sent, when
// one is asked for.
func (o *Organization) openPowerShell(program string) error {
	if program == "" {
		return nil
	}
	product, err := (&cmdlets.Session{Farm: o.farm}).Module()
	if err != nil {
		return err
	}
	o.powershell, err = pwsh.Open(pwsh.Config{Program: program, Address: o.addresses.Base.Addr().Next(), Product: product})
	return err
}

// anyBase is for a farm whose addresses do not matter.
var anyBase = netip.PrefixFrom(netip.AddrFrom4([4]byte{127}), 8)

// ProductModule is the Lync or SkypeForBusiness module of an organization that
// need not run: what its commands declare.
func ProductModule(spec farm.Spec) (*powershell.Module, error) {
	if _, err := spec.Allocate(anyBase); err != nil {
		return nil, err
	}
	f, err := farm.New(spec, farm.Options{})
	if err != nil {
		return nil, err
	}
	return (&cmdlets.Session{Farm: f}).Module()
}

// runProgram is one powershell.exe that is no evaluator.
func (m *machine) runProgram(ctx context.Context, in console.Invocation) int {
	session := m.session(in.User)
	product, err := session.Module()
	if err != nil {
		_, _ = fmt.Fprintln(in.Stderr, err)
		return exitFailure
	}
	return m.org.powershell.Run(ctx, pwsh.Seat{
		Name: m.info.FQDN, Machine: m, Clock: m.org.farm.Clock(), Modules: []*powershell.Module{product},
		Setup: session.Bootstrapper, SetupPath: m.org.farm.Product().Bootstrapper(),
	}, in)
}
