package utility_test

import "testing"

func TestAliases(t *testing.T) {
	check(t, map[string]oneLiner{
		"set":        {reason: "a name for a command, or for a function", script: `function F { 'f' }; Set-Alias ff F; ff; Set-Alias list Get-Alias; (list gci).Definition`, want: []string{"f", "Get-ChildItem"}},
		"new twice":  {reason: "-Force is needed", script: `New-Alias a Get-Date; New-Alias a Get-Host; New-Alias a Get-Host -Force; (Get-Alias a).Definition`, want: []string{"Get-Host"}, errors: []string{"AliasAlreadyExists" + of("NewAlias")}},
		"definition": {reason: "all names of a command", script: `(Get-Alias -Definition Get-ChildItem).Name -join ' '`, want: []string{"dir gci ls"}},
		"missing":    {reason: "its own error", script: `Get-Alias none; Get-Alias n*ne`, errors: []string{"ItemNotFoundException" + of("GetAlias")}},
		"options":    {reason: "none are kept", script: `Set-Alias a Get-Date -Option ReadOnly`, errors: []string{"not supported by the simulator: Set-Alias -Option, line 1"}},
	})
}

func TestGetCommandSelects(t *testing.T) {
	check(t, map[string]oneLiner{
		"verb":      {reason: "by the parts of the name", script: `(Get-Command -Verb Push -Noun Loc*).Name`, want: []string{"Push-Location"}},
		"type":      {reason: "by their kind", script: `(Get-Command gci, Get-ChildItem -CommandType Alias -ErrorAction SilentlyContinue).Name`, want: []string{"gci"}},
		"parameter": {reason: "by a parameter or its alias", script: `(Get-Command -Noun Content -ParameterName Tail).Name; (Get-Command -Name Get-Content -ParameterName Last).Name`, want: []string{"Get-Content", "Get-Content"}},
		"number":    {reason: "the first ones", script: `@(Get-Command -Verb Get -TotalCount 3).Count`, want: []string{"3"}},
		"module":    {reason: "of a module", script: `@(Get-Command -Module Microsoft.PowerShell.Security -Verb Get -Noun Exec*).Name`, want: []string{"Get-ExecutionPolicy"}},
		"none":      {reason: "a name must be known", script: `Get-Command Get-Nothing`, errors: []string{"CommandNotFoundException" + of("GetCommand")}},
	})
}

func TestCommonParameters(t *testing.T) {
	check(t, map[string]oneLiner{
		"pipeline variable":    {reason: "later commands see the object of an earlier one", script: `1, 2 | Write-Output -PipelineVariable n | ForEach-Object { $_ * 10 } | ForEach-Object { "$n $_" }`, want: []string{"1 10", "2 20"}},
		"information variable": {reason: "what Write-Host said is kept", script: `Write-Host a -InformationVariable i 6>$null; "$($i.Count) $i"`, want: []string{"1 a"}},
		"information quietly":  {reason: "kept though it is not shown", script: `Write-Information m -InformationVariable i; "$i"`, want: []string{"m"}},
		"tags":                 {reason: "marks of an information record", script: `Write-Information m -Tags a, b -InformationVariable i; $i.Tags -join '+'`, want: []string{"a+b"}},
		"out variable":         {reason: "a copy of the output", script: `$null = 1, 2 | Sort-Object -OutVariable o; $o.Count`, want: []string{"2"}},
		"out buffer":           {reason: "not simulated", script: `1 | Sort-Object -OutBuffer 1`, errors: []string{"not supported by the simulator: Sort-Object -OutBuffer, line 1"}},
		"switched off":         {reason: "a switch that is off asks for nothing", script: `'a' | Select-String a -NotMatch:$false -Quiet; (Get-ChildItem env:none -Hidden:$false -ErrorAction SilentlyContinue).Count`, want: []string{"True", "0"}},
		"by pipeline":          {reason: "a property that binds to what is not simulated", script: `[pscustomobject]@{ Path = 'C:\x'; Credential = 'c' } | Test-Path`, errors: []string{"not supported by the simulator: Test-Path -Credential, line 1"}},
		"enumeration":          {reason: "words, or their beginning", script: `New-Item C:\f > $null; Test-Path C:\f -PathType lea; Test-Path C:\f -PathType Nope`, want: []string{"True"}, errors: []string{"CannotConvertArgumentNoMessage" + of("TestPath")}},
		"set of words":         {reason: "texts from a list", script: `'a' | Out-File C:\f -Encoding latin9`, errors: []string{"ParameterArgumentValidationError" + of("OutFile")}},
	})
}

func TestModuleVersions(t *testing.T) {
	const utility = `Import-Module Microsoft.PowerShell.Utility `
	check(t, map[string]oneLiner{
		"enough":   {reason: "a lower version is wanted", script: utility + `-MinimumVersion 3.0 -PassThru | ForEach-Object Name`, want: []string{"Microsoft.PowerShell.Utility"}},
		"too low":  {reason: "a higher one is wanted", script: utility + `-MinimumVersion 9.0`, errors: []string{"Modules_ModuleWithVersionNotFound" + of("ImportModule")}},
		"exact":    {reason: "another one is wanted", script: utility + `-RequiredVersion 3.0`, errors: []string{"Modules_ModuleWithVersionNotFound" + of("ImportModule")}},
		"prefixed": {reason: "names stay as they are here", script: utility + `-Prefix My`, errors: []string{"not supported by the simulator: Import-Module -Prefix, line 1"}},
	})
}
