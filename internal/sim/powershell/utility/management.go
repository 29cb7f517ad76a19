package utility

import "github.com/fedroute/fedroute/internal/sim/powershell"

// Management is Microsoft.PowerShell.Management: paths, files and the machine.
// Files are those of the runspace's disk, which has no folders of its own:
// a folder is there when a file is in it.
func Management() *powershell.Module {
	return &powershell.Module{Name: "Microsoft.PowerShell.Management", Version: "3.1.0.0", Commands: append([]*powershell.Command{
		joinPath(), splitPath(), testPath(), resolvePath(), convertPath(), getLocation(), setLocation(),
		getItem(), getChildItem(), newItem(), copyItem(), moveItem(), removeItem(), getContent(), setContent(), addContent(),
	}, refuse(refusedManagement)...)}
}
