package kit_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

// module is the text of a machine's module.
func module(t *testing.T, m kit.Machine) string {
	t.Helper()
	for _, f := range m.Files(kit.Options{}) {
		if strings.HasSuffix(f.Path, ".psm1") {
			return f.Text
		}
	}
	t.Fatalf("%s has no module", m.FQDN)
	return ""
}

// private are the functions of a module that no role shows.
var private = []string{"Read-Limits", "Assert-Listed", "ConvertTo-Change", "ConvertTo-Argument", "Format-Cause", "Invoke-Operation"}

// preferences are the first statements of the function that runs a script. A caller's
// action preferences hold until they are set.
var preferences = []string{
	"$ErrorActionPreference = 'Stop'", "$WarningPreference = 'SilentlyContinue'", "$VerbosePreference = 'SilentlyContinue'",
	"$DebugPreference = 'SilentlyContinue'", "$InformationPreference = 'SilentlyContinue'", "$ProgressPreference = 'SilentlyContinue'",
	"$ConfirmPreference = 'None'", "$WhatIfPreference = $false",
}

// TestModulesKeepTheRules checks the form that was seen to hold in a restricted session.
func TestModulesKeepTheRules(t *testing.T) {
	for fqdn, m := range machines {
		text := module(t, m)
		for i, r := range text {
			if r > 126 || r < 32 && r != '\n' {
				t.Errorf("%s: character %q at byte %d", fqdn, r, i)
			}
		}
		block, err := syntax.Parse(text)
		must(t, err)
		visible := 0
		for _, s := range block.End.Statements {
			f, ok := s.(*syntax.FunctionDefinition)
			switch {
			case !ok:
				continue
			case !slices.Contains(private, f.Name):
				visible++
				for _, complaint := range brokenBy(f) {
					t.Errorf("%s: %s: %s", fqdn, f.Name, complaint)
				}
			case f.Name == "Invoke-Operation":
				for _, complaint := range stopped(f) {
					t.Errorf("%s: %s: %s", fqdn, f.Name, complaint)
				}
			}
		}
		if want := len(functionsOf(m)) + 1; visible != want {
			t.Errorf("%s: %d visible functions, want %d", fqdn, visible, want)
		}
		for _, call := range dynamic(block) {
			if call != "& $body @arguments 2>&1 3>&1 4>&1 5>&1 6>&1" && call != "& $program" {
				t.Errorf("%s: %s runs whatever it is given", fqdn, call)
			}
		}
	}
}

// TestParametersAreThoseOfTheScripts: a function passes each parameter of its script on, as
// what it is. Set-DnsRecords takes one set in the place of a list.
func TestParametersAreThoseOfTheScripts(t *testing.T) {
	for _, role := range []kit.Role{kit.FrontEnd, kit.Edge, kit.DNS} {
		for _, f := range kit.Functions(role) {
			if f.Name == "Set-DnsRecords" {
				continue
			}
			block, err := syntax.Parse(f.Script)
			must(t, err)
			var want, got []string
			for _, p := range block.Params.Parameters {
				want = append(want, fmt.Sprintf("%s %s optional %t", p.Name.Name, strings.ToLower(p.Type().Type.String()), p.Default != nil))
			}
			for _, p := range f.Parameters {
				kind := "string"
				if p.List {
					kind = "string[]"
				} else if p.Flag {
					kind = "bool"
				}
				got = append(got, fmt.Sprintf("%s %s optional %t", p.Name, kind, p.Optional))
			}
			if !slices.Equal(want, got) {
				t.Errorf("%s takes %q, and its script %q", f.Name, got, want)
			}
		}
	}
}

var (
	checked = regexp.MustCompile(`^\[ValidatePattern\('\\A\(\?:[\x20-\x26\x28-\x7e]+\)\\z', Options = 'None'\)\]\[string\]\$[A-Z][A-Za-z]*$`)
	counted = regexp.MustCompile(`^\[ValidateCount\(0, \d{1,3}\)\](\[ValidatePattern\('[^']+', Options = 'None'\)\])\[string\[\]\](\$[A-Za-z]+)$`)
)

