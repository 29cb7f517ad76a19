package shell

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/fedroute/fedroute/internal/lync"
)

// How long one attempt to read may take. The first call on a management server
// also imports the module, which takes a good part of a minute on slow machines.
const (
	topologyLimit   = 3 * time.Minute
	edgeServerLimit = 90 * time.Second
)

// Observer reads an organization. It reaches reading scripts and reading
// sessions only.
type Observer struct{ reader *reader }

var _ lync.Observer = (*Observer)(nil)

// NewObserver gives an Observer over the fleet's reading sessions.
func NewObserver(f *Fleet) *Observer { return &Observer{reader: f.reader} }

// ReadTopology implements lync.Observer: one remote call on the first management
// server that answers, whose URL is returned too.
func (o *Observer) ReadTopology(ctx context.Context) (lync.Topology, string, error) {
	j := job{script: script(readTopology), op: "read the topology", limit: topologyLimit}
	raw, endpoint, err := o.reader.onManagement(ctx, j)
	if err != nil {
		return lync.Topology{}, endpoint.URL, err
	}
	j.target = endpoint.URL
	reply, err := decode[topologyReply](raw, j)
	if err != nil {
		return lync.Topology{}, endpoint.URL, err
	}
	topology, err := reply.topology(j)
	return topology, endpoint.URL, err
}

// ReadEdgeServer implements lync.Observer: one remote call on the machine.
func (o *Observer) ReadEdgeServer(ctx context.Context, server string) (lync.EdgeServerState, error) {
	j := job{script: script(readEdgeServer), op: "read Edge server", target: server, limit: edgeServerLimit}
	raw, err := o.reader.onEdge(ctx, server, j)
	if err != nil {
		return lync.EdgeServerState{}, err
	}
	reply, err := decode[edgeServerReply](raw, j)
	if err != nil {
		return lync.EdgeServerState{}, err
	}
	return reply.state(j)
}

// documentReply is what Read-TopologyDocument.ps1 emits.
type documentReply struct{ Signature, Document string }

// ReadDocument implements lync.Observer.
func (o *Observer) ReadDocument(ctx context.Context) (signature, digest string, err error) {
	j := job{script: script(readTopologyDocument), op: "read the topology document", limit: topologyLimit}
	raw, _, err := o.reader.onManagement(ctx, j)
	if err != nil {
		return "", "", err
	}
	reply, err := decode[documentReply](raw, j)
	if err != nil {
		return "", "", err
	}
	digest, err = documentDigest(reply.Document)
	if err != nil {
		return "", "", malformed(j, "the topology document: %v", err)
	}
	return reply.Signature, digest, nil
}

// edgeServerReply is what Read-EdgeServer.ps1 emits.
type edgeServerReply struct {
	LocalSignature string
	Listening      []string
	Services       []serviceReply
}

// serviceReply is one service. StartMode is "" where nobody knows it.
type serviceReply struct{ Name, DisplayName, State, StartMode string }

func (r edgeServerReply) state(j job) (lync.EdgeServerState, error) {
	state := lync.EdgeServerState{LocalSignature: r.LocalSignature}
	for _, text := range r.Listening {
		listener, err := netip.ParseAddrPort(text)
		if err != nil {
			return lync.EdgeServerState{}, malformed(j, "the listener %q is not an address and port", text)
		}
		state.Listening = append(state.Listening, netip.AddrPortFrom(listener.Addr().Unmap().WithZone(""), listener.Port()))
	}
	for _, s := range r.Services {
		state.Services = append(state.Services, lync.Service{
			Name: s.Name, DisplayName: s.DisplayName, State: lync.ServiceState(s.State),
			Disabled: strings.EqualFold(s.StartMode, "Disabled"), // so both .NET and WMI call it
		})
	}
	return state, nil
}
