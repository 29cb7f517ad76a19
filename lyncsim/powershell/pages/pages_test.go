package pages_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/pages"
	"github.com/google/go-cmp/cmp"
)

func TestEveryPageIsRead(t *testing.T) {
	for e, want := range map[powershell.Edition]int{powershell.Windows51: 275, powershell.Core7: 256} {
		names := pages.Names(e)
		if len(names) != want {
			t.Errorf("edition %d has %d commands, want %d", e, len(names), want)
		}
		for _, name := range names {
			page, _ := pages.Of(e, name)
			for _, wrong := range faults(page) {
				t.Errorf("edition %d: %s: %s", e, name, wrong)
			}
		}
	}
}

// faults lists the mistakes of a page: the same name twice, a parameter in no
// parameter set, or more sets than fit in the bit mask of the parameter binder.
func faults(p pages.Page) []string {
	var wrong, names, sets []string
	for _, parameter := range p.Signature.Parameters {
		for _, name := range append([]string{parameter.Name}, parameter.Aliases...) {
			if slices.ContainsFunc(names, func(have string) bool { return strings.EqualFold(have, name) }) {
				wrong = append(wrong, "twice -"+name)
			}
			names = append(names, name)
		}
		if len(parameter.Sets) == 0 {
			wrong = append(wrong, "in no set: -"+parameter.Name)
		}
		for _, set := range parameter.Sets {
			if set.Name != powershell.AllSets && !slices.Contains(sets, set.Name) {
				sets = append(sets, set.Name)
			}
		}
	}
	if len(sets) > 60 {
		wrong = append(wrong, "too many sets")
	}
	return wrong
}

func TestPageOfSelectObject(t *testing.T) {
	page, ok := pages.Of(powershell.Windows51, "Select-Object")
	if !ok || page.Module != "Utility" || page.Signature.DefaultSet != "DefaultParameter" {
		t.Fatalf("the page is %+v, %t", page, ok)
	}
	at := slices.IndexFunc(page.Signature.Parameters, func(p powershell.Parameter) bool { return p.Name == "Property" })
	want := powershell.Parameter{Name: "Property", Type: "System.Object[]",
		Sets: []powershell.ParameterSet{{Name: "DefaultParameter", Position: 0}, {Name: "SkipLastParameter", Position: 0}}}
	if diff := cmp.Diff(want, page.Signature.Parameters[at]); diff != "" {
		t.Errorf("-Property (-want +got):\n%s", diff)
	}
	if got := pages.Signatures("Join-String"); len(got) != 1 {
		t.Errorf("Join-String is in %d editions, want 7 only", len(got))
	}
}
