package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
)

func outString() *powershell.Command {
	return &powershell.Command{Name: "Out-String", Class: "Microsoft.PowerShell.Commands.OutStringCommand",
		Parameters: []powershell.Parameter{piped("InputObject"), named("Stream", "SwitchParameter"), named("Width", "Int32"), named("NoNewline", "SwitchParameter")},
		Process:    gather,
		End: func(_ context.Context, c *powershell.Call) error {
			lines := c.Runspace().Render(gathered(c))
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
