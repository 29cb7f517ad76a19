package controllers

import (
	"context"

	"github.com/fedroute/fedroute/internal/lync"
)

// patient is an Observer that leaves a server alone for a while that let an earlier look wait
// in vain. Only looks use it: a run asks whenever it has to know.
type patient struct {
	lync.Observer
	turn turn
	// organization names the LyncTopology and its edition: a corrected address is asked at once.
	organization string
}

// ReadTopology implements lync.Observer. The management servers of an organization have one
// pause: while one of them answers, the others are of no interest.
func (p patient) ReadTopology(ctx context.Context) (topology lync.Topology, endpoint string, err error) {
	done, err := p.turn(ctx, p.organization)
	if err != nil {
		return lync.Topology{}, "", err
	}
	defer func() { done(err) }()
	return p.Observer.ReadTopology(ctx)
}

// ReadEdgeServer implements lync.Observer.
func (p patient) ReadEdgeServer(ctx context.Context, server string) (state lync.EdgeServerState, err error) {
	done, err := p.turn(ctx, p.organization+" "+string(lync.HostOf(server)))
	if err != nil {
		return lync.EdgeServerState{}, err
	}
	defer func() { done(err) }()
	return p.Observer.ReadEdgeServer(ctx, server)
}
