package shell

import (
	"context"
	"encoding/json"
	"net/netip"
	"slices"
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

// Observer reads an organization. It reaches only reading scripts and reading sessions:
// the compiler lets it run nothing but a readingJob.
type Observer struct {
	onManagement func(context.Context, readingJob) (json.RawMessage, answered, error)
	onEdge       func(ctx context.Context, server string, j readingJob) (json.RawMessage, error)
}

// readingJob is a job whose script changes nothing. Only a readingScript makes one.
type readingJob struct{ job }

func (s readingScript) job(op, target string, limit time.Duration) readingJob {
	return readingJob{job{script: s.reading, op: op, target: target, limit: limit}}
}

var _ lync.Observer = (*Observer)(nil)

// NewObserver gives an Observer over the fleet's reading sessions.
func NewObserver(f *Fleet) *Observer {
	return &Observer{
		onManagement: func(ctx context.Context, j readingJob) (json.RawMessage, answered, error) {
			return f.reader.onManagement(ctx, j.job)
		},
		onEdge: func(ctx context.Context, server string, j readingJob) (json.RawMessage, error) {
			return f.reader.onEdge(ctx, server, j.job)
		},
	}
}

// ReadTopology implements lync.Observer: one remote call on the first management
// server that answers, whose URL is returned too. With an error for a part the topology
// holds the parts that could be read.
func (o *Observer) ReadTopology(ctx context.Context) (lync.Topology, string, error) {
	j := readTopology.job("read the topology", "", topologyLimit)
	j.fits = fits[topologyReply]
	raw, by, err := o.onManagement(ctx, j)
	if err != nil {
		return lync.Topology{}, by.URL, err
	}
	j.target = by.URL
	reply, err := decode[topologyReply](raw, j.job)
	if err != nil {
		return lync.Topology{}, by.URL, err
	}
	topology, err := reply.topology(j.job, by.signIn)
	if k := by.kit; k != nil {
		topology.Kit = &lync.Kit{Host: by.URL, Version: k.Version, Lacks: k.Lacks, Sites: k.Sites, Pools: k.Pools}
	}
	return topology, by.URL, err
}

// ReadEdgeServer implements lync.Observer: one remote call on the machine.
func (o *Observer) ReadEdgeServer(ctx context.Context, server string) (lync.EdgeServerState, error) {
	j := readEdgeServer.job("read Edge server", server, edgeServerLimit)
	j.fits = fits[edgeServerReply]
	raw, err := o.onEdge(ctx, server, j)
	if err != nil {
		return lync.EdgeServerState{}, err
	}
	reply, err := decode[edgeServerReply](raw, j.job)
	if err != nil {
		return lync.EdgeServerState{}, err
	}
	return reply.state(j.job)
}

// certificateReply is what Read-EdgeCertificate.ps1 emits. Thumbprint is "" where no
// certificate is assigned.
type certificateReply struct {
	Thumbprint, Subject string
	Names               []string
	NotBefore, NotAfter string
	Chain               []string
	ChainError          string
}

// ReadEdgeCertificate implements lync.Observer: one remote call on the machine.
func (o *Observer) ReadEdgeCertificate(ctx context.Context, server string) (lync.Certificate, error) {
	j := readEdgeCertificate.job("read the certificate of Edge server", server, edgeServerLimit)
	j.fits = fits[certificateReply]
	raw, err := o.onEdge(ctx, server, j)
	if err != nil {
		return lync.Certificate{}, err
	}
	reply, err := decode[certificateReply](raw, j.job)
	if err != nil {
		return lync.Certificate{}, err
	}
	return reply.certificate(j.job)
}

func (r certificateReply) certificate(j job) (c lync.Certificate, err error) {
	if r.Thumbprint == "" {
		return c, nil
	}
	c = lync.Certificate{Thumbprint: r.Thumbprint, Chain: r.Chain, ChainError: r.ChainError}
	if c.NotBefore, err = time.Parse(time.RFC3339, r.NotBefore); err == nil {
		c.NotAfter, err = time.Parse(time.RFC3339, r.NotAfter)
	}
	if err != nil {
		return lync.Certificate{}, malformed(j, "a date of the certificate: %v", err)
	}
	for _, name := range append([]string{commonName(r.Subject)}, r.Names...) {
		if name = strings.ToLower(name); name != "" && !slices.Contains(c.Names, name) {
			c.Names = append(c.Names, name)
		}
	}
	return c, nil
}

// commonName is the first one of a subject, such as "CN=sip.contoso.com, O=Contoso".
func commonName(subject string) string {
	for part := range strings.SplitSeq(subject, ",") {
		if name, is := strings.CutPrefix(strings.TrimSpace(part), "CN="); is {
			return name
		}
	}
	return ""
}

// documentReply is what Read-TopologyDocument.ps1 emits.
type documentReply struct{ Signature, Document string }

// ReadDocument implements lync.Observer.
func (o *Observer) ReadDocument(ctx context.Context) (signature, digest string, err error) {
	j := readTopologyDocument.job("read the topology document", "", topologyLimit)
	j.fits = fits[documentReply]
	raw, _, err := o.onManagement(ctx, j)
	if err != nil {
		return "", "", err
	}
	reply, err := decode[documentReply](raw, j.job)
	if err != nil {
		return "", "", err
	}
	digest, err = documentDigest(reply.Document)
	if err != nil {
		return "", "", malformed(j.job, "the topology document: %v", err)
	}
	return reply.Signature, digest, nil
}

// edgeServerReply is what Read-EdgeServer.ps1 emits.
type edgeServerReply struct {
	LocalSignature string
	Listening      []string
	Services       []serviceReply
}

// serviceReply is one service. StartMode is "" where it is unknown.
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
