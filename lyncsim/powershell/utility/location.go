package utility

import (
	"context"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func pathInfo(path string) *value.Object {
	o := value.NewObject("System.Management.Automation.PathInfo").Set("Path", path).Set("ProviderPath", path)
	o.Text = func() string { return path }
	return o
}

func getLocation() cmdlet {
	return cmdlet{name: "Get-Location",
		process: func(_ context.Context, c *powershell.Call) error { return c.EmitWhole(pathInfo(here(c))) }}
}

func here(c *powershell.Call) string { return value.Text(c.Runspace().Get("PWD")) }

// setLocation is Set-Location. It changes $PWD, the folder where relative paths begin.
func setLocation() cmdlet {
	return cmdlet{name: "Set-Location", heeds: "Path LiteralPath PassThru",
		process: func(_ context.Context, c *powershell.Call) error {
			list, err := paths(c)
			if err != nil {
				return err
			}
			for _, t := range list {
				if err := goTo(c, t); err != nil {
					return err
				}
			}
			return passLocation(c)
		}}
}

func goTo(c *powershell.Call, t target) error {
	switch {
	case t.drive != "":
		return dotnet.Refuse("%s to the drive %s:", c.Name(), t.drive)
	case !t.exists(c):
		return c.WriteError(pathNotFound(t))
	}
	c.Runspace().Set("PWD", t.name)
	return nil
}

func passLocation(c *powershell.Call) error {
	if !c.On("PassThru") {
		return nil
	}
	return c.EmitWhole(pathInfo(here(c)))
}

// locations is the stack of Push-Location and Pop-Location.
type locations struct{ paths []string }

func pushLocation(s *locations) cmdlet {
	return cmdlet{name: "Push-Location", heeds: "Path LiteralPath PassThru",
		process: func(_ context.Context, c *powershell.Call) error {
			before := here(c)
			list, err := paths(c)
			if err != nil {
				return err
			}
			for _, t := range list {
				if err := goTo(c, t); err != nil {
					return err
				}
			}
			s.paths = append(s.paths, before)
			return passLocation(c)
		}}
}

func popLocation(s *locations) cmdlet {
	return cmdlet{name: "Pop-Location", heeds: "PassThru",
		process: func(_ context.Context, c *powershell.Call) error {
			last := len(s.paths) - 1
			if last < 0 {
				return nil
			}
			c.Runspace().Set("PWD", s.paths[last])
			s.paths = s.paths[:last]
			return passLocation(c)
		}}
}

// resolver makes Resolve-Path and Convert-Path. The two differ only in the object that
// made builds from a path.
func resolver(name string, made func(path string) any) cmdlet {
	return cmdlet{name: name, heeds: "Path LiteralPath",
		process: func(_ context.Context, c *powershell.Call) error {
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

func resolvePath() cmdlet {
	return resolver("Resolve-Path", func(path string) any { return pathInfo(path) })
}

func convertPath() cmdlet { return resolver("Convert-Path", func(path string) any { return path }) }
