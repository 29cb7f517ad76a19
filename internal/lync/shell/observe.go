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
type edgeServers map[lync.Host]edgeServer

// edgeServer is what one machine says of itself. The certificate of a machine that could not
// be read is unknown for the same reason.
type edgeServer struct {
	state       lync.Part[lync.EdgeServerState]
	certificate lync.Part[lync.Certificate]
}

// Observe reads the topology and every Edge machine that the topology names. The machines
// of the last snapshot are asked while the topology is read; the zero Snapshot has none.
// Observe never fails as a whole: what could not be read is an unknown part.
func Observe(ctx context.Context, observer lync.Observer, last lync.Snapshot, clock func() time.Time) lync.Snapshot {
	snapshot := lync.Snapshot{At: clock()}
	meanwhile := make(chan edgeServers, 1)
	contain.Go(opObserve, "Edge servers", func() { meanwhile <- ask(ctx, observer, edgeNames(last.Topology.Value)) },
		func(error) { meanwhile <- nil }) // the machines are then asked after the topology
	topology, endpoint, err := observer.ReadTopology(ctx)
	early := <-meanwhile
	snapshot.Endpoint = endpoint
	snapshot.Topology = lync.Part[lync.Topology]{Value: topology, Err: err}
	if err != nil && len(topology.Unknown) == 0 {
		return snapshot
	}
	var open []string
	readings := edgeServers{}
	for _, name := range edgeNames(topology) {
		key := lync.HostOf(name)
		if reading, asked := early[key]; asked && stands(reading.state, topology) {
			readings[key] = reading
			continue
		}
		open = append(open, name)
	}
	maps.Copy(readings, ask(ctx, observer, open))
	snapshot.EdgeServers, snapshot.Certificates = readings.apart()
	if topology.Unread(lync.PartDocument, lync.PartReplicas) == nil && len(snapshot.NotEnabled()) > 0 {
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

// stands reports whether a reading that was taken while the topology was read can be used.
// A machine whose replica carries another document than the published one is asked again:
// that says something only when the machine was asked after the topology. A machine that
// could not be read is not asked twice in one observation, because it may have refused the
// account.
func stands(reading lync.Part[lync.EdgeServerState], topology lync.Topology) bool {
	return !reading.Known() || strings.EqualFold(reading.Value.LocalSignature, topology.Signature)
}

// ask reads the machines, up to atOnce of them at the same time.
func ask(ctx context.Context, observer lync.Observer, names []string) edgeServers {
	var (
		mu       sync.Mutex
		group    contain.Group
		readings = edgeServers{}
	)
	group.SetLimit(atOnce)
	for _, name := range names {
		group.Go(opObserve, name, func() error {
			var r edgeServer
			r.state.Value, r.state.Err = contain.Value(opObserve, name, func() (lync.EdgeServerState, error) { return observer.ReadEdgeServer(ctx, name) })
			r.certificate.Err = r.state.Err
			if r.state.Known() {
				r.certificate.Value, r.certificate.Err = contain.Value(opObserve, name, func() (lync.Certificate, error) { return observer.ReadEdgeCertificate(ctx, name) })
			}
			mu.Lock()
			defer mu.Unlock()
			readings[lync.HostOf(name)] = r
			return nil
		})
	}
	if err := group.Wait(); err != nil { // a machine without a reading is unknown, not without services
		for _, name := range names {
			if _, read := readings[lync.HostOf(name)]; !read {
				var r edgeServer
				r.state.Err, r.certificate.Err = err, err
				readings[lync.HostOf(name)] = r
			}
		}
	}
	return readings
}

// apart gives the readings as a Snapshot holds them.
func (e edgeServers) apart() (map[lync.Host]lync.Part[lync.EdgeServerState], map[lync.Host]lync.Part[lync.Certificate]) {
	states, certificates := make(map[lync.Host]lync.Part[lync.EdgeServerState], len(e)), make(map[lync.Host]lync.Part[lync.Certificate], len(e))
	for name, r := range e {
		states[name], certificates[name] = r.state, r.certificate
	}
	return states, certificates
}

// edgeNames lists the Edge machines as the topology spells them. Sessions are kept under
// that spelling.
func edgeNames(topology lync.Topology) []string {
	var names []string
	for _, pool := range topology.EdgePools {
		for _, server := range pool.Servers {
			names = append(names, server.FQDN)
		}
	}
	return names
}
