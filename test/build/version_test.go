package build_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// programs are the fedroute programs that make builds, each with its folder.
var programs = map[string]string{"manager": "cmd/manager", "kubectl-fedroute": "cmd/kubectl-fedroute",
	"lyncsim": "lyncsim", "demo": "hack/demo", "bench": "hack/bench"}

// linkerFlags returns the linker flags with which make builds the program as version
// v9.8.7-test.
func linkerFlags(t *testing.T, program string) string {
	t.Helper()
	command := exec.Command("make", "-n", "-B", "VERSION=v9.8.7-test", filepath.Join("bin", program), "BIN=bin")
	command.Dir, command.Env = root, withGo(t, "echo go version go"+wantedGo(t)+" linux/amd64")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("make: %v\n%s", err, out)
	}
	for line := range strings.Lines(strings.ReplaceAll(string(out), "\\\n", " ")) {
		if found := regexp.MustCompile(`build\.sh ` + program + ` .*-ldflags '([^']+)'`).FindStringSubmatch(line); found != nil {
			return found[1]
		}
	}
	t.Fatalf("make builds %s without -ldflags:\n%s", program, out)
	return ""
}

// TestEveryProgramSaysItsVersion runs each program and asks for its version. The linker
// ignores a -X whose variable it does not find, so reading the flags would not be enough.
func TestEveryProgramSaysItsVersion(t *testing.T) {
	for _, program := range slices.Sorted(maps.Keys(programs)) {
		t.Run(program, func(t *testing.T) {
			binary := filepath.Join(t.TempDir(), program)
			build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", linkerFlags(t, program), "-o", binary, ".")
			build.Dir, build.Env = filepath.Join(root, programs[program]), append(os.Environ(), "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			out, err := exec.Command(binary, "--version").CombinedOutput()
			if want := strings.Replace(program, "kubectl-", "kubectl ", 1) + " version v9.8.7-test\n"; err != nil || string(out) != want {
				t.Errorf("--version says %q (%v), want %q", out, err, want)
			}
		})
	}
}

func TestTheImageIsBuiltWithTheSameVariable(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	variable, _, _ := strings.Cut(linkerFlags(t, "manager"), "=v9.8.7-test")
	if !strings.Contains(string(text), `"`+variable+`=$VERSION"`) || !strings.Contains(string(text), "\nARG VERSION\n") {
		t.Errorf("the Dockerfile does not build with %s=$VERSION and a build argument of that name", variable)
	}
}
