package utility_test

import "testing"

func TestCompareWindow(t *testing.T) {
	const show = ` | ForEach-Object { "$($_.InputObject)$($_.SideIndicator)" }`
	check(t, map[string]oneLiner{
		"empty":     {reason: "a side may be empty, not missing", script: `Compare-Object @() 1` + show + `; Compare-Object $null 1`, want: []string{"1=>"}, errors: []string{"ParameterArgumentValidationErrorNullNotAllowed" + of("CompareObject")}},
		"far":       {reason: "equals are found however far apart", script: `Compare-Object 1, 2, 3, 4 4, 1, 2, 3` + show},
		"window":    {reason: "-SyncWindow 0 compares pairs", script: `Compare-Object 1, 2 2, 1 -SyncWindow 0` + show, want: []string{"2=>", "1<=", "1=>", "2<="}},
		"pass thru": {reason: "the object itself, with its side", script: `$o = [pscustomobject]@{ a = 1 }; (Compare-Object $o ([pscustomobject]@{ a = 2 }) -Property a -PassThru | ForEach-Object { "$($_.a)$($_.SideIndicator)" }) -join ' '`, want: []string{"2=> 1<="}},
		"of texts":  {reason: "a text has no place for the side", script: `Compare-Object a b -PassThru`, errors: []string{"not supported by the simulator: Compare-Object -PassThru with a System.String, line 1"}},
	})
}

func TestExpandWithProperties(t *testing.T) {
	const nested = `$o = [pscustomobject]@{ Name = 'p'; Parts = [pscustomobject]@{ Id = 1 }, [pscustomobject]@{ Id = 2 } }; `
	check(t, map[string]oneLiner{
		"both":  {reason: "parts get what is asked of the whole", script: nested + `$o | Select-Object Name -ExpandProperty Parts | ForEach-Object { "$($_.Id) $($_.Name)" }`, want: []string{"1 p", "2 p"}},
		"clash": {reason: "a part that has the property keeps its own", script: `[pscustomobject]@{ Id = 9; Part = [pscustomobject]@{ Id = 1 } } | Select-Object Id -ExpandProperty Part | ForEach-Object Id`, want: []string{"1"}, errors: []string{"AlreadyExistingUserSpecifiedPropertyExpand" + of("SelectObject")}},
		"texts": {reason: "a text has no place for it", script: `[pscustomobject]@{ A = 1; B = 'b' } | Select-Object A -ExpandProperty B`, errors: []string{"not supported by the simulator: Select-Object -Property for an expanded System.String, line 1"}},
	})
}

func TestDrawing(t *testing.T) {
	check(t, map[string]oneLiner{
		"range":   {reason: "from the least to below the most", script: `$n = 1..50 | ForEach-Object { Get-Random -Minimum 3 -Maximum 6 } | Sort-Object -Unique; ($n | Measure-Object -Minimum -Maximum | ForEach-Object { $_.Minimum -ge 3 -and $_.Maximum -le 5 })`, want: []string{"True"}},
		"types":   {reason: "Int32, Int64, Double", script: `(Get-Random).GetType().Name; (Get-Random -Maximum 5L).GetType().Name; (Get-Random -Maximum 1.5).GetType().Name; (Get-Random -Maximum ([byte]9)).GetType().Name`, want: []string{"Int32", "Int64", "Double", "Double"}},
		"objects": {reason: "without putting back", script: `(1..9 | Get-Random -Count 9 | Sort-Object) -join ''; @('a' | Get-Random).Count`, want: []string{"123456789", "1"}},
		"empty":   {reason: "no number between", script: `Get-Random -Minimum 5 -Maximum 5`, errors: []string{"MinGreaterThanOrEqualMax" + of("GetRandom")}},
		"no text": {reason: "a text is no limit here", script: `Get-Random -Maximum x`, errors: []string{"not supported by the simulator: Get-Random with a limit that is a System.String, line 1"}},
		"span":    {reason: "between dates, or of parts", script: `(New-TimeSpan '2026-01-01' '2026-01-03').TotalDays; (New-TimeSpan -Hours 1 -Minutes 30).TotalMinutes; (New-TimeSpan).Ticks`, want: []string{"2", "90", "0"}},
		"parts":   {reason: "parts of a date replaced", script: `(Get-Date '2026-01-31' -Month 2).ToString('s'); (Get-Date '2024-02-29' -Year 2025 -Hour 5).ToString('s')`, want: []string{"2026-02-28T00:00:00", "2025-02-28T05:00:00"}},
		"bounds":  {reason: "there are twelve months", script: `Get-Date -Month 13`, errors: []string{"ParameterArgumentValidationError" + of("GetDate")}},
		"unix":    {reason: "the letters of -UFormat", script: `Get-Date '2026-03-01 16:05:09' -UFormat '%A %d.%m.%y %I:%M:%S %p 100%%'; Get-Date -UFormat '%s'`, want: []string{"Sunday 01.03.26 04:05:09 PM 100%"}, errors: []string{"not supported by the simulator: Get-Date -UFormat %s, line 1"}},
	})
}

