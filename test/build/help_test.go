package build_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// described finds the headings of the Makefile and the goals that have a description.
var described = regexp.MustCompile(`(?m)^##@ (.+)$|^(\S+):.*?## (.+)$`)

// TestHelpShowsHeadingsAndGoals checks that help lists each goal with its sentence, in the
// order of the file.
func TestHelpShowsHeadingsAndGoals(t *testing.T) {
	source, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("make", "help")
	command.Dir, command.Env = root, withGo(t, "exit 127")
	help, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, help)
	}
	rest, seen := string(help), 0
	for _, m := range described.FindAllStringSubmatch(string(source), -1) {
		want := "\n" + m[1] + "\n"
		if m[1] == "" {
			want = "  make " + m[2] + " "
		}
		_, after, found := strings.Cut(rest, want)
		if !found || !strings.HasPrefix(strings.TrimSpace(after), m[3]) {
			t.Errorf("make help lacks %q, or it stands elsewhere than in the file", m[0])
			continue
		}
		rest, seen = after, seen+1
	}
	if seen < 15 {
		t.Errorf("only %d lines were found; the search is broken:\n%s", seen, help)
	}
}
