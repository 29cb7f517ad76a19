package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/fedroute/fedroute/"

// packages returns the folders with Go files, and for each the packages of this repository
// that its code outside of tests imports.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (slices.Contains([]string{"bin", "testdata"}, d.Name()) || len(d.Name()) > 2 && d.Name()[0] == '.') {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		folder, _ := filepath.Rel(root, filepath.Dir(path))
		out[folder] = append(out[folder], importsOf(t, path)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder, imports := range out {
		slices.Sort(imports)
		out[folder] = slices.Compact(imports)
	}
	return out
}

func importsOf(t *testing.T, path string) []string {
	t.Helper()
	if strings.HasSuffix(path, "_test.go") {
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range file.Imports {
		name, _ := strconv.Unquote(i.Path.Value)
		if name, ours := strings.CutPrefix(name, module); ours {
			out = append(out, name)
		}
	}
	return out
}

// tables are the places where each module lists its packages.
var tables = []struct {
	page, heading string
	folders       []string
}{
	{architecture, "### Product", []string{"api", "controllers", "internal", "cmd"}},
	{simulatorPage, "## Packages", []string{"lyncsim"}},
	{architecture, "### Suites", []string{"test"}},
	{architecture, "### Tools", []string{"hack"}},
}

func TestPackagesTablesAreTrue(t *testing.T) {
	there := packages(t)
	for _, table := range tables {
		var listed, names []string
		for _, r := range rows(section(t, page(t, table.page), table.heading)) {
			name := strings.Trim(r[0], "`")
			listed = append(listed, name)
			if r[1] == "" {
				t.Errorf("%s: the page does not say what it is", name)
			}
			if imports := codes(r[2]); !slices.Equal(imports, there[name]) {
				t.Errorf("%s imports other packages than the page says (-page +source):\n%s", name, cmp.Diff(imports, there[name]))
			}
		}
		for name := range there {
			if top, _, _ := strings.Cut(name, "/"); slices.Contains(table.folders, top) {
				names = append(names, name)
				delete(there, name)
			}
		}
		same(t, "packages of "+table.page+" "+table.heading, listed, names)
	}
	for name := range there {
		t.Errorf("%s belongs to no house", name)
	}
}

// importRule is one rule of test/layout.
type importRule struct {
	importing string
	folders   []string // only these may import it or, with never, these may not
	never     bool
	reason    string
}

func TestImportRulesAreThoseOfTheLayoutTest(t *testing.T) {
	var listed []importRule
	for _, r := range rows(section(t, page(t, architecture), "### Import rules")) {
		name := strings.Trim(r[0], "`")
		listed = append(listed, importRule{name, codes(r[1]), name == "net" || name == "os", r[2]})
	}
	if diff := cmp.Diff(layoutRules(t), listed, cmp.AllowUnexported(importRule{})); diff != "" {
		t.Errorf("import rules of the page (-test/layout +page):\n%s", diff)
	}
}

// layoutRules reads the composite literal of the variable rules.
func layoutRules(t *testing.T) []importRule {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "test/layout/layout_test.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []importRule
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != "rules" {
			return true
		}
		for _, e := range spec.Values[0].(*ast.CompositeLit).Elts {
			cells := e.(*ast.CompositeLit).Elts
			only, not := texts(cells[2]), texts(cells[3])
			out = append(out, importRule{strings.TrimSuffix(texts(cells[1])[0], "/"), slices.Concat(only, not), not != nil, texts(cells[0])[0]})
		}
		return false
	})
	return out
}

// texts lists the string literals in an expression.
func texts(e ast.Expr) []string {
	var out []string
	ast.Inspect(e, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok {
			text, _ := strconv.Unquote(literal.Value)
			out = append(out, text)
		}
		return true
	})
	return out
}
