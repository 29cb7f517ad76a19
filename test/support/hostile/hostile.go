// Package hostile holds what somebody who means harm may do: what a caller sends to a
// restricted session (names of commands, texts of scripts, values of common parameters),
// servers that the manager is led to, and objects that lead it there.
package hostile

import (
	_ "embed"
	"strings"
)

// cmdlets are the commands of PowerShell 7 and of Windows PowerShell, of the product and of
// other modules, and their aliases, but for those that every restricted session shows.
//
//go:embed cmdlets.txt
var cmdlets string

// Commands lists names of commands that exist somewhere.
func Commands() []string { return strings.Fields(cmdlets) }

// Names are sent as names of commands. None of them is one that a restricted session shows.
var Names = []string{
	"Get-Process", "Invoke-Expression", "iex", "Get-CsSite", `Lync\Get-CsSite`, "Set-CsSite", "Import-Module", "Set-Content", "Get-Content", "New-Item", "Remove-Item",
	"Start-Process", "Invoke-Command", "New-Object", "Add-Type", "Start-Job", "Enter-PSSession", "New-PSSession", "Write-Output", "Out-File", "Set-Variable", "Get-Variable",
	"ForEach-Object", "Where-Object", "%", "?", "cd", "ls", "cat", "sh", "/bin/sh", "powershell.exe", "cmd.exe", `C:\Windows\System32\cmd.exe`, "./start", "x.ps1",
	`Microsoft.PowerShell.Utility\Select-Object`, `Microsoft.PowerShell.Utility\Invoke-Expression`, `Microsoft.PowerShell.Core\Get-Command`, `Microsoft.PowerShell.Management\Get-Content`,
	"Invoke-Operation", "ConvertTo-Argument", "ConvertTo-Change", "Assert-Listed", "Read-Limits", `FedRoute\Invoke-Operation`, `FedRoute\Read-Limits`, "script:Invoke-Operation", "global:Invoke-Operation", "private:Read-Limits",
	"Get-*", "*", "Set-SiteRout?", " Read-Topology", "Read-Topology ", "Read-Topology;Get-Process", "Read-Topology|Out-File", "& Read-Topology", ". Read-Topology", "$(Get-Process)", "{Get-Process}", "'Get-Process'",
	"TabExpansion2", "prompt", "Get-PSCallStack", "Set-PSBreakpoint", "Wait-Debugger", "Get-Credential", "Get-Event", "Register-ObjectEvent", "function:Read-Topology", "variable:operations", "env:PATH",
	"Start-EdgeServices", "Set-DnsRecords", "Read-EdgeServer",
}

// Texts are sent as scripts.
var Texts = []string{
	"", " ", "# nothing", "1", "$true", "$env:PATH", "$ExecutionContext", "$operations", "Read-Topology", "Read-Topology -Verbose", "& { 1 }", ". { 1 }", "{ 1 }", "@{}", "@()", "(1)", "$(1)",
	"[IO.File]::WriteAllText([IO.Path]::GetTempPath() + 'fedroute-hostile', 'x')", "New-Item Temp:/fedroute-hostile", "Get-Process > Temp:/fedroute-hostile", "function x { 1 }; x", "class X {}", "using namespace System", "trap { 1 }",
	"if (1) { 1 }", "while (1) { }", "do { } while (1)", "for (;;) { }", "foreach ($x in 1) { }", "switch (1) { 1 { 1 } }", "try { 1 } catch { 1 }", "throw 1", "exit", "return 1", "break", "param($x)", "data { 1 }",
	"$x = 1", "$x++", "1 + 1", "-join 'a'", "\"$(1)\"", "@'\nx\n'@", "1 | % { 1 }", "Set-SiteRoute @x", "Set-SiteRoute -Site Redmond -Protocol SIP -EdgePool edge2.contoso.com",
	"Select-Object", "Get-Command", "Get-Command Set-SiteRoute | Select-Object -Property *", "$PSSenderInfo", "$Host.Runspace", "[scriptblock]::Create('1')", "Invoke-Expression 1", "Start-Sleep 100", "#requires -Version 99", "1;1", "1\n1", "1 && 1", "1 &",
}

// Common gives the values with which each common parameter of a function is tried. A
// parameter that Windows PowerShell lacks is among them.
func Common() map[string][]any {
	actions := []any{"Ignore", "SilentlyContinue", "Continue", "Stop", "Inquire", "Suspend", "Break", "", "x", "$(Get-Process)", 2, 99, true}
	variables := []any{"x", "+x", "$x", "env:PATH", "function:Read-Topology", "global:operations", "script:x", "ErrorActionPreference", "", "a b", "*"}
	switches := []any{true, false, "x", 1}
	return map[string][]any{
		"ErrorAction": actions, "WarningAction": actions, "InformationAction": actions, "ProgressAction": actions,
		"ErrorVariable": variables, "WarningVariable": variables, "InformationVariable": variables, "OutVariable": variables, "PipelineVariable": variables,
		"OutBuffer": {0, 1, -1, 1 << 30, "x"},
		"Verbose":   switches, "Debug": switches, "WhatIf": switches, "Confirm": switches, "UseTransaction": switches,
		"ea": actions[:4], "ov": variables[:4], "pv": variables[:4], "vb": switches, "db": switches,
	}
}
