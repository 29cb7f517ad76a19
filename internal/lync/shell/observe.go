package shell

import (
	"context"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fedroute/fedroute/internal/lync"
)

// atOnce bounds how many Edge machines are asked at the same time.
const atOnce = 8

// Observe reads the topology and then every Edge machine it names. It never
// fails as a whole: what could not be read is an unknown part.
func Observe(ctx context.Context, observer lync.Observer, clock func() time.Time) lync.Snapshot {
	snapshot := lync.Snapshot{At: clock(), EdgeServers: map[string]lync.Part[lync.EdgeServerState]{}}
	topology, endpoint, err := observer.ReadTopology(ctx)
	snapshot.Endpoint = endpoint
	snapshot.Topology = lync.Part[lync.Topology]{Value: topology, Err: err}
	if err != nil {
		return snapshot
	}
	var (
		mu    sync.Mutex
		group errgroup.Group
	)
	group.SetLimit(atOnce)
	for _, pool := range topology.EdgePools {
		for _, server := range pool.Servers {
			group.Go(func() error {
				state, err := observer.ReadEdgeServer(ctx, server.FQDN)
				mu.Lock()
				defer mu.Unlock()
				snapshot.EdgeServers[strings.ToLower(server.FQDN)] = lync.Part[lync.EdgeServerState]{Value: state, Err: err}
				return nil
			})
		}
	}
	_ = group.Wait() // no function returns an error
	return snapshot
}
