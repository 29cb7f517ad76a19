package shell_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
)

// observer answers without any host. Each Edge machine takes a second.
type observer struct {
	topology lync.Topology
	err      error
	dead     map[string]error

	mu             sync.Mutex
	running, limit int
}

func (o *observer) ReadTopology(context.Context) (lync.Topology, string, error) {
	return o.topology, first, o.err
}

func (o *observer) ReadEdgeServer(_ context.Context, server string) (lync.EdgeServerState, error) {
	o.mu.Lock()
	o.running++
	o.limit = max(o.limit, o.running)
	o.mu.Unlock()
	time.Sleep(time.Second)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.running--
	return lync.EdgeServerState{HostName: server}, o.dead[server]
}

func TestObserve(t *testing.T) {
	errDead := fault.New(fault.Unreachable, "connect to", "EDGE2", "connection refused")
	o := &observer{
		topology: lync.Topology{Signature: "s", EdgePools: []lync.EdgePool{
			{FQDN: "p1", Servers: []lync.EdgeServer{{FQDN: "Edge1"}, {FQDN: "EDGE2"}}}, {FQDN: "p2"},
		}},
		dead: map[string]error{"EDGE2": errDead},
	}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	got := shell.Observe(context.Background(), o, func() time.Time { return at })
	if got.At != at || got.Endpoint != first || !got.Topology.Known() || got.Topology.Value.Signature != "s" {
		t.Errorf("got %+v", got)
	}
	if part := got.EdgeServers["edge1"]; !part.Known() || part.Value.HostName != "Edge1" {
		t.Errorf("edge1: %+v", part)
	}
	if part, there := got.EdgeServers["edge2"]; !there || !errors.Is(part.Err, errDead) {
		t.Errorf("a machine that does not answer is an unknown part: %+v", part)
	}
}

func TestObserveWithoutTopology(t *testing.T) {
	got := shell.Observe(context.Background(), &observer{err: errRefused}, time.Now)
	if got.Topology.Known() || len(got.EdgeServers) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestObserveIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var servers []lync.EdgeServer
		for i := range 20 {
			servers = append(servers, lync.EdgeServer{FQDN: fmt.Sprint("edge", i)})
		}
		o := &observer{topology: lync.Topology{EdgePools: []lync.EdgePool{{Servers: servers}}}}
		began := time.Now()
		got := shell.Observe(context.Background(), o, time.Now)
		if diff := cmp.Diff(20, len(got.EdgeServers)); diff != "" || o.limit != 8 || time.Since(began) != 3*time.Second {
			t.Errorf("%d machines, %d at once, %s", len(got.EdgeServers), o.limit, time.Since(began))
		}
	})
}
