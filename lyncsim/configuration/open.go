package configuration

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Opening is who opens a session on which machine, and in whose name it acts.
type Opening struct {
	Machine    string
	Caller, As identity.Identity
}

// Open makes a runspace for a caller, out of one of the machine in which nothing is
// restricted. It closes the runspace when it fails; the error is for the caller.
func (c *Configuration) Open(ctx context.Context, rs *powershell.Runspace, o Opening) (*powershell.Runspace, error) {
	if err := c.prepare(ctx, rs, o); err != nil {
		rs.Close()
		return nil, err
	}
	return rs, nil
}

func (c *Configuration) prepare(ctx context.Context, rs *powershell.Runspace, o Opening) error {
	granted := c.granted(o.Caller)
	rs.Set("PSSenderInfo", senderInfo(o))
	if c.restricted {
		for _, p := range proxies {
			if err := rs.Define(p.name, p.body); err != nil {
				return err
			}
		}
	}
	for _, name := range granted.modules {
		if err := c.load(ctx, rs, name); err != nil {
			return err
		}
	}
	for _, d := range granted.defined {
		if err := rs.Define(d.name, d.body); err != nil {
			return err
		}
	}
	if !c.restricted {
		return nil
	}
	visible := proxyNames()
	// One name that no module has hides all functions, in silence.
	if missing(rs, granted.functions) == nil {
		visible = append(visible, granted.functions...)
	}
	rs.Restrict(powershell.Restriction{Functions: short(visible), Cmdlets: short(granted.cmdlets), Aliases: proxyAliases})
	return nil
}

// load imports a module of the folder, or one that the machine has.
func (c *Configuration) load(ctx context.Context, rs *powershell.Runspace, name string) error {
	name = strings.TrimSuffix(path.Base(strings.ReplaceAll(name, `\`, "/")), ".psd1")
	m, ok := c.modules[strings.ToLower(name)]
	switch {
	case !ok:
		_, found, err := rs.Import(ctx, name)
		if err == nil && !found {
			err = fmt.Errorf("the specified module '%s' was not loaded because no valid module file was found in any module directory", name)
		}
		return err
	case m.broken != nil:
		return fmt.Errorf("the module %s cannot be loaded: %w", name, m.broken)
	}
	return rs.ImportScript(ctx, m.ScriptModule)
}

// missing reports a name that is no function.
func missing(rs *powershell.Runspace, names []string) error {
	for _, name := range short(names) {
		if !rs.HasFunction(name) {
			return errors.New(name)
		}
	}
	return nil
}

// short takes the module's name away from Module\Name.
func short(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = name[strings.LastIndex(name, `\`)+1:]
	}
	return all
}

// senderInfo is $PSSenderInfo.
func senderInfo(o Opening) *value.Object {
	caller := o.Caller
	sid := value.NewObject("System.Security.Principal.SecurityIdentifier").Set("Value", string(caller.SID(o.Machine)))
	windows := value.NewObject("System.Security.Principal.WindowsIdentity").Set("Name", caller.Account).Set("User", sid)
	who := value.NewObject("System.Management.Automation.Remoting.PSIdentity").Set("Name", caller.Account).Set("IsAuthenticated", true)
	return value.NewObject("System.Management.Automation.Remoting.PSSenderInfo").Set("ConnectedUser", caller.Account).Set("RunAsUser", o.As.Account).
		Set("UserInfo", value.NewObject("System.Management.Automation.Remoting.PSPrincipal").Set("Identity", who).Set("WindowsIdentity", windows))
}
