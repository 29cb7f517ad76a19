package utility

import "github.com/fedroute/fedroute/internal/sim/powershell"

// Utility is Microsoft.PowerShell.Utility: objects, text, JSON and messages.
// Each call makes a module with type data of its own, for one runspace.
func Utility() *powershell.Module {
	types := &typeData{gone: make(map[string]bool)}
	commands := []*powershell.Command{
		selectObject(), sortObject(), newObject(), writeOutput(), writeHost(), writeError(),
		convertToJSON(types), convertFromJSON(), removeTypeData(types), outString(),
	}
	commands = append(commands, messages()...)
	return &powershell.Module{Name: "Microsoft.PowerShell.Utility", Version: "3.1.0.0", Commands: commands}
}
