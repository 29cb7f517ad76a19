package shell_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
)

// observer is a fake lync.Observer without hosts. Reading an Edge machine takes a second.
type observer struct {
	topology   lync.Topology
	err        error
	takes      time.Duration // how long reading the topology takes
	signatures []string      // the local signatures, one for each read; the last one is given on and on
	dead       map[string]error
	document   [2]string // signature and digest of the published document

	mu             sync.Mutex
	running, limit int
	asked          []string
}

func (o *observer) ReadTopology(context.Context) (lync.Topology, string, error) {
	time.Sleep(o.takes)
	return o.topology, first, o.err
}

func (o *observer) ReadDocument(context.Context) (string, string, error) {
	o.asked = append(o.asked, "document")
	return o.document[0], o.document[1], o.err
}

func (o *observer) ReadEdgeServer(_ context.Context, server string) (lync.EdgeServerState, error) {
	o.mu.Lock()
	o.running++
	o.limit = max(o.limit, o.running)
	o.asked = append(o.asked, server)
	state := lync.EdgeServerState{Services: []lync.Service{{DisplayName: "of " + server}}}
	if len(o.signatures) > 0 {
		state.LocalSignature = o.signatures[0]
		o.signatures = o.signatures[min(1, len(o.signatures)-1):]
	}
	o.mu.Unlock()
	time.Sleep(time.Second)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.running--
	return state, o.dead[server]
}

func (o *observer) ReadEdgeCertificate(_ context.Context, server string) (lync.Certificate, error) {
	return lync.Certificate{Thumbprint: "of " + server}, nil
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
	got := shell.Observe(context.Background(), o, lync.Snapshot{}, func() time.Time { return at })
	if got.At != at || got.Endpoint != first || !got.Topology.Known() || got.Topology.Value.Signature != "s" {
		t.Errorf("got %+v", got)
	}
	if part := got.EdgeServers["edge1"]; !part.Known() || part.Value.Services[0].DisplayName != "of Edge1" {
		t.Errorf("edge1: %+v", part)
	}
	if part, there := got.EdgeServers["edge2"]; !there || !errors.Is(part.Err, errDead) {
		t.Errorf("a machine that does not answer is an unknown part: %+v", part)
	}
	if part := got.Certificates["edge1"]; !part.Known() || part.Value.Thumbprint != "of Edge1" {
		t.Errorf("the certificate of edge1: %+v", part)
	}
	if part, there := got.Certificates["edge2"]; !there || !errors.Is(part.Err, errDead) {
		t.Errorf("a machine that does not answer is not asked for its certificate: %+v", part)
	}
}

// TestObserveDocument: the topology document is large. It is read only when the machines show
// that a published topology was never enabled.
func TestObserveDocument(t *testing.T) {
	cases := map[string]struct {
		reason   string
		local    string
		upToDate bool
		found    string // the signature of the document
		want     lync.Part[string]
		asked    bool
	}{
		"in force":    {"every day", "S2", true, "s2", lync.Part[string]{}, false},
		"on its way":  {"the replica says so", "s1", false, "s2", lync.Part[string]{}, false},
		"not enabled": {"its digest tells whose it is", "s1", true, "S2", lync.Part[string]{Value: "sha256-d"}, true},
		"overtaken":   {"another document says nothing of this one", "s1", true, "s3", lync.Part[string]{Value: "sha256-d", Err: errors.New("")}, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := &observer{signatures: []string{c.local}, document: [2]string{c.found, "sha256-d"}, topology: lync.Topology{Signature: "s2",
				Replicas:  map[lync.Host]lync.Replica{"edge1": {UpToDate: c.upToDate}},
				EdgePools: []lync.EdgePool{{FQDN: "p1", Servers: []lync.EdgeServer{{FQDN: "Edge1"}}}}}}
			got := shell.Observe(context.Background(), o, lync.Snapshot{}, time.Now).Document
			if got.Value != c.want.Value || got.Known() != c.want.Known() || slices.Contains(o.asked, "document") != c.asked {
				t.Errorf("%s: %+v, asked %v", c.reason, got, o.asked)
			}
		})
	}
}

