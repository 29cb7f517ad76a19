package sim

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/cmdlets"
	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// exitFailure is powershell.exe's exit code when a script could not run.
const exitFailure = 1

// Run implements console.PowerShell. It runs one script in a new engine, where the
// script finds the organization's Lync or SkypeForBusiness module.
func (m *machine) Run(ctx context.Context, in console.Invocation) int {
	if m.org.powershell != nil {
		return m.runProgram(ctx, in)
	}
	if err := m.org.farm.Clock().Sleep(ctx, time.Duration(m.org.farm.Durations().PowerShellStart)); err != nil {
		return exitFailure
	}
	args, err := namedArguments(in.Arguments)
	if err != nil {
		_, _ = fmt.Fprintln(in.Stderr, err)
		return exitFailure
	}
	rs, err := m.runspace(ctx, in, notationOf(in))
	if err != nil {
		_, _ = fmt.Fprintln(in.Stderr, err)
		return exitFailure
	}
	defer rs.Close()
	return rs.RunWith(ctx, in.Script, args)
}

// runspace makes a new engine on the machine, for a process that is killed when ctx ends.
func (m *machine) runspace(ctx context.Context, in console.Invocation, n powershell.Notation) (*powershell.Runspace, error) {
	host := m.org.spec.Host(m.info.FQDN)
	session := m.session(in.Who)
	session.NoScripts = in.ExecutionPolicy == "restricted"
	product, further, err := m.modules(session)
	if err != nil {
		return nil, err
	}
	return powershell.New(powershell.Options{
		Version: powershell.Version(host.PowerShell), LanguageMode: host.LanguageMode,
		Process: ctx, Notation: n, Stdin: in.Stdin, Stdout: in.Stdout, Stderr: in.Stderr, Clock: m.org.farm.ClockOf(m.info.FQDN), Machine: seat{m, session}, Account: session.Who.Account,
		Files: m.disk, Programs: &programs{machine: m, in: in}, Env: in.Environment,
		Modules: append(further, product), Loaded: utility.Modules(),
	}), nil
}

// session is a shell on the machine.
func (m *machine) session(who identity.Identity) *cmdlets.Session {
	who.Account = m.localName(who.Account)
	session := &cmdlets.Session{Farm: m.org.farm, Machine: m.info.FQDN, Who: who, Ran: m.org.cmdlets.add, Attend: m.attend}
	if who.SignIn != identity.Console {
		session.Memory = m.org.spec.Host(m.info.FQDN).ShellMemory()
	}
	return session
}

func notationOf(in console.Invocation) powershell.Notation {
	if in.ErrorsAsXML {
		return powershell.CLIXML
	}
	return powershell.Console
}

// localName is the name of a local account without the machine's name before it.
func (m *machine) localName(user string) string {
	if domain, name, ok := strings.Cut(user, `\`); ok && strings.EqualFold(domain, m.Name()) {
		return name
	}
	return user
}

// namedArguments reads the arguments of a script file, each a name and a value.
func namedArguments(list []string) (map[string]any, error) {
	args := map[string]any{}
	for len(list) > 0 {
		name, ok := strings.CutPrefix(list[0], "-")
		if !ok || len(list) < 2 {
			return nil, fmt.Errorf("not supported by the simulator: the argument %s of -File without a name or a value, line 1", list[0])
		}
		args[name] = list[1]
		list = list[2:]
	}
	return args, nil
}

// programs are the executables that a script can start: those of the console and the
// product's setup program.
type programs struct {
	machine *machine
	in      console.Invocation
}

// Find implements powershell.Programs.
func (p *programs) Find(path string) bool { return p.machine.console.Knows(path) }

// Run implements powershell.Programs.
func (p *programs) Run(ctx context.Context, path string, args []string, input string) (string, int, error) {
	var out strings.Builder
	code, found := p.machine.console.Start(ctx, wsman.Process{
		Stdin: strings.NewReader(input), Stdout: &out, Stderr: io.Discard, Who: p.in.Who,
		Environment: p.in.Environment, WorkingDirectory: p.in.WorkingDirectory,
	}, append([]string{path}, args...))
	if !found {
		return "", 0, dotnet.Refuse("the program %s", path)
	}
	return out.String(), code, nil
}

// setup runs the product's setup program.
func (m *machine) setup(ctx context.Context, who identity.Identity, args []string, out io.Writer) int {
	return m.session(who).Bootstrapper(ctx, args, out)
}
