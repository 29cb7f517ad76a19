package utility_test

import "testing"

func TestWriteError(t *testing.T) {
	const plain = "Microsoft.PowerShell.Commands.WriteErrorException"
	check(t, map[string]oneLiner{
		"message":        {reason: "the class is the id when none is given", script: `Write-Error 'bad'; 'on'`, want: []string{"on"}, errors: []string{plain}},
		"id":             {reason: "an id of its own", script: `Write-Error -ErrorId 'x.Y' -Category InvalidData -Message 'bad'`, errors: []string{"x.Y"}},
		"in a function":  {reason: "the id ends with the function", script: `function F { Write-Error -ErrorId 'x.Y' -Message 'bad' }; F`, errors: []string{"x.Y,F"}},
		"in a block":     {reason: "a script block has no name", script: `& { Write-Error -ErrorId 'x.Y' -Message 'bad' }`, errors: []string{"x.Y"}},
		"stop":           {reason: "Stop makes it catchable, with id, category and target", script: `$ErrorActionPreference = 'Stop'; try { Write-Error -ErrorId x.Y -Category ResourceBusy -TargetObject t -Message m; 'on' } catch { $_.FullyQualifiedErrorId; [string]$_.CategoryInfo.Category; $_.TargetObject; $_.Exception.Message; $_.CategoryInfo.Activity }`, want: []string{"x.Y", "ResourceBusy", "t", "m", "Write-Error"}},
		"exception":      {reason: "the exception gives id and message", script: `try { Write-Error -Exception ([System.ArgumentException]::new('arg')) -ErrorAction Stop } catch { $_.FullyQualifiedErrorId; $_.Exception.Message }`, want: []string{"System.ArgumentException", "arg"}},
		"record":         {reason: "a record is written again", script: `try { Get-Nothing } catch { Write-Error -ErrorRecord $_ }`, errors: []string{"CommandNotFoundException"}},
		"no message":     {reason: "something must be said", script: `Write-Error -ErrorId a`, errors: []string{"MissingMandatoryParameter,Microsoft.PowerShell.Commands.WriteErrorCommand"}},
		"wrong category": {reason: "categories are an enumeration", script: `Write-Error -Message a -Category Nonsense`, errors: []string{"CannotConvertArgumentNoMessage,Microsoft.PowerShell.Commands.WriteErrorCommand"}},
		"failed":         {reason: "$? tells", script: `Write-Error a -ErrorAction SilentlyContinue; $?`, want: []string{"False"}},
	})
}

func TestWriteToStreams(t *testing.T) {
	check(t, map[string]oneLiner{
		"output":          {reason: "collections are taken apart", script: `Write-Output 1, 2 | ForEach-Object { "<$_>" }`, want: []string{"<1>", "<2>"}},
		"whole":           {reason: "-NoEnumerate keeps them", script: `(Write-Output @(1, 2) -NoEnumerate | ForEach-Object { $_.Count })`, want: []string{"2"}},
		"rest":            {reason: "echo takes all its arguments", script: `echo a b`, want: []string{"a", "b"}},
		"host":            {reason: "past the pipeline, elements side by side", script: `$x = Write-Host a (1, 2); "x$x"`, want: []string{"a 1 2", "x"}},
		"host redirected": {reason: "it is the information stream", script: `$x = Write-Host a 6>&1; "got $x"; Write-Host b 6>$null`, want: []string{"got a"}},
		"warning":         {reason: "its stream can be redirected", script: `Write-Warning careful 3>&1 | ForEach-Object { "got $_" }`, want: []string{"got careful"}},
		"verbose":         {reason: "silent unless asked for", script: `Write-Verbose a 4>&1; Write-Verbose b -Verbose 4>&1`, want: []string{"b"}},
		"information":     {reason: "silent by default, but not for a redirection", script: `Write-Information a 6>&1; Write-Information b -InformationAction Continue 6>&1`, want: []string{"a", "b"}},
		"no new line":     {reason: "parts of a line", script: `Write-Host a -NoNewline; Write-Host b; 'c'`, want: []string{"ab", "c"}},
		"warning kept":    {reason: "-WarningVariable keeps it", script: `Write-Warning w -WarningVariable v -WarningAction SilentlyContinue; "$v"`, want: []string{"w"}},
	})
}
