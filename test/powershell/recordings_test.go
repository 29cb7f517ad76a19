// Package powershell_test holds recorded answers of the real PowerShell engine, and judges
// the simulator's parser, binder and evaluator by them. README.md beside the recordings
// says how to read them. VERDICTS.md is the table of verdicts.
package powershell_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder holds the recordings.
const folder = "../data/powershell"

// The number of recorded cases of each kind.
const (
	recordedScripts  = 126
	recordedSnippets = 174
	recordedTrees    = 20
	recordedBindings = 107
)

// recordings is the digest of all recorded files. It changes when a case is lost, added or
// edited.
const recordings = "97a1280baa75d2665c1921624286d24e2d8c6a7090cfe0bbfaf402fd9f08c6db"

// verdict is the result of one case: the recorded answer, a refusal that names the
// construct, or another answer. Another answer is a failure.
type verdict struct {
	name    string
	refused string // the reason of the refusal; "" when the case was not refused
	diff    string // the difference from the recorded answer; "" when there is none
}

func (v verdict) String() string {
	switch {
	case v.diff != "":
		return "**different**"
	case v.refused != "":
		return "refused: " + v.refused
	}
	return "same"
}

// tally counts verdicts.
type tally struct{ same, refused, different int }

func count(list []verdict) tally {
	var t tally
	for _, v := range list {
		switch {
		case v.diff != "":
			t.different++
		case v.refused != "":
			t.refused++
		default:
			t.same++
		}
	}
	return t
}

// scriptNames lists the recorded scripts. Each is a folder with all its parts.
func scriptNames(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		for _, part := range []string{"script.ps1", "stdin", "stdout", "stderr", "exitcode", "ast"} {
			if _, err := os.Stat(filepath.Join(folder, e.Name(), part)); err != nil {
				t.Errorf("%s: a part of the recording is missing: %v", e.Name(), err)
			}
		}
		names = append(names, e.Name())
	}
	return names
}

// lines returns the records of a table, without its header.
func lines(t *testing.T, file string, head int) []string {
	t.Helper()
	return strings.Split(strings.TrimRight(read(t, file), "\n"), "\n")[head:]
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, filepath.Join(path...)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRecordingsAreWhole checks that every recorded case exists and is as it was recorded.
func TestRecordingsAreWhole(t *testing.T) {
	sum := sha256.New()
	recorded := os.DirFS(folder)
	err := fs.WalkDir(recorded, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".md") {
			return err
		}
		text, err := fs.ReadFile(recorded, path)
		_, _ = fmt.Fprintf(sum, "%s %d\n", path, len(text))
		sum.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%x", sum.Sum(nil)); got != recordings {
		t.Errorf("the digest of the recordings is %s, want %s", got, recordings)
	}
	for what, n := range map[string][2]int{
		"scripts": {len(scriptNames(t)), recordedScripts}, "snippets": {len(lines(t, "syntax.tsv", 0)), recordedSnippets},
		"trees":    {len(lines(t, "parser-trees.tsv", 0)), recordedTrees},
		"bindings": {len(lines(t, "cmdlet-binding.tsv", 1)), recordedBindings},
	} {
		if n[0] != n[1] {
			t.Errorf("%d %s are here, %d were recorded", n[0], what, n[1])
		}
	}
}
