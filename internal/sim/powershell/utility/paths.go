package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// fromPipe is a -Path parameter: by position, piped, or a property of what is piped.
func fromPipe(name, typ string, mandatory bool, aliases ...string) powershell.Parameter {
	return powershell.Parameter{Name: name, Type: typ, Aliases: aliases,
		Sets: []powershell.ParameterSet{{Position: 0, Mandatory: mandatory, FromPipeline: true, FromProperty: true}}}
}

func joinPath() *powershell.Command {
	return &powershell.Command{Name: "Join-Path", Class: "Microsoft.PowerShell.Commands.JoinPathCommand",
		Parameters: []powershell.Parameter{
			fromPipe("Path", "String[]", true, "PSPath"), {Name: "ChildPath", Type: "String", AllowNull: true, Sets: powershell.Mandatory(1)},
			named("Resolve", "SwitchParameter"), named("Credential", ""),
		},
		Process: func(_ context.Context, c *powershell.Call) error {
			if c.On("Resolve") {
				return dotnet.Refuse("Join-Path -Resolve")
			}
			for _, parent := range c.Texts("Path") {
				joined := dotnet.JoinPath(backslashes(parent), backslashes(c.Text("ChildPath")))
				if err := c.EmitWhole(joined); err != nil {
					return err
				}
			}
			return nil
		}}
}

func backslashes(path string) string { return strings.ReplaceAll(path, "/", `\`) }

func splitPath() *powershell.Command {
	return &powershell.Command{Name: "Split-Path", Class: "Microsoft.PowerShell.Commands.SplitPathCommand",
		Parameters: append([]powershell.Parameter{fromPipe("Path", "String[]", true, "PSPath", "LiteralPath")},
			flags("Parent", "Leaf", "Qualifier", "NoQualifier", "Extension", "LeafBase", "IsAbsolute", "Resolve")...),
		Process: func(_ context.Context, c *powershell.Call) error {
			for _, path := range c.Texts("Path") {
				part, err := splitPart(c, backslashes(path))
				if err != nil {
					return err
				}
				if err := c.EmitWhole(part); err != nil {
					return err
				}
			}
			return nil
		}}
}

// splitPart is the part of a path that the switches ask for, its parent without.
func splitPart(c *powershell.Call, path string) (any, error) {
	qualifier, rest := "", path
	if drive, after, ok := strings.Cut(path, ":"); ok {
		qualifier, rest = drive+":", after
	}
	leaf := dotnet.Leaf(strings.TrimRight(path, `\`))
	extension := ""
	if dot := strings.LastIndexByte(leaf, '.'); dot >= 0 {
		extension = leaf[dot:]
	}
	switch {
	case c.On("Resolve"):
		return nil, dotnet.Refuse("Split-Path -Resolve")
	case c.On("Leaf"):
		return leaf, nil
	case c.On("Qualifier"):
		return qualifier, nil
	case c.On("NoQualifier"):
		return rest, nil
	case c.On("IsAbsolute"):
		return qualifier != "", nil
	case c.On("Extension"):
		return extension, nil
	case c.On("LeafBase"):
		return strings.TrimSuffix(leaf, extension), nil
	}
	return dotnet.Parent(strings.TrimRight(path, `\`)), nil
}

// target is a path taken apart: a drive of the engine's own, or the disk.
type target struct {
	drive string // "env", "variable", or "" for the disk
	name  string // on the drive; the full path on the disk
}

// locate makes a path whole: relative ones start at the current location.
func locate(c *powershell.Call, path string) (target, error) {
	path = backslashes(path)
	if _, after, ok := strings.Cut(path, "::"); ok {
		path = after
	}
	drive, name, qualified := strings.Cut(path, ":")
	switch lower := strings.ToLower(drive); {
	case !qualified, len(drive) == 1:
	case lower == "env" || lower == "variable":
		return target{drive: lower, name: strings.Trim(name, `\`)}, nil
	default:
		return target{}, dotnet.Refuse("the drive %s:", drive)
	}
	if !qualified && !strings.HasPrefix(path, `\\`) {
		here := value.Text(c.Runspace().Get("PWD"))
		if strings.HasPrefix(path, `\`) {
			here = here[:min(2, len(here))]
		}
		path = dotnet.JoinPath(here, strings.TrimPrefix(path, `.\`))
	}
	if strings.Contains(path+`\`, `\..\`) || strings.Contains(path+`\`, `\.\`) {
		return target{}, dotnet.Refuse("a path with dots: %s", path)
	}
	return target{name: path}, nil
}
