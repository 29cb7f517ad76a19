// Package utility holds the cmdlets that every PowerShell has: the engine's own
// (Core) and those of Microsoft.PowerShell.Utility, .Management and .Security. Their
// parameters are read from their reference pages (package pages). Their behaviour
// follows those pages, and Windows PowerShell 5.1 where 7 differs. A cmdlet that is
// not simulated is found, and a parameter that is not simulated is bound; both are
// then refused by name, so that nothing is silently ignored.
package utility
