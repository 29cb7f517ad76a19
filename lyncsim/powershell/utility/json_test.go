package utility_test

import "testing"

func TestConvertToJSON(t *testing.T) {
	check(t, map[string]oneLiner{
		"compressed":          {reason: "what the worker sends", script: `ConvertTo-Json -InputObject ([ordered]@{ ready = $true; n = 1; t = 'x'; none = $null; list = @(1, 'a') }) -Depth 20 -Compress`, want: []string{`{"ready":true,"n":1,"t":"x","none":null,"list":[1,"a"]}`}},
		"escapes":             {reason: "5.1 escapes markup", script: `ConvertTo-Json -InputObject "<a> & 'b' $([char]9)\""" -Compress`, want: []string{`"\u003ca\u003e \u0026 \u0027b\u0027 \t\\\""`}},
		"escapes in 7":        {reason: "7 does not", core: true, script: `ConvertTo-Json -InputObject "<a> & 'b'" -Compress`, want: []string{`"<a> & 'b'"`}},
		"date":                {reason: "milliseconds in 5.1", script: `ConvertTo-Json @{ d = [datetime]'2026-03-01T22:00:00Z' } -Compress`, want: []string{`{"d":"\/Date(1772402400000)\/"}`}},
		"date in 7":           {reason: "ISO 8601 in 7", core: true, script: `ConvertTo-Json @{ d = ([datetime]'2026-03-01T22:00:00.5Z').ToUniversalTime() } -Compress`, want: []string{`{"d":"2026-03-01T22:00:00.5Z"}`}},
		"default depth":       {reason: "below the third level things become text", script: `@{ a = @{ b = @{ c = @{ d = 1 } } } } | ConvertTo-Json -Compress`, want: []string{`{"a":{"b":{"c":"System.Collections.Hashtable"}}}`}},
		"depth of objects":    {reason: "custom objects become their text", script: `ConvertTo-Json ([pscustomobject]@{ a = [pscustomobject]@{ b = 1 } }) -Depth 0 -Compress`, core: true, want: []string{"WARNING: Resulting JSON is truncated as serialization has exceeded the set depth of 0.", `{"a":"@{b=1}"}`}},
		"warning in 7":        {reason: "7 warns of what is cut", core: true, script: `@{ a = @{ b = 1 } } | ConvertTo-Json -Depth 0 -Compress 3>&1`, want: []string{"Resulting JSON is truncated as serialization has exceeded the set depth of 0.", `{"a":"System.Collections.Hashtable"}`}},
		"one piped":           {reason: "one object is no array", script: `@(1) | ConvertTo-Json -Compress`, want: []string{"1"}},
		"array argument":      {reason: "an argument stays what it is", script: `ConvertTo-Json -InputObject @(1) -Compress`, want: []string{"[1]"}},
		"nothing piped":       {reason: "nothing gives nothing", script: `@() | ConvertTo-Json`},
		"null":                {reason: "5.1 writes nothing for $null", script: `ConvertTo-Json -InputObject $null`},
		"null in 7":           {reason: "7 writes null", core: true, script: `ConvertTo-Json -InputObject $null`, want: []string{"null"}},
		"enum":                {reason: "enums are numbers", script: `ConvertTo-Json ([DayOfWeek]::Friday)`, want: []string{"5"}},
		"double":              {reason: "whole doubles", script: `ConvertTo-Json @(1.0, 1.5) -Compress`, want: []string{"[1,1.5]"}},
		"double in 7":         {reason: "7 keeps the point", core: true, script: `ConvertTo-Json @(1.0, 1.5) -Compress`, want: []string{"[1.0,1.5]"}},
		"indented":            {reason: "5.1 indents below the value", script: `[ordered]@{ a = 1; bc = @(1, @{ d = 2 }); e = @(); f = @{} } | ConvertTo-Json`, want: []string{`{`, `    "a":  1,`, `    "bc":  [`, `               1,`, `               {`, `                   "d":  2`, `               }`, `           ],`, `    "e":  [`, ``, `          ],`, `    "f":  {`, ``, `          }`, `}`}},
		"indented in 7":       {reason: "7 indents by two", core: true, script: `[ordered]@{ a = 1; bc = @(1, @{ d = 2 }); e = @() } | ConvertTo-Json`, want: []string{`{`, `  "a": 1,`, `  "bc": [`, `    1,`, `    {`, `      "d": 2`, `    }`, `  ],`, `  "e": []`, `}`}},
		"wrapped array":       {reason: "5.1 writes an array that was an object of its own with its type data", script: `$a = ConvertFrom-Json '[1,2]'; ConvertTo-Json @{ a = $a } -Compress`, want: []string{`{"a":{"value":[1,2],"Count":2}}`}},
		"without type data":   {reason: "the worker removes them first", script: `try { Remove-TypeData -TypeName System.Array } catch { }; $a = ConvertFrom-Json '[1,2]'; ConvertTo-Json @{ a = $a } -Compress`, want: []string{`{"a":[1,2]}`}},
		"keys":                {reason: "keys must be texts", script: `ConvertTo-Json @{ 1 = 2 }`, errors: []string{"NonStringKeyInDictionary,Microsoft.PowerShell.Commands.ConvertToJsonCommand"}},
		"other classes":       {reason: "no guess for .NET objects", script: `ConvertTo-Json ([xml]'<a/>')`, errors: []string{"not supported by the simulator: ConvertTo-Json of a System.Xml.XmlDocument, line 1"}},
		"parameters of 7":     {reason: "5.1 has no -AsArray", script: `ConvertTo-Json 1 -AsArray`, errors: []string{"NamedParameterNotFound,Microsoft.PowerShell.Commands.ConvertToJsonCommand"}},
		"depth out of bounds": {reason: "100 levels at most", script: `ConvertTo-Json 1 -Depth 101`, errors: []string{"ReachedMaximumDepthAllowed,Microsoft.PowerShell.Commands.ConvertToJsonCommand"}},
	})
}

