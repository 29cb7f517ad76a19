package utility_test

import "testing"

func TestGroupObject(t *testing.T) {
	check(t, map[string]oneLiner{
		"property": {reason: "one group per value, in the order met", script: abc + `$s + $s[0] | Sort-Object Name -Descending | Group-Object Name | ForEach-Object { "$($_.Count) $($_.Name) $($_.Group[0].Number)" }`,
			want: []string{"1 c 3", "1 b 2", "2 a 1"}},
		"sorted in 7":  {reason: "7 sorts the groups", core: true, script: `'b', 'a', 'b' | Group-Object | ForEach-Object { "$($_.Name)$($_.Count)" }`, want: []string{"a1", "b2"}},
		"case":         {reason: "case is ignored", script: `@('x', 'X' | Group-Object).Count; @('x', 'X' | Group-Object -CaseSensitive).Count`, want: []string{"1", "2"}},
		"table":        {reason: "-AsHashTable looks groups up", script: `$h = 'aa', 'b', 'cc' | Group-Object { $_.Length } -AsHashTable -AsString; $h['2'][1]; $h.Count`, want: []string{"cc", "2"}},
		"two keys":     {reason: "names are joined", script: abc + `$s[0] | Group-Object Name, Number | ForEach-Object Name`, want: []string{"a, 1"}},
		"no element":   {reason: "-NoElement leaves the objects out", script: `$g = 1, 1 | Group-Object -NoElement; $g.Count; $null -eq $g.Group`, want: []string{"2", "True"}},
		"with culture": {reason: "no other culture here", script: `1 | Group-Object -Culture de-DE`, errors: []string{"not supported by the simulator: Group-Object -Culture, line 1"}},
	})
}

func TestMeasureObject(t *testing.T) {
	const numeric = "NonNumericInputObject,Microsoft.PowerShell.Commands.MeasureObjectCommand"
	check(t, map[string]oneLiner{
		"count":        {reason: "how many objects", script: `(1..4 | Measure-Object).Count; (@() | Measure-Object).Count`, want: []string{"4", "0"}},
		"numbers":      {reason: "sum and the like are doubles", script: `$m = 1, 2, 6 | Measure-Object -Sum -Average -Maximum -Minimum; "$($m.Sum) $($m.Average) $($m.Maximum) $($m.Minimum) $($m.Sum.GetType().Name)"`, want: []string{"9 3 6 1 Double"}},
		"not asked":    {reason: "what was not asked for is $null", script: `$null -eq (1 | Measure-Object).Sum`, want: []string{"True"}},
		"property":     {reason: "of a property", script: abc + `($s | Measure-Object -Property Number -Maximum).Maximum`, want: []string{"3"}},
		"missing":      {reason: "a property that no object has", script: abc + `$s | Measure-Object Gone`, errors: []string{"GenericMeasurePropertyNotFound,Microsoft.PowerShell.Commands.MeasureObjectCommand"}},
		"not a number": {reason: "texts have no sum", script: `$null -eq (1, 'x' | Measure-Object -Sum).Sum`, want: []string{"True"}, errors: []string{numeric}},
		"text":         {reason: "lines, words, characters", script: `$m = 'two words', 'x' | Measure-Object -Line -Word -Character; "$($m.Lines) $($m.Words) $($m.Characters)"`, want: []string{"2 3 10"}},
	})
}

func TestCompareObject(t *testing.T) {
	check(t, map[string]oneLiner{
		"differences": {reason: "new ones first, then those gone", script: `Compare-Object 1, 2, 4 2, 3 | ForEach-Object { "$($_.InputObject) $($_.SideIndicator)" }`, want: []string{"3 =>", "1 <=", "4 <="}},
		"equal":       {reason: "-IncludeEqual shows the rest", script: `Compare-Object a, b B, A -IncludeEqual | ForEach-Object SideIndicator`, want: []string{"==", "=="}},
		"only equal":  {reason: "-ExcludeDifferent", script: `(Compare-Object 1, 2 2, 3 -IncludeEqual -ExcludeDifferent).InputObject`, want: []string{"2"}},
		"same":        {reason: "no difference is no output", script: `$null -eq (Compare-Object 1, 2 1, 2)`, want: []string{"True"}},
		"property":    {reason: "by a property", script: abc + `Compare-Object $s[0..1] $s[1..2] -Property Name | ForEach-Object { "$_" }`, want: []string{"@{Name=c; SideIndicator==>}", "@{Name=a; SideIndicator=<=}"}},
		"null":        {reason: "both sides must be there", script: `Compare-Object $null 1`, errors: []string{"ParameterArgumentValidationErrorNullNotAllowed,Microsoft.PowerShell.Commands.CompareObjectCommand"}},
	})
}

