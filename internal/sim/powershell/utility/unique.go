package utility

import (
	"context"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// getUnique lets an object through that differs from the one before it.
func getUnique() *powershell.Command {
	return &powershell.Command{Name: "Get-Unique", Aliases: []string{"gu"}, Class: "Microsoft.PowerShell.Commands.GetUniqueCommand",
		Parameters: append([]powershell.Parameter{piped("InputObject")}, flags("AsString", "OnType", "CaseInsensitive")...),
		Process: eachSubject(func(_ context.Context, c *powershell.Call, item any) error {
			if c.On("OnType") || c.On("CaseInsensitive") {
				return dotnet.Refuse("Get-Unique -OnType or -CaseInsensitive")
			}
			before := gathered(c)
			c.State = []any{item}
			if len(before) == 1 && alike(c, before[0], item) {
				return nil
			}
			return c.EmitWhole(item)
		})}
}

func alike(c *powershell.Call, a, b any) bool {
	if c.On("AsString") {
		return value.Text(a) == value.Text(b)
	}
	return compareAny(c, a, b, true) == 0
}

func teeObject() *powershell.Command {
	const variable, file = "Variable", "File"
	return &powershell.Command{Name: "Tee-Object", Aliases: []string{"tee"}, Class: "Microsoft.PowerShell.Commands.TeeObjectCommand", DefaultSet: file,
		Parameters: []powershell.Parameter{
			piped("InputObject"),
			{Name: "FilePath", Type: "String", Sets: []powershell.ParameterSet{{Name: file, Mandatory: true, Position: 0}}},
			{Name: "Variable", Type: "String", Sets: []powershell.ParameterSet{{Name: variable, Mandatory: true, Position: powershell.Named}}},
			named("Append", "SwitchParameter"),
		},
		Process: func(ctx context.Context, c *powershell.Call) error {
			if c.Has("FilePath") || c.On("Append") {
				return dotnet.Refuse("Tee-Object into a file")
			}
			if err := gather(ctx, c); err != nil {
				return err
			}
			item, _ := subject(c)
			return c.EmitWhole(item)
		},
		End: func(_ context.Context, c *powershell.Call) error {
			return c.SetVariable(c.Text("Variable"), result(gathered(c)), "")
		}}
}
