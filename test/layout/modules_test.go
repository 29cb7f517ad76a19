package layout_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"
)

// houses are the modules by their folders. A module that people install needs nothing from
// the folders beside it.
var houses = []struct {
	folder    string
	installed bool
}{{".", true}, {"lyncsim", true}, {"test", false}, {"hack/demo", false}, {"hack/bench", false}}

// foreign are modules that only build programs of other projects.
var foreign = []string{"hack/controlplane", "hack/peers", "hack/tools"}

func requirements(t *testing.T, folder string) *modfile.File {
	t.Helper()
	path := filepath.Join(root, folder, "go.mod")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := modfile.Parse(path, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestWhatIsInstalledReplacesNothing checks that no module that people install has a
// replacement. go install refuses such a module, and a work file would hide that a
// replacement is missing.
func TestWhatIsInstalledReplacesNothing(t *testing.T) {
	for _, h := range houses {
		if file := requirements(t, h.folder); h.installed && len(file.Replace)+len(file.Exclude) > 0 {
			t.Errorf("the module in %s has replacements or exclusions, so go install refuses it", h.folder)
		}
		if _, err := os.Stat(filepath.Join(root, h.folder, "go.work")); err == nil {
			t.Errorf("%s has a go.work", h.folder)
		}
	}
}

// TestEveryModuleIsKnown finds modules that the list lacks. make would neither test nor
// lint such a module.
func TestEveryModuleIsKnown(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "\nMODULES := ")
	made, _, _ := strings.Cut(after, "\n")
	var known, there []string
	for _, h := range houses {
		known = append(known, h.folder)
	}
	if diff := cmp.Diff(known, strings.Fields(made)); diff != "" {
		t.Errorf("MODULES of the Makefile (-test +Makefile):\n%s", diff)
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "go.mod" {
			folder, _ := filepath.Rel(root, filepath.Dir(path))
			there = append(there, folder)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	known = append(known, foreign...)
	slices.Sort(known)
	slices.Sort(there)
	if diff := cmp.Diff(known, there); diff != "" {
		t.Errorf("modules (-known +there):\n%s", diff)
	}
}

// TestModulesRequireOneVersion checks that all modules require the same version of a
// dependency. Then the tested version is the one that runs, and it is compiled once.
func TestModulesRequireOneVersion(t *testing.T) {
	versions := map[string]map[string][]string{}
	for _, h := range houses {
		for _, r := range requirements(t, h.folder).Require {
			if versions[r.Mod.Path] == nil {
				versions[r.Mod.Path] = map[string][]string{}
			}
			versions[r.Mod.Path][r.Mod.Version] = append(versions[r.Mod.Path][r.Mod.Version], h.folder)
		}
	}
	for path, those := range versions {
		if len(those) > 1 {
			t.Errorf("%s is required in versions %v", path, those)
		}
	}
}

// TestModulesRequireWhatTheyImport checks that some package imports each requirement.
// Otherwise the list of requirements misleads its readers.
func TestModulesRequireWhatTheyImport(t *testing.T) {
	all := sources(t)
	for _, h := range houses {
		file := requirements(t, h.folder)
		used := map[string]bool{}
		for folder, imports := range all {
			if house(folder) != h.folder {
				continue
			}
			for _, i := range imports {
				used[provider(file, i.path)] = true
			}
		}
		for _, r := range file.Require {
			if used[r.Mod.Path] == r.Indirect {
				t.Errorf("%s: %s is imported: %t, required as indirect: %t", h.folder, r.Mod.Path, used[r.Mod.Path], r.Indirect)
			}
		}
	}
}

// TestTheRootIsTheProduct checks that each requirement of the root is in the programs that
// people install, except for those that only tests of the root use.
func TestTheRootIsTheProduct(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./cmd/manager", "./cmd/kubectl-fedroute")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	built := strings.Fields(string(out))
	testsOnly := []string{"github.com/google/go-cmp"}
	for _, r := range requirements(t, ".").Require {
		if !r.Indirect && !slices.Contains(built, r.Mod.Path) && !slices.Contains(testsOnly, r.Mod.Path) {
			t.Errorf("the root requires %s, of which neither the manager nor the plugin has a package", r.Mod.Path)
		}
	}
	if len(built) < 50 {
		t.Errorf("only %d packages were listed", len(built))
	}
}

// TestHousesReadNothingOutside checks that tests of a module that people install run
// without the folders beside it.
func TestHousesReadNothingOutside(t *testing.T) {
	seen := 0
	for _, path := range goFiles(t) {
		home := house(filepath.Dir(path))
		if home != "." && home != "lyncsim" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, _ := strconv.Unquote(literal.Value)
			if !strings.HasPrefix(text, "../") {
				return true
			}
			seen++
			if target := filepath.Join(filepath.Dir(path), text); house(target) != home || strings.HasPrefix(target, "..") {
				t.Errorf("%s reads %s, which is not of its module", path, target)
			}
			return true
		})
	}
	if seen < 5 {
		t.Errorf("only %d paths were found; the search is broken", seen)
	}
}

// house returns the module that a folder or a file belongs to, by the module's folder.
func house(path string) string {
	folders := slices.Clone(foreign)
	for _, h := range houses {
		folders = append(folders, h.folder)
	}
	for _, folder := range folders {
		if below(path, []string{folder}) {
			return folder
		}
	}
	return "."
}

// provider returns the required module that has a package.
func provider(file *modfile.File, path string) string {
	best := ""
	for _, r := range file.Require {
		if below(path, []string{r.Mod.Path}) && len(r.Mod.Path) > len(best) {
			best = r.Mod.Path
		}
	}
	if own := file.Module.Mod.Path; below(path, []string{own}) && len(own) >= len(best) {
		return own
	}
	return best
}
