// Package module writes PowerShell modules for a real PowerShell: one advanced
// function per cmdlet, with the parameters, types, sets, positions and aliases
// that the cmdlet reference gives it. A function does nothing itself: it hands
// its bound parameters to the organization that started the process (package
// pwsh) and returns what the cmdlet there puts out.
//
// The text needs Windows PowerShell 5.0 or later and only the engine and .NET:
// no cmdlet of the Utility or Management module.
package module
