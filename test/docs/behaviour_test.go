package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// held is the comment, which no reader of the page sees, that names the tests of what
// stands before it: functions, some with a case of their table, as in
// <!-- test: TestPasswordIsWrong; TestRetryAfter/failed -->
// or why there is none, as in <!-- test: none, the simulator has one server -->
var held = regexp.MustCompile(`<!-- test: ([^>]*) -->`)

// mayLackATest is how many sentences may say that no test holds them. The number may only
// fall.
const mayLackATest = 3

// described is a section in which each row or paragraph says what fedroute does.
type described struct {
	page, heading string
	lines         *regexp.Regexp // which lines need a test
}

// behaviour lists these sections of the pages that are no runbooks.
var behaviour = []described{
	{metricsPage, "## Metrics", tableRow},
	{metricsPage, "## Alerts", tableRow},
	{metricsPage, "## How the alerts are written", item},
	{routePage, "## Conditions", tableRow},
	{routePage, "## Reasons", rowOrBold},
	{routePage, "## Steps", tableRow},
	{routePage, "## Modes and approval", rowOrBold},
	{routePage, "## DNS", tableRow},
	{routePage, "## What is never touched", item},
	{topologyPage, "## A topology that was never enabled", item},
	{topologyPage, "## Conditions and reasons", tableRow},
	{topologyPage, "## How it behaves", item},
	{"docs/gitops.md", "## The folder in Git", item},
}

var (
	tableRow  = regexp.MustCompile(`^\| `)
	item      = regexp.MustCompile(`^- `)
	rowOrBold = regexp.MustCompile(`^(\| |(- )?\*\*)`)
	text      = regexp.MustCompile(`.`)
)

// runbookBehaviour is the section of each reason's runbook that says what fedroute does by
// itself.
func runbookBehaviour(t *testing.T) []described {
	t.Helper()
	var out []described
	for _, reason := range constants(t, "Reason") {
		out = append(out, described{runbooks + reason + ".md", "## By itself", text})
	}
	return out
}

// TestEveryBehaviourNamesItsTest checks that every described behaviour names its test. A
// person who changes what fedroute does then finds the sentence that is no longer true. A
// reader who doubts a sentence finds the test that checks it.
func TestEveryBehaviourNamesItsTest(t *testing.T) {
	declared, without := testFunctions(t), 0
	for _, b := range append(behaviour, runbookBehaviour(t)...) {
		seen := 0
		for _, line := range linesOf(section(t, page(t, b.page), b.heading), b.lines) {
			seen++
			tests := held.FindStringSubmatch(line)
			if tests == nil {
				t.Errorf("%s, %s: no test is named for %.60q", b.page, b.heading, line)
				continue
			}
			if strings.HasPrefix(tests[1], "none, ") {
				without++
				continue
			}
			for _, name := range strings.Split(tests[1], "; ") {
				function, ofTable, _ := strings.Cut(name, "/")
				if !hasCase(declared[function], ofTable) {
					t.Errorf("%s, %s: there is no test %s, which is named for %.60q", b.page, b.heading, name, line)
				}
			}
		}
		if seen == 0 {
			t.Errorf("%s, %s: nothing is said there; the search is broken", b.page, b.heading)
		}
	}
	if without > mayLackATest {
		t.Errorf("%d sentences have no test, %d had none before; write one", without, mayLackATest)
	}
}

// linesOf returns the lines that match, without the headers and separator lines of tables.
func linesOf(text string, wanted *regexp.Regexp) []string {
	var out []string
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		isHead := i+1 < len(lines) && strings.HasPrefix(lines[i+1], "|---")
		if wanted.MatchString(line) && !isHead {
			out = append(out, line)
		}
	}
	return out
}

// hasCase reports whether one of the files contains the case in its text. The empty case is
// in each.
func hasCase(files []string, name string) bool {
	for _, text := range files {
		if name == "" || strings.Contains(text, `"`+name+`"`) {
			return true
		}
	}
	return false
}

var testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// testFunctions returns, for each test of every module, the text of the files that declare
// a test of that name.
func testFunctions(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range testFunction.FindAllStringSubmatch(string(text), -1) {
			out[m[1]] = append(out[m[1]], string(text))
		}
		return err
	})
	if err != nil || len(out) < 300 {
		t.Fatalf("found %d tests (%v)", len(out), err)
	}
	return out
}
