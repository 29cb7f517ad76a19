// Package powershell evaluates the part of the PowerShell language that
// scripts and administrators of an organization use. It belongs to the
// simulated organization. Tests compare it with recorded answers of the real
// engine (test/powershell). It gives the same answer as the real engine, or it
// refuses with "not supported by the simulator: <construct>, line n". It never
// guesses silently.
//
// A Runspace is one PowerShell process with its variables, functions, modules
// and error list. A cmdlet written in Go is a Command in a Module. The engine
// binds the Command's parameters, offers the common parameters and makes error
// records.
//
// The work is divided among packages. Package syntax turns text into a tree,
// package value holds the data, package dotnet holds the .NET types that scripts
// use, and package utility holds the cmdlets that every shell has. This package
// is the engine: scopes, statements, expressions, pipeline, binder, errors.
package powershell