func TestConvertFromJSON(t *testing.T) {
	const invalid = "System.ArgumentException,Microsoft.PowerShell.Commands.ConvertFromJsonCommand"
	check(t, map[string]oneLiner{
		"object":             {reason: "properties keep their order", script: `ConvertFrom-Json -InputObject '{"b":1,"a":{"c":null},"l":[true,"x"]}'`, want: []string{"@{b=1; a=; l=System.Object[]}"}},
		"numbers":            {reason: "the first type that fits", script: `(ConvertFrom-Json '{"a":[1,3000000000,1.5,1e3]}').a | ForEach-Object { $_.GetType().Name }`, want: []string{"Int32", "Int64", "Decimal", "Double"}},
		"numbers in 7":       {reason: "Int64 and Double", core: true, script: `'[1,1.5]' | ConvertFrom-Json | ForEach-Object { $_.GetType().Name }`, want: []string{"Int64", "Double"}},
		"array":              {reason: "one object in 5.1", script: `@('[1,2]' | ConvertFrom-Json | ForEach-Object { "$_" })`, want: []string{"1 2"}},
		"array in 7":         {reason: "its elements in 7", core: true, script: `'[1,2]' | ConvertFrom-Json | ForEach-Object { "<$_>" }`, want: []string{"<1>", "<2>"}},
		"index":              {reason: "the array is an array", script: `$a = ConvertFrom-Json '[1,2]'; $a[1]; $a.Count; $a -is [array]; $a.GetType().FullName`, want: []string{"2", "2", "True", "System.Object[]"}},
		"lines":              {reason: "piped lines are one document", script: `'{', '"a":1}' | ConvertFrom-Json`, want: []string{"@{a=1}"}},
		"documents":          {reason: "or each its own", script: `'{"a":1}', '{"a":2}' | ConvertFrom-Json | ForEach-Object a`, want: []string{"1", "2"}},
		"script date":        {reason: "the date that 5.1 writes", script: `(ConvertFrom-Json '{"d":"\/Date(1772402400000)\/"}').d.ToString('o')`, want: []string{"2026-03-01T22:00:00.0000000Z"}},
		"iso stays text":     {reason: "5.1 leaves ISO dates alone", script: `(ConvertFrom-Json '{"d":"2026-03-01T22:00:00Z"}').d.GetType().Name`, want: []string{"String"}},
		"iso in 7":           {reason: "7 makes dates of them", core: true, script: `$d = (ConvertFrom-Json '{"d":"2026-03-01T22:00:00Z"}').d; $d.GetType().Name; "$($d.Kind)"`, want: []string{"DateTime", "Utc"}},
		"not JSON":           {reason: "its error can be caught", script: `try { ConvertFrom-Json 'nonsense' } catch { $_.FullyQualifiedErrorId }`, want: []string{invalid}},
		"text behind":        {reason: "one value only", script: `ConvertFrom-Json '{"a":1} x'`, errors: []string{invalid}},
		"empty key":          {reason: "a property has a name", script: `ConvertFrom-Json '{"":1}'`, errors: []string{"EmptyKeyInJsonString,Microsoft.PowerShell.Commands.ConvertFromJsonCommand"}},
		"same key twice":     {reason: "the last one counts", script: `(ConvertFrom-Json '{"a":1,"a":2}').a`, want: []string{"2"}},
		"keys like another":  {reason: "properties ignore the case", script: `ConvertFrom-Json '{"a":1,"A":2}'`, errors: []string{"DuplicateKeysInJsonString,Microsoft.PowerShell.Commands.ConvertFromJsonCommand"}},
		"back":               {reason: "what was written is read", script: `$o = ConvertFrom-Json (ConvertTo-Json @{ t = "<'&>"; n = @{ a = @(1, 2) } } -Compress); $o.t; $o.n.a[1]`, want: []string{"<'&>", "2"}},
		"hashtable in 7":     {reason: "-AsHashtable", core: true, script: `('{"a":{"b":1}}' | ConvertFrom-Json -AsHashtable).a['b']`, want: []string{"1"}},
		"properties of it":   {reason: "the worker splats them", script: `(ConvertFrom-Json '{"x":1,"y":[]}').PSObject.Properties | ForEach-Object { $_.Name }`, want: []string{"x", "y"}},
		"no text":            {reason: "nothing to read", script: `'' | ConvertFrom-Json`},
		"nested without end": {reason: "hostile nesting is an error", script: `ConvertFrom-Json ('[' * 5000)`, errors: []string{invalid}},
	})
}
