package utility

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
)

func getAlias() cmdlet {
	return cmdlet{name: "Get-Alias", heeds: "Name Definition Exclude",
		process: func(_ context.Context, c *powershell.Call) error {
			patterns, of := c.Texts("Name"), c.Texts("Definition")
			if len(patterns) == 0 {
				patterns = []string{"*"}
			}
			for _, pattern := range patterns {
				if err := emitAliases(c, pattern, of); err != nil {
					return err
				}
			}
			return nil
		}}
}

func emitAliases(c *powershell.Call, pattern string, definitions []string) error {
	found := c.Commands(pattern)
	slices.SortStableFunc(found, func(a, b *powershell.CommandInfo) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	known := false
	for _, info := range found {
		if info.Kind != "Alias" || matchesAny(c.Texts("Exclude"), info.Name) || len(definitions) > 0 && !matchesAny(definitions, info.Definition) {
			continue
		}
		known = true
		if err := c.EmitWhole(info); err != nil {
			return err
		}
	}
	if known || powershell.HasWildcards(pattern) && len(definitions) == 0 {
		return nil
	}
	what, missing := "name", pattern
	if len(definitions) > 0 {
		what, missing = "definition", definitions[0]
	}
	return c.WriteError(powershell.NewErrorRecord("System.Management.Automation.ItemNotFoundException", "ItemNotFoundException", "ObjectNotFound", missing,
		fmt.Sprintf("This command cannot find a matching alias because an alias with the %s '%s' does not exist.", what, missing)))
}

func setAlias() cmdlet {
	return cmdlet{name: "Set-Alias", heeds: "Name Value Force PassThru",
		process: func(_ context.Context, c *powershell.Call) error { return putAlias(c) }}
}

func newAlias() cmdlet {
	return cmdlet{name: "New-Alias", heeds: "Name Value Force PassThru",
		process: func(_ context.Context, c *powershell.Call) error {
			name := c.Text("Name")
			exists := slices.ContainsFunc(c.Commands(name), func(i *powershell.CommandInfo) bool { return i.Kind == "Alias" })
			if exists && !c.On("Force") {
				return c.WriteError(powershell.NewErrorRecord("System.Management.Automation.SessionStateException", "AliasAlreadyExists", "ResourceExists", name,
					fmt.Sprintf("The alias is not allowed, because an alias with the name '%s' already exists.", name)))
			}
			return putAlias(c)
		}}
}

func putAlias(c *powershell.Call) error {
	name := c.Text("Name")
	yes, err := c.ShouldProcess("Name: "+name+" Value: "+c.Text("Value"), c.Name())
	if err != nil || !yes {
		return err
	}
	c.Runspace().SetAlias(name, c.Text("Value"))
	if !c.On("PassThru") {
		return nil
	}
	return emitAliases(c, name, nil)
}
