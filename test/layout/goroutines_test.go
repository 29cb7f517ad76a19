package layout_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// containing is the one package of the product that starts goroutines. A panic that nobody
// recovers ends the manager for every object.
const containing = "internal/contain"

// playedKDC is a package for tests. The manager contains nothing of it.
const playedKDC = "internal/kerberos/kdctest"

// starters are the functions that start a goroutine without a go statement, by import path.
var starters = map[string][]string{
	"sync":                           {"WaitGroup"},
	"context":                        {"AfterFunc"},
	"time":                           {"AfterFunc"},
	"golang.org/x/sync/errgroup":     {"*"},
	"golang.org/x/sync/singleflight": {"*"},
	// The library's clients renew tickets, reading a KDC's answers, until they are
	// destroyed.
	"github.com/jcmturner/gokrb5/v8/client": {"NewWithPassword", "NewWithKeytab", "NewFromCCache"},
}

func TestEveryGoroutineOfTheManagerIsContained(t *testing.T) {
	seen := 0
	for _, folder := range []string{"api", "controllers", "internal", "cmd/manager"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			name, _ := filepath.Rel(root, path)
			if err != nil || d.IsDir() && (name == containing || name == playedKDC) {
				return fs.SkipDir
			}
			if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
				seen++
				file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
				if err != nil {
					return err
				}
				for _, what := range goroutinesOf(file) {
					t.Errorf("%s: %s; start it through %s", name, what, containing)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 100 {
		t.Fatalf("only %d files were seen; the walk is broken", seen)
	}
}

// TestGoroutinesAreFound shows that the test above can fail.
func TestGoroutinesAreFound(t *testing.T) {
	for _, text := range []string{
		"go f()",
		"var g sync.WaitGroup; g.Go(f)",
		"context.AfterFunc(ctx, f)",
		"clock.AfterFunc(1, f)",
		"var g errgroup.Group; g.Go(f)",
		"var g singleflight.Group; g.Do(k, f)",
		"client.NewWithPassword(u, r, p, c)",
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", `package x
import ("context"; "sync"; clock "time"; "golang.org/x/sync/errgroup"; "golang.org/x/sync/singleflight"; "github.com/jcmturner/gokrb5/v8/client")
func x() { `+text+` }`, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if len(goroutinesOf(file)) != 1 {
			t.Errorf("%q: found %v", text, goroutinesOf(file))
		}
	}
}

// goroutinesOf lists the places in a file that start a goroutine.
func goroutinesOf(file *ast.File) []string {
	var out []string
	names := namesOf(file, starters)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			out = append(out, "a go statement")
		case *ast.SelectorExpr:
			if p, ok := selects(n, names); ok {
				out = append(out, p+"."+n.Sel.Name)
			}
		}
		return true
	})
	return out
}

// namesOf gives, for each name under which a file imports a package, what a table by import
// path has for it.
func namesOf(file *ast.File, table map[string][]string) map[string][]string {
	names := map[string][]string{}
	for _, i := range file.Imports {
		path := strings.Trim(i.Path.Value, `"`)
		name := path[strings.LastIndex(path, "/")+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		names[name] = table[path]
	}
	return names
}

// selects reports whether an expression names something of a package that is among its names,
// where "*" stands for everything, and gives the package's name in the file.
func selects(n *ast.SelectorExpr, names map[string][]string) (string, bool) {
	p, ok := n.X.(*ast.Ident)
	if !ok {
		return "", false
	}
	return p.Name, slices.Contains(names[p.Name], n.Sel.Name) || slices.Contains(names[p.Name], "*")
}
