package plan_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plansFile holds the expected plans of TestCompute. Each plan stands below the name and the reason
// of its case, so that the file can be read from top to bottom.
const plansFile = "testdata/plans.txt"

const caseMark = "== "

// expectedPlans reads the plans of plansFile by case.
func expectedPlans(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.ReadFile(plansFile)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, section := range strings.Split("\n"+strings.TrimSuffix(string(file), "\n"), "\n"+caseMark)[1:] {
		title, body, _ := strings.Cut(section, "\n")
		name, _, _ := strings.Cut(title, ": ")
		out[name] = body
	}
	return out
}

// writePlans writes plansFile anew, with the plans and reasons by case.
func writePlans(t *testing.T, plans, reasons map[string]string) {
	t.Helper()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(plans)) {
		b.WriteString(caseMark + name + ": " + reasons[name] + "\n" + plans[name] + "\n")
	}
	if err := os.WriteFile(plansFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// comparePlans compares the plans with the file, case by case. A plan in the file whose case is
// gone is an error too, because a reader of the file would take it for a plan that is made.
func comparePlans(t *testing.T, plans, reasons map[string]string) {
	t.Helper()
	if *update {
		writePlans(t, plans, reasons)
	}
	expected := expectedPlans(t)
	for name, got := range plans {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(expected[name], got); diff != "" {
				t.Errorf("%s (-%s +got):\n%s", reasons[name], plansFile, diff)
			}
		})
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(plans)), slices.Sorted(maps.Keys(expected))); diff != "" {
		t.Errorf("cases of the test and of %s (-test +file):\n%s", plansFile, diff)
	}
}
