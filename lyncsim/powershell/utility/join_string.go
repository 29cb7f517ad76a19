package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// joinString is Join-String, which only PowerShell 7 has. It makes one text of all
// objects.
func joinString() cmdlet {
	return cmdlet{name: "Join-String", heeds: "InputObject Property Separator OutputPrefix OutputSuffix SingleQuote DoubleQuote FormatString",
		process: func(_ context.Context, c *powershell.Call) error {
			c.State = append(gathered(c), value.Unroll(c.Value("InputObject"))...)
			return nil
		},
		end: func(ctx context.Context, c *powershell.Call) error {
			keys, err := columns(value.Unroll(c.Value("Property")))
			if err != nil {
				return err
			}
			rows, err := keyed(ctx, c, keys, gathered(c))
			if err != nil {
				return err
			}
			parts := make([]string, len(rows))
			for i, r := range rows {
				if parts[i], err = dressed(c, r.keys[0]); err != nil {
					return err
				}
			}
			separator := ""
			if v, ok := c.Runspace().Get("OFS").(string); ok {
				separator = v
			}
			if c.Has("Separator") {
				separator = c.Text("Separator")
			}
			return c.EmitWhole(c.Text("OutputPrefix") + strings.Join(parts, separator) + c.Text("OutputSuffix"))
		}}
}

// dressed is one object's text in quotes or in a format.
func dressed(c *powershell.Call, v any) (string, error) {
	switch {
	case c.On("SingleQuote"):
		return "'" + value.Text(v) + "'", nil
	case c.On("DoubleQuote"):
		return `"` + value.Text(v) + `"`, nil
	case c.Has("FormatString"):
		return dotnet.Format(c.Text("FormatString"), []any{v}, true)
	}
	return value.Text(v), nil
}
