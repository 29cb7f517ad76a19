// Package utility holds the cmdlets that every PowerShell has: the engine's own
// (Core), those of Microsoft.PowerShell.Utility, .Management and .Security. How
// they look is read from their reference pages (package pages); what they do
// follows those pages, Windows PowerShell 5.1 where 7 differs. A cmdlet that is
// not simulated is found, a parameter that is not simulated is bound, and both
// are refused by name: nothing is ignored.
package utility
