package utility

import (
	"context"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// teller makes a command that puts out one fact about the session, which tell returns.
func teller(name string, tell func(c *powershell.Call) (any, error)) cmdlet {
	return cmdlet{name: name,
		process: func(_ context.Context, c *powershell.Call) error {
			v, err := tell(c)
			if err != nil {
				return err
			}
			return c.EmitWhole(v)
		}}
}

func getHost() cmdlet {
	return teller("Get-Host", func(c *powershell.Call) (any, error) { return c.Runspace().Get("Host"), nil })
}

func getCulture(name string) cmdlet {
	return teller(name, func(c *powershell.Call) (any, error) {
		v, _, err := dotnet.Get(c.Runspace().Env(), dotnet.MustLookup("System.Globalization.CultureInfo"), nil, "CurrentCulture")
		return v, err
	})
}

var executionPolicy = value.NewEnumType("Microsoft.PowerShell.ExecutionPolicy", "Unrestricted", "RemoteSigned", "AllSigned", "Restricted")

// getExecutionPolicy is Get-ExecutionPolicy. It puts out the policy that Windows Server
// has from the start.
func getExecutionPolicy() cmdlet {
	return teller("Get-ExecutionPolicy", func(*powershell.Call) (any, error) {
		return executionPolicy.Of("RemoteSigned"), nil
	})
}

func invokeExpression() cmdlet {
	return cmdlet{name: "Invoke-Expression", heeds: "Command",
		process: func(_ context.Context, c *powershell.Call) error { return c.RunText(c.Text("Command")) }}
}
