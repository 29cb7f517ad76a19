package utility

import (
	"context"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

func pathInfo(path string) *value.Object {
	o := value.NewObject("System.Management.Automation.PathInfo").Set("Path", path).Set("ProviderPath", path)
	o.Text = func() string { return path }
	return o
}

func getLocation() *powershell.Command {
	return &powershell.Command{Name: "Get-Location", Aliases: []string{"gl", "pwd"}, Class: "Microsoft.PowerShell.Commands.GetLocationCommand",
		Process: func(_ context.Context, c *powershell.Call) error {
			return c.EmitWhole(pathInfo(value.Text(c.Runspace().Get("PWD"))))
		}}
}

// setLocation changes $PWD, which is where relative paths begin.
func setLocation() *powershell.Command {
	return &powershell.Command{Name: "Set-Location", Aliases: []string{"cd", "chdir", "sl"}, Class: "Microsoft.PowerShell.Commands.SetLocationCommand", DefaultSet: "Path",
		Parameters: append(pathParameters(), named("PassThru", "SwitchParameter")),
		Process: func(_ context.Context, c *powershell.Call) error {
			list, err := paths(c)
			if err != nil {
				return err
			}
			for _, t := range list {
				switch {
				case t.drive != "":
					return dotnet.Refuse("Set-Location to the drive %s:", t.drive)
				case !t.exists(c):
					return c.WriteError(pathNotFound(t))
				}
				c.Runspace().Set("PWD", t.name)
			}
			if c.On("PassThru") {
				return c.EmitWhole(pathInfo(value.Text(c.Runspace().Get("PWD"))))
			}
			return nil
		}}
}

// resolver makes Resolve-Path and Convert-Path, which differ in what they put out.
func resolver(name, alias, class string, made func(path string) any) *powershell.Command {
	return &powershell.Command{Name: name, Aliases: []string{alias}, Class: "Microsoft.PowerShell.Commands." + class, DefaultSet: "Path",
		Parameters: append(pathParameters(), named("Relative", "SwitchParameter")),
		Process: func(_ context.Context, c *powershell.Call) error {
			if c.On("Relative") {
				return dotnet.Refuse("%s -Relative", name)
			}
			list, err := paths(c)
			if err != nil {
				return err
			}
			for _, t := range list {
				if !t.exists(c) {
					err = c.WriteError(pathNotFound(t))
				} else {
					err = c.EmitWhole(made(t.name))
				}
				if err != nil {
					return err
				}
			}
			return nil
		}}
}

func resolvePath() *powershell.Command {
	return resolver("Resolve-Path", "rvpa", "ResolvePathCommand", func(path string) any { return pathInfo(path) })
}

func convertPath() *powershell.Command {
	return resolver("Convert-Path", "cvpa", "ConvertPathCommand", func(path string) any { return path })
}
