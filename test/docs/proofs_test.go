package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	// proof is a link to the test that proves what stands before it, such as
	// [TestRetryAfter/failed](../internal/memory/runs/runs_test.go).
	proof = regexp.MustCompile(`\[(Test\w+)(?:/([^\]]+))?\]\(([^)\s]+)\)`)
	// told is a table that tests write. The section links the test.
	told = regexp.MustCompile(`(?s)<!-- (\w+): begin -->.*?<!-- \w+: end -->`)
)

// TestEveryRowLinksItsProof: each row of what can fail and of what can be attacked links the
// tests that prove it in its last cell, or says there why nothing does.
func TestEveryRowLinksItsProof(t *testing.T) {
	for _, path := range []string{failurePage, threatPage} {
		text := page(t, path)
		rows := linesOf(told.ReplaceAllString(text, ""), tableRow)
		if len(rows) < 20 {
			t.Errorf("%s: only %d rows were found; the search is broken", path, len(rows))
		}
		for _, row := range rows {
			if !linksProof(row) {
				t.Errorf("%s: nothing is linked that proves %.80q", path, row)
			}
		}
		if path == threatPage {
			for _, admission := range linesOf(section(t, text, "## What does not"), item) {
				if !proof.MatchString(admission) && !strings.HasSuffix(admission, " Nothing tests this.") {
					t.Errorf("%s: %.80q neither links a test nor says that there is none", path, admission)
				}
			}
		}
		for _, section := range strings.Split(text, "\n## ") {
			if told.MatchString(section) && !proof.MatchString(told.ReplaceAllString(section, "")) {
				t.Errorf("%s: the test that writes the table of %.40q is not linked", path, section)
			}
		}
		for _, m := range proof.FindAllStringSubmatch(text, -1) {
			source, err := os.ReadFile(filepath.Join(root, filepath.Dir(path), m[3]))
			if err != nil || !strings.Contains(string(source), "\nfunc "+m[1]+"(") || !hasCase([]string{string(source)}, m[2]) {
				t.Errorf("%s: %s proves nothing: it is not there (%v)", path, m[0], err)
			}
		}
	}
}

// linksProof reports whether the last cell of a row links a test, or says that none proves the row.
func linksProof(row string) bool {
	cells := cellBorder.Split(strings.Trim(strings.TrimSpace(row), "|"), -1)
	last := strings.TrimSpace(cells[len(cells)-1])
	return proof.MatchString(last) || strings.HasPrefix(last, "nothing: ")
}

func TestLinksProof(t *testing.T) {
	cases := map[string]struct {
		reason, row string
		want        bool
	}{
		"a test":        {"the function is named and its file linked", "| it rains | [TestRain](../rain_test.go) |", true},
		"a case":        {"a case is named like the story", "| it rains | [TestRain/in May](../rain_test.go) |", true},
		"several":       {"one is enough", "| it rains | in the words of [the page](rain.md), and [TestRain](../rain_test.go) |", true},
		"nothing":       {"it says so, and why", "| it rains | nothing: the simulator has no weather |", true},
		"a page":        {"a page proves nothing", "| it rains | [the page](rain.md) |", false},
		"empty":         {"nobody has thought of it", "| it rains | |", false},
		"another cell":  {"what proves the row stands last", "| [TestRain](../rain_test.go) | it rains |", false},
		"only the name": {"nobody can follow a name", "| it rains | TestRain |", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := linksProof(c.row); got != c.want {
				t.Errorf("%s: got %v", c.reason, got)
			}
		})
	}
}
