package cmdlets

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/cmdlets/reference"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// Session is one shell: the account that runs cmdlets, and the machine and farm on
// which they run.
type Session struct {
	Farm    *farm.Farm
	Machine string // FQDN in the topology
	Who     identity.Identity
	// Memory is what the shell may use, in MB; 0 is no limit.
	Memory int
	// NoScripts means that the execution policy keeps every file with PowerShell text from
	// being loaded, and so the module's own format files.
	NoScripts bool
	// Ran receives the name of every cmdlet that begins to run; it may be nil.
	Ran func(cmdlet string)
	// Attend receives the name of every cmdlet, and of the setup program, when it begins to
	// act on one input, and returns what is called when it has acted; it may be nil.
	Attend func(command string) (effected func())
}

// Module is the shell's Lync or SkypeForBusiness module. It has every cmdlet and
// parameter that the reference lists for the farm's product version. A cmdlet
// without a simulated behaviour binds its parameters and then refuses by name.
// Importing takes the time of the farm's profile.
func (s *Session) Module() (*powershell.Module, error) {
	all, err := reference.Lync()
	if err != nil {
		return nil, err
	}
	product := s.Farm.Product()
	offered := all.In(reference.Version(product.Name)).Cmdlets()
	if len(offered) == 0 {
		return nil, fmt.Errorf("the cmdlet reference does not know %s", product.Name)
	}
	known := make(map[string]bool)
	for _, entry := range all.Cmdlets() {
		known[strings.ToLower(entry.Name)] = true
	}
	m := &powershell.Module{
		Name: product.Module, Version: product.Version,
		MayHave: func(name string) bool { return productNoun.MatchString(name) && !known[strings.ToLower(name)] },
		Load:    s.load,
	}
	for _, entry := range offered {
		m.Commands = append(m.Commands, s.command(entry))
	}
	return m, nil
}

// load takes the time of the module's import, and its memory.
func (s *Session) load(ctx context.Context) error {
	if err := s.take(ctx, s.Farm.Durations().ModuleImport); err != nil {
		return err
	}
	if s.NoScripts {
		file := `C:\Program Files\Common Files\` + s.Farm.Product().Module + `.format.ps1xml`
		return powershell.NewErrorRecord("System.Management.Automation.PSSecurityException", "UnauthorizedAccess", "SecurityError", nil,
			"File "+file+" cannot be loaded because running scripts is disabled on this system. "+
				"For more information, see about_Execution_Policies at https:/go.microsoft.com/fwlink/?LinkID=135170.")
	}
	if s.Memory > 0 && s.Memory < farm.ModuleMemory {
		return exception("System.OutOfMemoryException", hresultOutOfMemory, s.phrases().outOfMemory)
	}
	return nil
}

// command makes a command of a reference entry, with its behaviour.
func (s *Session) command(entry reference.Cmdlet) *powershell.Command {
	if entry.Name == "Set-CsSite" {
		entry = withRouteParameter(entry, s.Farm.XMPPRouteParameter())
	}
	cmd := Declare(entry)
	c, ok := behaviours[entry.Name]
	if !ok {
		c = cmdlet{run: refuse}
	}
	cmd.ConfirmImpact = c.impact
	cmd.Begin = func(context.Context, *powershell.Call) error {
		if s.Ran != nil {
			s.Ran(entry.Name)
		}
		return nil
	}
	cmd.Process = func(ctx context.Context, call *powershell.Call) error {
		defer s.attend(entry.Name)()
		return (&run{Call: call, Session: s, cmdlet: c}).process(ctx)
	}
	return cmd
}

// attend tells who wants to know that a command begins to act.
func (s *Session) attend(command string) (effected func()) {
	if s.Attend == nil {
		return func() {}
	}
	return s.Attend(command)
}

// withRouteParameter renames the parameter of the XMPP route to the name that this
// organization's servers use.
func withRouteParameter(entry reference.Cmdlet, name string) reference.Cmdlet {
	renamed := entry
	renamed.Parameters = nil
	for _, p := range entry.Parameters {
		if strings.EqualFold(p.Name, farm.XMPPRouteByReference) && name != "" {
			p.Name = name
		}
		renamed.Parameters = append(renamed.Parameters, p)
	}
	return renamed
}

// take waits for d on the farm's clock.
func (s *Session) take(ctx context.Context, d farm.Duration) error {
	return s.Farm.Clock().Sleep(ctx, time.Duration(d))
}

// actor is the actor that the farm's journal names for a write of the cmdlet.
func (s *Session) actor(cmdlet string) farm.Actor {
	return farm.Actor{User: s.Who.Account, Machine: s.Machine, Command: cmdlet}
}

// productNoun matches the names of the product's cmdlets, of which the reference has
// only a part.
var productNoun = regexp.MustCompile(`(?i)^[a-z]+-cs[a-z]+$`)
