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

// TestLookTakes bounds the time of one observation's cmdlets, which take the largest part
// of an observation. A cmdlet takes 0.4 s in the lifelike profile. The cmdlets on one
// machine run one after the other.
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
				// The management server runs 7 cmdlets and each Edge machine 3. The first
				// time the Edge machines run after the management server, later at the same
				// time.
				first := look(lync.Snapshot{}, 4000*time.Millisecond)
				look(first, 2800*time.Millisecond)
			})
		})
	}
}
