// Package psrp runs commands in a PowerShell session configuration of a host, by
// name and with typed parameters. It speaks PowerShell Remoting (MS-PSRP) over WSMan
// (MS-WSMV) and uses the connections, sign-in and sealing of internal/winrm.
//
// Dial opens a pool of one runspace. Each Call is then one pipeline: three HTTP
// requests (Command, Receive, Signal), no new connection, no process start. A
// request carries a command's name and data. There is no way to send a script,
// because a restricted configuration (JEA) would refuse it.
//
// Every error is a fault.Error. A Session that met a transport error or a message
// that it cannot read is not used again. A command that was in flight then has an
// unknown outcome and is never sent again. A pipeline outlives its caller:
// Disconnect leaves it running on the host, and another process can Resume it and
// learn how it ended.
//
// The packages clixml and message make and read the messages; they open no
// connection. A Session reaches its host only through a Transport.
package psrp
