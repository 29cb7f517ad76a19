package utility_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// reply is the output of a script, a line per object, and the ids of its errors.
type reply struct {
	Out    []string
	Errors []string
}

func out(lines ...string) reply  { return reply{Out: lines} }
func fails(ids ...string) reply  { return reply{Errors: ids} }
func refuses(what string) reply  { return fails("not supported by the simulator: " + what + ", line 1") }
func unknown(class string) reply { return fails("NamedParameterNotFound" + of(class)) }
func of(class string) string     { return ",Microsoft.PowerShell.Commands." + class + "Command" }

// difference is a script that Windows PowerShell 5.1 and PowerShell 7 answer
// differently, with the reference page that says so.
type difference struct {
	page     string
	script   string
	old, new reply
}

func TestEditions(t *testing.T) {
	for _, part := range differences {
		t.Run(part.title, func(t *testing.T) { compare(t, part.cases) })
	}
}

// differences are all known differences, as lyncsim/docs/powershell.md shows them.
var differences = []struct {
	title string
	cases map[string]difference
}{
	{"parameters", oneEditionParameters}, {"commands", oneEditionCommands}, {"behaviour", editionBehaviour}, {"language", editionLanguage},
}

func compare(t *testing.T, cases map[string]difference) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			for label, want := range map[string]reply{"5.1": tc.old, "7": tc.new} {
				lines, errs := run(t, powershell.Options{Edition: editions[label]}, tc.script)
				if diff := cmp.Diff(want, reply{lines, ids(errs)}); diff != "" {
					t.Errorf("%s in %s (%s) -want +got:\n%s\nin full: %q", tc.script, label, tc.page, diff, errs)
				}
			}
		})
	}
}

