package utility

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func joinPath() cmdlet {
	return cmdlet{name: "Join-Path", heeds: "Path ChildPath AdditionalChildPath",
		unsaid: map[string]unsaid{"ChildPath": {nulls: true}, "AdditionalChildPath": {rest: true}},
		process: func(_ context.Context, c *powershell.Call) error {
			for _, parent := range c.Texts("Path") {
				joined := dotnet.JoinPath(backslashes(parent), backslashes(c.Text("ChildPath")))
				for _, more := range c.Texts("AdditionalChildPath") {
					joined = dotnet.JoinPath(joined, backslashes(more))
				}
				if err := c.EmitWhole(joined); err != nil {
					return err
				}
			}
			return nil
		}}
}

func backslashes(path string) string { return strings.ReplaceAll(path, "/", `\`) }

func splitPath() cmdlet {
	return cmdlet{name: "Split-Path", heeds: "Path LiteralPath Parent Leaf Qualifier NoQualifier Extension LeafBase IsAbsolute",
		process: func(_ context.Context, c *powershell.Call) error {
			for _, path := range append(c.Texts("Path"), c.Texts("LiteralPath")...) {
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

// splitPart is the part of a path that the switches ask for. Without a switch it is the
// parent.
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

// target is a path split into its drive and the rest. The drive is one of the engine's
// own drives, or the disk.
type target struct {
	drive string // "env", "variable", or "" for the disk
	name  string // the name on the drive, or the full path on the disk
}

// otherDrives are drives that Windows has and the simulator does not have.
var otherDrives = []string{"alias", "cert", "function", "hkcu", "hklm", "wsman"}

const driveNotFound = "DriveNotFound"

// noDrive is the error record for a drive that does not exist; nil for other errors.
func noDrive(err error) *value.ErrorRecord {
	if r, ok := errors.AsType[*value.ErrorRecord](err); ok && r.ID == driveNotFound {
		return r
	}
	return nil
}

// locate turns a path into a target. A relative path starts at the current location.
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
	case slices.Contains(otherDrives, lower):
		return target{}, dotnet.Refuse("the drive %s:", drive)
	default:
		return target{}, powershell.NewErrorRecord("System.Management.Automation.DriveNotFoundException", driveNotFound, "ObjectNotFound", drive,
			"Cannot find drive. A drive with the name '"+drive+"' does not exist.")
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
