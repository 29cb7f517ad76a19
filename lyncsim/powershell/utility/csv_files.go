package utility

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func exportCSV() cmdlet {
	return cmdlet{name: "Export-Csv",
		heeds:   "InputObject Path LiteralPath Append Force NoClobber Encoding Delimiter UseCulture NoTypeInformation " + csvIn7,
		process: gather, end: func(_ context.Context, c *powershell.Call) error { return saveCSV(c) }}
}

// onePath is the file that -Path or -LiteralPath names.
func onePath(c *powershell.Call) (target, error) {
	if c.Has("Path") == c.Has("LiteralPath") {
		return target{}, powershell.NewErrorRecord("System.InvalidOperationException", "CannotSpecifyPathAndLiteralPath", "InvalidData", nil,
			"You must specify either the -Path or -LiteralPath parameters, but not both.")
	}
	t, err := locate(c, c.Text("Path")+c.Text("LiteralPath"))
	if err == nil && t.drive != "" {
		err = dotnet.Refuse("%s on the drive %s:", c.Name(), t.drive)
	}
	return t, err
}

func saveCSV(c *powershell.Call) error {
	t, err := onePath(c)
	if err != nil {
		return err
	}
	yes, err := c.ShouldProcess(t.name, c.Name())
	if err != nil || !yes {
		return err
	}
	if c.On("NoClobber") && !c.On("Append") && t.exists(c) {
		return alreadyExists(t, "NoClobber")
	}
	items := gathered(c)
	if len(items) == 0 {
		return save(c, t, nil)
	}
	names, head := columnsOf(c, items[0]), true
	if have, err := headOf(c, t); err != nil {
		return err
	} else if have != nil {
		names, head = have, false
		if err := missesColumn(c, t, have); err != nil {
			return err
		}
	}
	lines, err := csvLines(c, items, names, head)
	if err != nil {
		return err
	}
	return save(c, t, lines)
}

// save writes lines to a file. The default encoding is ASCII in PowerShell 5.1, and
// UTF-8 without a byte order mark in PowerShell 7.
func save(c *powershell.Call, t target, lines []string) error {
	usual := "ascii"
	if c.Runspace().Edition() == powershell.Core7 {
		usual = "utf8nobom"
	}
	text := ""
	if len(lines) > 0 {
		text = strings.Join(lines, "\r\n") + "\r\n"
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

// headOf are the columns of the file that -Append adds to; nil for none.
func headOf(c *powershell.Call, t target) ([]string, error) {
	if !c.On("Append") {
		return nil, nil
	}
	text, ok, err := t.read(c)
	if !ok || err != nil || text == "" {
		return nil, err
	}
	records := csvRecords(text, []rune(delimiter(c))[0])
	if len(records) == 0 {
		return nil, nil
	}
	return records[0], nil
}

// missesColumn is the error of -Append when the objects lack a column of the file.
func missesColumn(c *powershell.Call, t target, names []string) error {
	have := columnsOf(c, gathered(c)[0])
	for _, name := range names {
		if c.On("Force") || slices.ContainsFunc(have, func(h string) bool { return strings.EqualFold(h, name) }) {
			continue
		}
		return powershell.NewErrorRecord("System.InvalidOperationException", "CannotAppendCsvWithMismatchedPropertyNames", "InvalidData", name,
			fmt.Sprintf("Cannot append CSV content to the following file: %s. The appended object does not have a property that corresponds to the following column: %s. "+
				"To continue with mismatched properties, add the -Force parameter, and then retry the command.", t.name, name))
	}
	return nil
}

func importCSV() cmdlet {
	return cmdlet{name: "Import-Csv", heeds: "Path LiteralPath Delimiter UseCulture Header Encoding",
		process: func(_ context.Context, c *powershell.Call) error {
			if c.Has("Path") == c.Has("LiteralPath") {
				_, err := onePath(c)
				return err
			}
			list, err := paths(c)
			if err != nil {
				return err
			}
			for _, t := range list {
				text, err := t.open(c)
				if err != nil {
					return err
				}
				if err := readCSV(c, csvRecords(text, []rune(delimiter(c))[0])); err != nil {
					return err
				}
			}
			return nil
		}}
}

// open reads a file that must be there.
func (t target) open(c *powershell.Call) (string, error) {
	text, ok, err := t.read(c)
	if err == nil && !ok {
		err = value.NewErrorRecord(value.NewException("System.IO.FileNotFoundException", "Could not find file '"+t.name+"'."), "FileOpenFailure", "OpenError", nil)
	}
	return text, err
}
