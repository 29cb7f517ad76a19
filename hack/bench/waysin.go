package main

import (
	"context"
	"fmt"
	"strings"
	"testing/fstest"
	"time"

	"github.com/fedroute/fedroute/hack/bench/stage"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/internal/kit/session"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// waysIn compares the two ways to run a script on a management server: the worker in a
// remote shell, and a function of the endpoint kit over PowerShell Remoting. Each reads the
// topology, first over new connections and then again and again.
func (b *bench) waysIn(ctx context.Context) error {
	for _, way := range []struct {
		name          string
		configuration string
		dial          remote.Dialer
	}{
		{"remote shell", "", winrm.Dialer(winrm.Options{})},
		{"endpoint kit", kit.ConfigurationName, session.Dialer(psrp.Options{})},
	} {
		if err := b.wayIn(ctx, way.name, way.configuration, way.dial); err != nil {
			return fmt.Errorf("%s: %w", way.name, err)
		}
	}
	return nil
}

func (b *bench) wayIn(ctx context.Context, name, configuration string, dial remote.Dialer) error {
	org, err := stage.Simulate(ctx, stage.Options{})
	if err != nil {
		return err
	}
	defer org.Close()
	if err := install(org); err != nil {
		return err
	}
	fleet := shell.NewFleet(fleetOf(org, configuration, dial))
	defer fleet.Close(ctx)
	observer := shell.NewObserver(fleet)
	look := func() (cost, error) {
		before, began := org.Counters(), time.Now()
		_, _, err := observer.ReadTopology(ctx)
		after := org.Counters()
		since := after.WinRM.Minus(before.WinRM)
		return cost{since.Requests, since.Connections, after.PowerShellStarts - before.PowerShellStarts, since.EnvelopesIn, since.EnvelopesOut, time.Since(began)}, err
	}
	cold, err := look()
	if err != nil {
		return err
	}
	const calls = 50
	var warm cost
	for range calls {
		one, err := look()
		if err != nil {
			return err
		}
		warm = warm.plus(one)
	}
	b.report(name+", cold: "+costs, "", "%s", cold.over(1))
	b.report(name+", warm: "+costs, "≤ 3 requests, no connection, no start", "%s", warm.over(calls))
	return nil
}

// cost is what calls cost, as the simulated servers count it.
type cost struct {
	requests, connections, starts, in, out int64
	time                                   time.Duration
}

const costs = "HTTP requests / connections / PowerShell starts / SOAP bytes there / back / time"

func (c cost) plus(o cost) cost {
	return cost{c.requests + o.requests, c.connections + o.connections, c.starts + o.starts, c.in + o.in, c.out + o.out, c.time + o.time}
}

// over gives the cost of one of n calls.
func (c cost) over(n int64) string {
	each := func(total int64) string {
		return strings.TrimSuffix(fmt.Sprintf("%.2f", float64(total)/float64(n)), ".00")
	}
	return fmt.Sprintf("%s / %s / %s / %d / %d / %s", each(c.requests), each(c.connections), each(c.starts), c.in/n, c.out/n,
		(c.time / time.Duration(n)).Round(10*time.Microsecond))
}

// install puts the endpoint kit on the first Front End server, for the account that
// manages the organization.
func install(org *sim.Organization) error {
	limits := kit.Limits{Sites: []string{org.Farm().Spec().Sites[0].Name}, Pools: []string{stage.OldPool, stage.NewPool, stage.FrontEnd}}
	who := org.DomainAccount()
	m := kit.Machine{FQDN: stage.FrontEnd, Role: kit.FrontEnd, RunAs: who.Name, Readers: who.Name, Operators: who.Name, Limits: limits}
	folder := fstest.MapFS{}
	for _, f := range m.Files(kit.Options{}) {
		folder[strings.TrimPrefix(f.Path, stage.FrontEnd+"/")] = &fstest.MapFile{Data: f.Bytes()}
	}
	return org.Install(stage.FrontEnd, folder)
}

func fleetOf(org *sim.Organization, configuration string, dial remote.Dialer) shell.Config {
	roots := org.CA().Pool()
	var front remote.Endpoint
	for _, e := range org.Endpoints() {
		if e.Machine == stage.FrontEnd {
			front = remote.Endpoint{URL: e.URL, ServerName: e.Machine, Roots: roots, Configuration: configuration}
		}
	}
	who := org.DomainAccount()
	return shell.Config{Management: []remote.Endpoint{front}, Dial: dial,
		Reader: shell.Account{Management: func(context.Context) (remote.Credentials, error) {
			return remote.Credentials{Method: remote.NTLM, Username: who.Name, Password: who.Password}, nil
		}}}
}
