package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// linked is one name in a cell of the invariants' table, with the file that its link leads
// to.
var linked = regexp.MustCompile("\\[`([^`]+)`\\]\\(\\.\\./([^)]+)\\)")

// TestEveryInvariantIsSomewhere follows the links of the invariants' table. The linked file
// must declare the code or the test that the table names.
func TestEveryInvariantIsSomewhere(t *testing.T) {
	listed := rows(section(t, page(t, architecture), "## Invariants"))
	for i, r := range listed {
		if want := fmt.Sprintf("**I%d** ", i+1); !strings.HasPrefix(r[0], want) || len(r) != 4 {
			t.Errorf("row %q: want %s in four columns", r, want)
			continue
		}
		for column, isTest := range map[int]bool{2: false, 3: true} {
			names := linked.FindAllStringSubmatch(r[column], -1)
			if len(names) == 0 {
				t.Errorf("%s: column %d links nothing", r[0], column+1)
			}
			for _, n := range names {
				if strings.HasSuffix(n[2], "_test.go") != isTest {
					t.Errorf("%s: %s is in the wrong column", r[0], n[1])
				}
				if !slices.Contains(declarations(t, n[2]), n[1]) {
					t.Errorf("%s: %s does not declare %s", r[0], n[2], n[1])
				}
			}
		}
	}
	if len(listed) != 12 {
		t.Errorf("the page has %d invariants, want 12", len(listed))
	}
}

var psFunction = regexp.MustCompile(`(?m)^function ([\w-]+)`)

// declarations lists the functions, types and methods (type.method) of a Go file, or
// the functions of a script.
func declarations(t *testing.T, path string) []string {
	t.Helper()
	var out []string
	if strings.HasSuffix(path, ".ps1") {
		for _, m := range psFunction.FindAllStringSubmatch(page(t, path), -1) {
			out = append(out, m[1])
		}
		return out
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			out = append(out, receiver(d)+d.Name.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if s, ok := s.(*ast.TypeSpec); ok {
					out = append(out, s.Name.Name)
				}
			}
		}
	}
	return out
}

// receiver is the type of a method and a dot; "" for a function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	of := f.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name + "."
	}
	return ""
}