// brokenBy lists the rules that a visible function breaks. It is thin: typed, checked
// parameters and one call. None is mandatory, because a missing one would be asked for,
// and none comes from the pipeline, where live objects arrive.
func brokenBy(f *syntax.FunctionDefinition) (list []string) {
	complain := func(format string, arguments ...any) { list = append(list, fmt.Sprintf(format, arguments...)) }
	if f.Parameters != nil || f.Body.Params == nil {
		complain("its parameters stand in no param block")
		return list
	}
	if a := f.Body.Params.Attributes; len(a) != 1 || a[0].Span().Text() != "[CmdletBinding(PositionalBinding = $false)]" {
		complain("it is no plain advanced function without positions")
	}
	for _, p := range f.Body.Params.Parameters {
		text := strings.TrimSpace(p.Text())
		if m := counted.FindStringSubmatch(text); m != nil {
			text = m[1] + "[string]" + m[2]
		}
		if !checked.MatchString(text) {
			complain("parameter %s is not a text with an anchored pattern that heeds case", strings.TrimSpace(p.Text()))
		}
	}
	if f.Body.End == nil || len(f.Body.End.Statements) != 1 || f.Body.Begin != nil || f.Body.Process != nil || f.Body.DynamicParam != nil ||
		f.Body.End.Statements[0].Span().Text() != "Invoke-Operation '"+f.Name+"' $PSBoundParameters" {
		complain("it does more than one call of Invoke-Operation")
	}
	return list
}

// stopped lists what the function that runs a script could throw, or not stop at.
func stopped(f *syntax.FunctionDefinition) (list []string) {
	statements := f.Body.End.Statements
	for i, want := range preferences {
		if statements[i].Span().Text() != want {
			list = append(list, fmt.Sprintf("statement %d is %s, want %s", i+1, statements[i].Span().Text(), want))
		}
	}
	rest := statements[len(preferences):]
	if len(rest) != 3 {
		return append(list, "beside preferences there are an answer, one try and the answer's text")
	}
	if try, ok := rest[1].(*syntax.TryStatement); !ok || len(try.Catches) != 1 || len(try.Catches[0].Types) != 0 {
		list = append(list, "not every error is caught")
	}
	return list
}

// dynamic lists the calls whose command is no plain name.
func dynamic(block *syntax.ScriptBlock) (calls []string) {
	syntax.Inspect(block, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.Command); ok && (c.Invocation != syntax.Direct || c.Name() == "") {
			calls = append(calls, c.Text())
		}
		return true
	})
	return calls
}

// TestRulesComplain shows that the test above can fail.
func TestRulesComplain(t *testing.T) {
	const good = `function Set-X {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [ValidatePattern('\A(?:a|b)\z', Options = 'None')][string]$One,
        [ValidateCount(0, 9)][ValidatePattern('\A(?:a)\z', Options = 'None')][string[]]$Many
    )
    Invoke-Operation 'Set-X' $PSBoundParameters
}`
	for _, c := range []struct{ reason, old, new string }{
		{"as it is written", "", ""},
		{"the culture decides about case", ", Options = 'None')][string]$One", ")][string]$One"},
		{"the pattern is open at its end", `b)\z`, `b)`},
		{"any object", "[string]$One", "[object]$One"},
		{"a type that opens a file", "[string]$One", "[IO.StreamWriter]$One"},
		{"no type", "[string]$One", "$One"},
		{"a list without bound", "[ValidateCount(0, 9)]", ""},
		{"a question for what is missing", "[string]$One", "[Parameter(Mandatory)][string]$One"},
		{"live objects", "[ValidatePattern('\\A(?:a|b)", "[Parameter(ValueFromPipeline)][ValidatePattern('\\A(?:a|b)"},
		{"positions", "PositionalBinding = $false", ""},
		{"a question whether to go on", "PositionalBinding = $false", "PositionalBinding = $false, SupportsShouldProcess"},
		{"a redirection", "$PSBoundParameters", "$PSBoundParameters 2> x"},
		{"a variable of the environment", "$PSBoundParameters", "$env:TEMP"},
		{"logic", "    Invoke-Operation", "    if ($One) { 1 }\n    Invoke-Operation"},
		{"another function's operation", "'Set-X'", "'Set-Y'"},
	} {
		block, err := syntax.Parse(strings.Replace(good, c.old, c.new, 1))
		must(t, err)
		got := brokenBy(block.End.Statements[0].(*syntax.FunctionDefinition))
		if (len(got) == 0) != (c.old == "") {
			t.Errorf("%s: %q", c.reason, got)
		}
	}
}
