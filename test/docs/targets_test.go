package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryTargetIsInTheThreatModel: each package that connects for an object has a row in the
// table of what it connects to.
func TestEveryTargetIsInTheThreatModel(t *testing.T) {
	table := section(t, page(t, threatPage), "## What it connects to")
	found := 0
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		source := string(text)
		if name, _ := filepath.Rel(root, filepath.Dir(path)); strings.Contains(source, "Reach.Dial") || strings.Contains(source, "reach.Dial(") {
			found++
			if !strings.Contains(table, "| `"+name+"` |") {
				t.Errorf("%s connects and has no row in %s", path, threatPage)
			}
		}
		return nil
	})
	if err != nil || found < 4 {
		t.Fatalf("%d files connect (%v)", found, err)
	}
}
