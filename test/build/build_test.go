// Package build_test checks the messages that make and hack/build.sh print for a person who
// builds fedroute for the first time.
package build_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// wantedGo is the version of Go that go.mod asks for.
func wantedGo(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^go (\S+)$`).FindSubmatch(text)
	if found == nil {
		t.Fatal("go.mod names no Go version")
	}
	return string(found[1])
}

// withGo returns an environment in which the go command is this script.
func withGo(t *testing.T, script string) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	// When make runs this test, the make inside would take over the flags of the outer one.
	outside := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "MAKE") || strings.HasPrefix(v, "MFLAGS") })
	return append(outside, "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func TestAGoThatIsTooOldGetsOneSentence(t *testing.T) {
	wanted := wantedGo(t)
	cases := map[string]struct {
		reason  string
		version string
		goal    string
		found   string // empty: make continues
	}{
		"Debian's own":        {"it reads go.mod as broken", "echo go version go1.19.8 linux/amd64", "build", "1.19.8"},
		"a year behind":       {"a text comparison would take 1.9 for newer", "echo go version go1.9 linux/amd64", "build", "1.9"},
		"none":                {"the shell's own words name no version", "exit 127", "controlplane", "none"},
		"exactly":             {"what go.mod asks for is enough", "echo go version go" + wanted + " linux/amd64", "build", ""},
		"newer":               {"so is what comes after", "echo go version go1.100.1 linux/amd64", "build", ""},
		"not built by the Go": {"help compiles nothing", "exit 127", "help", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			command := exec.Command("make", "-n", c.goal)
			command.Dir, command.Env = root, withGo(t, c.version)
			out, err := command.CombinedOutput()
			if c.found == "" {
				if err != nil {
					t.Errorf("make stops though %s: %v\n%s", c.reason, err, out)
				}
				return
			}
			want := fmt.Sprintf("fedroute needs Go %s or later and found %s", wanted, c.found)
			if err == nil || strings.Count(string(out), "\n") != 1 || !strings.Contains(string(out), want) {
				t.Errorf("make said (%v)\n%swant one line with %q, because %s", err, out, want, c.reason)
			}
		})
	}
}

func TestREADMENamesTheGoVersion(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	short := strings.TrimSuffix(wantedGo(t), ".0")
	if !strings.Contains(string(text), "Go "+short+" or later") {
		t.Errorf("README does not say that Go %s or later is needed, as go.mod does", short)
	}
}

// thirty imitates a build of thirty packages that takes a tenth of a second for each.
const thirty = `
packages() { seq -f example.org/package%g 30; }
case $1 in
list) echo 'go: downloading example.org v1.0.0' >&2; packages ;;
build) for p in $(packages); do echo $p >&2; sleep 0.1; done
       [ -z "$BROKEN" ] || { echo 'package30/x.go:1:1: no such thing' >&2; exit 1; } ;;
esac`

func TestABuildTellsHowFarItIs(t *testing.T) {
	command := exec.Command("hack/build.sh", "control plane", filepath.Join(t.TempDir(), "out"), ".")
	command.Dir, command.Env = root, append(withGo(t, thirty), "BUILD_TELLS_EVERY=1")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	told := regexp.MustCompile(`(?m)^control plane: (\d+) of 30 packages compiled, 0 min \d+ s$`).FindAllStringSubmatch(string(out), -1)
	if len(told) < 2 || told[0][1] == told[1][1] {
		t.Errorf("in three seconds the build told %d times how far it is, want twice or more, further each time:\n%s", len(told), out)
	}
	if strings.Contains(string(out), "example.org") {
		t.Errorf("every package is a line of its own:\n%s", out)
	}
}

func TestABuildThatFailsSaysWhyAndFails(t *testing.T) {
	command := exec.Command("hack/build.sh", "control plane", filepath.Join(t.TempDir(), "out"), ".")
	command.Dir, command.Env = root, append(withGo(t, thirty), "BROKEN=1")
	out, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "package30/x.go:1:1: no such thing") || strings.Contains(string(out), "built in") {
		t.Errorf("the compiler's words are lost, or the failure is (%v):\n%s", err, out)
	}
}

// Packages that the product uses too would be compiled twice, once with each set of flags.
func TestOnlyTheControlPlaneIsCompiledWithItsFlags(t *testing.T) {
	list := func(dir string, args ...string) []string {
		t.Helper()
		command := exec.Command("go", append([]string{"list", "-deps"}, args...)...)
		command.Dir = filepath.Join(root, dir)
		out, err := command.Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		return strings.Fields(string(out))
	}
	text, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`CONTROLPLANE_ONLY := ((?:.*\\\n)*.*)\n`).FindSubmatch(text)
	if found == nil {
		t.Fatal("the Makefile names nothing that only the control plane uses")
	}
	product, controlplane := list(".", "./cmd/..."), list("hack/controlplane", ".")
	for _, path := range strings.Fields(strings.ReplaceAll(string(found[1]), "\\\n", " ")) {
		pattern := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(path), `\.\.\.`, ".*") + "(/|$)")
		matches := func(name string) bool { return pattern.MatchString(name) }
		if i := slices.IndexFunc(product, matches); i >= 0 {
			t.Errorf("%s is named for the control plane alone and the product uses %s", path, product[i])
		}
		if slices.IndexFunc(controlplane, matches) < 0 {
			t.Errorf("%s is named and nothing uses it", path)
		}
	}
}
