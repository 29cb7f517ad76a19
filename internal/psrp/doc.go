// Package psrp runs commands in a PowerShell session configuration of a host, by
// name and with typed parameters: PowerShell Remoting (MS-PSRP) over WSMan
// (MS-WSMV), on the connections, sign-in and sealing of internal/winrm.
//
// Dial opens a pool of one runspace. Each Call is then one pipeline: three HTTP
// requests (Command, Receive, Signal), no new connection, no process start. What
// is sent is a command's name and data; there is no way to send a script, which
// a restricted configuration (JEA) would not take.
//
// Every error is a fault.Error. A Session that met a transport error or a message
// it cannot read is not used again: what was in flight has an unknown outcome and
// is never sent twice. A pipeline outlives its caller: Disconnect leaves it
// running on the host, and Resume reads from another process how it ended.
//
// The words are in the packages clixml and message, which open nothing. The
// session knows its host as a Transport only.
package psrp
