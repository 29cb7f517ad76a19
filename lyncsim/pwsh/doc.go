// Package pwsh lets a real PowerShell take the evaluator's place: it starts a
// program for every shell command, as powershell.exe is started, and answers the
// calls of the modules (package module) that it puts on the program's
// PSModulePath.
//
// A call is one TCP connection to a loopback address: the token of the process
// and the call come in, a line each; one line per record goes out. The call and
// the records are CLIXML in base64. A token is random, handed over by
// environment variable, and dies with its process.
package pwsh
