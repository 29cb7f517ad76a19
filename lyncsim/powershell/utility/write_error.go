package utility

import (
	"cmp"
	"context"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

const writeErrorException = "Microsoft.PowerShell.Commands.WriteErrorException"

func writeError() cmdlet {
	return cmdlet{name: "Write-Error", unsaid: map[string]unsaid{"Message": {nulls: true}},
		heeds: "Message Exception ErrorRecord Category ErrorId TargetObject CategoryActivity",
		process: func(_ context.Context, c *powershell.Call) error {
			r, err := errorToWrite(c)
			if err != nil {
				return err
			}
			r.Activity = cmp.Or(c.Text("CategoryActivity"), "Write-Error")
			return c.WriteCallerError(r)
		}}
}

// errorToWrite is the error record that the parameters of Write-Error describe.
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
