package organization_test

import (
	"path/filepath"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/pwsh/standin"
	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/test/support/program"
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

// turn waits until no other test runs a real PowerShell. .NET on Linux keeps the named
// mutexes of all processes of a computer in one folder, whatever TMPDIR is. Scripts of two
// organizations would therefore find each other Busy.
func turn(t *testing.T, path string) {
	t.Helper()
	if path != "" && filepath.Base(path) != standin.Name {
		program.Alone(t, "powershell")
	}
}

// chosen is the program that cases run in place of the evaluator. It is the stand-in, or a
// real PowerShell when FEDROUTE_POWERSHELL names one.
func chosen(t *testing.T) string {
	t.Helper()
	path, err := standin.Chosen(t.TempDir())
	must(t, err)
	return path
}

// withProgram returns a small organization whose shells run the chosen program. It waits
// for its turn first.
func withProgram(t *testing.T, edit func(*farm.Spec)) sim.Config {
	t.Helper()
	path := chosen(t)
	turn(t, path)
	spec, err := farm.Load(sample)
	must(t, err)
	spec = spec.WithoutSecondHop()
	edit(&spec)
	return sim.Config{Spec: spec, PowerShell: path}
}
