package shell

import (
	"context"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// atOnce bounds how many Edge machines are asked at the same time.
const atOnce = 8

const opObserve = "observe"

// edgeServers are readings of Edge machines.
type edgeServers map[lync.Host]lync.Part[lync.EdgeServerState]

// Observe reads the topology and every Edge machine it names. Machines that the
// last look knows are asked meanwhile; the zero Snapshot knows none. It never
// fails as a whole: what could not be read is an unknown part.
func Observe(ctx context.Context, observer lync.Observer, last lync.Snapshot, clock func() time.Time) lync.Snapshot {
	snapshot := lync.Snapshot{At: clock(), EdgeServers: edgeServers{}}
	meanwhile := make(chan edgeServers, 1)
	contain.Go(opObserve, "Edge servers", func() { meanwhile <- ask(ctx, observer, edgeNames(last.Topology.Value)) },
		func(error) { meanwhile <- nil }) // then they are asked after the topology
	topology, endpoint, err := observer.ReadTopology(ctx)
	early := <-meanwhile
	snapshot.Endpoint = endpoint
	snapshot.Topology = lync.Part[lync.Topology]{Value: topology, Err: err}
	if err != nil {
		return snapshot
	}
	var open []string
	for _, name := range edgeNames(topology) {
		key := lync.HostOf(name)
		if reading, asked := early[key]; asked && stands(reading, topology) {
			snapshot.EdgeServers[key] = reading
			continue
		}
		open = append(open, name)
	}
	maps.Copy(snapshot.EdgeServers, ask(ctx, observer, open))
	if len(snapshot.NotEnabled()) > 0 {
		snapshot.Document = published(ctx, observer, topology.Signature)
	}
	return snapshot
}

// published reads the published topology document and gives its digest. It is
// unknown when the document no longer carries the signature that the topology was
// read with.
func published(ctx context.Context, observer lync.Observer, signature string) lync.Part[string] {
	found, digest, err := observer.ReadDocument(ctx)
	if err == nil && !strings.EqualFold(found, signature) {
		err = fault.New(fault.WorldChanged, "read the topology document", signature, "somebody published another meanwhile")
	}
	return lync.Part[string]{Value: digest, Err: err}
}

// stands reports whether a reading taken beside the topology's says no less than
// one taken after it. A replica that is up to date with another document than
// the published one means something only when the machine was asked last. No
// answer stays no answer: whoever was refused is not asked twice in one look.
func stands(reading lync.Part[lync.EdgeServerState], topology lync.Topology) bool {
	return !reading.Known() || strings.EqualFold(reading.Value.LocalSignature, topology.Signature)
}

// ask asks the machines side by side.
func ask(ctx context.Context, observer lync.Observer, names []string) edgeServers {
	var (
		mu       sync.Mutex
		group    contain.Group
		readings = edgeServers{}
	)
	group.SetLimit(atOnce)
	for _, name := range names {
		group.Go(opObserve, name, func() error {
			state, err := contain.Value(opObserve, name, func() (lync.EdgeServerState, error) { return observer.ReadEdgeServer(ctx, name) })
			mu.Lock()
			defer mu.Unlock()
			readings[lync.HostOf(name)] = lync.Part[lync.EdgeServerState]{Value: state, Err: err}
			return nil
		})
	}
	_ = group.Wait() // no function returns an error
	return readings
}

// edgeNames lists the Edge machines as the topology writes them: sessions are kept
// by the name they were asked for.
func edgeNames(topology lync.Topology) []string {
	var names []string
	for _, pool := range topology.EdgePools {
		for _, server := range pool.Servers {
			names = append(names, server.FQDN)
		}
	}
	return names
}
