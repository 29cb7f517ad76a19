package kit_test

import (
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/kit"
)

// rolesScript opens a session for each role of each configuration and lists what it shows.
//
//go:embed testdata/roles.ps1
var rolesScript string

// lintScript parses files with the real parser and lists the commands that a restricted
// session would shadow, and what visible functions must not have.
//
//go:embed testdata/lint.ps1
var lintScript string

// run runs a script of ours in the real engine and returns its lines.
func run(t *testing.T, path, modules, script string, arguments ...string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "script.ps1")
	must(t, os.WriteFile(file, []byte(script), 0o644))
	command := exec.Command(path, append([]string{"-NoProfile", "-NonInteractive", "-File", file}, arguments...)...)
	command.Env = append(os.Environ(), "PSModulePath="+modules+":"+filepath.Join(filepath.Dir(path), "Modules"), "POWERSHELL_TELEMETRY_OPTOUT=1", "NO_COLOR=1")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
}

// TestRolesShowTheirFunctions: the real engine gives a reader the reading functions, an
// operator all, and anybody else none.
func TestRolesShowTheirFunctions(t *testing.T) {
	path := realPowerShell(t, "each role shows its functions")
	if path == "" {
		return
	}
	var want, given []string
	for _, m := range machines {
		var reading, all []string
		for _, f := range append(functionsOf(m), kit.Function{Name: kit.Describe}) {
			all = append(all, f.Name)
			if !f.Operator {
				reading = append(reading, f.Name)
			}
		}
		slices.Sort(reading)
		slices.Sort(all)
		want = append(want, "readers: "+strings.Join(reading, " "), "operators: "+strings.Join(all, " "), "nobody: ")
		root := unpack(t, m)
		withoutPolicy(t, filepath.Join(root, "FedRoute.pssc"))
		given = append(given, root, m.Readers, m.Operators)
	}
	if diff := cmp.Diff(want, run(t, path, "", rolesScript, given...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// withoutPolicy removes the execution policy, which exists on Windows only.
func withoutPolicy(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, regexp.MustCompile(`(?m)^ *ExecutionPolicy.*\n`).ReplaceAll(text, nil), 0o644))
}

// TestRealParserFindsNothing runs the rules with the parser that will read the files.
func TestRealParserFindsNothing(t *testing.T) {
	path := realPowerShell(t, "the parser finds no rule broken")
	if path == "" {
		return
	}
	var files []string
	for _, m := range machines {
		root := unpack(t, m)
		files = append(files, filepath.Join(root, "FedRoute", "FedRoute.psm1"))
	}
	bad := filepath.Join(t.TempDir(), "bad.psm1")
	must(t, os.WriteFile(bad, []byte("function Set-X { [CmdletBinding()] param() gcm x; $env:TEMP; 1 > x; Get-CsSite | Select-Object -First 1 }\nfunction Invoke-Operation { & $body }\n"), 0o644))
	if got := run(t, path, "", lintScript, files...); len(got) > 0 {
		t.Errorf("the real parser finds %q", got)
	}
	want := []string{"Set-X: gcm is shadowed", "Set-X: Select-Object is shadowed", "Set-X: it has a variable of a drive", "Set-X: it redirects into a file"}
	if diff := cmp.Diff(want, run(t, path, "", lintScript, bad)); diff != "" {
		t.Errorf("a module that breaks them (-want +got):\n%s", diff)
	}
}

// TestInstallerChecksTheKit: a role that shows a function which the module lacks would hide
// all functions in silence. The installer says so before it changes anything.
func TestInstallerChecksTheKit(t *testing.T) {
	path := realPowerShell(t, "the installer finds a function missing")
	if path == "" {
		return
	}
	root := unpack(t, machines[fe1])
	check := func() string {
		command := exec.Command(path, "-NoProfile", "-NonInteractive", "-File", filepath.Join(root, "Install-FedRoute.ps1"), "-Check")
		command.Env = append(os.Environ(), "NO_COLOR=1")
		out, _ := command.CombinedOutput() // the text says how it ended
		return string(out)
	}
	if got := check(); !strings.Contains(got, whole) {
		t.Errorf("a whole kit: %s", got)
	}
	module := filepath.Join(root, "FedRoute", "FedRoute.psm1")
	text, err := os.ReadFile(module)
	must(t, err)
	must(t, os.WriteFile(module, []byte(strings.Replace(string(text), "function Set-SiteRoute", "function Set-SiteRoutes", 1)), 0o644))
	if got := check(); !strings.Contains(got, "The module has no function Set-SiteRoute") || strings.Contains(got, "whole") {
		t.Errorf("a kit without a function: %s", got)
	}
}
