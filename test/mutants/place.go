package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// judgedFolders are the folders of the product whose packages decide or act.
var judgedFolders = []string{
	"controllers",
	"internal/apply", "internal/dns", "internal/guard", "internal/lync", "internal/plan",
	"internal/psrp", "internal/remote", "internal/status", "internal/winrm",
}

// place is a piece of source that can be written another way.
type place struct {
	pkg      string // folder of the package, from the module's root, with slashes
	file     string // path of the file
	function string // around it, empty for none
	line     int
	source   string // the line's text
	nth      int    // among the same changes of such lines in the function, from 0
	kind     string
	offset   int
	was      string
	is       string
	// from and to enclose the expression that has another value when the place is written the
	// other way.
	from, to int
}

func (p place) String() string { return fmt.Sprintf("%s:%d %s", p.path(), p.line, p.change()) }

// path is the path of the file from the module's root.
func (p place) path() string { return filepath.ToSlash(filepath.Join(p.pkg, filepath.Base(p.file))) }

// change is what is written the other way.
func (p place) change() string { return fmt.Sprintf("%s: %s -> %s", p.kind, short(p.was), short(p.is)) }

// identity names a place by words, which stay when lines above it come and go.
func (p place) identity() string {
	return strings.Join([]string{p.path(), p.function, p.source, p.change(), strconv.Itoa(p.nth)}, "\t")
}

func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}

// expression is the enclosing expression with the place written the other way.
func (p place) expression(text []byte) string {
	return string(text[p.from:p.offset]) + p.is + string(text[p.offset+len(p.was):p.to])
}

// places lists all places of the judged packages in the order of files and lines. Tests and
// generated files have none.
func places(root string) ([]place, error) {
	var all []place
	for _, folder := range judgedFolders {
		err := filepath.WalkDir(filepath.Join(root, filepath.FromSlash(folder)), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			found, err := placesOf(path, text)
			if err != nil {
				return err
			}
			pkg, err := filepath.Rel(root, filepath.Dir(path))
			if err != nil {
				return err
			}
			for _, p := range found {
				p.pkg = filepath.ToSlash(pkg)
				all = append(all, p)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// otherWay gives for an operator the one that stands for it in a mutant.
var otherWay = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.LAND: token.LOR, token.LOR: token.LAND,
}

// placesOf lists the places of one file.
func placesOf(path string, text []byte) ([]place, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	if ast.IsGenerated(file) {
		return nil, nil
	}
	var found []place
	lines := strings.Split(string(text), "\n")
	function, before := "", map[string]int{}
	add := func(kind string, whole ast.Node, from, to token.Pos, is string) {
		at, end := files.Position(from), files.Position(to)
		p := place{file: path, function: function, line: at.Line, source: strings.TrimSpace(lines[at.Line-1]),
			kind: kind, offset: at.Offset, was: string(text[at.Offset:end.Offset]), is: is,
			from: files.Position(whole.Pos()).Offset, to: files.Position(whole.End()).Offset}
		same := p.identity()
		p.nth = before[same]
		before[same]++
		found = append(found, p)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			function = nameOf(n)
		case *ast.GenDecl:
			if slices.Contains(file.Decls, ast.Decl(n)) {
				function = ""
			}
		case *ast.BinaryExpr:
			if other, ok := otherWay[n.Op]; ok {
				kind := "comparison"
				if n.Op == token.LAND || n.Op == token.LOR {
					kind = "boolean"
				}
				add(kind, n, n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), other.String())
			}
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				add("boolean", n, n.OpPos, n.OpPos+1, "")
			}
		case *ast.Ident:
			if n.Name == "true" {
				add("boolean", n, n.Pos(), n.End(), "false")
			} else if n.Name == "false" {
				add("boolean", n, n.Pos(), n.End(), "true")
			}
		case *ast.IfStmt:
			if n.Else == nil && leaves(n.Body) {
				kind := "early return"
				if asksForError(n.Cond) {
					kind = "error path"
				}
				add(kind, n.Cond, n.Cond.Pos(), n.Cond.End(), "false && ("+string(text[files.Position(n.Cond.Pos()).Offset:files.Position(n.Cond.End()).Offset])+")")
			}
		}
		return true
	})
	return found, nil
}

// nameOf is the name of a function, with its receiver's type.
func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	of := f.Recv.List[0].Type
	if pointer, is := of.(*ast.StarExpr); is {
		of = pointer.X
	}
	if generic, is := of.(*ast.IndexExpr); is {
		of = generic.X
	}
	if name, is := of.(*ast.Ident); is {
		return name.Name + "." + f.Name.Name
	}
	return f.Name.Name
}

// leaves reports whether a block ends by leaving what is around it.
func leaves(block *ast.BlockStmt) bool {
	if len(block.List) == 0 {
		return false
	}
	switch block.List[len(block.List)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	}
	return false
}

// asksForError reports whether a condition compares something with nil that is named err.
func asksForError(cond ast.Expr) bool {
	b, ok := cond.(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ {
		return false
	}
	x, ok := b.X.(*ast.Ident)
	return ok && strings.HasPrefix(strings.ToLower(x.Name), "err")
}

func packagesOf(all []place) []string {
	var out []string
	for _, p := range all {
		if !slices.Contains(out, p.pkg) {
			out = append(out, p.pkg)
		}
	}
	return out
}
