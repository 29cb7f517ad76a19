// Package docs_test compares the pages below docs with the source. Everything that the
// pages name must exist, and everything that a person can meet must be named on a page.
package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	root         = "../.."
	routePage    = "docs/spec/federationroute.md"
	topologyPage = "docs/spec/lynctopology.md"
	failurePage  = "docs/failure-modes.md"
	threatPage   = "docs/threat-model.md"
	metricsPage  = "docs/metrics.md"
	architecture = "docs/architecture.md"

	runbooks      = "docs/runbooks/"
	simulatorPage = "lyncsim/README.md"
)

// page reads a file of the repository.
func page(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// pages lists every page: those of the product and of the simulator, and those beside
// suites and data.
func pages(t *testing.T) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "bin" || len(d.Name()) > 2 && d.Name()[0] == '.') {
			return fs.SkipDir
		}
		if err == nil && strings.HasSuffix(path, ".md") {
			relative, _ := filepath.Rel(root, path)
			all = append(all, relative)
		}
		return err
	})
	if err != nil || len(all) < 20 {
		t.Fatalf("found the pages %v (%v)", all, err)
	}
	return all
}

// section returns the part of a page below a heading, up to the next heading of the same
// level.
func section(t *testing.T, text, heading string) string {
	t.Helper()
	_, after, found := strings.Cut(text, "\n"+heading+"\n")
	if !found {
		t.Fatalf("no section %q", heading)
	}
	level, _, _ := strings.Cut(heading, " ")
	before, _, _ := strings.Cut(after, "\n"+level+" ")
	return before
}

// row is one row of a table. Its cells are trimmed.
type row []string

var cellBorder = regexp.MustCompile(`\s*\|\s*`)

// rows lists the rows of all tables in the text, without headers and separator lines.
func rows(text string) []row {
	var out []row
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		isHead := i+1 < len(lines) && strings.HasPrefix(lines[i+1], "|---")
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || isHead {
			continue
		}
		line = held.ReplaceAllString(line, "")
		out = append(out, cellBorder.Split(strings.Trim(strings.TrimSpace(line), "|"), -1))
	}
	for _, r := range out {
		for i := range r {
			r[i] = strings.TrimSpace(r[i])
		}
	}
	return out
}

var code = regexp.MustCompile("`([^`]+)`")

// codes lists the texts between backticks.
func codes(text string) []string {
	var out []string
	for _, m := range code.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// fences finds the fenced blocks of a page, each with its language.
var fences = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

func withoutFences(text string) string { return fences.ReplaceAllString(text, "") }

// same compares the list on a page with the list from the source, whatever the order.
func same(t *testing.T, what string, listed, there []string) {
	t.Helper()
	for _, name := range there {
		if !slices.Contains(listed, name) {
			t.Errorf("%s: the page does not list %s", what, name)
		}
	}
	for _, name := range listed {
		if !slices.Contains(there, name) {
			t.Errorf("%s: the page lists %s, which does not exist", what, name)
		}
	}
	if len(there) == 0 {
		t.Errorf("%s: nothing was found to compare with", what)
	}
}
