package module

import (
	_ "embed" // for the parts that all modules share
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

var (
	//go:embed call.psm1
	calling string
	//go:embed machine.types.ps1xml
	machineTypes string
	//go:embed records.types.ps1xml
	recordTypes string
)

// kind is what differs between modules besides their commands.
type kind struct {
	types string // the type file
	// preferences is $true where the real cmdlets are compiled and follow the
	// preference variables of the calling script. The functions of a module, such as
	// those of the real DnsServer module, do not follow them.
	preferences string
}

// Environment variables by which a module finds the organization that started
// its process.
const (
	EnvEndpoint = "LYNCSIM_ENDPOINT" // loopback address and port
	EnvToken    = "LYNCSIM_TOKEN"    // identifies the caller: random, one per process
)

// Write writes a module that Import-Module finds when dir is on PSModulePath:
// dir/<name>/<name>.psd1 and .psm1.
func Write(dir string, m *powershell.Module) error {
	return write(dir, files(m, kind{types: recordTypes, preferences: "$false"}))
}

// WriteProduct is Write for the product's own module. After its import, .NET reports
// the name and the listeners of the simulated machine instead of those of the
// computer on which PowerShell runs.
func WriteProduct(dir string, m *powershell.Module) error {
	own := *m
	own.Commands = append(append([]*powershell.Command{}, m.Commands...), Machine().Commands...)
	return write(dir, files(&own, kind{types: machineTypes, preferences: "$true"}))
}

// Machine declares the commands that the product's module has besides its cmdlets.
// Some ask for facts about the simulated machine; the endpoint runs them. The others
// replace the shell's own cmdlets that describe a machine. Those exist on Windows
// only, where they describe the computer on which PowerShell runs.
func Machine() *powershell.Module {
	m := &powershell.Module{Name: "Lyncsim", Version: "1.0", Commands: []*powershell.Command{
		{Name: "Get-SimulatedMachine"},
		{Name: "Invoke-SimulatedSetup", Parameters: []powershell.Parameter{{Name: "Arguments", Type: "System.String[]"}}},
	}}
	for _, shell := range utility.Modules() {
		for _, c := range shell.Commands {
			if c.Name != "Get-Service" && c.Name != "Get-WmiObject" {
				continue
			}
			own, page := *c, c.Editions[powershell.Windows51]
			own.Parameters, own.DefaultSet, own.ShouldProcess = page.Parameters, page.DefaultSet, page.ShouldProcess
			m.Commands = append(m.Commands, &own)
		}
	}
	return m
}

// files gives the texts of a module's files by path.
func files(m *powershell.Module, k kind) map[string]string {
	var body, exports strings.Builder
	body.WriteString(calling)
	fmt.Fprintf(&body, "\n# Whether preference variables of the calling script count here.\n$seesPreferences = %s\n", k.preferences)
	for _, c := range m.Commands {
		body.WriteString(function(c))
		fmt.Fprintf(&exports, "        %s\n", quote(c.Name))
	}
	manifest := fmt.Sprintf(manifestForm, quote(m.Name+".psm1"), quote(version(m.Version)), quote(m.Name+".types.ps1xml"), exports.String())
	base := filepath.Join(m.Name, m.Name)
	return map[string]string{base + ".psd1": manifest, base + ".psm1": body.String(), base + ".types.ps1xml": k.types}
}

const manifestForm = `# Written by lyncsim from the cmdlet reference.
@{
    RootModule        = %s
    ModuleVersion     = %s
    PowerShellVersion = '5.0'
    Description       = 'The cmdlets of a simulated organization; written by lyncsim'
    TypesToProcess    = @(%s)
    FunctionsToExport = @(
%s    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
`

func version(v string) string {
	if v == "" {
		return "1.0"
	}
	return v
}

func write(dir string, list map[string]string) error {
	for name, text := range list {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make the module's folder: %w", err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return fmt.Errorf("write the module: %w", err)
		}
	}
	return nil
}
