package docs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEachDecisionHasANumberOfItsOwn: pages name a decision by its number.
func TestEachDecisionHasANumberOfItsOwn(t *testing.T) {
	files, err := os.ReadDir(filepath.Join(root, "docs/adr"))
	if err != nil || len(files) < 20 {
		t.Fatalf("found %d decisions (%v)", len(files), err)
	}
	taken := map[string]string{}
	for _, file := range files {
		number, _, _ := strings.Cut(file.Name(), "-")
		if other, ok := taken[number]; ok {
			t.Errorf("%s and %s have the same number", other, file.Name())
		}
		taken[number] = file.Name()
		if title := page(t, "docs/adr/"+file.Name()); !strings.HasPrefix(title, "# "+number+" ") {
			t.Errorf("%s does not begin with its number", file.Name())
		}
	}
}
