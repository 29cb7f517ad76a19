// Package layout_test checks the shape of the source: which packages may import which, and
// that records of the project are true.
package layout_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const (
	root   = "../.."
	module = "github.com/fedroute/fedroute/"
)

// rule says which folders may import packages below a path, or which may not.
type rule struct {
	reason    string
	importing string
	only      []string // folders that may import it; nil: the next field counts
	not       []string // folders that may not import it
}

// imported is one import of a file.
type imported struct {
	path string
	test bool // of a _test.go file
}

var rules = []rule{
	{"Kubernetes stays at the edge of the program", "k8s.io/", []string{"api", "controllers", "internal/status", "cmd", "hack", "test"}, nil},
	{"Kubernetes stays at the edge of the program", "sigs.k8s.io/controller-runtime", []string{"api", "controllers", "cmd", "hack", "test"}, nil},
	{"two packages of the product speak over WinRM", "github.com/masterzen/winrm", []string{"internal/winrm", "internal/psrp", "test/interop"}, nil},
	{"scripts run in any remote session", module + "internal/winrm", []string{"internal/winrm", "internal/psrp", "cmd/manager", "hack/bench", "test"}, nil},
	{"one package of each side speaks DNS on the wire", "github.com/miekg/dns", []string{"internal/dns/rfc2136", "lyncsim/dns", "hack", "test"}, nil},
	{"one package speaks NTLM", "github.com/bodgit/ntlmssp", []string{"internal/winrm"}, nil},
	{"one package of each side speaks Kerberos", "github.com/jcmturner/gokrb5", []string{"internal/kerberos", "lyncsim", "test"}, nil},
	{"the product does not know its simulator", module + "lyncsim", []string{"lyncsim", "hack", "test"}, nil},
	{"the judge shares no code with the judged", module + "api", []string{"api", "controllers", "internal", "cmd", "hack", "test"}, nil},
	{"the judge shares no code with the judged", module + "internal", []string{"controllers", "internal", "cmd", "hack", "test"}, nil},
	{"the product needs no suite", module + "test", []string{"hack", "test"}, nil},
	{"controllers are wired by programs", module + "controllers", []string{"cmd", "test"}, nil},
	{"pure packages open no socket", "net", nil, []string{"internal/plan", "internal/guard", "internal/status", "internal/fault", "internal/psrp/clixml", "internal/psrp/message"}},
	{"pure packages open no file", "os", nil, []string{"internal/plan", "internal/guard", "internal/status", "internal/fault", "internal/psrp/clixml", "internal/psrp/message"}},
}

func TestImportRules(t *testing.T) {
	seen := 0
	for folder, imports := range sources(t) {
		for _, i := range imports {
			seen++
			for _, r := range rules {
				if r.breaks(folder, i) {
					t.Errorf("%s imports %s: %s", folder, i.path, r.reason)
				}
			}
		}
	}
	if seen < 100 {
		t.Fatalf("only %d imports were seen; the walk is broken", seen)
	}
}

func (r rule) breaks(folder string, i imported) bool {
	if r.not != nil { // exactly this package; a test may read its golden files
		return i.path == r.importing && !i.test && below(folder, r.not)
	}
	prefix := strings.TrimSuffix(r.importing, "/") + "/"
	return (i.path == r.importing || strings.HasPrefix(i.path, prefix)) && !below(folder, r.only)
}

func TestPurePackagesAskNoClock(t *testing.T) {
	for _, folder := range []string{"internal/plan", "internal/guard", "internal/status", "internal/fault"} {
		files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files (%v)", folder, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "time.Now") {
				t.Errorf("%s asks the clock", file)
			}
		}
	}
}

func TestNoPackageIsADrawer(t *testing.T) {
	for folder := range sources(t) {
		if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "types", "misc"}, filepath.Base(folder)) {
			t.Errorf("%s: name the package for what it does", folder)
		}
	}
}

func TestProjectFileIsTrue(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "PROJECT"))
	if err != nil {
		t.Fatal(err)
	}
	var project struct {
		Repo      string
		Layout    []string
		Resources []struct{ Kind, Version, Path, Group, Domain string }
	}
	if err := yaml.Unmarshal(text, &project); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(project.Layout, "go.kubebuilder.io/v4") || len(project.Resources) != 2 {
		t.Errorf("layout %v with %d resources, want go.kubebuilder.io/v4 with 2", project.Layout, len(project.Resources))
	}
	for _, r := range project.Resources {
		kind := strings.ToLower(r.Kind)
		for _, file := range []string{
			filepath.Join(strings.TrimPrefix(r.Path, project.Repo+"/"), kind+"_types.go"),
			filepath.Join("controllers", kind+"_controller.go"),
		} {
			if _, err := os.Stat(filepath.Join(root, file)); err != nil {
				t.Errorf("%s: %v", r.Kind, err)
			}
		}
	}
}

// sources lists the imports of every folder with Go files, including those of the package's
// tests.
func sources(t *testing.T) map[string][]imported {
	t.Helper()
	out := map[string][]imported{}
	for _, path := range goFiles(t) {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Dir(path)
		for _, i := range file.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			out[folder] = append(out[folder], imported{p, strings.HasSuffix(path, "_test.go")})
		}
	}
	return out
}

// goFiles lists the Go files of all modules by their paths from the root.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && slices.Contains([]string{"bin", ".git", "testdata"}, d.Name()) {
			return fs.SkipDir
		}
		if err == nil && strings.HasSuffix(path, ".go") {
			relative, _ := filepath.Rel(root, path)
			files = append(files, relative)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func below(folder string, any []string) bool {
	return slices.ContainsFunc(any, func(f string) bool { return folder == f || strings.HasPrefix(folder, f+"/") })
}
