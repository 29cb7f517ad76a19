// Package powershell evaluates the part of the PowerShell language that scripts and
// administrators of an organization use. It belongs to the simulated organization.
// Tests compare it with recorded answers of the real engine (test/powershell). It
// gives the same answer, or refuses with "not supported by the simulator:
// <construct>, line n"; it never guesses.
//
// A Runspace is one PowerShell process: variables, functions, modules, error list.
// Cmdlets written in Go are Commands in a Module. The engine binds their parameters,
// offers the common parameters and makes error records.
//
// The engine in this package has scopes, statements, expressions, pipeline, binder
// and errors. It uses four packages: syntax (text to tree), value (data), dotnet
// (the .NET types that scripts use) and utility (the cmdlets of every shell).
package powershell
