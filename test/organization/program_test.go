package organization_test

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/pwsh/standin"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// TestCatalogueFailsOverInAProgram carries out the procedure with a PowerShell process for
// each shell. The process knows the organization through its module only.
func TestCatalogueFailsOverInAProgram(t *testing.T) {
	for _, product := range []string{"LyncServer2013", "SkypeForBusinessServer2019"} {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			o, _, operator := reach(t, withProgram(t, func(s *farm.Spec) { s.Product = product }))
			failOver(t, o, operator)
		})
	}
}

// realPowerShell is held by the case that runs a real PowerShell.
var realPowerShell sync.Mutex

// turn waits until no other case runs a real PowerShell. .NET on Linux keeps the named
// mutexes of all processes of a computer in one folder, whatever TMPDIR is. Scripts of two
// organizations would therefore find each other Busy.
func turn(t *testing.T, program string) {
	t.Helper()
	if program == "" || filepath.Base(program) == standin.Name {
		return
	}
	realPowerShell.Lock()
	t.Cleanup(realPowerShell.Unlock)
}

// chosen is the program that cases run in place of the evaluator. It is the stand-in, or a
// real PowerShell when FEDROUTE_POWERSHELL names one.
func chosen(t *testing.T) string {
	t.Helper()
	program, err := standin.Chosen(t.TempDir())
	must(t, err)
	return program
}

// withProgram returns a small organization whose shells run the chosen program. It waits
// for its turn first.
func withProgram(t *testing.T, edit func(*farm.Spec)) sim.Config {
	t.Helper()
	program := chosen(t)
	turn(t, program)
	spec, err := farm.Load(sample)
	must(t, err)
	edit(&spec)
	return sim.Config{Spec: spec, PowerShell: program}
}
