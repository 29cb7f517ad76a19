package utility

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func variableCommands() []cmdlet {
	return []cmdlet{getVariable(), setVariable(), newVariable(), removeVariable(), clearVariable()}
}

// refuseScope refuses a value of -Scope that the command does not simulate.
func refuseScope(c *powershell.Call, allowed ...string) error {
	scope := strings.ToLower(c.Text("Scope"))
	if scope == "" || slices.Contains(allowed, scope) {
		return nil
	}
	return dotnet.Refuse("%s -Scope %s", c.Name(), scope)
}

func getVariable() cmdlet {
	return cmdlet{name: "Get-Variable", heeds: "Name ValueOnly Scope Include Exclude",
		process: func(_ context.Context, c *powershell.Call) error {
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
		if !powershell.WildcardMatch(pattern, name) || c.Has("Include") && !matchesAny(c.Texts("Include"), name) || matchesAny(c.Texts("Exclude"), name) {
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

// assignment makes Set-Variable and New-Variable.
func assignment(name string, process func(c *powershell.Call) error) cmdlet {
	return cmdlet{name: name, heeds: "Name Value Scope Force",
		process: func(_ context.Context, c *powershell.Call) error {
			if item, ok := c.Input(); ok {
				c.State = append(gathered(c), item)
			}
			return refuseScope(c, "global", "script", "local", "0", "1")
		},
		end: func(_ context.Context, c *powershell.Call) error { return process(c) }}
}

// assigned is the value to set: that of -Value, or the piped value.
func assigned(c *powershell.Call) any {
	if items := gathered(c); len(items) > 0 {
		return result(items)
	}
	return c.Value("Value")
}

func setVariable() cmdlet {
	return assignment("Set-Variable", func(c *powershell.Call) error {
		for _, name := range c.Texts("Name") {
			if err := c.SetVariable(name, assigned(c), c.Text("Scope")); err != nil {
				return err
			}
		}
		return nil
	})
}

func newVariable() cmdlet {
	return assignment("New-Variable", func(c *powershell.Call) error {
		name := c.Text("Name")
		if _, exists := c.Variable(name); exists && !c.On("Force") && !c.Has("Scope") {
			return c.WriteError(powershell.NewErrorRecord("System.Management.Automation.SessionStateException", "VariableAlreadyExists",
				"ResourceExists", name, fmt.Sprintf("A variable with name '%s' already exists.", name)))
		}
		return c.SetVariable(name, assigned(c), c.Text("Scope"))
	})
}

// onEach makes a command that does something with every variable it names.
func onEach(name string, do func(c *powershell.Call, name string) error) cmdlet {
	return cmdlet{name: name, heeds: "Name Scope Force",
		process: func(_ context.Context, c *powershell.Call) error {
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

func removeVariable() cmdlet {
	return onEach("Remove-Variable", func(c *powershell.Call, name string) error {
		if c.RemoveVariable(name) {
			return nil
		}
		return c.WriteError(noVariable(name))
	})
}

func clearVariable() cmdlet {
	return onEach("Clear-Variable", func(c *powershell.Call, name string) error {
		if _, ok := c.Variable(name); !ok {
			return c.WriteError(noVariable(name))
		}
		return c.SetVariable(name, nil, "")
	})
}
