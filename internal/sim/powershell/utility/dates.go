package utility

import (
	"context"
	"time"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

func getDate() *powershell.Command {
	parts := []string{"Year", "Month", "Day", "Hour", "Minute", "Second", "Millisecond"}
	command := &powershell.Command{Name: "Get-Date", Class: "Microsoft.PowerShell.Commands.GetDateCommand",
		Parameters: []powershell.Parameter{
			{Name: "Date", Type: "DateTime", Aliases: []string{"LastWriteTime"}, Sets: []powershell.ParameterSet{{Position: 0, FromPipeline: true, FromProperty: true}}},
			named("Format", "String"), named("UFormat", "String"), named("DisplayHint", "String"), named("UnixTimeSeconds", "Int64"), named("AsUTC", "SwitchParameter"),
		},
		Process: func(_ context.Context, c *powershell.Call) error {
			for _, name := range append(parts, "UFormat", "DisplayHint", "UnixTimeSeconds") {
				if c.Has(name) {
					return dotnet.Refuse("Get-Date -%s", name)
				}
			}
			d := value.NewDateTime(c.Runspace().Env().Clock.Now())
			d.Kind = value.Local
			if given, ok := c.Value("Date").(value.DateTime); ok {
				d = given
			}
			if c.On("AsUTC") {
				d.Kind = value.UTC
			}
			if c.Has("Format") {
				return c.EmitWhole(dotnet.FormatDate(d, c.Text("Format")))
			}
			return c.EmitWhole(d)
		}}
	for _, name := range parts {
		command.Parameters = append(command.Parameters, named(name, "Int32"))
	}
	return command
}

func startSleep() *powershell.Command {
	in := func(name, typ string, position int) powershell.Parameter {
		return powershell.Parameter{Name: name, Type: typ, Sets: []powershell.ParameterSet{{Name: name, Mandatory: true, Position: position}},
			Validators: []powershell.Validator{powershell.ValidateRange{Min: int32(0), Max: int32(1<<31 - 1)}}}
	}
	return &powershell.Command{Name: "Start-Sleep", Aliases: []string{"sleep"}, Class: "Microsoft.PowerShell.Commands.StartSleepCommand", DefaultSet: "Seconds",
		Parameters: []powershell.Parameter{in("Seconds", "Double", 0), in("Milliseconds", "Int32", powershell.Named)},
		Process: func(ctx context.Context, c *powershell.Call) error {
			wait := time.Duration(c.Int("Milliseconds")) * time.Millisecond
			if c.Has("Seconds") {
				seconds, _ := value.ToFloat(c.Value("Seconds"))
				if c.Runspace().Edition() == powershell.Windows51 {
					seconds = float64(c.Int("Seconds")) // an Int32 there
				}
				wait = time.Duration(seconds * float64(time.Second))
			}
			return c.Runspace().Env().Clock.Sleep(ctx, wait)
		}}
}

func measureCommand() *powershell.Command {
	return &powershell.Command{Name: "Measure-Command", Class: "Microsoft.PowerShell.Commands.MeasureCommandCommand",
		Parameters: []powershell.Parameter{required(0, "Expression", "ScriptBlock"), piped("InputObject")},
		Process: func(ctx context.Context, c *powershell.Call) error {
			clock := c.Runspace().Env().Clock
			item, _ := c.Input()
			from := clock.Now()
			if _, err := c.Invoke(ctx, c.Value("Expression"), item); err != nil {
				return err
			}
			spent, _ := c.State.(time.Duration)
			c.State = spent + clock.Now().Sub(from)
			return nil
		},
		End: func(_ context.Context, c *powershell.Call) error {
			spent, _ := c.State.(time.Duration)
			return c.EmitWhole(spent.Truncate(100 * time.Nanosecond))
		}}
}

func newGUID() *powershell.Command {
	return &powershell.Command{Name: "New-Guid", Class: "Microsoft.PowerShell.Commands.NewGuidCommand",
		Process: func(_ context.Context, c *powershell.Call) error { return c.EmitWhole(dotnet.NewGuid()) }}
}
