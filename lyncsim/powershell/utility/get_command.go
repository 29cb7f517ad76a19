package utility

import (
	"context"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
)

func getCommand() cmdlet {
	return cmdlet{name: "Get-Command", heeds: "Name Module CommandType All Verb Noun ListImported TotalCount ParameterName",
		unsaid: map[string]unsaid{"ArgumentList": {rest: true}},
		begin:  func(_ context.Context, c *powershell.Call) error { c.State = 0; return nil },
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
		if !listed(c, info) {
			continue
		}
		found++
		if sent := c.State.(int); c.Has("TotalCount") && sent >= c.Int("TotalCount") {
			return nil
		}
		c.State = c.State.(int) + 1
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

// listed reports whether the parameters ask for a command. When they give neither a name
// nor a type, aliases are not listed.
func listed(c *powershell.Call, info *powershell.CommandInfo) bool {
	verb, noun, _ := strings.Cut(info.Name, "-")
	kinds := strings.Split(c.Text("CommandType"), ", ")
	if kinds[0] == "" || kinds[0] == "All" {
		kinds = []string{"*"}
	}
	if info.Kind == "Alias" && kinds[0] == "*" && !c.Has("Name") {
		return false
	}
	return wanted(c.Texts("Module"), info.Module) && wanted(kinds, info.Kind) && wanted(c.Texts("Verb"), verb) && wanted(c.Texts("Noun"), noun) &&
		(!c.On("ListImported") || c.Imported(info.Module)) && hasParameters(info, c.Texts("ParameterName"))
}

func hasParameters(info *powershell.CommandInfo, patterns []string) bool {
	for _, p := range patterns {
		if !info.HasParameter(p) {
			return false
		}
	}
	return true
}

// wanted reports whether a value matches one of the patterns. Without patterns every
// value is wanted.
func wanted(patterns []string, have string) bool {
	return len(patterns) == 0 || matchesAny(patterns, have)
}
