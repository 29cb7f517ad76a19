package module_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/pwsh/module"
)

// TestFunctionsAreTheReference reads the written functions and checks that they have every
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

// facts returns a parameter's sets, whether it is mandatory in each, and its aliases.
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
