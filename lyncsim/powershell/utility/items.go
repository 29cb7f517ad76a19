package utility

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// lister is a disk that can list its files.
type lister interface{ Paths() []string }

func getItem() cmdlet {
	return cmdlet{name: "Get-Item", heeds: "Path LiteralPath Force",
		process: func(_ context.Context, c *powershell.Call) error {
			list, err := paths(c)
			if err != nil {
				return err
			}
			for _, t := range list {
				if !t.exists(c) {
					err = c.WriteError(pathNotFound(t))
				} else {
					err = c.EmitWhole(t.item(c))
				}
				if err != nil {
					return err
				}
			}
			return nil
		}}
}

// item is the object for the file, folder, variable or environment variable at a path
// that exists.
func (t target) item(c *powershell.Call) any {
	switch t.drive {
	case "env":
		return value.Entry{Key: t.name, Value: environment(c, t.name)}
	case "variable":
		v, _ := c.Variable(t.name)
		return value.NewObject("System.Management.Automation.PSVariable").Set("Name", t.name).Set("Value", v)
	}
	data, err := c.Runspace().Env().Files.ReadFile(t.name)
	class := "System.IO.FileInfo"
	if err != nil {
		class = "System.IO.DirectoryInfo"
	}
	o := value.NewObject(class, "System.IO.FileSystemInfo")
	o.Text = func() string { return t.name }
	leaf := dotnet.Leaf(t.name)
	o.Set("Name", leaf).Set("FullName", t.name).Set("Exists", true).Set("PSIsContainer", err != nil)
	if err == nil {
		o.Set("Length", int64(len(data))).Set("DirectoryName", dotnet.Parent(t.name))
	}
	extension := ""
	if dot := strings.LastIndexByte(leaf, '.'); dot >= 0 {
		extension = leaf[dot:]
	}
	return o.Set("BaseName", strings.TrimSuffix(leaf, extension)).Set("Extension", extension).
		Set("PSPath", `Microsoft.PowerShell.Core\FileSystem::`+t.name)
}

func getChildItem() cmdlet {
	return cmdlet{name: "Get-ChildItem", heeds: "Path LiteralPath Filter Recurse Force Name File",
		process: func(_ context.Context, c *powershell.Call) error {
			list, err := childPaths(c)
			if err != nil {
				return err
			}
			for _, t := range list {
				if !t.exists(c) {
					err = c.WriteError(pathNotFound(t))
				} else {
					err = emitChildren(c, t)
				}
				if err != nil {
					return err
				}
			}
			return nil
		}}
}

func childPaths(c *powershell.Call) ([]target, error) {
	if c.Has("Path") || c.Has("LiteralPath") {
		return paths(c)
	}
	here, err := locate(c, value.Text(c.Runspace().Get("PWD")))
	return []target{here}, err
}

func emitChildren(c *powershell.Call, t target) error {
	children, err := t.children(c)
	if err != nil {
		return err
	}
	for _, child := range children {
		if c.Has("Filter") && !powershell.WildcardMatch(c.Text("Filter"), dotnet.Leaf(child.name)) {
			continue
		}
		var item any = dotnet.Leaf(child.name)
		if !c.On("Name") {
			item = child.item(c)
		}
		if err := c.EmitWhole(item); err != nil {
			return err
		}
	}
	return nil
}

// children are the items directly below a path, or with -Recurse all files below it.
func (t target) children(c *powershell.Call) ([]target, error) {
	var names []string
	switch t.drive {
	case "env":
		for k := range c.Runspace().Env().Vars {
			names = append(names, k)
		}
	case "variable":
		names = c.VariableNames()
	default:
		return t.below(c)
	}
	slices.Sort(names)
	var list []target
	for _, n := range names {
		if t.name == "" || strings.EqualFold(n, t.name) {
			list = append(list, target{drive: t.drive, name: n})
		}
	}
	return list, nil
}

func (t target) below(c *powershell.Call) ([]target, error) {
	disk, ok := c.Runspace().Env().Files.(lister)
	if !ok || c.On("Recurse") && !c.On("File") {
		return nil, dotnet.Refuse("Get-ChildItem of a folder")
	}
	if t.isFile(c) {
		return []target{t}, nil
	}
	folder := strings.TrimRight(t.name, `\`) + `\`
	var list []target
	for _, path := range disk.Paths() {
		path = backslashes(path)
		if len(path) <= len(folder) || !strings.EqualFold(path[:len(folder)], folder) {
			continue
		}
		name, _, nested := strings.Cut(path[len(folder):], `\`)
		child := target{name: folder + name}
		if c.On("Recurse") {
			child.name = path
		}
		if !slices.Contains(list, child) && (!nested || c.On("Recurse") || !c.On("File")) {
			list = append(list, child)
		}
	}
	return list, nil
}
