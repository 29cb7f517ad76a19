package powershell_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

// FuzzParse checks that any text gives a tree with sound extents, or an error that says
// why. The parser must neither panic nor run without end.
func FuzzParse(f *testing.F) {
	content, err := os.ReadFile(filepath.Join(folder, "syntax.tsv"))
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		snippet, _, _ := strings.Cut(line, "\t")
		f.Add(strings.ReplaceAll(snippet, `\n`, "\n"))
	}
	scripts, err := filepath.Glob(filepath.Join(folder, "*", "script.ps1"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range scripts {
		source, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(source))
	}
	f.Fuzz(func(t *testing.T, source string) {
		script, err := syntax.Parse(source)
		if err == nil {
			checkExtents(t, script)
			return
		}
		if wrong, ok := errors.AsType[*syntax.ParseError](err); ok {
			if len(wrong.Issues) == 0 || wrong.Error() == "" || wrong.Message() == "" {
				t.Errorf("an error without a reason: %#v", wrong)
			}
		}
	})
}

func checkExtents(t *testing.T, script *syntax.ScriptBlock) {
	t.Helper()
	if syntax.Outline(script) == "" {
		t.Error("the tree has no outline")
	}
	for node := range syntax.Walk(script) {
		span := node.Span()
		if span.Source == nil || span.Start < 0 || span.Start > span.End {
			t.Errorf("%T has the extent %d to %d", node, span.Start, span.End)
			continue
		}
		_ = span.Text() // panics when the extent lies outside
		if from, to := span.From(), span.To(); from.Line < 1 || from.Column < 1 || to.Offset < from.Offset {
			t.Errorf("%T reaches from %v to %v", node, from, to)
		}
	}
}

// BenchmarkParse reads about a megabyte of recorded scripts.
func BenchmarkParse(b *testing.B) {
	scripts, err := filepath.Glob(filepath.Join(folder, "[f-z]*", "script.ps1"))
	if err != nil {
		b.Fatal(err)
	}
	var text strings.Builder
	for text.Len() < 1<<20 {
		for _, path := range scripts {
			if strings.Contains(path, "parse-error") || strings.Contains(path, "param-block") {
				continue
			}
			source, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			text.Write(source)
			text.WriteByte('\n')
		}
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if _, err := syntax.Parse(text.String()); err != nil {
			b.Fatal(err)
		}
	}
}
