package utility

import (
	"context"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// deepest is how many levels ConvertTo-Json can be asked for.
const deepest = 100

func convertToJSON(t *typeData) *powershell.Command {
	return &powershell.Command{Name: "ConvertTo-Json", Class: "Microsoft.PowerShell.Commands.ConvertToJsonCommand",
		Parameters: append([]powershell.Parameter{
			{Name: "InputObject", AllowNull: true, Sets: []powershell.ParameterSet{{Mandatory: true, Position: 0, FromPipeline: true}}},
			{Name: "Depth", Type: "Int32", Validators: []powershell.Validator{powershell.ValidateRange{Min: int32(0), Max: int32(deepest)}}},
			named("EscapeHandling", "String"),
		}, flags("Compress", "AsArray", "EnumsAsStrings")...),
		Process: func(_ context.Context, c *powershell.Call) error {
			item, ok := subject(c)
			if ok && (item != nil || c.Runspace().Edition() == powershell.Core7) {
				c.State = append(gathered(c), item)
			}
			return nil
		},
		End: func(_ context.Context, c *powershell.Call) error { return writeJSON(c, t) },
	}
}

func writeJSON(c *powershell.Call, t *typeData) error {
	core := c.Runspace().Edition() == powershell.Core7
	if c.Has("EscapeHandling") || !core && (c.Has("AsArray") || c.Has("EnumsAsStrings")) {
		return dotnet.Refuse("ConvertTo-Json with a parameter of PowerShell 7")
	}
	items := gathered(c)
	if len(items) == 0 {
		return nil
	}
	var whole any = items
	if len(items) == 1 && !c.On("AsArray") {
		whole = items[0]
	}
	w := &jsonWriter{env: c.Runspace().Env(), core: core, compress: c.On("Compress"), names: c.On("EnumsAsStrings"), depth: 2, wraps: !core && !t.removed("System.Array")}
	if c.Has("Depth") {
		w.depth = c.Int("Depth")
	}
	if _, isDate := whole.(value.DateTime); isDate && !core {
		return dotnet.Refuse("ConvertTo-Json of a single date")
	}
	if err := w.write(whole, 0, ""); err != nil {
		return err
	}
	if w.cut && core {
		if err := c.Warn("Resulting JSON is truncated as serialization has exceeded the set depth of %d.", w.depth); err != nil {
			return err
		}
	}
	return c.EmitWhole(w.b.String())
}
