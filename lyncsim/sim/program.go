package sim

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/fedroute/fedroute/lyncsim/cmdlets"
	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/psrp"
	"github.com/fedroute/fedroute/lyncsim/pwsh"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// openPowerShell prepares a real PowerShell for the scripts of shells, when the
// configuration names one.
func (o *Organization) openPowerShell(program string) error {
	if program == "" {
		return nil
	}
	var err error
	o.powershell, err = pwsh.Open(pwsh.Config{Program: program, Address: o.addresses.Admin})
	return err
}

// modules are the product's module and, on a DNS server, the DnsServer module.
func (m *machine) modules(session *cmdlets.Session) (product *powershell.Module, further []*powershell.Module, err error) {
	if product, err = session.Module(); err != nil || len(m.info.DNSZones) == 0 {
		return product, nil, err
	}
	dnsServer, err := m.dnsServer(session.Who)
	return product, []*powershell.Module{dnsServer}, err
}

// anyBase is the base for a farm whose addresses do not matter.
var anyBase = netip.PrefixFrom(netip.AddrFrom4([4]byte{127}), 8)

// ProductModule is the Lync or SkypeForBusiness module, with the declarations of its
// commands. The organization need not run for it.
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

// runProgram runs one powershell.exe in a real PowerShell.
func (m *machine) runProgram(ctx context.Context, in console.Invocation) int {
	at, err := m.seat(in.Who)
	if err != nil {
		_, _ = fmt.Fprintln(in.Stderr, err)
		return exitFailure
	}
	return m.org.powershell.Run(ctx, at, in)
}

// seat is the machine and an account for a real PowerShell.
func (m *machine) seat(who identity.Identity) (pwsh.Seat, error) {
	session := m.session(who)
	product, further, err := m.modules(session)
	return pwsh.Seat{
		Name: m.info.FQDN, Machine: seat{m, session}, Clock: m.org.farm.ClockOf(m.info.FQDN), Product: product, Further: further,
		Setup: session.Bootstrapper, SetupPath: m.org.farm.Product().Bootstrapper(),
	}, err
}

// bridge opens a session of PowerShell Remoting in a real PowerShell.
func (m *machine) bridge(as identity.Identity, r pwsh.Restricted, out psrp.Output) (wsman.Session, error) {
	at, err := m.seat(as)
	if err != nil {
		return nil, err
	}
	return m.org.powershell.Bridge(at, console.Invocation{Who: as, Environment: m.console.Environment(as)}, r, out)
}
