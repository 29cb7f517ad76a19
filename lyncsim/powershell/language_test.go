package powershell_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLanguage checks parts of the language that the recorded scripts do not use.
func TestLanguage(t *testing.T) {
	cases := map[string]struct {
		reason string
		script string
		want   answer
	}{
		"switch": {
			reason: "every clause that matches runs, break ends it",
			script: `switch ('b') { 'a' { 1 } 'b' { 2 } 'B' { 3; break } default { 4 } }; switch -Wildcard ('edge01') { 'e*' { "w $_" } }; switch -Regex (1, 2) { '1' { 'one' } default { "not $_" } }`,
			want:   answer{Out: []string{"2", "3", "w edge01", "one", "not 2"}},
		},
		"switch with tests": {
			reason: "a script block as pattern decides",
			script: `switch (1..4) { { $_ -gt 3 } { "big $_"; continue } { $_ % 2 } { "odd $_" } }`,
			want:   answer{Out: []string{"odd 1", "odd 3", "big 4"}},
		},
		"typed variable": {
			reason: "a typed variable converts what it is given later",
			script: `[int]$i = '5'; $i = '7'; $i.GetType().Name; try { $i = 'x' } catch { $_.Exception.GetType().Name }`,
			want:   answer{Out: []string{"Int32", "ArgumentTransformationMetadataException"}},
		},
		"several targets": {
			reason: "the last target takes the rest",
			script: `$a, $b = 1, 2, 3; "$a|$b"`,
			want:   answer{Out: []string{"1|2 3"}},
		},
		"typed catch": {
			reason: "the exception inside decides, too; finally always runs",
			script: `try { 1 / 0 } catch [System.DivideByZeroException] { 'zero' } finally { 'end' }`,
			want:   answer{Out: []string{"zero", "end"}},
		},
		"catch order": {
			reason: "the first clause that fits runs",
			script: `try { throw [System.IO.FileNotFoundException]'f' } catch [System.InvalidOperationException] { 1 } catch [System.IO.IOException] { 2 } catch { 3 }`,
			want:   answer{Out: []string{"2"}},
		},
		"rethrow": {
			reason: "a bare throw in a catch goes on with the same error",
			script: `try { try { throw 'deep' } catch { throw } } catch { $_.FullyQualifiedErrorId }`,
			want:   answer{Out: []string{"deep"}},
		},
		"finally and return": {
			reason: "return runs what finally holds",
			script: `function F { try { return 'r' } finally { 'f' } }; F`,
			want:   answer{Out: []string{"r", "f"}},
		},
		"error list": {
			reason: "$Error has caught and reported errors, newest first",
			script: `try { throw 'one' } catch { }; Get-Nothing; "$($Error.Count) $($Error[0].CategoryInfo.Category) $($Error[1].Exception.Message)"`,
			want:   answer{Out: []string{"2 ObjectNotFound one"}, Errors: []string{"CommandNotFoundException"}},
		},
		"question mark": {
			reason: "$? tells whether the last command failed",
			script: `$null = 1; $?; Get-Nothing; $?; $?`,
			want:   answer{Out: []string{"True", "False", "True"}, Errors: []string{"CommandNotFoundException"}},
		},
		"scopes": {
			reason: "a function writes its own variables unless it names a scope",
			script: `$x = 1; function F { $x = 2; $script:y = 3; $global:z = 4 }; F; "$x $y $z"`,
			want:   answer{Out: []string{"1 3 4"}},
		},
		"closure": {
			reason: "GetNewClosure keeps the variables of its birthplace",
			script: `function Make($n) { { "n is $n" }.GetNewClosure() }; $b = Make 5; $n = 9; & $b`,
			want:   answer{Out: []string{"n is 5"}},
		},
		"merge errors": {
			reason: "2>&1 puts error records among the output",
			script: `$all = & { 'a'; Get-Nothing } 2>&1; $all.Count; $all[1].GetType().Name`,
			want:   answer{Out: []string{"2", "ErrorRecord"}},
		},
		"drop errors": {
			reason: "2>$null keeps errors from the stream",
			script: `Get-Nothing 2>$null; 'after'`,
			want:   answer{Out: []string{"after"}, Errors: []string{"CommandNotFoundException"}},
		},
		"array by reference": {
			reason: "an array is not copied by assignment, += makes a new one",
			script: `$a = 1, 2; $b = $a; $b[0] = 9; $b += 3; "$a | $b"`,
			want:   answer{Out: []string{"9 2 | 9 2 3"}},
		},
		"members of elements": {
			reason: "a property of a collection is that of its elements",
			script: `$l = @([pscustomobject]@{ N = 'a' }, [pscustomobject]@{ N = 'b' }); "$($l.N)"; $l.N[1]`,
			want:   answer{Out: []string{"a b", "b"}},
		},
		"property assignment": {
			reason: "compound assignment reaches properties and entries",
			script: `$o = [pscustomobject]@{ N = 1 }; $o.N += 4; $h = @{ k = @(1) }; $h.k += 2; "$($o.N) $($h.k)"`,
			want:   answer{Out: []string{"5 1 2"}},
		},
		"increment": {
			reason: "++ is silent as a statement and has a value in an expression",
			script: `$i = 1; $i++; $j = $i++; "$i $j [$($i++)] $(($i++))"`,
			want:   answer{Out: []string{"3 2 [] 4"}},
		},
		"null arithmetic": {
			reason: "$null is 0 to numbers and nothing to texts and arrays",
			script: `"$($null + 1) $('a' + $null) $((@(1) + $null).Count)"`,
			want:   answer{Out: []string{"1 a 2"}},
		},
		"big numbers": {
			reason: "Int32 grows into Double, Int64 stays",
			script: `(2147483647 + 1).GetType().Name; ([long]2147483647 + 1).GetType().Name; 0xFF; 1gb; 1.5e3; 10 / 4; 7 % -3`,
			want:   answer{Out: []string{"Double", "Int64", "255", "1073741824", "1500", "2.5", "1"}},
		},
		"pipeline functions": {
			reason: "begin once, process for each, end once; parameters follow the object",
			script: `function F { param([Parameter(ValueFromPipeline = $true)]$In, $Tag) begin { 'b' } process { "$Tag$In" } end { 'e' } }; 1, 2 | F -Tag t`,
			want:   answer{Out: []string{"b", "t1", "t2", "e"}},
		},
		"default value expression": {
			reason: "a default can use parameters before it",
			script: `function F { param($A = 2, $B = $A * 3) "$A $B" }; F; F 5`,
			want:   answer{Out: []string{"2 6", "5 15"}},
		},
		"parameter sets": {
			reason: "the named parameter chooses the set",
			script: `function F { [CmdletBinding(DefaultParameterSetName = 'A')] param([Parameter(ParameterSetName = 'A')]$X, [Parameter(ParameterSetName = 'B', Mandatory = $true)]$Y) $PSCmdlet.ParameterSetName }; F; F -X 1; F -Y 1; F -X 1 -Y 1`,
			want:   answer{Out: []string{"A", "A", "B"}, Errors: []string{"AmbiguousParameterSet,F"}},
		},
		"remaining arguments": {
			reason: "a parameter can take all that is left",
			script: `function F { param([Parameter(Position = 0)]$First, [Parameter(ValueFromRemainingArguments = $true)]$Rest) "$First|$($Rest.Count)|$Rest" }; F a b c`,
			want:   answer{Out: []string{"a|2|b c"}},
		},
		"numbers as arguments": {
			reason: "a [string] parameter gets a number as it was written",
			script: `function F([string]$S, $N) { "$S $($N.GetType().Name)" }; F 0x10 0x10; F 007 7`,
			want:   answer{Out: []string{"0x10 Int32", "007 Int32"}},
		},
		"call by variable": {
			reason: "& takes names, blocks and what Get-Command gives",
			script: `function F($x) { "got $x" }; $n = 'F'; & $n 1; & (Get-Command F) 2; & { param($x) "block $x" } 3`,
			want:   answer{Out: []string{"got 1", "got 2", "block 3"}},
		},
		"environment": {
			reason: "$env: reads and writes the process's variables",
			script: `$env:fedroute_test = 'v'; "$env:FEDROUTE_TEST"; $env:fedroute_test = ''; "[$env:fedroute_test]"`,
			want:   answer{Out: []string{"v", "[]"}},
		},
		"strict mode ends with its scope": {
			reason: "Set-StrictMode in a function is the function's",
			script: `function F { Set-StrictMode -Version 2; $undefined }; F; "[$undefined]"`,
			want:   answer{Out: []string{"[]"}, Errors: []string{"VariableIsUndefined"}},
		},
		"null method": {
			reason: "a call on $null fails, a property does not",
			script: `$null.Length; try { $null.Trim() } catch { $_.FullyQualifiedErrorId }; [string]$null.Name`,
			want:   answer{Out: []string{"0", "InvokeMethodOnNull", ""}},
		},
		"missing method": {
			reason: "a method that .NET has not either is an error of the script",
			script: `try { 'a'.Nothing() } catch { $_.FullyQualifiedErrorId }; try { 'a'.Substring() } catch { $_.FullyQualifiedErrorId }`,
			want:   answer{Out: []string{"MethodNotFound", "MethodCountCouldNotFindBest"}},
		},
		"module": {
			reason: "the functions of a module see the module's variables",
			script: `$null = New-Module { $secret = 's'; function Get-Secret { $secret } }; Get-Secret; "[$secret]"`,
			want:   answer{Out: []string{"s", "[]"}},
		},
		"read-only name": {
			reason: "constants cannot be set",
			script: `try { $true = 1 } catch { $_.FullyQualifiedErrorId }; $null = 5; "[$null]"`,
			want:   answer{Out: []string{"VariableNotWritable", "[]"}},
		},
		"loop of a caller": {
			reason: "break in a function ends the loop around the call",
			script: `function Stop-It { break }; foreach ($i in 1..3) { $i; Stop-It }; 'end'`,
			want:   answer{Out: []string{"1", "end"}},
		},
		"validation": {
			reason: "attributes check what is bound",
			script: `function F { param([ValidateNotNullOrEmpty()]$A, [ValidateLength(1, 3)]$B, [ValidateCount(1, 2)][int[]]$C, [ValidateScript({ $_ -gt 1 })]$D) 'ok' }
F -A ''; F -B abcd; F -C 1, 2, 3; F -D 1; F -A x -B abc -C 1 -D 2`,
			want: answer{Out: []string{"ok"}, Errors: []string{"ParameterArgumentValidationError,F", "ParameterArgumentValidationError,F",
				"ParameterArgumentValidationError,F", "ParameterArgumentValidationError,F"}},
		},
		"default set without parameters": {
			reason: "the default set's name is a set, also when no parameter belongs to it",
			script: `function F { [CmdletBinding(DefaultParameterSetName = 'none')] param([Parameter(ParameterSetName = 'a')]$A, [Parameter(ParameterSetName = 'b')]$B, $C) $PSCmdlet.ParameterSetName }; F; F -C 1; F -A 1`,
			want:   answer{Out: []string{"none", "none", "a"}},
		},
		"pattern with options": {
			reason: "a pattern ignores case unless its options say otherwise",
			script: `function F { param([ValidatePattern('^[a-z]+$')]$A, [ValidatePattern('^[a-z]+$', Options = 'None')]$B) "$A$B" }; F -A ABC; F -B abc; F -B ABC`,
			want:   answer{Out: []string{"ABC", "abc"}, Errors: []string{"ParameterArgumentValidationError,F"}},
		},
		"characters without weight": {
			reason: "texts are compared as the culture compares them",
			script: `foreach ($c in 0, 0xAD, 0x200B) { $t = 'a' + [char]$c; "$($t -eq 'a') $($t -ceq 'a') $('a' -in $t) $($t -like 'a') $($t -match '^a$') $($t.Equals('a'))" }`,
			want:   answer{Out: []string{"True True True True False False", "True True True True False False", "True True True True False False"}},
		},
		"reference": {
			reason: "[ref] lets methods and functions set a variable",
			script: `$n = 0; [int]::TryParse('42', [ref]$n); $n; [int]::TryParse('x', [ref]$n); function Add-One([ref]$R) { $R.Value++ }; $v = 5; Add-One ([ref]$v); $v`,
			want:   answer{Out: []string{"True", "42", "False", "6"}},
		},
		"default parameter values": {
			reason: "$PSDefaultParameterValues gives what is not given",
			script: `$PSDefaultParameterValues = @{ 'Get-*:Port' = 5061 }; function Get-It { [CmdletBinding()] param([int]$Port) "port $Port" }; Get-It; Get-It -Port 1`,
			want:   answer{Out: []string{"port 5061", "port 1"}},
		},
		"error variable": {
			reason: "a function's -ErrorVariable holds what it calls reports, too",
			script: `function F { [CmdletBinding()] param() Get-Command nothing-1; Get-Command nothing-2 }; F -ErrorAction SilentlyContinue -ErrorVariable e; $e.Count; "$($e[1].TargetObject)"`,
			want:   answer{Out: []string{"2", "nothing-2"}},
		},
		"trap of another type": {
			reason: "an error that no trap takes ends the script",
			script: `trap [System.DivideByZeroException] { 'zero'; continue }; 1 / 0; Get-Nothing; 'end'`,
			want:   answer{Out: []string{"zero"}, Errors: []string{"CommandNotFoundException"}, Code: 1},
		},
		"trap of a caller": {
			reason: "a trap takes the errors of what its block calls",
			script: `trap { "trapped $($_.FullyQualifiedErrorId)"; continue }; function F { Get-Nothing; 'not reached' }; F; 'end'`,
			want:   answer{Out: []string{"trapped CommandNotFoundException", "end"}},
		},
		"namespace": {
			reason: "using namespace shortens type names",
			script: "using namespace System.Text\n[StringBuilder]::new('a').Append('b').ToString()",
			want:   answer{Out: []string{"ab"}},
		},
		"queue and stack": {
			reason: "both ends of a line",
			script: `$q = [System.Collections.Generic.Queue[int]]::new(); $q.Enqueue(1); $q.Enqueue('2'); $q.Dequeue() + $q.Peek(); $s = [System.Collections.Stack]::new(); $s.Push('a'); $s.Push('b'); "$s $($s.Pop()) $($s.Count)"; try { $q.Dequeue(); $q.Dequeue() } catch { $_.FullyQualifiedErrorId }`,
			want:   answer{Out: []string{"3", "b a b 1", "2", "InvalidOperationException"}},
		},
		"global function": {
			reason: "a function's name can say where it is known",
			script: `& { function global:G { 'g' }; function L { 'l' } }; G; L`,
			want:   answer{Out: []string{"g"}, Errors: []string{"CommandNotFoundException"}},
		},
		"type names of custom objects": {
			reason: "PSTypeName names the type, the .NET class stays",
			script: `$o = [pscustomobject]@{ PSTypeName = 'My.Site'; A = 1 }; $o.PSObject.TypeNames[0]; $o.GetType().Name; "$o"`,
			want:   answer{Out: []string{"My.Site", "PSCustomObject", "@{A=1}"}},
		},
		"like sets": {
			reason: "wildcards know sets, ranges and escapes",
			script: "\"$('b1' -like '[a-c]?') $('d1' -like '[a-c]?') $('a*' -like 'a`*') $('ab' -like 'a`*')\"",
			want:   answer{Out: []string{"True False True False"}},
		},
		"regular expressions": {
			reason: "they are .NET's: lookbehind, named groups, lazy quantifiers",
			script: `'a1b2' -replace '(?<=a)\d', '#'; if ('edge01.contoso.net' -match '^(?<host>[^.]+?)(?<n>\d+)\.') { "$($Matches.host) $($Matches.n)" }; 'x=1;y=2' -split ';' -join '&'; ('a', 'b' -join '') -creplace 'A', 'z'`,
			want:   answer{Out: []string{"a#b2", "edge 01", "x=1&y=2", "ab"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, run(t, tc.script)); diff != "" {
				t.Errorf("%s: -want +got\n%s", tc.reason, diff)
			}
		})
	}
}
