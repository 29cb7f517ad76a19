package utility

import (
	"context"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func importModule() cmdlet {
	return cmdlet{name: "Import-Module", heeds: "Name Force Global PassThru DisableNameChecking MinimumVersion MaximumVersion RequiredVersion",
		process: func(ctx context.Context, c *powershell.Call) error {
			for _, name := range c.Texts("Name") {
				if strings.ContainsAny(name, `\/`) {
					return dotnet.Refuse("a module by its path")
				}
				m, found, err := c.Runspace().Import(ctx, name)
				if err != nil {
					return err
				}
				if missing := lacking(c, name, m, found); missing != nil {
					if err := c.WriteError(missing); err != nil {
						return err
					}
					continue
				}
				if c.On("PassThru") {
					if err := c.EmitWhole(moduleInfo(m)); err != nil {
						return err
					}
				}
			}
			return nil
		}}
}

// lacking is the error of a module that is not there, or not in the wanted version.
func lacking(c *powershell.Call, name string, m *powershell.Module, found bool) *value.ErrorRecord {
	const text = "The specified module '%s'%s was not loaded because no valid module file was found in any module directory."
	if !found {
		return powershell.NewErrorRecord("System.IO.FileNotFoundException", "Modules_ModuleNotFound", "ResourceUnavailable", name, fmt.Sprintf(text, name, ""))
	}
	have, _ := value.ParseVersion(m.Version)
	fits := map[string]func(int) bool{
		"MinimumVersion": func(n int) bool { return n >= 0 }, "MaximumVersion": func(n int) bool { return n <= 0 }, "RequiredVersion": func(n int) bool { return n == 0 },
	}
	for parameter, ok := range fits {
		wanted, given := value.ParseVersion(c.Text(parameter))
		if given && !ok(have.Compare(wanted)) {
			return powershell.NewErrorRecord("System.IO.FileNotFoundException", "Modules_ModuleWithVersionNotFound", "ResourceUnavailable", name,
				fmt.Sprintf(text, name, " with version '"+wanted.String()+"'"))
		}
	}
	return nil
}

func moduleInfo(m *powershell.Module) *value.Object {
	o := value.NewObject("System.Management.Automation.PSModuleInfo")
	o.Set("ModuleType", "Manifest")
	version, _ := value.ParseVersion(m.Version)
	exported := value.NewHashtable()
	for _, c := range m.Commands {
		exported.Set(c.Name, c.Name)
	}
	o.Set("Version", version).Set("Name", m.Name).Set("ExportedCommands", exported)
	o.Text = func() string { return m.Name }
	return o
}

func removeModule() cmdlet {
	return cmdlet{name: "Remove-Module", heeds: "Name Force",
		process: func(_ context.Context, c *powershell.Call) error {
			for _, name := range c.Texts("Name") {
				if c.Runspace().Remove(name) {
					continue
				}
				err := c.WriteError(powershell.NewErrorRecord("System.InvalidOperationException", "Modules_NoModulesRemoved", "ResourceUnavailable",
					name, "No modules were removed. Verify that the specification of modules to remove is correct and those modules exist in the runspace."))
				if err != nil {
					return err
				}
			}
			return nil
		}}
}

func getModule() cmdlet {
	return cmdlet{name: "Get-Module", heeds: "Name ListAvailable All Refresh",
		process: func(_ context.Context, c *powershell.Call) error {
			imported, available := c.Runspace().Modules()
			list := imported
			if c.On("ListAvailable") {
				list = available
			}
			patterns := c.Texts("Name")
			if len(patterns) == 0 {
				patterns = []string{"*"}
			}
			for _, m := range list {
				for _, p := range patterns {
					if !powershell.WildcardMatch(p, m.Name) {
						continue
					}
					if err := c.EmitWhole(moduleInfo(m)); err != nil {
						return err
					}
				}
			}
			return nil
		}}
}

// exportModuleMember is Export-ModuleMember: it names what the module that is being
// imported exports.
func exportModuleMember() cmdlet {
	return cmdlet{name: "Export-ModuleMember", heeds: "Function",
		process: func(_ context.Context, c *powershell.Call) error {
			c.Export(c.Texts("Function"))
			return nil
		}}
}

// newModule is New-Module. It makes a module of a script block and gives the module's
// functions to the caller.
func newModule() cmdlet {
	return cmdlet{name: "New-Module", heeds: "Name ScriptBlock ArgumentList", unsaid: map[string]unsaid{"ArgumentList": {rest: true}},
		process: func(ctx context.Context, c *powershell.Call) error {
			if err := c.DefineModule(ctx, c.Value("ScriptBlock"), value.Unroll(c.Value("ArgumentList"))); err != nil {
				return err
			}
			name := c.Text("Name")
			if name == "" {
				name = "__DynamicModule"
			}
			return c.EmitWhole(moduleInfo(&powershell.Module{Name: name, Version: "0.0"}))
		}}
}
