// Package utility holds the cmdlets that every PowerShell has: the engine's own
// (Core), those of Microsoft.PowerShell.Utility and Microsoft.PowerShell.Management,
// as their reference pages describe them, Windows PowerShell 5.1 where 7 differs.
package utility

import (
	"github.com/fedroute/fedroute/internal/sim/powershell"
)

// Core is Microsoft.PowerShell.Core: what the engine itself brings.
func Core() *powershell.Module {
	return &powershell.Module{Name: "Microsoft.PowerShell.Core", Version: "3.0.0.0", Commands: []*powershell.Command{
		whereObject(), forEachObject(), outNull(), outHost(), importModule(), removeModule(), getModule(), newModule(),
		getCommand(), setStrictMode(), invokeCommand(),
	}}
}

// named, piped and first are the usual places of a parameter.
func named(name, typ string, aliases ...string) powershell.Parameter {
	return powershell.Parameter{Name: name, Type: typ, Aliases: aliases}
}

func piped(name string) powershell.Parameter {
	return powershell.Parameter{Name: name, Type: "Object", AllowNull: true,
		Sets: []powershell.ParameterSet{{Position: powershell.Named, FromPipeline: true}}}
}

func at(position int, name, typ string, aliases ...string) powershell.Parameter {
	return powershell.Parameter{Name: name, Type: typ, Aliases: aliases, Sets: powershell.Optional(position)}
}

func required(position int, name, typ string, aliases ...string) powershell.Parameter {
	return powershell.Parameter{Name: name, Type: typ, Aliases: aliases, Sets: powershell.Mandatory(position)}
}

// Modules are the modules that every PowerShell process has from its start. They
// are for one runspace: Utility keeps type data.
func Modules() []*powershell.Module {
	core := Core()
	core.Commands = append(core.Commands, refuse(refusedCore)...)
	return []*powershell.Module{core, Utility(), Management(), Security()}
}