func TestUniqueAndTee(t *testing.T) {
	check(t, map[string]oneLiner{
		"neighbours": {reason: "only neighbours are compared, case counts", script: `1, 1, 2, 1, 'a', 'A' | Get-Unique`, want: []string{"1", "2", "1", "a", "A"}},
		"tee":        {reason: "a variable and the pipeline", script: `1..2 | Tee-Object -Variable v | ForEach-Object { "<$_>" }; "$v"`, want: []string{"<1>", "<2>", "1 2"}},
		"tee file":   {reason: "5.1 writes UTF-16", script: `1 | Tee-Object C:\t.txt; (Get-Content C:\t.txt)`, want: []string{"1", "1"}},
	})
}

func TestNewObject(t *testing.T) {
	const tail = ",Microsoft.PowerShell.Commands.NewObjectCommand"
	check(t, map[string]oneLiner{
		"custom":      {reason: "a property bag", script: `New-Object -TypeName PSObject -Property ([ordered]@{ a = 1; b = 'x' })`, want: []string{"@{a=1; b=x}"}},
		"mutex":       {reason: "what the scripts make", script: `$m = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, 'Global\x'; $m.WaitOne(0); $m.ReleaseMutex(); $m.Dispose()`, want: []string{"True"}},
		"class":       {reason: "with arguments", script: `(New-Object Version 1, 2).Minor; (New-Object System.Text.StringBuilder 'a').ToString()`, want: []string{"2", "a"}},
		"no class":    {reason: "its own error id", script: `New-Object No.Such.Class`, errors: []string{"TypeNotFound" + tail}},
		"constructor": {reason: "what the constructor throws is wrapped", script: `try { New-Object Uri 'no uri' } catch { $_.FullyQualifiedErrorId }`, want: []string{"ConstructorInvokedThrowException" + tail}},
		"com":         {reason: "no COM here", script: `New-Object -ComObject Scripting.FileSystemObject`, errors: []string{"not supported by the simulator: New-Object -ComObject, line 1"}},
	})
}

func TestMembers(t *testing.T) {
	check(t, map[string]oneLiner{
		"properties": {reason: "names, kinds, definitions", script: `[pscustomobject]@{ b = 1; a = 'x' } | Get-Member -MemberType NoteProperty | ForEach-Object { "$($_.Name) $($_.MemberType) $($_.Definition)" }`, want: []string{"a NoteProperty string a=x", "b NoteProperty int b=1"}},
		"methods":    {reason: "methods of the class", script: `('' | Get-Member ToUpper).MemberType`, want: []string{"Method"}},
		"nothing":    {reason: "an object must be there", script: `$null | Get-Member`, errors: []string{"NoObjectInGetMember,Microsoft.PowerShell.Commands.GetMemberCommand"}},
		"add":        {reason: "a note property by position", script: `$o = [pscustomobject]@{ a = 1 }; $o | Add-Member b 2; $o | Add-Member -MemberType NoteProperty -Name c -Value 3 -PassThru`, want: []string{"@{a=1; b=2; c=3}"}},
		"add again":  {reason: "what is there needs -Force", script: `$o = [pscustomobject]@{ a = 1 }; $o | Add-Member a 2; $o.a; $o | Add-Member a 3 -Force; $o.a`, want: []string{"1", "3"}, errors: []string{"MemberAlreadyExists,Microsoft.PowerShell.Commands.AddMemberCommand"}},
		"add table":  {reason: "several at once", script: `$o = [pscustomobject]@{}; $o | Add-Member ([ordered]@{ x = 1; y = 2 }); "$o"`, want: []string{"@{x=1; y=2}"}},
		"script":     {reason: "only note properties", script: `$o = [pscustomobject]@{}; $o | Add-Member ScriptProperty x { 1 }`, errors: []string{"not supported by the simulator: Add-Member of a ScriptProperty, line 1"}},
	})
}
