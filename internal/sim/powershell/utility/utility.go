package utility

import (
	"slices"

	"github.com/fedroute/fedroute/internal/sim/powershell"
)

// Utility is Microsoft.PowerShell.Utility: objects, text, JSON and messages.
// Each call makes a module with type data of its own, for one runspace.
func Utility() *powershell.Module {
	types := &typeData{gone: make(map[string]bool)}
	return &powershell.Module{Name: "Microsoft.PowerShell.Utility", Version: "3.1.0.0", Commands: slices.Concat(
		[]*powershell.Command{
			selectObject(), sortObject(), groupObject(), measureObject(), compareObject(), getUnique(), teeObject(),
			newObject(), getMember(), addMember(), getTypeData(types), removeTypeData(types),
			convertToJSON(types), convertFromJSON(), convertToCSV(), convertFromCSV(), selectString(),
			writeOutput(), writeHost(), writeError(), outString(), outFile(), formatTable(), formatList(),
			getDate(), startSleep(), measureCommand(), newGUID(), invokeExpression(), getHost(),
			getCulture("Get-Culture"), getCulture("Get-UICulture"),
		}, messages(), variableCommands(), refuse(refusedUtility))}
}

// Security is Microsoft.PowerShell.Security: the execution policy, and refusals.
func Security() *powershell.Module {
	return &powershell.Module{Name: "Microsoft.PowerShell.Security", Version: "3.0.0.0",
		Commands: append(refuse(refusedSecurity), getExecutionPolicy())}
}
