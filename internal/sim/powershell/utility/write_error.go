package utility

import (
	"cmp"
	"context"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

const writeErrorException = "Microsoft.PowerShell.Commands.WriteErrorException"

func writeError() *powershell.Command {
	const plain, exception, record = "NoException", "WithException", "ErrorRecord"
	in := func(name, typ string, sets ...powershell.ParameterSet) powershell.Parameter {
		return powershell.Parameter{Name: name, Type: typ, AllowNull: name == "Message", Sets: sets}
	}
	byName := func(set string) powershell.ParameterSet {
		return powershell.ParameterSet{Name: set, Position: powershell.Named}
	}
	only := func(set string) powershell.ParameterSet {
		return powershell.ParameterSet{Name: set, Mandatory: true, Position: powershell.Named}
	}
	message := in("Message", "String", powershell.ParameterSet{Name: plain, Mandatory: true, Position: 0, FromPipeline: true}, byName(exception))
	message.Aliases = []string{"Msg"}
	return &powershell.Command{Name: "Write-Error", Class: "Microsoft.PowerShell.Commands.WriteErrorCommand", DefaultSet: plain,
		Parameters: []powershell.Parameter{
			message, in("Exception", "", only(exception)), in("ErrorRecord", "System.Management.Automation.ErrorRecord", only(record)),
			in("Category", value.Category.Name, byName(plain), byName(exception)), in("ErrorId", "String", byName(plain), byName(exception)),
			in("TargetObject", "", byName(plain), byName(exception)), named("RecommendedAction", "String"),
			named("CategoryActivity", "String", "Activity"), named("CategoryReason", "String", "Reason"),
			named("CategoryTargetName", "String", "TargetName"), named("CategoryTargetType", "String", "TargetType"),
		},
		Process: func(_ context.Context, c *powershell.Call) error {
			for _, name := range []string{"RecommendedAction", "CategoryReason", "CategoryTargetName", "CategoryTargetType"} {
				if c.Has(name) {
					return dotnet.Refuse("Write-Error -%s", name)
				}
			}
			r, err := errorToWrite(c)
			if err != nil {
				return err
			}
			r.Activity = cmp.Or(c.Text("CategoryActivity"), "Write-Error")
			return c.WriteCallerError(r)
		}}
}

// errorToWrite is the record that the parameters describe.
func errorToWrite(c *powershell.Call) (*value.ErrorRecord, error) {
	if r, ok := c.Value("ErrorRecord").(*value.ErrorRecord); ok {
		again := *r
		again.ID, again.Command, again.Invocation = r.FullID(), "", nil
		return &again, nil
	}
	exception, details := value.NewException(writeErrorException, c.Text("Message")), ""
	if c.Has("Exception") {
		given, ok := c.Value("Exception").(*value.Exception)
		if !ok {
			return nil, dotnet.Refuse("Write-Error -Exception with a %s", value.TypeName(c.Value("Exception")))
		}
		exception, details = given, c.Text("Message")
	}
	category := "NotSpecified"
	if c.Has("Category") {
		category = c.Text("Category")
	}
	r := value.NewErrorRecord(exception, cmp.Or(c.Text("ErrorId"), exception.Type), category, c.Value("TargetObject"))
	r.Details = details
	return r, nil
}