var oneEditionParameters = map[string]difference{
	"select skip index": {"Select-Object", `1..4 | Select-Object -SkipIndex 0, 2`, unknown("SelectObject"), out("2", "4")},
	"select any case":   {"Select-Object", `'a', 'A' | Select-Object -Unique -CaseInsensitive`, unknown("SelectObject"), out("a")},
	"select skip last":  {"Select-Object", `1..4 | Select-Object -Skip 1 -SkipLast 1`, fails("AmbiguousParameterSet" + of("SelectObject")), out("2", "3")},
	"sort top":          {"Sort-Object", `3, 1, 2 | Sort-Object -Top 2`, unknown("SortObject"), out("1", "2")},
	"sort bottom":       {"Sort-Object", `3, 1, 2 | Sort-Object -Bottom 1`, unknown("SortObject"), out("3")},
	"sort stable":       {"Sort-Object", `2, 1 | Sort-Object -Stable`, unknown("SortObject"), out("1", "2")},
	"where not":         {"Where-Object", `@{ A = 0 }, @{ A = 1 } | Where-Object -Not A | ForEach-Object { $_.A }`, fails("AmbiguousParameter" + of("WhereObject")), out("0")},
	"parallel":          {"ForEach-Object", `1 | ForEach-Object -Parallel { $_ }`, unknown("ForEachObject"), refuses("ForEach-Object -Parallel")},
	"deviation":         {"Measure-Object", `(2, 4, 4, 6 | Measure-Object -StandardDeviation).StandardDeviation.ToString('0.000')`, unknown("MeasureObject"), out("1.633")},
	"all stats":         {"Measure-Object", `$m = 1, 3 | Measure-Object -AllStats; "$($m.Sum) $($m.Average) $($m.Minimum) $($m.Maximum)"`, reply{out("   ").Out, unknown("MeasureObject").Errors}, out("4 2 1 3")},
	"as array":          {"ConvertTo-Json", `1 | ConvertTo-Json -AsArray -Compress`, unknown("ConvertToJson"), out("[1]")},
	"enums as strings":  {"ConvertTo-Json", `[DayOfWeek]1 | ConvertTo-Json -EnumsAsStrings`, unknown("ConvertToJson"), out(`"Monday"`)},
	"escape handling":   {"ConvertTo-Json", `'<é>' | ConvertTo-Json -EscapeHandling EscapeNonAscii`, unknown("ConvertToJson"), out(`"<\u00e9>"`)},
	"as hashtable":      {"ConvertFrom-Json", `('{"a":1}' | ConvertFrom-Json -AsHashtable)['a']`, unknown("ConvertFromJson"), out("1")},
	"json depth":        {"ConvertFrom-Json", `('[[1]]' | ConvertFrom-Json -Depth 5).Count`, unknown("ConvertFromJson"), out("1")},
	"as utc":            {"Get-Date", `(Get-Date '2026-01-02 03:04:05' -AsUTC).Kind`, unknown("GetDate"), out("Utc")},
	"unix time":         {"Get-Date", `(Get-Date -UnixTimeSeconds 86400).ToUniversalTime().ToString('s')`, unknown("GetDate"), out("1970-01-02T00:00:00")},
	"sleep duration":    {"Start-Sleep", `Start-Sleep -Duration ([timespan]::Zero); 'woken'`, reply{out("woken").Out, unknown("StartSleep").Errors}, out("woken")},
	"milliseconds":      {"New-TimeSpan", `(New-TimeSpan -Milliseconds 5).TotalMilliseconds`, unknown("NewTimeSpan"), out("5")},
	"random count":      {"Get-Random", `@(Get-Random -Maximum 9 -Count 3).Count`, reply{out("0").Out, fails("AmbiguousParameterSet" + of("GetRandom")).Errors}, out("3")},
	"random shuffle":    {"Get-Random", `(1..5 | Get-Random -Shuffle | Sort-Object) -join ''`, unknown("GetRandom"), out("12345")},
	"leaf base":         {"Split-Path", `Split-Path C:\a\b.txt -LeafBase`, unknown("SplitPath"), out("b")},
	"extension":         {"Split-Path", `Split-Path C:\a\b.txt -Extension`, unknown("SplitPath"), out(".txt")},
	"more children":     {"Join-Path", `Join-Path C:\a b c`, fails("PositionalParameterNotFound" + of("JoinPath")), out(`C:\a\b\c`)},
	"csv quotes":        {"ConvertTo-Csv", `[pscustomobject]@{ A = 'x'; B = 'y,z' } | ConvertTo-Csv -UseQuotes AsNeeded`, unknown("ConvertToCsv"), out("A,B", `x,"y,z"`)},
	"csv no head":       {"ConvertTo-Csv", `[pscustomobject]@{ A = 'x' } | ConvertTo-Csv -NoHeader`, unknown("ConvertToCsv"), out(`"x"`)},
	"unique any case":   {"Get-Unique", `'a', 'A' | Get-Unique -CaseInsensitive`, unknown("GetUnique"), out("a")},
	"empty guid":        {"New-Guid", `"$(New-Guid -Empty)"`, unknown("NewGuid"), out("00000000-0000-0000-0000-000000000000")},
	"string data":       {"ConvertFrom-StringData", `(ConvertFrom-StringData 'a:1' -Delimiter ':').a`, unknown("ConvertFromStringData"), out("1")},
	"bytes":             {"Get-Content", `Get-Content C:\x -AsByteStream`, unknown("GetContent"), refuses("Get-Content -AsByteStream")},
	"progress action":   {"about_CommonParameters", `Write-Progress a -ProgressAction Ignore; 'on'`, reply{out("on").Out, unknown("WriteProgress").Errors}, out("on")},
}

const noCommand = "CommandNotFoundException"

var oneEditionCommands = map[string]difference{
	"join string":   {"Join-String", `1, 2 | Join-String -Separator ',' -OutputPrefix '['`, fails(noCommand), out("[1,2")},
	"wmi":           {"Get-WmiObject", `Get-WmiObject Win32_Service`, refuses("Get-WmiObject on a machine of no organization"), fails(noCommand)},
	"markdown":      {"ConvertFrom-Markdown", `ConvertFrom-Markdown -Path x`, fails(noCommand), refuses("ConvertFrom-Markdown")},
	"snap-ins":      {"Add-PSSnapin", `Add-PSSnapin x`, refuses("Add-PSSnapin"), fails(noCommand)},
	"test json":     {"Test-Json", `Test-Json '{}'`, fails(noCommand), refuses("Test-Json")},
	"event log":     {"Get-EventLog", `Get-EventLog System`, refuses("Get-EventLog"), fails(noCommand)},
	"of both":       {"Get-Process", `Get-Process`, refuses("Get-Process"), refuses("Get-Process")},
	"module of one": {"Get-Verb", `(Get-Command Get-Verb).ModuleName`, out("Microsoft.PowerShell.Core"), out("Microsoft.PowerShell.Utility")},
}

