package utility

import "github.com/fedroute/fedroute/internal/sim/powershell"

// Management is Microsoft.PowerShell.Management: paths, files and the machine.
func Management() *powershell.Module {
	return &powershell.Module{Name: "Microsoft.PowerShell.Management", Version: "3.1.0.0", Commands: []*powershell.Command{
		joinPath(), splitPath(), testPath(), removeItem(),
	}}
}
