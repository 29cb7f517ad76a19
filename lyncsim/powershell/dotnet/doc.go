// Package dotnet is the part of the .NET class library that scripts use. It declares
// types with their static members, constructors, properties and methods. It converts
// values between these types and does composite formatting.
//
// Each file declares one type or one family of types. registry.go builds the table of
// all declared types. A type that .NET has and the table does not is refused with
// Unsupported. So is a member that .NET has and the declared type does not. A name gives
// "not found" only when it does not exist in .NET either.
package dotnet

import "fmt"

// Unsupported reports something that PowerShell or .NET has and the simulator does not.
type Unsupported struct{ Construct string }

// Error names the construct. The caller, the simulated PowerShell, adds the line.
func (u *Unsupported) Error() string {
	return "not supported by the simulator: " + u.Construct
}

// Refuse makes an Unsupported.
func Refuse(format string, args ...any) error {
	return &Unsupported{Construct: fmt.Sprintf(format, args...)}
}
