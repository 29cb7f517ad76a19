// Package module writes PowerShell modules for a real PowerShell. A module has one
// advanced function per cmdlet, with the parameters, types, sets, positions and
// aliases of the cmdlet reference. A function sends its bound parameters to the
// organization that started the process (package pwsh), and returns the output of
// the cmdlet there.
//
// The modules need Windows PowerShell 5.0 or later, and only the engine and .NET:
// they use no cmdlet of the Utility or Management module.
package module
