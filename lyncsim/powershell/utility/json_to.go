package utility

import (
	"context"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// deepest is how many levels ConvertTo-Json can be asked for.
const deepest = 100

func convertToJSON(t *typeData) cmdlet {
	return cmdlet{name: "ConvertTo-Json", heeds: "InputObject Depth Compress AsArray EnumsAsStrings EscapeHandling",
		unsaid: map[string]unsaid{"InputObject": {nulls: true}, "Depth": {check: jsonDepth}},
		process: func(_ context.Context, c *powershell.Call) error {
			item, ok := subject(c)
			if ok && (item != nil || c.Runspace().Edition() == powershell.Core7) {
				c.State = append(gathered(c), item)
			}
			return nil
		},
		end: func(_ context.Context, c *powershell.Call) error { return writeJSON(c, t) },
	}
}

// jsonDepth checks -Depth. PowerShell 5.1 has an error of its own for a depth above the
// deepest.
func jsonDepth(e powershell.Edition) powershell.Validator {
	if e == powershell.Core7 {
		return powershell.ValidateRange{Min: int32(0), Max: int32(deepest)}
	}
	return atLeast(1)(e)
}

func writeJSON(c *powershell.Call, t *typeData) error {
	core := c.Runspace().Edition() == powershell.Core7
	if c.Int("Depth") > deepest {
		return powershell.NewErrorRecord("System.InvalidOperationException", "ReachedMaximumDepthAllowed", "InvalidOperation", nil,
			fmt.Sprintf("The maximum depth allowed for serialization is %d.", deepest))
	}
	items := gathered(c)
	if len(items) == 0 {
		return nil
	}
	var whole any = items
	if len(items) == 1 && !c.On("AsArray") {
		whole = items[0]
	}
	w := &jsonWriter{escape: strings.ToLower(c.Text("EscapeHandling")), env: c.Runspace().Env(), core: core, compress: c.On("Compress"), names: c.On("EnumsAsStrings"), depth: 2, wraps: !core && !t.removed("System.Array")}
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
