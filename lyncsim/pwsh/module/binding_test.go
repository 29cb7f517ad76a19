package module_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/pwsh/module"
)

// recorder tells what a function was given in place of calling an organization.
const recorder = `function Send-Call($Name, $Cmdlet, $Bound) {
    $list = foreach ($key in $Bound.Keys) {
        $type = ''
        if ($null -ne $Bound[$key]) { $type = $Bound[$key].GetType().Name }
        $key + '=' + [string]$Bound[$key] + '(' + $type + ')'
    }
    $list -join '; '
}`

// TestBinding binds the command lines that the real binder was given, with the
// functions of the module: the same error or the same parameters.
func TestBinding(t *testing.T) {
	text, err := os.ReadFile("../../../test/data/powershell/cmdlet-binding.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")[1:]
	var out, errs bytes.Buffer
	rs := engine(t, powershell.Options{Notation: powershell.Recorded, Stdout: &out, Stderr: &errs, Loaded: utility.Modules()})
	rs.Run(t.Context(), recorder)
	for _, line := range lines {
		command, want, _ := strings.Cut(line, "\t")
		out.Reset()
		errs.Reset()
		rs.Run(t.Context(), command)
		got := "ok\t" + strings.Join(strings.Split(strings.TrimSpace(out.String()), "\n"), "; ")
		if id, _, failed := strings.Cut(errs.String(), "\t"); failed {
			got = id + "\t"
		}
		if strings.Contains(command, "@p") { // a hashtable has no order
			want, got = sorted(want), sorted(got)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-real +module):\n%s", command, diff)
		}
	}
	if len(lines) != 107 {
		t.Errorf("%d command lines were recorded, want 107", len(lines))
	}
}

func sorted(answer string) string {
	result, bound, _ := strings.Cut(answer, "\t")
	list := strings.Split(bound, "; ")
	slices.Sort(list)
	return result + "\t" + strings.Join(list, "; ")
}

// TestFunctionsAreTheReference reads the written functions and finds every
// cmdlet with its parameters, sets, aliases and types.
func TestFunctionsAreTheReference(t *testing.T) {
	tree, err := syntax.Parse(written(t)["Lync.psm1"])
	if err != nil {
		t.Fatal(err)
	}
	reference, err := module.Reference()
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]*syntax.FunctionDefinition{}
	for n := range syntax.Walk(tree) {
		if f, ok := n.(*syntax.FunctionDefinition); ok {
			declared[f.Name] = f
		}
	}
	for _, c := range reference.Commands {
		f, ok := declared[c.Name]
		if !ok {
			t.Errorf("the module has no %s", c.Name)
			continue
		}
		want := map[string][]string{}
		for _, p := range c.Parameters {
			want[p.Name] = facts(p)
		}
		got := map[string][]string{}
		for _, p := range f.Body.Params.Parameters {
			got[p.Name.Name] = declaredFacts(p)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-reference +module):\n%s", c.Name, diff)
		}
		if binding := f.Body.Params.Attributes[0].Span().Text(); c.ShouldProcess != strings.Contains(binding, "SupportsShouldProcess = $true") ||
			!strings.Contains(binding, "PositionalBinding = $false") || !strings.Contains(binding, c.DefaultSet) {
			t.Errorf("%s is bound by %s", c.Name, binding)
		}
	}
}

// facts are a parameter's sets with what is mandatory, and its aliases.
func facts(p powershell.Parameter) []string {
	list := []string{}
	for _, s := range p.Sets {
		fact := "set '" + s.Name + "'"
		if s.Mandatory {
			fact += " mandatory"
		}
		list = append(list, fact)
	}
	for _, a := range p.Aliases {
		list = append(list, "alias "+a)
	}
	return list
}

func declaredFacts(p *syntax.Parameter) []string {
	list := []string{}
	for _, node := range p.Attributes {
		a, ok := node.(*syntax.Attribute)
		if !ok {
			continue
		}
		if a.Name.String() == "Alias" {
			for _, e := range a.Positional {
				list = append(list, "alias "+strings.Trim(e.Span().Text(), "'"))
			}
			continue
		}
		set, mandatory := "''", ""
		for _, n := range a.Named {
			switch n.Name {
			case "ParameterSetName":
				set = n.Value.Span().Text()
			case "Mandatory":
				mandatory = " mandatory"
			}
		}
		list = append(list, "set "+set+mandatory)
	}
	return list
}
