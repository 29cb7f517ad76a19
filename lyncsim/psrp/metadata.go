package psrp

import (
	"context"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// metadata refuses GET_COMMAND_METADATA (MS-PSRP 2.2.2.14), by which Import-PSSession
// asks for the commands of a session.
func (p *pipeline) metadata(*value.Object) (task, error) {
	return func(context.Context, *powershell.Runspace) error { return dotnet.Refuse("GET_COMMAND_METADATA") }, nil
}
