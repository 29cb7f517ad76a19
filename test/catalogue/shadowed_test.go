package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

// shadowing are the names that a restricted session (RestrictedRemoteServer) gives to
// functions of its own, and the aliases of these. A script that uses one of the names
// without its module calls that function, which has hardly any parameter, also inside
// functions of the session's modules.
var shadowing = []string{
	"Select-Object", "Measure-Object", "Out-Default", "Get-Command", "Get-Help", "Get-FormatData", "Exit-PSSession", "Clear-Host",
	"select", "measure", "gcm", "exsn", "exit", "cls", "clear",
}

// shadowed lists the calls of a script that a restricted session would answer with a
// function of its own.
func shadowed(block *syntax.ScriptBlock) (lines []string) {
	functions := functionsIn(block)
	syntax.Inspect(block, func(n syntax.Node) bool {
		c, ok := n.(*syntax.Command)
		same := func(name string) bool { return ok && strings.EqualFold(name, c.Name()) }
		if slices.ContainsFunc(shadowing, same) && !slices.ContainsFunc(functions, same) {
			lines = append(lines, c.Text())
		}
		return true
	})
	return lines
}

// TestNoCallIsShadowed: the scripts also run in a restricted session, where only a name
// with its module reaches the cmdlet.
func TestNoCallIsShadowed(t *testing.T) {
	each(t, func(t *testing.T, c shell.Command) {
		for _, call := range shadowed(tree(t, c)) {
			t.Errorf("write the module before the name: %s", call)
		}
	})
}

// TestNoCallOfTheKitIsShadowed checks the modules that hold the scripts.
func TestNoCallOfTheKitIsShadowed(t *testing.T) {
	for _, role := range []kit.Role{kit.FrontEnd, kit.Edge, kit.DNS} {
		for _, f := range (kit.Machine{FQDN: "x", Roles: []kit.Role{role}, Readers: "R", Operators: "O"}).Files(kit.Options{}) {
			if !strings.HasSuffix(f.Path, "1") && !strings.HasSuffix(f.Path, "c") {
				continue // no PowerShell
			}
			for _, call := range shadowed(tree(t, shell.Command{Text: f.Text})) {
				t.Errorf("%s of a %s machine: write the module before the name: %s", f.Path, role, call)
			}
		}
	}
}

func TestShadowedCallsAreFound(t *testing.T) {
	for _, c := range []struct {
		reason, text string
		found        int
	}{
		{"a proxy has the name", "1 | Select-Object -First 1", 1},
		{"names have no case", "get-command -Name x", 1},
		{"an alias has the name", "1 | select -First 1", 1},
		{"a nested block is a part of the script", "& { function f { gcm x } }", 1},
		{"the module is written", `1 | Microsoft.PowerShell.Utility\Select-Object -First 1`, 0},
		{"the script has a function of the name", "function Get-Help { 1 }; Get-Help", 0},
		{"a parameter is no call", "Get-Thing -Select-Object", 0},
	} {
		if got := shadowed(tree(t, shell.Command{Text: c.text})); len(got) != c.found {
			t.Errorf("%s: %q gives %v, want %d", c.reason, c.text, got, c.found)
		}
	}
}
