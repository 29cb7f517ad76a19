package utility_test

import "testing"

func TestPaths(t *testing.T) {
	check(t, map[string]oneLiner{
		"join":         {reason: "one backslash between", script: `Join-Path -Path C:\Temp -ChildPath a.xml; Join-Path C:\Temp\ \b/c; 'C:\x', 'D:\' | Join-Path -ChildPath y`, want: []string{`C:\Temp\a.xml`, `C:\Temp\b\c`, `C:\x\y`, `D:\y`}},
		"join nothing": {reason: "a path is needed", script: `Join-Path $null x`, errors: []string{"ParameterArgumentValidationErrorNullNotAllowed,Microsoft.PowerShell.Commands.JoinPathCommand"}},
		"split":        {reason: "parent, leaf, drive", script: `$p = 'C:\a\b.txt'; Split-Path $p; Split-Path $p -Leaf; Split-Path $p -Qualifier; Split-Path $p -NoQualifier; Split-Path C:\a -Parent`, want: []string{`C:\a`, "b.txt", "C:", `\a\b.txt`, `C:\`}},
		"location":     {reason: "relative paths begin there", script: `Set-Content C:\data\f.txt hi; Set-Location C:\data; (Get-Location).Path; Test-Path f.txt; Get-Content .\f.txt; (Resolve-Path f.txt).Path`, want: []string{`C:\data`, "True", "hi", `C:\data\f.txt`}},
		"no location":  {reason: "a place must exist", script: `cd C:\nowhere; "$PWD"`, want: []string{`C:\Windows\system32`}, errors: []string{"PathNotFound,Microsoft.PowerShell.Commands.SetLocationCommand"}},
		"dots":         {reason: "no guess about dots", script: `Test-Path ..\x`, errors: []string{`not supported by the simulator: a path with dots: C:\Windows\system32\..\x, line 1`}},
		"drive":        {reason: "no registry here", script: `Test-Path HKLM:\SOFTWARE`, errors: []string{"not supported by the simulator: the drive HKLM:, line 1"}},
	})
}

func TestFiles(t *testing.T) {
	const absent = "PathNotFound,Microsoft.PowerShell.Commands."
	check(t, map[string]oneLiner{
		"test":            {reason: "files and the folders they are in", script: `Set-Content C:\d\f.txt x; Test-Path C:\d\f.txt, C:\d, C:\e; Test-Path C:\d -PathType Leaf; Test-Path C:\d -PathType Container`, want: []string{"True", "True", "False", "False", "True"}},
		"lines":           {reason: "content is lines", script: `Set-Content C:\f.txt a, b; (Get-Content C:\f.txt).Count; (Get-Content C:\f.txt -Raw).Length; Get-Content C:\f.txt -TotalCount 1; Get-Content C:\f.txt -Tail 1`, want: []string{"2", "6", "a", "b"}},
		"append":          {reason: "behind what is there", script: `'a' | Set-Content C:\f.txt; 'b', 'c' | Add-Content C:\f.txt; "$(Get-Content C:\f.txt)"`, want: []string{"a b c"}},
		"missing":         {reason: "reading what is not there", script: `Get-Content C:\no.txt`, errors: []string{absent + "GetContentCommand"}},
		"remove":          {reason: "gone afterwards", script: `Set-Content C:\f.txt x; Remove-Item -Path C:\f.txt -ErrorAction SilentlyContinue; Test-Path C:\f.txt`, want: []string{"False"}},
		"remove missing":  {reason: "its error can be silenced", script: `Remove-Item C:\f.txt -ErrorAction SilentlyContinue; Remove-Item C:\f.txt; $Error.Count`, want: []string{"2"}, errors: []string{absent + "RemoveItemCommand"}},
		"what if":         {reason: "nothing is done", script: `Set-Content C:\f.txt x; Remove-Item C:\f.txt -WhatIf; Test-Path C:\f.txt`, want: []string{`What if: Performing the operation "Remove File" on target "C:\f.txt".`, "True"}},
		"out file":        {reason: "5.1 writes UTF-16 with its mark", script: `'a', 1 | Out-File C:\f.txt; [IO.File]::ReadAllBytes('C:\f.txt').Length; "$(Get-Content C:\f.txt)"; 'b' | Out-File C:\f.txt -Append; (Get-Content C:\f.txt).Count`, want: []string{"14", "a 1", "3"}},
		"out file in 7":   {reason: "7 writes UTF-8", core: true, script: `'a' | Out-File C:\f.txt; [IO.File]::ReadAllBytes('C:\f.txt').Length`, want: []string{"3"}},
		"utf-8":           {reason: "5.1 writes a mark", script: `Set-Content C:\f.txt 'ü' -Encoding UTF8; [IO.File]::ReadAllBytes('C:\f.txt')[0]; Get-Content C:\f.txt`, want: []string{"239", "ü"}},
		"code page":       {reason: "no guess about the machine's code page", script: `Set-Content C:\f.txt 'ü'`, errors: []string{"not supported by the simulator: text outside ASCII in the machine's own code page; use -Encoding UTF8, line 1"}},
		"copy":            {reason: "a second file, also into a folder", script: `Set-Content C:\a\f.txt x; Set-Content C:\b\g.txt y; Copy-Item C:\a\f.txt C:\b; Copy-Item C:\a\f.txt C:\b\h.txt; (Get-ChildItem C:\b).Name; Move-Item C:\b\g.txt C:\i.txt; Test-Path C:\b\g.txt; Get-Content C:\i.txt`, want: []string{"f.txt", "g.txt", "h.txt", "False", "y"}},
		"item":            {reason: "a file as an object", script: `$f = New-Item C:\a\f.txt -Value abc; $f.Name; $f.Length; $f.FullName; (Get-Item C:\a).PSIsContainer; "$($f.BaseName)$($f.Extension)"`, want: []string{"f.txt", "3", `C:\a\f.txt`, "True", "f.txt"}},
		"item twice":      {reason: "-Force overwrites", script: `$null = New-Item C:\f; New-Item C:\f; $null = New-Item C:\f -Force`, errors: []string{"NewItemIOError,Microsoft.PowerShell.Commands.NewItemCommand"}},
		"folders":         {reason: "the disk has none of its own", script: `New-Item C:\d -ItemType Directory`, errors: []string{"not supported by the simulator: New-Item -ItemType Directory, line 1"}},
		"children":        {reason: "what is directly below; -Recurse for files", script: `Set-Content C:\r\a.txt 1; Set-Content C:\r\s\b.xml 2; Get-ChildItem C:\r -Name; (dir C:\r -Recurse -File -Filter *.xml).FullName`, want: []string{"a.txt", "s", `C:\r\s\b.xml`}},
		"environment":     {reason: "env: is a drive", script: `$env:X = 'y'; Test-Path env:X, Env:\NO; Get-Content env:X; (Get-Item env:x).Value; Remove-Item env:X; Test-Path env:X`, want: []string{"True", "False", "y", "y", "False"}},
		"variable drive":  {reason: "variable: too", script: `$v = 1; Test-Path variable:v; Test-Path variable:none`, want: []string{"True", "False"}},
		"wildcards":       {reason: "no guess about patterns", script: `Remove-Item C:\*.txt`, errors: []string{`not supported by the simulator: the wildcard path C:\*.txt, line 1`}},
		"select string":   {reason: "lines that match", script: `Set-Content C:\f.txt one, two, three; (Select-String -Path C:\f.txt -Pattern '^t').LineNumber; 'x1' | Select-String '\d' | ForEach-Object { $_.Matches[0].Value; "$_" }; 'a' | Select-String b -Quiet`, want: []string{"2", "3", "1", "x1"}},
		"out string":      {reason: "what a console would show", script: `('a', 'b' | Out-String) -replace "\r\n", '|'; ('a' | Out-String -Stream).Length`, want: []string{"a|b|", "1"}},
		"program's trail": {reason: "how scripts trim a program's text", script: `$text = 'line' | Out-String; "<$($text.Trim())>"; "<$(@() | Out-String)>"`, want: []string{"<line>", "<>"}},
	})
}