func TestPlaces(t *testing.T) {
	check(t, map[string]oneLiner{
		"stack":  {reason: "back to where it was", script: `$null = New-Item C:\d\f; Push-Location C:\d; (Get-Location).Path; Pop-Location; (Get-Location).Path; Pop-Location`, want: []string{`C:\d`, `C:\Windows\system32`}},
		"rename": {reason: "in its folder", script: `Set-Content C:\a.txt x; Rename-Item C:\a.txt b.txt; Test-Path C:\a.txt; Get-Content C:\b.txt; Rename-Item C:\none c`, want: []string{"False", "x"}, errors: []string{"PathNotFound" + of("RenameItem")}},
		"onto":   {reason: "nothing is overwritten", script: `Set-Content C:\a x; Set-Content C:\b y; Rename-Item C:\a b; Get-Content C:\b`, want: []string{"y"}, errors: []string{"RenameItemIOError" + of("RenameItem")}},
		"clear":  {reason: "empty, and still there", script: `Set-Content C:\a x; Clear-Content C:\a; (Get-Item C:\a).Length; Clear-Content C:\none`, want: []string{"0"}, errors: []string{"PathNotFound" + of("ClearContent")}},
		"empty":  {reason: "a path is a text", script: `Test-Path ''; Test-Path $null`, errors: []string{"ParameterArgumentValidationErrorEmptyStringNotAllowed" + of("TestPath"), "ParameterArgumentValidationErrorNullNotAllowed" + of("TestPath")}},
		"tee":    {reason: "in the file, or behind what it has", script: `$null = 1 | Tee-Object C:\t; $null = 2 | Tee-Object C:\t -Append; Get-Content C:\t`, want: []string{"1", "2"}},
		"search": {reason: "all matches, once per file, the line alone", script: `('abab' | Select-String a -AllMatches).Matches.Count; Set-Content C:\a 'x1', 'x2'; @(Select-String x C:\a -List).Count`, want: []string{"2", "1"}},
		"gone":   {reason: "a property that no object has; of nothing there is nothing", script: `1 | Measure-Object Gone -Line; @(@() | Measure-Object Gone).Count`, want: []string{"0"}, errors: []string{"TextMeasurePropertyNotFound" + of("MeasureObject")}},
		"drive":  {reason: "a drive that is not there, and one that is not simulated", script: `Test-Path q9:\a; Get-Item q9:\a, C:\none; Test-Path HKLM:\a`, want: []string{"False"}, errors: []string{"DriveNotFound" + of("GetItem"), "PathNotFound" + of("GetItem"), "not supported by the simulator: the drive HKLM:, line 1"}},
		"words":  {reason: "text without its blanks", script: `('a b', ' c' | Measure-Object -Character -IgnoreWhiteSpace).Characters`, want: []string{"3"}},
		"types":  {reason: "one of each kind in a row", script: `1, 2, 'a', 'b' | Get-Unique -OnType`, want: []string{"1", "a"}},
		"kinds":  {reason: "several kinds of members, or all of a sort", script: `$o = [pscustomobject]@{ a = 1 }; ($o | Get-Member -MemberType NoteProperty, CodeMethod).Name; ($o | Get-Member -MemberType Properties).Name; @($o | Get-Member -MemberType Methods).Count -gt 2`, want: []string{"a", "a", "True"}},
		"member": {reason: "the kind by position, a name of its own for the object", script: `$o = [pscustomobject]@{ a = 1 }; $o | Add-Member NoteProperty b 2 -TypeName My.Type; "$($o.b) $($o.PSObject.TypeNames[0])"`, want: []string{"2 My.Type"}},
	})
}