const fileBytes = `([IO.File]::ReadAllBytes('C:\t.txt') | ForEach-Object { $_.ToString('X2') }) -join ' '`

var editionBehaviour = map[string]difference{
	"escapes":           {"ConvertTo-Json", `ConvertTo-Json "<a & 'b'>"`, out(`"\u003ca \u0026 \u0027b\u0027\u003e"`), out(`"<a & 'b'>"`)},
	"dates to json":     {"ConvertTo-Json", `@{ d = ([datetime]'2026-01-02T03:04:05Z').ToUniversalTime() } | ConvertTo-Json -Compress`, out(`{"d":"\/Date(1767323045000)\/"}`), out(`{"d":"2026-01-02T03:04:05Z"}`)},
	"depth warning":     {"ConvertTo-Json", `@{ a = @{ b = 1 } } | ConvertTo-Json -Depth 1 -Compress -WarningVariable w -WarningAction SilentlyContinue; @{ a = @{ b = @{ c = 1 } } } | ConvertTo-Json -Depth 1 -Compress -WarningVariable w -WarningAction SilentlyContinue; $w.Count`, out(`{"a":{"b":1}}`, `{"a":{"b":"System.Collections.Hashtable"}}`, "0"), out(`{"a":{"b":1}}`, `{"a":{"b":"System.Collections.Hashtable"}}`, "1")},
	"depth zero":        {"ConvertTo-Json", `ConvertTo-Json 1 -Depth 0`, fails("ParameterArgumentValidationError" + of("ConvertToJson")), out("1")},
	"depth above":       {"ConvertTo-Json", `ConvertTo-Json 1 -Depth 101`, fails("ReachedMaximumDepthAllowed" + of("ConvertToJson")), fails("ParameterArgumentValidationError" + of("ConvertToJson"))},
	"array from json":   {"ConvertFrom-Json", `('[1, 2]' | ConvertFrom-Json | Measure-Object).Count; ('[1, 2]' | ConvertFrom-Json).Count`, out("1", "2"), out("2", "2")},
	"dates from json":   {"ConvertFrom-Json", `('{"d":"2026-01-02T03:04:05Z"}' | ConvertFrom-Json).d.GetType().Name`, out("String"), out("DateTime")},
	"numbers from json": {"ConvertFrom-Json", `('1' | ConvertFrom-Json).GetType().Name; ('1.5' | ConvertFrom-Json).GetType().Name`, out("Int32", "Decimal"), out("Int64", "Double")},
	"json comments":     {"ConvertFrom-Json", `("{ // c` + "`n" + `""a"": ""/*x*/"" /* d */ }" | ConvertFrom-Json).a`, fails("System.ArgumentException" + of("ConvertFromJson")), out("/*x*/")},
	"json same names":   {"ConvertFrom-Json", `'{"a":1,"A":2}' | ConvertFrom-Json`, fails("DuplicateKeysInJsonString" + of("ConvertFromJson")), fails("KeysWithDifferentCasingInJsonString" + of("ConvertFromJson"))},
	"csv type":          {"ConvertTo-Csv", `[pscustomobject]@{ A = 1 } | ConvertTo-Csv`, out("#TYPE System.Management.Automation.PSCustomObject", `"A"`, `"1"`), out(`"A"`, `"1"`)},
	"out-file bytes":    {"Out-File", `'a' | Out-File C:\t.txt; ` + fileBytes, out("FF FE 61 00 0D 00 0A 00"), out("61 0D 0A")},
	"utf-8 mark":        {"Out-File", `'a' | Out-File C:\t.txt -Encoding utf8; ` + fileBytes, out("EF BB BF 61 0D 0A"), out("61 0D 0A")},
	"tee bytes":         {"Tee-Object", `$null = 'a' | Tee-Object C:\t.txt; ` + fileBytes, out("FF FE 61 00 0D 00 0A 00"), out("61 0D 0A")},
	"csv file":          {"Export-Csv", `[pscustomobject]@{ A = 'ä' } | Export-Csv C:\t.txt -NoTypeInformation; ` + fileBytes, out("22 41 22 0D 0A 22 3F 22 0D 0A"), out("22 41 22 0D 0A 22 C3 A4 22 0D 0A")},
	"clixml file":       {"Export-Clixml", `1 | Export-Clixml C:\t.txt; (` + fileBytes + `).Substring(0, 5)`, out("FF FE"), out("3C 4F")},
	"blank path":        {"Test-Path", `Test-Path ' '`, out("True"), out("False")},
	"empty path":        {"Test-Path", `Test-Path ''`, fails("ParameterArgumentValidationErrorEmptyStringNotAllowed" + of("TestPath")), out("False")},
	"no path":           {"Test-Path", `Test-Path $null`, fails("ParameterArgumentValidationErrorNullNotAllowed" + of("TestPath")), fails("NullPathNotPermitted" + of("TestPath"))},
	"day of the year":   {"Get-Date", `Get-Date '2026-01-05' -UFormat '%Y/%j'`, out("2026/5"), out("2026/005")},
	"iso format":        {"Get-Date", `Get-Date '2026-01-05' -UFormat '%F'`, refuses("Get-Date -UFormat %F"), out("2026-01-05")},
	"whole seconds":     {"Start-Sleep", `(Measure-Command { Start-Sleep 0.05 }).TotalMilliseconds -ge 50`, out("False"), out("True")},
	"exclude alone":     {"Select-Object", `[pscustomobject]@{ A = 1; B = 2 } | Select-Object -ExcludeProperty B`, out("@{A=1; B=2}"), out("@{A=1}")},
	"hashtable keys":    {"Select-Object", `@{ w = 7 } | Select-Object w`, refuses("the entry w of a hashtable as a property of Select-Object"), out("@{w=7}")},
	"group order":       {"Group-Object", `('b', 'a' | Group-Object).Name -join ''`, out("ba"), out("ab")},
	"measure wildcard":  {"Measure-Object", `([pscustomobject]@{ A1 = 1; A2 = 5 } | Measure-Object -Property A* -Maximum).Maximum`, out("1", "5"), out("1", "5")},
	"named input":       {"Write-Output", `Write-Output -InputObject 1, 2 -NoEnumerate | Measure-Object | ForEach-Object Count; Write-Output (1, 2) -NoEnumerate | Measure-Object | ForEach-Object Count`, out("2", "1"), out("1", "1")},
	"measure nothing":   {"Measure-Object", `(1 | Measure-Object).PSObject.Properties.Name -join ' '`, out("Count Average Sum Maximum Minimum Property"), out("Count Average Sum Maximum Minimum StandardDeviation Property")},
}

