package utility_test

import "testing"

const abc = `$s = 'a1','b2','c3' | ForEach-Object { [pscustomobject]@{ Name = $_[0]; Number = [int]"$($_[1])"; Tags = @($_, 'x') } }; `

func TestSelectObject(t *testing.T) {
	const missing = "ExpandPropertyNotFound,Microsoft.PowerShell.Commands.SelectObjectCommand"
	check(t, map[string]oneLiner{
		"first":             {reason: "-First takes the first", script: `1..5 | Select-Object -First 2`, want: []string{"1", "2"}},
		"first stops":       {reason: "what stands before it ends at once", script: `1..3 | ForEach-Object { Write-Host "h$_"; $_ } | Select-Object -First 1`, want: []string{"h1", "1"}},
		"first of none":     {reason: "no input is no output", script: `@() | Select-Object -First 1`},
		"last":              {reason: "-Last takes the last", script: `1..5 | Select-Object -Last 2`, want: []string{"4", "5"}},
		"both ends":         {reason: "-First and -Last together", script: `1..5 | Select-Object -First 1 -Last 1`, want: []string{"1", "5"}},
		"skip":              {reason: "-Skip leaves the first out", script: `1..4 | Select-Object -Skip 2`, want: []string{"3", "4"}},
		"skip at the end":   {reason: "with -Last it counts from the end", script: `1..5 | Select-Object -Last 2 -Skip 1`, want: []string{"3", "4"}},
		"skip last":         {reason: "-SkipLast leaves the last out", script: `1..4 | Select-Object -SkipLast 3`, want: []string{"1"}},
		"index":             {reason: "-Index by position", script: `'a','b','c' | Select-Object -Index 0, 2`, want: []string{"a", "c"}},
		"unique heeds case": {reason: "-Unique tells A from a", script: `'a','A','a' | Select-Object -Unique`, want: []string{"a", "A"}},
		"properties":        {reason: "names take the object's own spelling", script: abc + `$s | Select-Object number, NAME -First 1`, want: []string{"@{Number=1; Name=a}"}},
		"missing property":  {reason: "a property that is not there is $null", script: abc + `$s[0] | Select-Object Name, Gone`, want: []string{"@{Name=a; Gone=}"}},
		"wildcard":          {reason: "patterns choose properties", script: abc + `$s[0] | Select-Object N*`, want: []string{"@{Name=a; Number=1}"}},
		"exclude":           {reason: "-ExcludeProperty takes out of a pattern", script: abc + `$s[0] | Select-Object * -ExcludeProperty Tags, Num*`, want: []string{"@{Name=a}"}},
		"calculated":        {reason: "a table computes a property", script: abc + `$s[1] | Select-Object @{ n = 'Twice'; e = { $_.Number * 2 } }, @{ Label = 'N'; Expression = 'Name' }`, want: []string{"@{Twice=4; N=b}"}},
		"calculated fails":  {reason: "an error in an expression is $null", script: abc + `$s[1] | Select-Object @{ n = 'X'; e = { throw 'no' } }`, want: []string{"@{X=}"}},
		"twice":             {reason: "a property can be there once", script: abc + `$s[0] | Select-Object Name, name`, want: []string{"@{Name=a}"}, errors: []string{"AlreadyExistingUserSpecifiedPropertyNoExpand,Microsoft.PowerShell.Commands.SelectObjectCommand"}},
		"type name":         {reason: "the new object says where it comes from", script: abc + `($s[0] | Select-Object Name).PSObject.TypeNames[0]`, want: []string{"Selected.System.Management.Automation.PSCustomObject"}},
		"expand":            {reason: "-ExpandProperty takes collections apart", script: abc + `$s | Select-Object -ExpandProperty Tags -First 2`, want: []string{"a1", "x", "b2", "x"}},
		"expand missing":    {reason: "its own error id", script: abc + `$s[0] | Select-Object -ExpandProperty Gone`, errors: []string{missing}},
		"of a string":       {reason: ".NET properties count too", script: `'four' | Select-Object Length`, want: []string{"@{Length=4}"}},
	})
}

func TestSortObject(t *testing.T) {
	check(t, map[string]oneLiner{
		"numbers":      {reason: "by value, not by text", script: `10, 9, 2 | Sort-Object`, want: []string{"2", "9", "10"}},
		"property":     {reason: "by a property, descending", script: abc + `($s | Sort-Object -Property Name -Descending).Number`, want: []string{"3", "2", "1"}},
		"script block": {reason: "by what a block gives", script: `'bb', 'a', 'ccc' | Sort-Object { -$_.Length }`, want: []string{"ccc", "bb", "a"}},
		"two keys":     {reason: "each key has its direction", script: abc + `$s + $s[0] | Sort-Object @{ e = 'Name'; Descending = $true }, Number | ForEach-Object Name`, want: []string{"c", "b", "a", "a"}},
		"unique":       {reason: "-Unique ignores the case", script: `'b', 'a', 'B' | Sort-Object -Unique`, want: []string{"a", "b"}},
		"stable":       {reason: "equals keep their order", script: `'b', 'B', 'a' | Sort-Object`, want: []string{"a", "b", "B"}},
		"one":          {reason: "one object stays one", script: `@(5 | Sort-Object).Count`, want: []string{"1"}},
	})
}
