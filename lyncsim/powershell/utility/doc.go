// Package utility holds the cmdlets that every PowerShell has: those of the engine
// (Core) and those of Microsoft.PowerShell.Utility, .Management and .Security.
//
// The parameters and aliases of the cmdlets are read from their reference pages
// (package pages). Their behaviour follows those pages, and Windows PowerShell 5.1 where
// PowerShell 7 differs.
//
// A call of a cmdlet that is not simulated is refused, and the refusal names the
// cmdlet. A parameter that is not simulated is refused in the same way. Nothing is
// ignored silently.
package utility
