// Package utility holds the cmdlets that every PowerShell has: the engine's own
// (Core), those of Microsoft.PowerShell.Utility, .Management and .Security. How
// they look is read from their reference pages (package pages); what they do
// follows those pages, Windows PowerShell 5.1 where 7 differs. A cmdlet or a
// parameter that is not simulated is known and bound, and refused by name.
package utility
