package module_test

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
	"github.com/fedroute/fedroute/lyncsim/pwsh/module"
)

// written writes the module of the whole reference and returns its files.
func written(t *testing.T) map[string]string {
	t.Helper()
	m, err := module.Reference()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := module.WriteProduct(dir, m); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, name := range []string{"Lync.psd1", "Lync.psm1", "Lync.types.ps1xml"} {
		text, err := os.ReadFile(filepath.Join(dir, "Lync", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(text)
	}
	return files
}

// TestTextIsPlain checks that the module is plain ASCII. Windows PowerShell reads a module
// without a byte order mark in the code page of its machine.
func TestTextIsPlain(t *testing.T) {
	for name, text := range written(t) {
		if i := strings.IndexFunc(text, func(r rune) bool { return r > 126 }); i >= 0 {
			t.Errorf("%s has a character beyond ASCII: %.20q", name, text[i:])
		}
	}
}

// TestNoOtherModuleIsNeeded checks that every command that the module calls is its own.
func TestNoOtherModuleIsNeeded(t *testing.T) {
	tree, err := syntax.Parse(written(t)["Lync.psm1"])
	if err != nil {
		t.Fatal(err)
	}
	own, called := map[string]bool{}, map[string]bool{}
	for n := range syntax.Walk(tree) {
		switch n := n.(type) {
		case *syntax.FunctionDefinition:
			own[n.Name] = true
		case *syntax.Command:
			called[n.Name()] = true
		}
	}
	for name := range called {
		if !own[name] {
			t.Errorf("the module calls %s, which is not its own", name)
		}
	}
	if len(called) < 4 {
		t.Errorf("only the calls of %v were seen", called)
	}
}

func TestManifest(t *testing.T) {
	rs := powershell.New(powershell.Options{})
	t.Cleanup(rs.Close)
	out, err := rs.Eval(t.Context(), written(t)["Lync.psd1"])
	if err != nil || len(out) != 1 {
		t.Fatal(out, err)
	}
	manifest := out[0].(*value.Hashtable)
	entry := func(name string) []any {
		v, _ := manifest.Get(name)
		return value.Unroll(v)
	}
	for name, want := range map[string][]any{"RootModule": {"Lync.psm1"}, "ModuleVersion": {"5.0.8308.0"}, "TypesToProcess": {"Lync.types.ps1xml"}, "CmdletsToExport": nil} {
		if diff := cmp.Diff(want, entry(name)); diff != "" && len(want)+len(entry(name)) > 0 {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	reference, err := module.Reference()
	if err != nil {
		t.Fatal(err)
	}
	var want []any
	for _, c := range append(reference.Commands, module.Machine().Commands...) {
		want = append(want, c.Name)
	}
	if diff := cmp.Diff(want, entry("FunctionsToExport")); diff != "" {
		t.Errorf("a command is found without import only when the manifest names it (-want +got):\n%s", diff)
	}
}

// TestOtherModules: functions of a module do not see a script's preferences. The product's
// functions do see them, because they stand for compiled cmdlets.
func TestOtherModules(t *testing.T) {
	dir := t.TempDir()
	m := &powershell.Module{Name: "DnsServer", Version: "2.0.0.0", Commands: []*powershell.Command{{Name: "Get-DnsServerZone"}}}
	if err := module.Write(dir, m); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "DnsServer/DnsServer.psm1"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"$seesPreferences = $false": true, "function Get-DnsServerZone": true, "Get-SimulatedMachine": false} {
		if got := strings.Contains(string(text), name); got != want {
			t.Errorf("%q is in the module: %t, want %t", name, got, want)
		}
	}
	if !strings.Contains(written(t)["Lync.psm1"], "$seesPreferences = $true") {
		t.Error("the product's cmdlets follow the preferences of their caller")
	}
	types, err := os.ReadFile(filepath.Join(dir, "DnsServer/DnsServer.types.ps1xml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"DnsServer": types, "Lync": []byte(written(t)["Lync.types.ps1xml"])} {
		var file struct {
			Types []struct {
				Name    string
				Members struct {
					Inner string `xml:",innerxml"`
				}
			} `xml:"Type"`
		}
		if err := xml.Unmarshal(text, &file); err != nil || len(file.Types) != 1 || file.Types[0].Members.Inner == "" {
			t.Errorf("the type file of %s: %+v, %v", name, file, err)
		}
	}
}
