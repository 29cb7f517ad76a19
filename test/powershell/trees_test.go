package powershell_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

// parseScripts compares the tree of each recorded script.
func parseScripts(t *testing.T) []verdict {
	t.Helper()
	var list []verdict
	for _, name := range scriptNames(t) {
		list = append(list, judgeTree(name, read(t, name, "script.ps1"), strings.TrimSpace(read(t, name, "ast"))))
	}
	return list
}

// parseSnippets compares the tree of each line of a file. Where the recorded parser found
// an error, any error passes.
func parseSnippets(t *testing.T, file string) []verdict {
	t.Helper()
	var list []verdict
	for _, line := range lines(t, file, 0) {
		snippet, want, found := strings.Cut(line, "\t")
		if !found {
			t.Fatalf("a line of %s has no tab: %q", file, line)
		}
		list = append(list, judgeTree(snippet, strings.ReplaceAll(snippet, `\n`, "\n"), want))
	}
	return list
}

func judgeTree(name, source, want string) verdict {
	script, err := syntax.Parse(source)
	if refused, ok := errors.AsType[*syntax.UnsupportedError](err); ok {
		return verdict{name: name, refused: refused.Error()}
	}
	got := ""
	if wrong, ok := errors.AsType[*syntax.ParseError](err); ok {
		got = "ERROR " + strings.Join(wrong.IDs(), ",")
	} else {
		got = syntax.Outline(script)
	}
	return verdict{name: name, diff: cmp.Diff(spread(want), spread(got))}
}

// spread puts each node on a line of its own, so that a difference is easy to see.
func spread(tree string) string { return strings.ReplaceAll(tree, " (", "\n(") }

// TestWorkerPrototypeParses checks that the prototype parses, because the recorded engine
// ran it.
func TestWorkerPrototypeParses(t *testing.T) {
	if _, err := syntax.Parse(read(t, "worker-prototype.ps1")); err != nil {
		t.Error(err)
	}
}
