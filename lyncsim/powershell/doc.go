// Package powershell evaluates the part of the PowerShell language that
// scripts and administrators of an organization use. It belongs to the
// simulated organization and is judged by recorded answers of the real engine
// (test/powershell): it gives the same answer or refuses by name with
// "not supported by the simulator: <construct>, line n", never a quiet guess.
//
// A Runspace is one PowerShell process: variables, functions, modules, error
// list. Cmdlets written in Go are Commands in a Module; the engine binds their
// parameters, offers the common parameters and makes error records.
//
// The parts: syntax (text to tree), value (data), dotnet (the .NET types that
// scripts meet), utility (the cmdlets every shell has), and here the engine:
// scopes, statements, expressions, pipeline, binder, errors.
package powershell
