package syntax_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/sim/powershell/syntax"
	"github.com/google/go-cmp/cmp"
)

const corpus = "../../../../test/powershell"

// tally counts what became of the cases.
type tally struct{ same, refused, different int }

// judge compares what Parse makes of a source with what the engine recorded.
func (c *tally) judge(t *testing.T, name, source, want string) {
	t.Helper()
	script, err := syntax.Parse(source)
	if refused, ok := errors.AsType[*syntax.UnsupportedError](err); ok {
		c.refused++
		t.Logf("%s: %v", name, refused)
		return
	}
	got := outlineOf(script, err)
	if got == want {
		c.same++
		return
	}
	c.different++
	t.Errorf("%s: the tree differs (-want +got):\n%s", name, cmp.Diff(spread(want), spread(got)))
}

func outlineOf(script *syntax.ScriptBlock, err error) string {
	if wrong, ok := errors.AsType[*syntax.ParseError](err); ok {
		return "ERROR " + strings.Join(wrong.IDs(), ",")
	}
	return syntax.Outline(script)
}

// spread gives each node its line, so that a difference is easy to see.
func spread(tree string) string { return strings.ReplaceAll(tree, " (", "\n(") }

func (c *tally) report(t *testing.T, what string, wantSame int) {
	t.Helper()
	t.Logf("%s: %d same, %d refused, %d different", what, c.same, c.refused, c.different)
	if c.same < wantSame {
		t.Errorf("%s: %d trees are the same, want at least %d", what, c.same, wantSame)
	}
}

func TestRecordedSnippets(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(corpus, "syntax.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var count tally
	for line := range strings.Lines(string(content)) {
		snippet, want, found := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if !found {
			t.Fatalf("line without a tab: %q", line)
		}
		count.judge(t, snippet, strings.ReplaceAll(snippet, `\n`, "\n"), want)
	}
	count.report(t, "syntax.tsv", 174)
}

func TestRecordedScripts(t *testing.T) {
	trees, err := filepath.Glob(filepath.Join(corpus, "*", "ast"))
	if err != nil {
		t.Fatal(err)
	}
	var count tally
	for _, path := range trees {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		source, err := os.ReadFile(filepath.Join(filepath.Dir(path), "script.ps1"))
		if err != nil {
			t.Fatal(err)
		}
		count.judge(t, filepath.Base(filepath.Dir(path)), string(source), strings.TrimSpace(string(want)))
	}
	count.report(t, "scripts", 69)
}
