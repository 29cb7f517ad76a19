package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// constants returns the values of the API's string constants whose names begin with the
// prefix.
func constants(t *testing.T, prefix string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "api/v1alpha1/conditions.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, prefix) {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, value)
		return true
	})
	return out
}

func TestEveryReasonIsExplained(t *testing.T) {
	route := section(t, page(t, routePage), "## Reasons")
	topology := section(t, page(t, topologyPage), "## Conditions and reasons")
	reasons, conditions := constants(t, "Reason"), constants(t, "Condition")
	for _, name := range reasons {
		if !slices.Contains(codes(route+topology), name) {
			t.Errorf("reason %s is on neither spec page", name)
		}
	}
	for path, text := range map[string]string{routePage: route, topologyPage: topology} {
		for _, r := range rows(text) {
			for _, name := range codes(r[0]) {
				if !slices.Contains(reasons, name) && !slices.Contains(conditions, name) {
					t.Errorf("%s explains `%s`, which no condition has", path, name)
				}
			}
			if len(r) == 5 && (r[3] == "" || r[4] == "") {
				t.Errorf("%s: `%s` lacks what it means or what to do", path, r[0])
			}
		}
	}
}

// TestEveryReasonHasItsRunbook compares the reasons with the pages about them, with the
// index of runbooks, and with the links of the spec pages.
func TestEveryReasonHasItsRunbook(t *testing.T) {
	reasons := constants(t, "Reason")
	for _, name := range reasons {
		path := runbooks + name + ".md"
		text := page(t, path)
		for _, part := range []string{"# " + name + "\n", "**Means.**", "**Urgent.**", "\n## Look at\n", "\n## Do\n", "\n## By itself\n"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s has no %q", path, part)
			}
		}
	}
	var indexed []string
	for _, r := range rows(section(t, page(t, runbooks+"README.md"), "## Reasons")) {
		indexed = append(indexed, linkText(r[0]))
	}
	same(t, "reasons of the index", indexed, reasons)
	there, err := filepath.Glob(filepath.Join(root, runbooks, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range there { // another test looks at the pages about alerts
		name := strings.TrimSuffix(filepath.Base(path), ".md")
		if !slices.Contains(reasons, name) && !strings.HasPrefix(name, "Fedroute") && name != "README" {
			t.Errorf("%s is about a reason that no condition has", path)
		}
	}
	for path, heading := range map[string]string{routePage: "## Reasons", topologyPage: "## Conditions and reasons"} {
		for _, r := range rows(section(t, page(t, path), heading)) {
			name := strings.Join(codes(r[0]), "")
			if len(r) > 3 && slices.Contains(reasons, name) && r[0] != "[`"+name+"`](../runbooks/"+name+".md)" { // a row of conditions has fewer
				t.Errorf("%s does not link the runbook of %s: %s", path, name, r[0])
			}
		}
	}
}

func TestEveryConditionIsExplained(t *testing.T) {
	text := section(t, page(t, routePage), "## Conditions") + section(t, page(t, topologyPage), "## Conditions and reasons")
	for _, name := range constants(t, "Condition") {
		explained := slices.ContainsFunc(rows(text), func(r row) bool { return r[0] == "`"+name+"`" })
		if !explained {
			t.Errorf("condition %s is on neither spec page", name)
		}
	}
}

// events are reasons of events that are not also reasons of a condition.
var events = []string{"DriftDetected", "FederationLeft", "MachineTakenIn", "StepDone", "StepFailed"}

func TestFailureModesNameRealReasons(t *testing.T) {
	known := slices.Concat(constants(t, "Reason"), events)
	seen := 0
	text, _, _ := strings.Cut(page(t, failurePage), "<!-- faults: begin -->") // another table, of stories and how each ended
	for _, r := range rows(text) {
		if len(r) != 5 {
			t.Errorf("%v: want failure, what fedroute does, what is seen, what to do, what proves it", r)
			continue
		}
		for _, name := range codes(r[2]) {
			seen++
			if !slices.Contains(known, name) {
				t.Errorf("%q: nobody ever sees `%s`", r[0], name)
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d reasons were found; the search is broken", seen)
	}
}
