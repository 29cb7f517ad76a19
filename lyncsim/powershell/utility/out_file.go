package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func outFile() cmdlet {
	return cmdlet{name: "Out-File", heeds: "FilePath LiteralPath Encoding InputObject Width Append Force NoClobber NoNewline",
		process: gather,
		end: func(_ context.Context, c *powershell.Call) error {
			t, err := locate(c, c.Text("FilePath")+c.Text("LiteralPath"))
			if err != nil {
				return err
			}
			if t.drive != "" {
				return dotnet.Refuse("Out-File on the drive %s:", t.drive)
			}
			yes, err := c.ShouldProcess(t.name, "Output to File")
			if err != nil || !yes {
				return err
			}
			if c.On("NoClobber") && !c.On("Append") && t.exists(c) {
				return alreadyExists(t, "NoClobber")
			}
			return writeOut(c, t)
		}}
}

func alreadyExists(t target, id string) *value.ErrorRecord {
	return powershell.NewErrorRecord("System.IO.IOException", id, "ResourceExists", t.String(), "The file '"+t.String()+"' already exists.")
}

// writeOut writes the objects to a file as a console would show them. PowerShell 5.1
// writes UTF-16.
func writeOut(c *powershell.Call, t target) error {
	usual, end := "unicode", "\r\n"
	if c.Runspace().Edition() == powershell.Core7 {
		usual = "utf8nobom"
	}
	if c.On("NoNewline") {
		end = ""
	}
	text := ""
	lines, err := rendered(c)
	if err != nil {
		return err
	}
	if len(lines) > 0 {
		text = strings.Join(lines, end) + end
	}
	if c.On("Append") {
		return appendText(c, t, text, usual)
	}
	data, err := encode(c, text, usual)
	if err != nil {
		return err
	}
	return dotnet.FileError(c.Runspace().Env().Files.WriteFile(t.name, data), t.name)
}
