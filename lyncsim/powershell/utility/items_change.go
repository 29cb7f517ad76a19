package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func newItem() cmdlet {
	return cmdlet{name: "New-Item", heeds: "Path Name ItemType Value Force",
		process: func(_ context.Context, c *powershell.Call) error {
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

func copyItem() cmdlet {
	return transfer("Copy-Item", "Copy File", func(*powershell.Call, target) error { return nil })
}

func moveItem() cmdlet {
	return transfer("Move-Item", "Move File", func(c *powershell.Call, from target) error {
		return dotnet.FileError(c.Runspace().Env().Files.Remove(from.name), from.name)
	})
}

// transfer makes Copy-Item and Move-Item. Both work on single files.
func transfer(name, action string, after func(c *powershell.Call, from target) error) cmdlet {
	return cmdlet{name: name, heeds: "Path LiteralPath Destination Force",
		process: func(_ context.Context, c *powershell.Call) error {
			to, err := locate(c, c.Text("Destination"))
			if err != nil {
				return err
			}
			list, err := paths(c)
			if err != nil {
				return err
			}
			for _, from := range list {
				if name == "Move-Item" && to.drive == "" && to.exists(c) && from.exists(c) && !c.On("Force") {
					return c.WriteError(powershell.NewErrorRecord("System.IO.IOException", "MoveFileInfoItemIOError", "WriteError", nil,
						"Cannot create a file when that file already exists."))
				}
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

func renameItem() cmdlet {
	return cmdlet{name: "Rename-Item", heeds: "Path LiteralPath NewName Force",
		process: func(_ context.Context, c *powershell.Call) error {
			from, err := locate(c, c.Text("Path")+c.Text("LiteralPath"))
			if err != nil {
				return err
			}
			to := target{name: dotnet.JoinPath(dotnet.Parent(from.name), dotnet.Leaf(backslashes(c.Text("NewName"))))}
			if to.exists(c) && from.exists(c) {
				return c.WriteError(powershell.NewErrorRecord("System.IO.IOException", "RenameItemIOError", "WriteError", from.name,
					"Cannot create a file when that file already exists."))
			}
			if err := transferOne(c, from, to, "Rename File"); err != nil || !from.exists(c) {
				return err
			}
			return dotnet.FileError(c.Runspace().Env().Files.Remove(from.name), from.name)
		}}
}
