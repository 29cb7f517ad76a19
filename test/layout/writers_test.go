package layout_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// makers are the functions that make an object that can change an organization or a zone.
// For each, the value is the one function of the product that calls it.
var makers = map[string]string{
	"shell.NewOperator":   "begin",   // after the guards have allowed the plan
	"shell.NewZoneWriter": "cmdlets", // for the run that begins
	"rfc2136.NewWriter":   "signed",
}

// TestWritersAreMadeInOnePlace checks the callers of the makers. A route in mode Observe,
// or one whose plan nobody approved, never gets as far as these calls.
func TestWritersAreMadeInOnePlace(t *testing.T) {
	found := map[string]string{}
	for _, folder := range []string{"api", "controllers", "internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, d := range file.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				ast.Inspect(f, func(n ast.Node) bool {
					if s, ok := n.(*ast.SelectorExpr); ok {
						if of, ok := s.X.(*ast.Ident); ok && makers[of.Name+"."+s.Sel.Name] != "" {
							found[of.Name+"."+s.Sel.Name] += f.Name.Name
						}
					}
					return true
				})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(makers, found); diff != "" {
		t.Errorf("who makes writers (-want +got):\n%s", diff)
	}
}
