package utility

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// paths are the targets that -Path and -LiteralPath name.
func paths(c *powershell.Call) ([]target, error) {
	var list []target
	for _, path := range append(c.Texts("Path"), c.Texts("LiteralPath")...) {
		t, err := locate(c, path)
		if missing := noDrive(err); missing != nil {
			if err := c.WriteError(missing); err != nil {
				return nil, err
			}
			continue
		}
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

// isFile reports whether the target is a file and not a folder.
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

func testPath() cmdlet {
	return cmdlet{name: "Test-Path", heeds: "Path LiteralPath PathType",
		unsaid: map[string]unsaid{"Path": {nulls7: true}, "LiteralPath": {nulls7: true}},
		process: func(_ context.Context, c *powershell.Call) error {
			given := append(value.Unroll(c.Value("Path")), value.Unroll(c.Value("LiteralPath"))...)
			if len(given) == 0 {
				return c.WriteError(nullPath())
			}
			for _, path := range given {
				if err := testOne(c, path); err != nil {
					return err
				}
			}
			return nil
		}}
}

func nullPath() *value.ErrorRecord {
	return powershell.NewErrorRecord("System.ArgumentNullException", "NullPathNotPermitted", "InvalidArgument", nil,
		"Value cannot be null. (Parameter 'The provided Path argument was null or an empty collection.')")
}

// testOne puts out whether a path exists. A path of blanks exists in PowerShell 5.1 and
// does not exist in PowerShell 7.
func testOne(c *powershell.Call, path any) error {
	text := value.Text(path)
	switch {
	case path == nil:
		return c.WriteError(nullPath())
	case strings.TrimSpace(text) == "":
		return c.EmitWhole(c.Runspace().Edition() == powershell.Windows51)
	}
	t, err := locate(c, text)
	if noDrive(err) != nil {
		return c.EmitWhole(false)
	}
	if err != nil {
		return err
	}
	if !c.Has("LiteralPath") && t.drive == "" && powershell.HasWildcards(text) {
		return dotnet.Refuse("the wildcard path %s", text)
	}
	is := t.exists(c)
	switch strings.ToLower(c.Text("PathType")) {
	case "leaf":
		is = is && (t.isFile(c) || t.drive != "")
	case "container":
		is = is && !t.isFile(c) && t.drive == ""
	}
	return c.EmitWhole(is)
}

func removeItem() cmdlet {
	return cmdlet{name: "Remove-Item", heeds: "Path LiteralPath Recurse Force",
		process: func(_ context.Context, c *powershell.Call) error {
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
