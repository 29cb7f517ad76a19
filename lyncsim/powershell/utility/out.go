package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
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

// rendered are the lines that the objects show. Lines are as long as they need to
// be here: a -Width that would cut one is refused.
func rendered(c *powershell.Call) ([]string, error) {
	lines := c.Runspace().Render(gathered(c))
	for _, line := range lines {
		if c.Has("Width") && dotnet.Length(line) > c.Int("Width") {
			return nil, dotnet.Refuse("%s -Width of less than a line", c.Name())
		}
	}
	return lines, nil
}
