package utility

import (
	"context"
	"fmt"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

func importModule() cmdlet {
	return cmdlet{name: "Import-Module", heeds: "Name Force Global PassThru DisableNameChecking MinimumVersion MaximumVersion RequiredVersion",
		process: func(ctx context.Context, c *powershell.Call) error {
			for _, name := range c.Texts("Name") {
				m, found, err := c.Runspace().Import(ctx, name)
				if err != nil {
					return err
				}
				if !found {
					if err := c.WriteError(moduleNotFound(name)); err != nil {
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

func moduleNotFound(name string) *value.ErrorRecord {
	return powershell.NewErrorRecord("System.IO.FileNotFoundException", "Modules_ModuleNotFound", "ResourceUnavailable", name, fmt.Sprintf(
		"The specified module '%s' was not loaded because no valid module file was found in any module directory.", name))
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

// newModule makes a module of a script block: its functions become the caller's.
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

func getCommand() cmdlet {
	return cmdlet{name: "Get-Command", heeds: "Name Module CommandType All Verb Noun ListImported TotalCount ParameterName",
		unsaid: map[string]unsaid{"ArgumentList": {rest: true}},
		process: func(_ context.Context, c *powershell.Call) error {
			patterns := c.Texts("Name")
			if len(patterns) == 0 {
				patterns = []string{"*"}
			}
			for _, p := range patterns {
				if err := commandsLike(c, p); err != nil {
					return err
				}
			}
			return nil
		}}
}

func commandsLike(c *powershell.Call, pattern string) error {
	found := 0
	for _, info := range c.Commands(pattern) {
		if !wanted(c, "Module", info.Module) || !wanted(c, "CommandType", info.Kind) {
			continue
		}
		found++
		if err := c.EmitWhole(info); err != nil {
			return err
		}
		if !powershell.HasWildcards(pattern) && !c.On("All") {
			return nil
		}
	}
	if found > 0 || powershell.HasWildcards(pattern) {
		return nil
	}
	return c.WriteError(powershell.NewErrorRecord("System.Management.Automation.CommandNotFoundException", "CommandNotFoundException",
		"ObjectNotFound", pattern, fmt.Sprintf("The term '%s' is not recognized as the name of a cmdlet, function, script file, or operable program. "+
			"Check the spelling of the name, or if a path was included, verify that the path is correct and try again.", pattern)))
}

func wanted(c *powershell.Call, parameter, have string) bool {
	patterns := c.Texts(parameter)
	for _, p := range patterns {
		if powershell.WildcardMatch(p, have) {
			return true
		}
	}
	return len(patterns) == 0
}
