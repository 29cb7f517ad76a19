package catalogue_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/sim/farm"
)

// TestLookTakes holds the time that the cmdlets of one look need, the largest
// part of a look: a cmdlet takes 0.4 s in the lifelike profile, and all on one
// machine follow each other.
func TestLookTakes(t *testing.T) {
	for _, product := range farm.ProductIDs() {
		t.Run(product, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				spec := contoso(product)
				spec.Durations.Cmdlet = farm.Duration(400 * time.Millisecond)
				o := startOn(t, spec, farm.RealClock{})
				began := time.Now()
				got := shell.Observe(context.Background(), shell.NewObserver(o.fleet), time.Now)
				// 7 on the management server, then 2 on every Edge machine.
				if took := time.Since(began); !got.Topology.Known() || took != 3600*time.Millisecond {
					t.Errorf("a look took %s: %+v", took, got)
				}
			})
		})
	}
}