func TestObserveWithoutTopology(t *testing.T) {
	got := shell.Observe(context.Background(), &observer{err: errRefused}, lync.Snapshot{}, time.Now)
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
		got := shell.Observe(context.Background(), o, lync.Snapshot{}, time.Now)
		if diff := cmp.Diff(20, len(got.EdgeServers)); diff != "" || o.limit != 8 || time.Since(began) != 3*time.Second {
			t.Errorf("%d machines, %d at once, %s", len(got.EdgeServers), o.limit, time.Since(began))
		}
	})
}

// lookBefore is an earlier observation that had the Edge machines in its topology.
func lookBefore(names ...string) lync.Snapshot {
	return lync.Snapshot{Topology: lync.Part[lync.Topology]{Value: withEdge(names...)}}
}

func withEdge(names ...string) lync.Topology {
	topology := lync.Topology{Signature: "s2"}
	for _, name := range names {
		topology.EdgePools = append(topology.EdgePools, lync.EdgePool{FQDN: name, Servers: []lync.EdgeServer{{FQDN: name}}})
	}
	return topology
}

func TestObserveAsksKnownMachinesMeanwhile(t *testing.T) {
	refused := map[string]error{"Edge1": fault.New(fault.Denied, "sign in to", "Edge1", "wrong password")}
	cases := map[string]struct {
		reason     string
		last       lync.Snapshot
		signatures []string
		dead       map[string]error
		err        error // of reading the topology
		asked      []string
		seen       []lync.Host
		took       time.Duration
	}{
		"nobody known": {"the first look asks after the topology", lync.Snapshot{}, []string{"s2"}, nil, nil,
			[]string{"Edge1"}, []lync.Host{"edge1"}, 4 * time.Second},
		"known": {"nothing is new: the machine costs no time of its own", lookBefore("Edge1"), []string{"s2"}, nil, nil,
			[]string{"Edge1"}, []lync.Host{"edge1"}, 3 * time.Second},
		"gone": {"a machine that left the topology leaves the snapshot, a new one is asked", lookBefore("Edge0"), []string{"s2"}, nil, nil,
			[]string{"Edge0", "Edge1"}, []lync.Host{"edge1"}, 4 * time.Second},
		"published meanwhile": {"a replica from before a publish would read as one that the publish never reached", lookBefore("Edge1"), []string{"s1", "s2"}, nil, nil,
			[]string{"Edge1", "Edge1"}, []lync.Host{"edge1"}, 4 * time.Second},
		"refused": {"a password is not tried twice in one look", lookBefore("Edge1"), []string{"s1"}, refused, nil,
			[]string{"Edge1"}, []lync.Host{"edge1"}, 3 * time.Second},
		"no topology": {"machines without a topology say nothing", lookBefore("Edge1"), []string{"s2"}, nil, errRefused,
			[]string{"Edge1"}, nil, 3 * time.Second},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := &observer{topology: withEdge("Edge1"), err: c.err, takes: 3 * time.Second, signatures: c.signatures, dead: c.dead}
				began := time.Now()
				got := shell.Observe(context.Background(), o, c.last, time.Now)
				if took := time.Since(began); took != c.took {
					t.Errorf("%s: took %s, want %s", c.reason, took, c.took)
				}
				if diff := cmp.Diff(c.asked, o.asked); diff != "" {
					t.Errorf("%s: asked (-want +got):\n%s", c.reason, diff)
				}
				if diff := cmp.Diff(c.seen, slices.Collect(maps.Keys(got.EdgeServers))); diff != "" {
					t.Errorf("%s: seen (-want +got):\n%s", c.reason, diff)
				}
				part := got.EdgeServers["edge1"]
				if !errors.Is(part.Err, c.dead["Edge1"]) || part.Known() && c.seen != nil && part.Value.LocalSignature != "s2" {
					t.Errorf("%s: edge1 is %+v", c.reason, part)
				}
			})
		})
	}
}
