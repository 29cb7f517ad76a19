package standin

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
	"github.com/fedroute/fedroute/lyncsim/pwsh/module"
)

// machine gives .NET the facts that the product's module gives a real .NET. It asks
// the organization for them.
type machine struct{ mutexes dotnet.Mutexes }

func newMachine() dotnet.Machine { return &machine{} }

func (*machine) ask() *value.Object {
	replies, err := Ask(os.Getenv(module.EnvEndpoint), os.Getenv(module.EnvToken), "Get-SimulatedMachine", nil)
	if err != nil || len(replies) != 1 {
		return value.NewObject()
	}
	v, _ := replies[0].Get("Value")
	o, ok := v.(*value.Object)
	if !ok {
		return value.NewObject()
	}
	return o
}

func (m *machine) text(property string) string {
	v, _ := m.ask().Get(property)
	return value.Text(v)
}

// Name implements dotnet.Machine.
func (m *machine) Name() string { return m.text("Name") }

// FQDN implements dotnet.Machine.
func (m *machine) FQDN() string {
	return strings.TrimSuffix(m.text("HostName")+"."+m.text("DomainName"), ".")
}

// Listeners implements dotnet.Machine.
func (m *machine) Listeners() []netip.AddrPort {
	list, _ := m.ask().Get("Listeners")
	var out []netip.AddrPort
	for _, item := range value.Unroll(list) {
		if table, ok := item.(*value.Hashtable); ok {
			address, _ := table.Get("Address")
			port, _ := table.Get("Port")
			number, _ := value.ToInt(port)
			if at, err := netip.ParseAddr(value.Text(address)); err == nil {
				out = append(out, netip.AddrPortFrom(at, uint16(number)))
			}
		}
	}
	return out
}

// Mutexes implements dotnet.Machine.
func (m *machine) Mutexes() *dotnet.Mutexes { return &m.mutexes }

// programs starts the programs of this computer.
type programs struct{}

// Find implements powershell.Programs.
func (programs) Find(path string) bool {
	info, err := os.Stat(slashed(path))
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o100 != 0
}

// Run implements powershell.Programs.
func (programs) Run(ctx context.Context, path string, args []string, input string) (string, int, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, slashed(path), args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, os.Stderr
	err := cmd.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return out.String(), ended.ExitCode(), nil
	}
	return out.String(), 0, err
}

func slashed(path string) string { return strings.ReplaceAll(path, `\`, "/") }
