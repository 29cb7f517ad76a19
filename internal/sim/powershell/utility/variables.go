package utility

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

func variableCommands() []*powershell.Command {
	return []*powershell.Command{getVariable(), setVariable(), newVariable(), removeVariable(), clearVariable()}
}

// refuseScope stops what a -Scope of a number or name cannot do here.
func refuseScope(c *powershell.Call, allowed ...string) error {
	scope := strings.ToLower(c.Text("Scope"))
	if scope == "" || slices.Contains(allowed, scope) {
		return nil
	}
	return dotnet.Refuse("%s -Scope %s", c.Name(), scope)
}

func getVariable() *powershell.Command {
	return &powershell.Command{Name: "Get-Variable", Aliases: []string{"gv"}, Class: "Microsoft.PowerShell.Commands.GetVariableCommand",
		Parameters: []powershell.Parameter{fromPipe("Name", "String[]", false), named("ValueOnly", "SwitchParameter"), named("Scope", "String"),
			named("Include", "String[]"), named("Exclude", "String[]")},
		Process: func(_ context.Context, c *powershell.Call) error {
			if c.Has("Include") || c.Has("Exclude") {
				return dotnet.Refuse("Get-Variable with a filter")
			}
			if err := refuseScope(c); err != nil {
				return err
			}
			patterns := c.Texts("Name")
			if len(patterns) == 0 {
				patterns = []string{"*"}
			}
			for _, p := range patterns {
				if err := emitVariables(c, p); err != nil {
					return err
				}
			}
			return nil
		}}
}

func emitVariables(c *powershell.Call, pattern string) error {
	names := c.VariableNames()
	slices.SortFunc(names, func(a, b string) int { return int(dotnet.CompareText(a, b, true)) })
	found := false
	for _, name := range names {
		if !powershell.WildcardMatch(pattern, name) {
			continue
		}
		found = true
		v, _ := c.Variable(name)
		if !c.On("ValueOnly") {
			v = value.NewObject("System.Management.Automation.PSVariable").Set("Name", name).Set("Value", v)
		}
		if err := c.EmitWhole(v); err != nil {
			return err
		}
	}
	if found || powershell.HasWildcards(pattern) {
		return nil
	}
	return c.WriteError(noVariable(pattern))
}

func noVariable(name string) *value.ErrorRecord {
	return powershell.NewErrorRecord("System.Management.Automation.ItemNotFoundException", "VariableNotFound", "ObjectNotFound", name,
		fmt.Sprintf("Cannot find a variable with the name '%s'.", name))
}

// assignment declares what Set-Variable and New-Variable have in common.
func assignment(name string, aliases []string, typ string, process func(c *powershell.Call) error) *powershell.Command {
	return &powershell.Command{Name: name, Aliases: aliases, Class: "Microsoft.PowerShell.Commands." + strings.ReplaceAll(name, "-", "") + "Command",
		ShouldProcess: true,
		Parameters: append([]powershell.Parameter{
			required(0, "Name", typ), {Name: "Value", AllowNull: true, Sets: []powershell.ParameterSet{{Position: 1, FromPipeline: true}}},
			named("Scope", "String"), named("Option", "String"), named("Description", "String"), named("Visibility", "String"),
		}, flags("Force", "PassThru")...),
		Process: func(_ context.Context, c *powershell.Call) error {
			for _, p := range []string{"Option", "Description", "Visibility", "PassThru"} {
				if c.Has(p) {
					return dotnet.Refuse("%s -%s", name, p)
				}
			}
			if item, ok := c.Input(); ok {
				c.State = append(gathered(c), item)
			}
			return refuseScope(c, "global", "script", "local", "0", "1")
		},
		End: func(_ context.Context, c *powershell.Call) error { return process(c) }}
}

// assigned is the value to set: -Value, or what was piped.
func assigned(c *powershell.Call) any {
	if items := gathered(c); len(items) > 0 {
		return result(items)
	}
	return c.Value("Value")
}

func setVariable() *powershell.Command {
	return assignment("Set-Variable", []string{"sv", "set"}, "String[]", func(c *powershell.Call) error {
		for _, name := range c.Texts("Name") {
			if err := c.SetVariable(name, assigned(c), c.Text("Scope")); err != nil {
				return err
			}
		}
		return nil
	})
}

func newVariable() *powershell.Command {
	return assignment("New-Variable", []string{"nv"}, "String", func(c *powershell.Call) error {
		name := c.Text("Name")
		if _, exists := c.Variable(name); exists && !c.On("Force") && !c.Has("Scope") {
			return c.WriteError(powershell.NewErrorRecord("System.Management.Automation.SessionStateException", "VariableAlreadyExists",
				"ResourceExists", name, fmt.Sprintf("A variable with name '%s' already exists.", name)))
		}
		return c.SetVariable(name, assigned(c), c.Text("Scope"))
	})
}

// onEach makes a command that does something with every variable it names.
func onEach(name, alias string, do func(c *powershell.Call, name string) error) *powershell.Command {
	return &powershell.Command{Name: name, Aliases: []string{alias}, Class: "Microsoft.PowerShell.Commands." + strings.ReplaceAll(name, "-", "") + "Command",
		ShouldProcess: true,
		Parameters:    []powershell.Parameter{fromPipe("Name", "String[]", true), named("Scope", "String"), named("Force", "SwitchParameter")},
		Process: func(_ context.Context, c *powershell.Call) error {
			if err := refuseScope(c, "local", "0"); err != nil {
				return err
			}
			for _, name := range c.Texts("Name") {
				if powershell.HasWildcards(name) {
					return dotnet.Refuse("%s with a pattern", c.Name())
				}
				if err := do(c, name); err != nil {
					return err
				}
			}
			return nil
		}}
}

func removeVariable() *powershell.Command {
	return onEach("Remove-Variable", "rv", func(c *powershell.Call, name string) error {
		if c.RemoveVariable(name) {
			return nil
		}
		return c.WriteError(noVariable(name))
	})
}

func clearVariable() *powershell.Command {
	return onEach("Clear-Variable", "clv", func(c *powershell.Call, name string) error {
		if _, ok := c.Variable(name); !ok {
			return c.WriteError(noVariable(name))
		}
		return c.SetVariable(name, nil, "")
	})
}
