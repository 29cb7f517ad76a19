package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// teller is a command without parameters that tells one thing about the session.
func teller(name, class string, tell func(c *powershell.Call) (any, error)) *powershell.Command {
	return &powershell.Command{Name: name, Class: "Microsoft.PowerShell.Commands." + class,
		Process: func(_ context.Context, c *powershell.Call) error {
			v, err := tell(c)
			if err != nil {
				return err
			}
			return c.EmitWhole(v)
		}}
}

func getHost() *powershell.Command {
	return teller("Get-Host", "GetHostCommand", func(c *powershell.Call) (any, error) { return c.Runspace().Get("Host"), nil })
}

func getCulture(name string) *powershell.Command {
	return teller(name, strings.ReplaceAll(name, "-", "")+"Command", func(c *powershell.Call) (any, error) {
		v, _, err := dotnet.Get(c.Runspace().Env(), dotnet.MustLookup("System.Globalization.CultureInfo"), nil, "CurrentCulture")
		return v, err
	})
}

var executionPolicy = value.NewEnumType("Microsoft.PowerShell.ExecutionPolicy", "Unrestricted", "RemoteSigned", "AllSigned", "Restricted")

// getExecutionPolicy tells what Windows Server has from the start.
func getExecutionPolicy() *powershell.Command {
	return teller("Get-ExecutionPolicy", "GetExecutionPolicyCommand", func(*powershell.Call) (any, error) {
		return executionPolicy.Of("RemoteSigned"), nil
	})
}

func invokeExpression() *powershell.Command {
	return &powershell.Command{Name: "Invoke-Expression", Aliases: []string{"iex"}, Class: "Microsoft.PowerShell.Commands.InvokeExpressionCommand",
		Parameters: []powershell.Parameter{{Name: "Command", Type: "String", Sets: []powershell.ParameterSet{{Mandatory: true, Position: 0, FromPipeline: true}}}},
		Process:    func(_ context.Context, c *powershell.Call) error { return c.RunText(c.Text("Command")) }}
}
