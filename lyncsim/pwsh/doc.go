// Package pwsh runs scripts in a real PowerShell instead of the evaluator. It starts
// a program for every shell command, as powershell.exe is started. It puts modules
// (package module) on the program's PSModulePath and answers their calls.
//
// A call is one TCP connection to a loopback address. The client sends the token of
// its process and the call, a line each. The answer has one line per record. The
// call and the records are CLIXML in base64. A token is random, is passed to the
// process in an environment variable, and becomes invalid with the process.
package pwsh
