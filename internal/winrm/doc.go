// Package winrm keeps one Windows PowerShell running on one host and runs scripts in
// it, one after the other. It calls this process a worker; no process is started for
// a single command.
//
// Dial opens a WinRS shell over HTTPS, starts a single powershell.exe in it and
// sends it the worker loop (worker.ps1) on standard input. Each Call is then one
// line in and one line out: two HTTP requests, no process start, no new connection.
// A request names a script and carries its arguments as JSON; data never becomes
// PowerShell text.
//
// Every error is a fault.Error. A Worker that met a transport error is dropped and
// never used again. A call that was in flight then has an unknown outcome and is
// never sent again.
package winrm
