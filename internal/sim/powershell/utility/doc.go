// Package utility holds the cmdlets every shell has, whatever product it
// serves: the modules Microsoft.PowerShell.Core, Microsoft.PowerShell.Utility
// and Microsoft.PowerShell.Management.
//
// The behaviour is Windows PowerShell 5.1's, and PowerShell 7's where the
// runspace says it is that edition. Whatever a cmdlet can do that the simulator
// cannot is refused with an error naming the construct, never guessed.
package utility
