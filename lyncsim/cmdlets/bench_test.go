package cmdlets_test

import (
	"testing"

	"github.com/fedroute/fedroute/lyncsim/cmdlets"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// BenchmarkModule measures how long a new shell takes to load its cmdlets.
func BenchmarkModule(b *testing.B) {
	f, err := farm.New(contoso(), farm.Options{Clock: farm.NewManualClock(start)})
	if err != nil {
		b.Fatal(err)
	}
	session := &cmdlets.Session{Farm: f, Machine: frontEnd, Who: farm.AtConsole(anna)}
	for b.Loop() {
		if _, err := session.Module(); err != nil {
			b.Fatal(err)
		}
	}
}
