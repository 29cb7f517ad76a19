package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
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
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/test/support/cluster"
)

// waysIn compares the ways to run a script on a server: the worker in a remote shell, a
// function of the endpoint kit over PowerShell Remoting, and the same function called by
// pypsrp. Each reads the topology, first over new connections and then again and again; the
// first two also look at the whole organization, Edge servers included.
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
	if err := b.pypsrp(ctx); err != nil {
		return fmt.Errorf("pypsrp: %w", err)
	}
	return nil
}

// warmCalls is the number of calls whose mean is a warm call.
const warmCalls = 50

func (b *bench) wayIn(ctx context.Context, name, configuration string, dial remote.Dialer) error {
	for _, what := range []struct {
		name string
		do   func(observer *shell.Observer) error
	}{
		{"call", func(observer *shell.Observer) error {
			_, _, err := observer.ReadTopology(ctx)
			return err
		}},
		{"look", func(observer *shell.Observer) error {
			_, _, err := observer.ReadTopology(ctx)
			for _, fqdn := range []string{stage.OldPool, stage.NewPool} {
				if err == nil {
					_, err = observer.ReadEdgeServer(ctx, fqdn)
				}
			}
			return err
		}},
	} {
		org, err := equipped(ctx)
		if err != nil {
			return err
		}
		defer org.Close()
		fleet := shell.NewFleet(fleetOf(org, configuration, dial))
		defer fleet.Close(ctx)
		observer := shell.NewObserver(fleet)
		cold, err := costOf(org, func() error { return what.do(observer) })
		if err != nil {
			return err
		}
		var warm cost
		for range warmCalls {
			one, err := costOf(org, func() error { return what.do(observer) })
			if err != nil {
				return err
			}
			warm = warm.plus(one)
		}
		goal := map[string]string{"call": "≤ 3 requests, no connection, no start"}[what.name]
		b.report(name+", cold "+what.name+": "+costs, "", "%s", cold.over(1))
		b.report(name+", warm "+what.name+": "+costs, goal, "%s", warm.over(warmCalls))
	}
	return nil
}

// pypsrp calls the kit's function with the Python library, where it is installed. The
// start of Python and the imports are not counted.
func (b *bench) pypsrp(ctx context.Context) error {
	python := filepath.Join(cluster.Bin("."), "python/bin/python")
	if _, err := os.Stat(python); err != nil {
		b.report("endpoint kit by pypsrp", "", "not measured: make $PWD/bin/python/installed installs it")
		return nil
	}
	org, err := equipped(ctx)
	if err != nil {
		return err
	}
	defer org.Close()
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	question, err := pypsrpQuestion(org, filepath.Join(folder, "ca.crt"))
	if err != nil {
		return err
	}
	client, say, err := converse(ctx, python, "test/data/peers/pypsrp/read.py")
	if err != nil {
		return err
	}
	time.Sleep(2 * time.Second) // the imports
	cold, err := costOf(org, func() error { return say(question) })
	if err != nil {
		return err
	}
	warm, err := costOf(org, func() error { return say("go on") })
	if err != nil {
		return err
	}
	b.report("endpoint kit by pypsrp, cold call: "+costs, "", "%s", cold.over(1))
	b.report("endpoint kit by pypsrp, warm call: "+costs, "", "%s", warm.over(warmCalls))
	return client.Wait()
}

// pypsrpQuestion is what the script of pypsrp is to do, as JSON. It writes the authority of
// the organization into a file, from which the script reads it.
func pypsrpQuestion(org *sim.Organization, authority string) (string, error) {
	if err := os.WriteFile(authority, org.CA().CertPEM(), 0o600); err != nil {
		return "", err
	}
	at, err := url.Parse(endpointOf(org, stage.FrontEnd, "").URL)
	if err != nil {
		return "", err
	}
	who := org.DomainAccount()
	question, err := json.Marshal(map[string]any{
		"server": at.Hostname(), "port": at.Port(), "ca": authority, "user": who.Name, "password": who.Password,
		"configuration": kit.ConfigurationName, "calls": warmCalls,
	})
	return string(question), err
}

// converse starts a program that answers each line with a line. say sends one, and returns
// when it is answered.
func converse(ctx context.Context, name string, arguments ...string) (client *exec.Cmd, say func(line string) error, err error) {
	client = exec.CommandContext(ctx, name, arguments...)
	client.Stderr = os.Stderr
	in, err := client.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	out, err := client.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	answers := bufio.NewReader(out)
	return client, func(line string) error {
		if _, err := fmt.Fprintln(in, line); err != nil {
			return err
		}
		_, err := answers.ReadString('\n')
		return err
	}, client.Start()
}

// costOf is what the simulated servers counted while something was done.
func costOf(org *sim.Organization, do func() error) (cost, error) {
	before, began := org.Counters(), time.Now()
	err := do()
	took, after := time.Since(began), org.Counters()
	since := after.WinRM.Minus(before.WinRM)
	return cost{since.Requests, since.Connections, after.PowerShellStarts - before.PowerShellStarts, since.EnvelopesIn, since.EnvelopesOut, took}, err
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

// equipped is an organization with the endpoint kit on the machines that a look asks.
func equipped(ctx context.Context) (*sim.Organization, error) {
	org, err := stage.Simulate(ctx, stage.Options{})
	if err != nil {
		return nil, err
	}
	limits := kit.Limits{Sites: []string{org.Farm().Spec().Sites[0].Name}, Pools: []string{stage.OldPool, stage.NewPool, stage.FrontEnd}}
	domain, local := org.DomainAccount().Name, org.LocalAccount().Name
	for _, m := range []kit.Machine{
		{FQDN: stage.FrontEnd, Roles: []kit.Role{kit.FrontEnd}, RunAs: domain, Readers: domain, Operators: domain, Limits: limits},
		{FQDN: stage.OldPool, Roles: []kit.Role{kit.Edge}, Readers: local, Operators: local, Limits: limits},
		{FQDN: stage.NewPool, Roles: []kit.Role{kit.Edge}, Readers: local, Operators: local, Limits: limits},
	} {
		folder := fstest.MapFS{}
		for _, f := range m.Files(kit.Options{}) {
			folder[strings.TrimPrefix(f.Path, m.Folder()+"/")] = &fstest.MapFile{Data: f.Bytes()}
		}
		if err := org.Install(m.FQDN, folder); err != nil {
			org.Close()
			return nil, err
		}
	}
	return org, nil
}

// endpointOf is a machine's endpoint.
func endpointOf(org *sim.Organization, fqdn, configuration string) remote.Endpoint {
	for _, e := range org.Endpoints() {
		if e.Machine == fqdn {
			return remote.Endpoint{URL: e.URL, ServerName: e.Machine, Roots: org.CA().Pool(), Configuration: configuration}
		}
	}
	return remote.Endpoint{}
}

func fleetOf(org *sim.Organization, configuration string, dial remote.Dialer) shell.Config {
	as := func(a farm.Account) (remote.Credentials, error) {
		return remote.Credentials{Method: remote.NTLM, Username: a.Name, Password: a.Password}, nil
	}
	return shell.Config{
		Management: []remote.Endpoint{endpointOf(org, stage.FrontEnd, configuration)}, Dial: dial,
		EdgeServer: func(fqdn string) remote.Endpoint { return endpointOf(org, fqdn, configuration) },
		Reader: shell.Account{
			Management: func(context.Context) (remote.Credentials, error) { return as(org.DomainAccount()) },
			Edge:       func(context.Context, string) (remote.Credentials, error) { return as(org.LocalAccount()) },
		},
	}
}
