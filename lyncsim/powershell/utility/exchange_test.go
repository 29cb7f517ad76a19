package utility_test

import "testing"

func TestCSVFiles(t *testing.T) {
	const two = `$r = [pscustomobject]@{ Name = 'a'; N = 1 }, [pscustomobject]@{ Name = 'b'; N = $null }; `
	check(t, map[string]oneLiner{
		"round trip":    {reason: "values come back as texts, $null as an empty one", script: two + `$r | Export-Csv C:\t.csv -NoTypeInformation; Import-Csv C:\t.csv | ForEach-Object { "$($_.Name)=[$($_.N)]" }`, want: []string{"a=[1]", "b=[]"}},
		"delimiter":     {reason: "another sign between fields", script: two + `$r[0] | Export-Csv C:\t.csv -Delimiter ';' -NoTypeInformation; Get-Content C:\t.csv; (Import-Csv C:\t.csv -Delimiter ';').N`, want: []string{`"Name";"N"`, `"a";"1"`, "1"}},
		"type line":     {reason: "5.1 writes the type first and reads over it", script: two + `$r[0] | Export-Csv C:\t.csv; (Get-Content C:\t.csv)[0]; (Import-Csv C:\t.csv).Name`, want: []string{"#TYPE System.Management.Automation.PSCustomObject", "a"}},
		"append":        {reason: "below the columns that are there", script: two + `$r[0] | Export-Csv C:\t.csv -NoTypeInformation; $r[1] | Export-Csv C:\t.csv -Append; @(Import-Csv C:\t.csv).Count; (Get-Content C:\t.csv)[2]`, want: []string{"2", `"b",`}},
		"append other":  {reason: "the columns must be there", script: two + `$r | Export-Csv C:\t.csv -NoTypeInformation; [pscustomobject]@{ X = 1 } | Export-Csv C:\t.csv -Append`, errors: []string{"CannotAppendCsvWithMismatchedPropertyNames" + of("ExportCsv")}},
		"append forced": {reason: "-Force leaves columns empty", script: two + `$r[0] | Export-Csv C:\t.csv -NoTypeInformation; [pscustomobject]@{ X = 1 } | Export-Csv C:\t.csv -Append -Force; (Get-Content C:\t.csv)[2]`, want: []string{","}},
		"no clobber":    {reason: "what is there stays", script: two + `$r | Export-Csv C:\t.csv; $r | Export-Csv C:\t.csv -NoClobber`, errors: []string{"NoClobber" + of("ExportCsv")}},
		"no path":       {reason: "one of the two paths", script: two + `$r | Export-Csv`, errors: []string{"CannotSpecifyPathAndLiteralPath" + of("ExportCsv")}},
		"no file":       {reason: "the error of a file that is missing", script: `Import-Csv C:\none.csv; 'on'`, want: []string{"on"}, errors: []string{"FileOpenFailure" + of("ImportCsv")}},
		"what if":       {reason: "-WhatIf writes nothing", script: two + `$null = $r | Export-Csv C:\t.csv -WhatIf 6>&1; Test-Path C:\t.csv`, want: []string{"What if: Performing the operation \"Export-Csv\" on target \"C:\\t.csv\".", "False"}},
		"unnamed":       {reason: "columns without a name get one", script: `('a,', '1,2' | ConvertFrom-Csv -WarningVariable w -WarningAction SilentlyContinue).H2; $w.Count`, want: []string{"2", "1"}},
		"twice":         {reason: "a name stands once", script: `'a,A', '1,2' | ConvertFrom-Csv`, errors: []string{"AlreadyPresentPSMemberInfoInternalCollectionAdd" + of("ConvertFromCsv")}},
	})
}

func TestCLIXMLFiles(t *testing.T) {
	check(t, map[string]oneLiner{
		"round trip": {reason: "types and nesting are kept", script: `[pscustomobject]@{ N = 5; T = 'a'; L = 1, 2 } | Export-Clixml C:\o.xml; $o = Import-Clixml C:\o.xml; "$($o.N.GetType().Name) $($o.T) $($o.L.Count)"`, want: []string{"Int32 a 2"}},
		"array":      {reason: "an array comes back by its elements", script: `Export-Clixml C:\o.xml -InputObject (1, 2); @(Import-Clixml C:\o.xml).Count`, want: []string{"2"}},
		"no clobber": {reason: "what is there stays", script: `1 | Export-Clixml C:\o.xml; 2 | Export-Clixml C:\o.xml -NoClobber; Import-Clixml C:\o.xml`, want: []string{"1"}, errors: []string{"NoClobber" + of("ExportClixml")}},
		"no file":    {reason: "the error of a file that is missing", script: `Import-Clixml C:\none.xml`, errors: []string{"FileOpenFailure" + of("ImportClixml")}},
	})
}

func TestStringData(t *testing.T) {
	check(t, map[string]oneLiner{
		"pairs":   {reason: "a line each, comments left out", script: "$h = ConvertFrom-StringData \"a = 1`n# c`n`nb=x=y\"; $h.Count; $h.a; $h.b", want: []string{"2", "1", "x=y"}},
		"no pair": {reason: "every line is a pair", script: `ConvertFrom-StringData 'a'`, errors: []string{"InvalidOperation" + of("ConvertFromStringData")}},
		"twice":   {reason: "a name stands once", script: "ConvertFrom-StringData \"a=1`nA=2\"", errors: []string{"InvalidOperation" + of("ConvertFromStringData")}},
		"escape":  {reason: "escapes are not known", script: `ConvertFrom-StringData 'a=\n'`, errors: []string{"not supported by the simulator: an escape in string data, line 1"}},
	})
}
