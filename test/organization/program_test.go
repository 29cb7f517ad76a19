package organization_test

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/pwsh/standin"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// TestCatalogueFailsOverInAProgram carries the procedure out with a PowerShell
// of its own process per shell, which knows the organization by its module only.
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

// turn waits until no other case runs a real PowerShell. .NET on Linux keeps the
// named mutexes of all processes of a computer in one folder, whatever TMPDIR is,
// so that scripts of two organizations would find each other Busy.
func turn(t *testing.T, program string) {
	t.Helper()
	if program == "" || filepath.Base(program) == standin.Name {
		return
	}
	realPowerShell.Lock()
	t.Cleanup(realPowerShell.Unlock)
}

// chosen is the program that cases run in the evaluator's place: the stand-in or,
// where FEDROUTE_POWERSHELL names it, a real PowerShell.
func chosen(t *testing.T) string {
	t.Helper()
	program, err := standin.Chosen(t.TempDir())
	must(t, err)
	return program
}

// withProgram is a small organization whose shells run the chosen program, when
// it is its turn.
func withProgram(t *testing.T, edit func(*farm.Spec)) sim.Config {
	t.Helper()
	program := chosen(t)
	turn(t, program)
	spec, err := farm.Load(sample)
	must(t, err)
	edit(&spec)
	return sim.Config{Spec: spec, PowerShell: program}
}
