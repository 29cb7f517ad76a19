package utility

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func exportCLIXML() cmdlet {
	return cmdlet{name: "Export-Clixml", heeds: "InputObject Path LiteralPath Depth Force NoClobber Encoding",
		unsaid:  map[string]unsaid{"InputObject": {nulls: true}, "Depth": {check: atLeast(1)}},
		process: gather,
		end: func(_ context.Context, c *powershell.Call) error {
			t, err := onePath(c)
			if err != nil {
				return err
			}
			yes, err := c.ShouldProcess(t.name, c.Name())
			if err != nil || !yes {
				return err
			}
			if c.On("NoClobber") && t.exists(c) {
				return alreadyExists(t, "NoClobber")
			}
			text, err := clixml(c)
			if err != nil {
				return err
			}
			usual := "unicode"
			if c.Runspace().Edition() == powershell.Core7 {
				usual = "utf8nobom"
			}
			data, err := encode(c, text, usual)
			if err != nil {
				return err
			}
			return dotnet.FileError(c.Runspace().Env().Files.WriteFile(t.name, data), t.name)
		}}
}

// clixml writes the objects of the input one after the other in one document.
func clixml(c *powershell.Call) (string, error) {
	depth := 2
	if c.Has("Depth") {
		depth = c.Int("Depth")
	}
	items := gathered(c)
	if len(items) != 1 {
		return "", dotnet.Refuse("Export-Clixml of %d objects; give one, e.g. an array by -InputObject", len(items))
	}
	text, err := dotnet.SerializeDepth(items[0], depth)
	return strings.ReplaceAll(text, "\n", "\r\n"), err
}

func importCLIXML() cmdlet {
	return cmdlet{name: "Import-Clixml", heeds: "Path LiteralPath",
		process: func(_ context.Context, c *powershell.Call) error {
			list, err := paths(c)
			if err != nil {
				return err
			}
			for _, t := range list {
				text, err := t.open(c)
				if err != nil {
					return err
				}
				v, err := dotnet.Deserialize(text)
				if err != nil {
					return err
				}
				if err := c.Emit(v); err != nil {
					return err
				}
			}
			return nil
		}}
}

func convertFromStringData() cmdlet {
	return cmdlet{name: "ConvertFrom-StringData", heeds: "StringData Delimiter", unsaid: map[string]unsaid{"StringData": {nulls: true}},
		process: func(_ context.Context, c *powershell.Call) error {
			sign := "="
			if c.Has("Delimiter") {
				sign = c.Text("Delimiter")
			}
			h := value.NewHashtable()
			for _, line := range dotnet.SplitLines(c.Text("StringData")) {
				line = strings.TrimSpace(line)
				if line == "" || strings.HasPrefix(line, "#") {
					continue
				}
				if err := stringDatum(h, line, sign); err != nil {
					return err
				}
			}
			return c.EmitWhole(h)
		}}
}

// stringDatum adds the entry of a line name=value. Escapes in the line are those of
// regular expressions.
func stringDatum(h *value.Hashtable, line, sign string) error {
	wrong := func(message string) error {
		return powershell.NewErrorRecord("System.Management.Automation.PSInvalidOperationException", "InvalidOperation", "InvalidOperation", line, message)
	}
	name, text, ok := strings.Cut(line, sign)
	if !ok {
		return wrong("Data line '" + line + "' is not in 'name=value' format.")
	}
	name = strings.TrimSpace(name)
	if slices.ContainsFunc(h.Keys(), func(k any) bool { return strings.EqualFold(value.Text(k), name) }) {
		return wrong("Data item '" + name + "' in line '" + line + "' is already defined.")
	}
	if strings.Contains(text, `\`) {
		return dotnet.Refuse("an escape in string data")
	}
	h.Set(name, strings.TrimSpace(text))
	return nil
}
