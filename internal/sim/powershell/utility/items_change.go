package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

func newItem() *powershell.Command {
	return &powershell.Command{Name: "New-Item", Aliases: []string{"ni"}, Class: "Microsoft.PowerShell.Commands.NewItemCommand", ShouldProcess: true,
		Parameters: []powershell.Parameter{
			at(0, "Path", "String[]"), named("Name", "String"), named("ItemType", "String", "Type"),
			{Name: "Value", AllowNull: true, Aliases: []string{"Target"}, Sets: []powershell.ParameterSet{{Position: powershell.Named, FromPipeline: true}}},
			named("Force", "SwitchParameter"),
		},
		Process: func(_ context.Context, c *powershell.Call) error {
			list := c.Texts("Path")
			if len(list) == 0 {
				list = []string{"."}
			}
			for _, path := range list {
				if c.Has("Name") {
					path = strings.TrimPrefix(dotnet.JoinPath(path, c.Text("Name")), `.\`)
				}
				t, err := locate(c, path)
				if err == nil {
					err = makeItem(c, t)
				}
				if err != nil {
					return err
				}
			}
			return nil
		}}
}

func makeItem(c *powershell.Call, t target) error {
	switch t.drive {
	case "env":
		setEnvironment(c, t.name, value.Text(c.Value("Value")))
		return c.EmitWhole(t.item(c))
	case "variable":
		if err := c.SetVariable(t.name, c.Value("Value"), ""); err != nil {
			return err
		}
		return c.EmitWhole(t.item(c))
	}
	if kind := strings.ToLower(c.Text("ItemType")); kind != "" && kind != "file" {
		return dotnet.Refuse("New-Item -ItemType %s", c.Text("ItemType"))
	}
	yes, err := c.ShouldProcess("Destination: "+t.name, "Create File")
	if err != nil || !yes {
		return err
	}
	if t.exists(c) && !c.On("Force") {
		return c.WriteError(powershell.NewErrorRecord("System.IO.IOException", "NewItemIOError", "WriteError", t.name,
			"The file '"+t.name+"' already exists."))
	}
	data, err := encode(c, value.Text(c.Value("Value")), usualEncoding(c))
	if err != nil {
		return err
	}
	if err := c.Runspace().Env().Files.WriteFile(t.name, data); err != nil {
		return dotnet.FileError(err, t.name)
	}
	return c.EmitWhole(t.item(c))
}

func copyItem() *powershell.Command {
	return transfer("Copy-Item", []string{"copy", "cp", "cpi"}, "Copy File", func(*powershell.Call, target) error { return nil })
}

func moveItem() *powershell.Command {
	return transfer("Move-Item", []string{"mi", "move", "mv"}, "Move File", func(c *powershell.Call, from target) error {
		return dotnet.FileError(c.Runspace().Env().Files.Remove(from.name), from.name)
	})
}

// transfer makes Copy-Item and Move-Item, of single files.
func transfer(name string, aliases []string, action string, after func(c *powershell.Call, from target) error) *powershell.Command {
	return &powershell.Command{Name: name, Aliases: aliases, Class: "Microsoft.PowerShell.Commands." + strings.ReplaceAll(name, "-", "") + "Command",
		DefaultSet: "Path", ShouldProcess: true,
		Parameters: append(append(pathParameters(), at(1, "Destination", "String")), flags("Force", "PassThru", "Recurse")...),
		Process: func(_ context.Context, c *powershell.Call) error {
			if c.On("PassThru") || c.On("Recurse") {
				return dotnet.Refuse("%s -PassThru or -Recurse", name)
			}
			to, err := locate(c, c.Text("Destination"))
			if err != nil {
				return err
			}
			list, err := paths(c)
			if err != nil {
				return err
			}
			for _, from := range list {
				if err := transferOne(c, from, to, action); err != nil {
					return err
				}
				if err := after(c, from); err != nil {
					return err
				}
			}
			return nil
		}}
}

func transferOne(c *powershell.Call, from, to target, action string) error {
	files := c.Runspace().Env().Files
	if from.drive != "" || to.drive != "" {
		return dotnet.Refuse("%s between drives", c.Name())
	}
	if !from.exists(c) {
		return c.WriteError(pathNotFound(from))
	}
	data, err := files.ReadFile(from.name)
	if err != nil {
		return dotnet.Refuse("%s of a folder", c.Name())
	}
	if to.exists(c) && !to.isFile(c) {
		to.name = dotnet.JoinPath(to.name, dotnet.Leaf(from.name))
	}
	yes, err := c.ShouldProcess("Item: "+from.name+" Destination: "+to.name, action)
	if err != nil || !yes {
		return err
	}
	return dotnet.FileError(files.WriteFile(to.name, data), to.name)
}
