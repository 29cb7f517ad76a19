package organization_test

import (
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

func withProgram(t *testing.T, edit func(*farm.Spec)) sim.Config {
	t.Helper()
	spec, err := farm.Load(sample)
	must(t, err)
	edit(&spec)
	program, err := standin.Chosen(t.TempDir())
	must(t, err)
	return sim.Config{Spec: spec, PowerShell: program}
}
