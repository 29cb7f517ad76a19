package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func outString() cmdlet {
	return cmdlet{name: "Out-String", heeds: "InputObject Stream Width NoNewline",
		process: gather,
		end: func(_ context.Context, c *powershell.Call) error {
			lines, err := rendered(c)
			if err != nil {
				return err
			}
			if c.On("Stream") {
				return c.Emit(lines)
			}
			end := "\r\n"
			if c.On("NoNewline") {
				end = ""
			}
			if len(lines) == 0 {
				return c.EmitWhole("")
			}
			return c.EmitWhole(strings.Join(lines, end) + end)
		}}
}

// rendered are the lines of the view of the objects. A collection is shown element by
// element. The simulator does not cut lines: a -Width that would cut one is refused.
// Objects of a class that has its own view are refused too.
func rendered(c *powershell.Call) ([]string, error) {
	var items []any
	for _, item := range gathered(c) {
		items = append(items, value.Unroll(item)...)
	}
	if err := refuseView(items); err != nil {
		return nil, err
	}
	lines := c.Runspace().Render(items)
	for _, line := range lines {
		if c.Has("Width") && dotnet.Length(line) > c.Int("Width") {
			return nil, dotnet.Refuse("%s -Width of less than a line", c.Name())
		}
	}
	return lines, nil
}

// refuseView refuses the classes whose views are not simulated.
func refuseView(items []any) error {
	for _, item := range items {
		if o, ok := item.(*value.Object); ok {
			if name := value.TypeName(o); strings.HasPrefix(name, "Microsoft.PowerShell.Commands.") && !strings.HasSuffix(name, ".MatchInfo") {
				return dotnet.Refuse("the view of %s", name)
			}
			for _, p := range o.Properties() {
				if s, ok := p.Value.(string); ok && (strings.Contains(s, "\n") || dotnet.Length(s) > widestCell) {
					return dotnet.Refuse("a view of a long text")
				}
			}
			continue
		}
		switch item.(type) {
		case nil, string, bool, value.Char, value.Enum, *value.Hashtable, value.Entry, *value.ErrorRecord, *powershell.ScriptBlock:
			continue
		}
		if !value.IsNumber(item) {
			return dotnet.Refuse("the view of %s", value.TypeName(item))
		}
	}
	return nil
}

// widestCell is the number of characters in a text that surely fits into a line.
const widestCell = 60
