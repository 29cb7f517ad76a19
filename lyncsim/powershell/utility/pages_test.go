package utility_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/pages"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

var editions = map[string]powershell.Edition{"5.1": powershell.Windows51, "7": powershell.Core7}

// TestEveryPageIsBound checks that a shell knows each command that has a page, with the
// page's parameters and their aliases, and no other command.
func TestEveryPageIsBound(t *testing.T) {
	const common = "|Verbose|Debug|ErrorAction|WarningAction|InformationAction|ProgressAction|ErrorVariable|WarningVariable|" +
		"InformationVariable|OutVariable|OutBuffer|PipelineVariable|WhatIf|Confirm|"
	for label, e := range editions {
		out, errs := run(t, powershell.Options{Edition: e}, fmt.Sprintf(`foreach ($c in Get-Command -CommandType Cmdlet) {
	$names = foreach ($p in $c.Parameters.Values) { if ('%s' -notlike "*|$($p.Name)|*") { ($p.Name, ($p.Aliases -join '/') -join ':').TrimEnd(':') } }
	"$($c.Name) $(($names | Sort-Object) -join ' ')" }`, common))
		if len(errs) > 0 {
			t.Fatalf("%s: %q", label, errs)
		}
		var want []string
		for _, name := range pages.Names(e) {
			page, _ := pages.Of(e, name)
			want = append(want, name+" "+strings.Join(parametersOf(page), " "))
		}
		slices.Sort(out)
		slices.Sort(want)
		if diff := cmp.Diff(want, out); diff != "" {
			t.Errorf("%s: commands and their parameters (-pages +shell):\n%s", label, diff)
		}
		t.Logf("%s: %d commands bind as their pages say", label, len(want))
	}
}

func parametersOf(page pages.Page) []string {
	var names []string
	for _, p := range page.Signature.Parameters {
		names = append(names, strings.TrimSuffix(p.Name+":"+strings.Join(p.Aliases, "/"), ":"))
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return names
}

// TestHeededParametersHavePages checks that each parameter which a body acts on is a
// parameter of the command in some edition.
func TestHeededParametersHavePages(t *testing.T) {
	for _, all := range []map[string][]string{utility.Heeded(), utility.Unsaid()} {
		for name, parameters := range all {
			known := pages.Signatures(name)
			for _, parameter := range parameters {
				found := false
				for _, s := range known {
					found = found || slices.ContainsFunc(s.Parameters, func(p powershell.Parameter) bool { return p.Name == parameter })
				}
				if !found {
					t.Errorf("%s acts on -%s, which no page has", name, parameter)
				}
			}
		}
	}
}

// TestRefusedByName checks refusals. A call that gives a parameter which is not
// simulated is refused, whatever else it gives, and the refusal names the parameter. A
// command that is not simulated is refused in the same way.
func TestRefusedByName(t *testing.T) {
	for label, e := range editions {
		parameters, whole := 0, 0
		for _, module := range utility.Modules() {
			for _, c := range module.Commands {
				s, ok := c.Editions[e]
				if !ok {
					continue
				}
				if c.Refused {
					whole++
					refusedWith(t, e, c.Name, sampleCall(c.Name, s, powershell.Parameter{}))
					continue
				}
				for _, p := range s.Parameters {
					if p.Refused {
						parameters++
						refusedWith(t, e, c.Name+" -", sampleCall(c.Name, s, p))
					}
				}
			}
		}
		t.Logf("%s: %d parameters and %d commands are refused by name", label, parameters, whole)
		if parameters == 0 || whole == 0 {
			t.Errorf("%s: nothing was refused", label)
		}
	}
}

func refusedWith(t *testing.T, e powershell.Edition, what, script string) {
	t.Helper()
	_, errs := run(t, powershell.Options{Edition: e}, script)
	if len(errs) != 1 || !strings.HasPrefix(errs[0], "not supported by the simulator: "+what) {
		t.Errorf("%s: the answer is %q, want a refusal of %s", script, errs, what)
	}
}

// sampleCall is a call that gives the wanted parameter and the mandatory parameters of
// its parameter set. Without a set of its own, the default set counts.
func sampleCall(name string, s powershell.Signature, wanted powershell.Parameter) string {
	set := s.DefaultSet
	if len(wanted.Sets) > 0 {
		set = wanted.Sets[0].Name
	} else if set == "" {
		set = firstSet(s)
	}
	if set == powershell.AllSets && s.DefaultSet != "" {
		set = s.DefaultSet
	}
	call := name
	for _, p := range s.Parameters {
		demanded := slices.ContainsFunc(p.Sets, func(in powershell.ParameterSet) bool {
			return in.Mandatory && (in.Name == set || in.Name == powershell.AllSets)
		})
		if demanded || p.Name == wanted.Name {
			call += " -" + p.Name + sample(p)
		}
	}
	return call
}

// firstSet is the first parameter set on a page that names no default set.
func firstSet(s powershell.Signature) string {
	for _, p := range s.Parameters {
		if p.Sets[0].Name != powershell.AllSets {
			return p.Sets[0].Name
		}
	}
	return powershell.AllSets
}

// sample is a value that a parameter takes.
func sample(p powershell.Parameter) string {
	if len(p.Words) > 0 {
		return " " + p.Words[0]
	}
	for _, v := range p.Validators {
		if set, ok := v.(powershell.ValidateSet); ok {
			return " '" + set.Words[0] + "'"
		}
	}
	if strings.HasSuffix(p.Type, "SwitchParameter") {
		return ""
	}
	switch kind := strings.TrimSuffix(p.Type[strings.LastIndex(p.Type, ".")+1:], "[]"); kind {
	case "Int16", "Int32", "Int64", "UInt32", "UInt64", "Double", "Byte", "Boolean":
		return " 1"
	case "ScriptBlock":
		return " { 1 }"
	case "Hashtable", "IDictionary":
		return " @{ a = 1 }"
	case "Guid":
		return " 11111111-1111-1111-1111-111111111111"
	case "DateTime", "TimeSpan", "Version":
		return map[string]string{"DateTime": " '2026-01-02'", "TimeSpan": " '00:00:01'", "Version": " 1.0"}[kind]
	case "Object", "Type":
		return " ([string])"
	}
	return " x"
}