var editionLanguage = map[string]difference{
	"chain and":     {"about_Pipeline_Chain_Operators", `1 && 2`, fails("InvalidEndOfLine"), refuses("operator &&")},
	"chain or":      {"about_Pipeline_Chain_Operators", `1 || 2`, fails("InvalidEndOfLine"), refuses("operator ||")},
	"ternary":       {"about_If", `$true ? 1 : 2`, fails("UnexpectedToken"), refuses("operator ?")},
	"null coalesce": {"about_Operators", `$x ?? 2`, fails("UnexpectedToken"), refuses("operator ??")},
	"null assign":   {"about_Assignment_Operators", `$x ??= 2`, fails("UnexpectedToken"), refuses("operator ??=")},
	"background":    {"about_Operators", `1 &`, fails("AmpersandNotAllowed"), refuses("operator &")},
	"version":       {"about_Automatic_Variables", `"$($PSVersionTable.PSVersion.Major) $PSEdition $($PSVersionTable.PSEdition) $($null -ne $PSVersionTable.CLRVersion)"`, out("5 Desktop Desktop True"), out("7 Core Core False")},
	"platform":      {"about_Automatic_Variables", `"[$IsWindows$IsLinux$IsCoreCLR] $($PSVersionTable.Platform)"`, out("[] "), out("[TrueFalseTrue] Win32NT")},
	"error view":    {"about_Preference_Variables", `$ErrorView`, out("NormalView"), out("ConciseView")},
	"no command":    {"about_Command_Precedence", `try { Get-It } catch { $_.Exception.Message -like '*operable program*' }`, out("True"), out("False")},
}
