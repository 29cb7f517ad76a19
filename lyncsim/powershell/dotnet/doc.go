// Package dotnet is the part of the .NET class library that scripts meet:
// static members, constructors, properties and methods of the types in its
// table, conversions between them, and composite formatting.
//
// One file declares one type or one family. A type that is not in the table, or
// a member that a declared type has in .NET but not here, is refused with
// Unsupported; only what does not exist in .NET either is "not found".
package dotnet

import "fmt"

// Unsupported refuses something that PowerShell or .NET has and the simulator has not.
type Unsupported struct{ Construct string }

// Error names the construct; the engine adds the line.
func (u *Unsupported) Error() string {
	return "not supported by the simulator: " + u.Construct
}

// Refuse makes an Unsupported.
func Refuse(format string, args ...any) error {
	return &Unsupported{Construct: fmt.Sprintf(format, args...)}
}
