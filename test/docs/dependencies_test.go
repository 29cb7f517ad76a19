package docs_test

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// requirementTables are the sections of docs/dependencies.md by the modules whose
// requirements they explain.
var requirementTables = map[string]string{
	"go.mod": "## Product", "lyncsim/go.mod": "## Simulated organization", "test/go.mod": "## Suites",
	"hack/demo/go.mod": "## Demo", "hack/bench/go.mod": "## Benchmarks",
}

// modulePath finds texts that look like the path of a module in a table's first cell.
var modulePath = regexp.MustCompile(`[a-z0-9.]+\.(?:com|io|org|in)/[A-Za-z0-9./_-]+`)

func TestDependenciesAreExplained(t *testing.T) {
	text := page(t, "docs/dependencies.md")
	for path, heading := range requirementTables {
		file, err := modfile.Parse(path, []byte(page(t, path)), nil)
		if err != nil {
			t.Fatal(err)
		}
		var required, explained []string
		for _, r := range file.Require {
			if !r.Indirect && !strings.HasPrefix(r.Mod.Path+"/", module) {
				required = append(required, r.Mod.Path)
			}
		}
		for _, r := range rows(section(t, text, heading)) {
			explained = append(explained, modulePath.FindAllString(r[0], -1)...)
			if len(r) != 3 || r[1] == "" || r[2] == "" {
				t.Errorf("%s: %s lacks its use or what it stands in place of", heading, r[0])
			}
		}
		same(t, "requirements of "+path, explained, required)
	}
}
