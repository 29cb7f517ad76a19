package powershell_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// TestModuleFunctionsSeeTheirCallersInTheModule: what PowerShell 7.6 answers to the same
// calls. A function of a module sees the variables of the module's function that called it,
// and not those of callers elsewhere.
func TestModuleFunctionsSeeTheirCallersInTheModule(t *testing.T) {
	rs := powershell.New(powershell.Options{Loaded: utility.Modules()})
	defer rs.Close()
	if err := rs.ImportScript(t.Context(), powershell.ScriptModule{Name: "M", Text: `
$p = 'module'
$ErrorActionPreference = 'Continue'
function Show { $p }
function Fail { Write-Error 'x'; 'went on' }
function Outer { $p = 'outer'; Show }
function Through($b) { $p = 'through'; & $b }
function Stops { $ErrorActionPreference = 'Stop'; try { Fail } catch { 'stopped' } }
function StopsThrough($b) { $ErrorActionPreference = 'Stop'; try { & $b } catch { 'stopped' } }`}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Outer": "outer", "Show": "module", "$p = 'global'; Show": "module", "Through { Show }": "through", "Stops": "stopped",
		"StopsThrough { Fail }": "stopped", "function G { $p = 'g'; Show }; G": "module",
	}
	got := map[string]string{}
	for call := range want {
		output, err := rs.Eval(t.Context(), call)
		if err != nil {
			t.Fatalf("%s: %v", call, err)
		}
		for _, v := range output {
			got[call] += value.Text(v)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-real engine +evaluator):\n%s", diff)
	}
}
