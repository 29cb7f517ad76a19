package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

func writeOutput() *powershell.Command {
	return &powershell.Command{Name: "Write-Output", Aliases: []string{"echo", "write"}, Class: "Microsoft.PowerShell.Commands.WriteOutputCommand",
		Parameters: []powershell.Parameter{
			{Name: "InputObject", AllowNull: true, Sets: []powershell.ParameterSet{{Mandatory: true, Position: 0, FromPipeline: true, FromRemaining: true}}},
			named("NoEnumerate", "SwitchParameter"),
		},
		Process: eachSubject(func(_ context.Context, c *powershell.Call, item any) error {
			if _, isPiped := c.Input(); !isPiped {
				item = remaining(item)
			}
			if c.On("NoEnumerate") {
				return c.EmitWhole(whole(item))
			}
			return c.Emit(item)
		})}
}

// remaining is the value of a parameter that takes all arguments left: the only
// one, when there is one.
func remaining(v any) any {
	if items, ok := v.([]any); ok && len(items) == 1 {
		return items[0]
	}
	return v
}

// joined is what Write-Host makes of an object: collections in collections too.
func joined(v any, separator string) string {
	items, ok := value.Items(v)
	if !ok {
		return value.Text(v)
	}
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = joined(item, separator)
	}
	return strings.Join(texts, separator)
}

func writeHost() *powershell.Command {
	return &powershell.Command{Name: "Write-Host", Class: "Microsoft.PowerShell.Commands.WriteHostCommand",
		Parameters: []powershell.Parameter{
			{Name: "Object", AllowNull: true, Sets: []powershell.ParameterSet{{Position: 0, FromPipeline: true, FromRemaining: true}}},
			named("NoNewline", "SwitchParameter"), named("Separator", ""), named("ForegroundColor", "String"), named("BackgroundColor", "String"),
		},
		Process: func(_ context.Context, c *powershell.Call) error {
			if c.On("NoNewline") {
				return dotnet.Refuse("Write-Host -NoNewline")
			}
			separator := " "
			if c.Has("Separator") {
				separator = c.Text("Separator")
			}
			return c.WriteHost(joined(c.Value("Object"), separator))
		}}
}

// message makes one of the commands that write a text to a stream.
func message(name string, write func(c *powershell.Call, text string) error) *powershell.Command {
	return &powershell.Command{Name: name, Class: "Microsoft.PowerShell.Commands." + strings.ReplaceAll(name, "-", "") + "Command",
		Parameters: []powershell.Parameter{{Name: "Message", Type: "String", Aliases: []string{"Msg"}, AllowNull: true,
			Sets: []powershell.ParameterSet{{Mandatory: true, Position: 0, FromPipeline: true}}}},
		Process: func(_ context.Context, c *powershell.Call) error { return write(c, c.Text("Message")) }}
}

func messages() []*powershell.Command {
	return []*powershell.Command{
		message("Write-Warning", func(c *powershell.Call, text string) error { return c.Warn("%s", text) }),
		message("Write-Verbose", func(c *powershell.Call, text string) error { return c.Verbose("%s", text) }),
		message("Write-Debug", func(c *powershell.Call, text string) error { return c.Debug(text) }),
		writeInformation(), writeProgress(),
	}
}

func writeInformation() *powershell.Command {
	return &powershell.Command{Name: "Write-Information", Class: "Microsoft.PowerShell.Commands.WriteInformationCommand",
		Parameters: []powershell.Parameter{
			{Name: "MessageData", Aliases: []string{"Msg", "Message"}, AllowNull: true,
				Sets: []powershell.ParameterSet{{Mandatory: true, Position: 0, FromPipeline: true}}},
			at(1, "Tags", "String[]"),
		},
		Process: func(_ context.Context, c *powershell.Call) error { return c.Information(c.Text("MessageData")) }}
}

func writeProgress() *powershell.Command {
	return &powershell.Command{Name: "Write-Progress", Class: "Microsoft.PowerShell.Commands.WriteProgressCommand",
		Parameters: []powershell.Parameter{
			required(0, "Activity", "String"), at(1, "Status", "String"), at(2, "Id", "Int32"), named("PercentComplete", "Int32"),
			named("SecondsRemaining", "Int32"), named("CurrentOperation", "String"), named("ParentId", "Int32"),
			named("Completed", "SwitchParameter"), named("SourceId", "Int32"),
		},
		Process: func(_ context.Context, c *powershell.Call) error {
			return c.Progress(c.Text("Activity"), c.Text("Status"))
		}}
}
