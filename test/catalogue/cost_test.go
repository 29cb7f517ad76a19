package catalogue_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/lyncsim/farm"
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
				look := func(last lync.Snapshot, want time.Duration) lync.Snapshot {
					began := time.Now()
					got := shell.Observe(context.Background(), shell.NewObserver(o.fleet), last, time.Now)
					if took := time.Since(began); !got.Topology.Known() || took != want {
						t.Errorf("a look took %s, want %s: %+v", took, want, got)
					}
					return got
				}
				// 7 on the management server, and 2 on every Edge machine: after
				// them at first, then beside them.
				first := look(lync.Snapshot{}, 3600*time.Millisecond)
				look(first, 2800*time.Millisecond)
			})
		})
	}
}
