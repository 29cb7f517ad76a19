package utility

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// paths are the targets that -Path and -LiteralPath name.
func paths(c *powershell.Call) ([]target, error) {
	var list []target
	for _, path := range append(c.Texts("Path"), c.Texts("LiteralPath")...) {
		t, err := locate(c, path)
		if err != nil {
			return nil, err
		}
		if !c.Has("LiteralPath") && t.drive == "" && powershell.HasWildcards(path) {
			return nil, dotnet.Refuse("the wildcard path %s", path)
		}
		list = append(list, t)
	}
	return list, nil
}

// pathParameters declares -Path and -LiteralPath, one of them to be given.
func pathParameters() []powershell.Parameter {
	in := func(set string, position int) []powershell.ParameterSet {
		return []powershell.ParameterSet{{Name: set, Mandatory: true, Position: position, FromPipeline: position == 0, FromProperty: true}}
	}
	return []powershell.Parameter{
		{Name: "Path", Type: "String[]", Sets: in("Path", 0)},
		{Name: "LiteralPath", Type: "String[]", Aliases: []string{"PSPath", "LP"}, Sets: in("LiteralPath", powershell.Named)},
	}
}

func pathNotFound(t target) *value.ErrorRecord {
	return powershell.NewErrorRecord("System.Management.Automation.ItemNotFoundException", "PathNotFound", "ObjectNotFound", t.String(),
		fmt.Sprintf("Cannot find path '%s' because it does not exist.", t))
}

// String is the path as errors show it.
func (t target) String() string {
	if t.drive == "" {
		return t.name
	}
	return strings.ToUpper(t.drive[:1]) + t.drive[1:] + `:\` + t.name
}

func (t target) exists(c *powershell.Call) bool {
	switch t.drive {
	case "env":
		return t.name == "" || environment(c, t.name) != nil
	case "variable":
		_, ok := c.Variable(t.name)
		return ok || t.name == ""
	}
	return len(t.name) <= 3 && strings.EqualFold(t.name[:1], "c") || c.Runspace().Env().Files.Exists(t.name)
}

// isFile tells a file from a folder.
func (t target) isFile(c *powershell.Call) bool {
	_, err := c.Runspace().Env().Files.ReadFile(t.name)
	return t.drive == "" && err == nil
}

func environment(c *powershell.Call, name string) any {
	for k, v := range c.Runspace().Env().Vars {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return nil
}

func testPath() *powershell.Command {
	return &powershell.Command{Name: "Test-Path", Class: "Microsoft.PowerShell.Commands.TestPathCommand", DefaultSet: "Path",
		Parameters: append(pathParameters(), named("PathType", "String", "Type"), named("IsValid", "SwitchParameter"),
			named("Filter", "String"), named("Include", "String[]"), named("Exclude", "String[]"), named("NewerThan", ""), named("OlderThan", "")),
		Process: func(_ context.Context, c *powershell.Call) error {
			for _, name := range []string{"IsValid", "Filter", "Include", "Exclude", "NewerThan", "OlderThan"} {
				if c.Has(name) {
					return dotnet.Refuse("Test-Path -%s", name)
				}
			}
			list, err := paths(c)
			if err != nil {
				return err
			}
			for _, t := range list {
				is := t.exists(c)
				switch strings.ToLower(c.Text("PathType")) {
				case "leaf":
					is = is && (t.isFile(c) || t.drive != "")
				case "container":
					is = is && !t.isFile(c) && t.drive == ""
				}
				if err := c.EmitWhole(is); err != nil {
					return err
				}
			}
			return nil
		}}
}

func removeItem() *powershell.Command {
	return &powershell.Command{Name: "Remove-Item", Aliases: []string{"del", "erase", "rd", "ri", "rm", "rmdir"},
		Class: "Microsoft.PowerShell.Commands.RemoveItemCommand", DefaultSet: "Path", ShouldProcess: true,
		Parameters: append(append(pathParameters(), flags("Recurse", "Force")...), named("Filter", "String"), named("Include", "String[]"), named("Exclude", "String[]")),
		Process: func(_ context.Context, c *powershell.Call) error {
			if c.Has("Filter") || c.Has("Include") || c.Has("Exclude") {
				return dotnet.Refuse("Remove-Item with a filter")
			}
			list, err := paths(c)
			if err != nil {
				return err
			}
			for _, t := range list {
				if err := removeOne(c, t); err != nil {
					return err
				}
			}
			return nil
		}}
}

func removeOne(c *powershell.Call, t target) error {
	if !t.exists(c) {
		return c.WriteError(pathNotFound(t))
	}
	yes, err := c.ShouldProcess(t.String(), "Remove File")
	if err != nil || !yes {
		return err
	}
	switch t.drive {
	case "env":
		for k := range c.Runspace().Env().Vars {
			if strings.EqualFold(k, t.name) {
				delete(c.Runspace().Env().Vars, k)
			}
		}
		return nil
	case "variable":
		c.RemoveVariable(t.name)
		return nil
	}
	if err := c.Runspace().Env().Files.Remove(t.name); errors.Is(err, fs.ErrNotExist) {
		return dotnet.Refuse("removing the folder %s", t.name)
	} else if err != nil {
		return dotnet.FileError(err, t.name)
	}
	return nil
}
