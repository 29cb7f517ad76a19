package sim

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/configuration"
	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/psrp"
	"github.com/fedroute/fedroute/lyncsim/pwsh"
	"github.com/fedroute/fedroute/lyncsim/refusal"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// defaultConfiguration is the session configuration that every machine has. It
// restricts nothing and admits the machine's administrators.
const defaultConfiguration = "microsoft.powershell"

// Open implements wsman.Remoting.
func (m *machine) Open(name string, who identity.Identity, out psrp.Output) (wsman.Session, error) {
	who.Account = m.localName(who.Account)
	if strings.EqualFold(name, defaultConfiguration) {
		if !who.Member(identity.Administrators) {
			return nil, wsman.ErrNotAdmitted
		}
		if m.org.powershell != nil {
			return m.bridge(who, pwsh.Restricted{}, out)
		}
		return psrp.New(psrp.Options{Open: func(ctx context.Context) (*powershell.Runspace, error) { return m.remoteRunspace(ctx, who) }}, out), nil
	}
	c := m.registered().Find(name)
	switch {
	case c == nil:
		return nil, wsman.ErrNoConfiguration
	case !c.Admits(who):
		return nil, wsman.ErrNotAdmitted
	}
	as, err := m.runsAs(c, who)
	if err != nil {
		return nil, err
	}
	if m.org.powershell != nil {
		return m.bridge(as, pwsh.Restricted{Configuration: c.Copy(who), Modules: c.ModuleFiles()}, out)
	}
	return psrp.New(psrp.Options{Open: func(ctx context.Context) (*powershell.Runspace, error) { return m.restricted(ctx, c, who, as) }}, out), nil
}

// registered are the machine's session configurations beside the default one.
func (m *machine) registered() *configuration.Set {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.configurations
}

// restricted makes a runspace of a registered session configuration.
func (m *machine) restricted(ctx context.Context, c *configuration.Configuration, who, as identity.Identity) (*powershell.Runspace, error) {
	for _, module := range c.Modules(who) {
		if err := console.MayLoad(module+".psm1", m.policy()); err != nil {
			return nil, err
		}
	}
	rs, err := m.remoteRunspace(ctx, as)
	if err != nil {
		return nil, err
	}
	return c.Open(ctx, rs, configuration.Opening{Machine: m.info.FQDN, Caller: who, As: as})
}

// runsAs is the identity of a session: the caller's, or that of the run-as account.
func (m *machine) runsAs(c *configuration.Configuration, who identity.Identity) (identity.Identity, error) {
	how, account := c.RunAs()
	switch how {
	case identity.VirtualAccount:
		_, short, qualified := strings.Cut(who.Account, `\`)
		if !qualified {
			short = who.Account
		}
		return identity.Identity{Account: `WinRM Virtual Users\WinRM VA_1_` + short, SignIn: how, Groups: farm.Token(farm.LocalAdministrator)}, nil
	case identity.ServiceAccount:
		for _, a := range m.org.Accounts() {
			if strings.EqualFold(a.Name, account) && m.org.joined(m.info) && (len(a.UsableOn) == 0 || slices.ContainsFunc(a.UsableOn, m.is)) {
				return identity.Identity{Account: a.Name, SignIn: how, Groups: m.org.spec.TokenOn(a, m.info.FQDN)}, nil
			}
		}
		return identity.Identity{}, wsman.ErrManagedAccount
	}
	return who, nil
}

// remoteRunspace makes a runspace in which somebody acts over PowerShell Remoting.
func (m *machine) remoteRunspace(ctx context.Context, as identity.Identity) (*powershell.Runspace, error) {
	if err := m.org.farm.Clock().Sleep(ctx, time.Duration(m.org.farm.Durations().PowerShellStart)); err != nil {
		return nil, err
	}
	return m.runspace(context.Background(), console.Invocation{Who: as, Environment: m.console.Environment(as), ExecutionPolicy: m.policy()}, powershell.Recorded)
}

// policy is the execution policy of the machine, in lower case.
func (m *machine) policy() string {
	return strings.ToLower(m.org.spec.Host(m.info.FQDN).ExecutionPolicy)
}

// Install registers the session configurations of a folder on a machine, and puts the
// folder's modules on the machine's disk, as an administrator does. What was registered
// before is gone, and sessions of the machine end, because registering restarts WinRM. The
// error names what in the folder is wrong.
func (o *Organization) Install(fqdn string, folder fs.FS) error {
	m, err := o.machine(fqdn)
	if err != nil {
		return err
	}
	if v := o.spec.Host(fqdn).PowerShell; v != "" && v != string(powershell.V51) {
		return refusal.New(refusal.Unsupported, "register session configurations on", fqdn, "its Windows PowerShell is "+v+", and roles need 5.1")
	}
	set, err := configuration.Load(folder)
	if err != nil {
		return refusal.New(refusal.Invalid, "install session configurations on", fqdn, err.Error())
	}
	if o.powershell == nil { // the bridge hands the modules to a real PowerShell
		if err := set.Install(m.disk); err != nil {
			return err
		}
	}
	m.mu.Lock()
	m.configurations = set
	m.mu.Unlock()
	m.server.DeleteShells()
	return nil
}

// installConfigurations registers the session configurations that the description names.
func (o *Organization) installConfigurations() error {
	for _, c := range o.spec.SessionConfigurations {
		if err := o.Install(c.Machine, os.DirFS(c.Folder)); err != nil {
			return fmt.Errorf("session configurations of %s in %s: %w", c.Machine, c.Folder, err)
		}
	}
	return nil
}
