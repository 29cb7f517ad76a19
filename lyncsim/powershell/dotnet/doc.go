// Package dotnet is the part of the .NET class library that scripts use: static
// members, constructors, properties and methods of the types in its table,
// conversions between these types, and composite formatting.
//
// One file declares one type or one family of types. A type that is not in the table
// is refused with Unsupported, and so is a member that .NET has and the declared
// type lacks here. Only what .NET does not have either is "not found".
package dotnet

import "fmt"

// Unsupported refuses something that PowerShell or .NET has and the simulator does
// not have.
type Unsupported struct{ Construct string }

// Error names the construct; the engine adds the line.
func (u *Unsupported) Error() string {
	return "not supported by the simulator: " + u.Construct
}

// Refuse makes an Unsupported.
func Refuse(format string, args ...any) error {
	return &Unsupported{Construct: fmt.Sprintf(format, args...)}
}
