package peers

import (
	"context"
	"time"

	"github.com/fedroute/fedroute/hack/bench/partner"
	"github.com/fedroute/fedroute/hack/bench/stage"
)

// Mover is a peer that makes a planned move while partners watch.
type Mover struct {
	Who  string
	move func(w *workplace, ctx context.Context, pool string) error
}

// Movers are the peers that can move federation.
func Movers() []Mover {
	var all []Mover
	for _, p := range others {
		if p.failOver != nil {
			all = append(all, Mover{p.who, p.failOver})
		}
	}
	return all
}

// Move moves federation from OldPool to NewPool in an organization of its own. In the end the
// organization is judged as after a failover.
func (m Mover) Move(ctx context.Context, s *stage.Stage, name string, o stage.Options, p Pace) (partner.Pair, error) {
	w, err := newWorkplace(ctx, s, name, o, p)
	if err != nil {
		return partner.Pair{}, err
	}
	defer w.org.Close()
	seen, err := partner.WatchMove(ctx, w.org.DNSServers()[0], domain, time.Duration(p.TTL)*time.Second, func() error {
		return m.move(w, ctx, stage.NewPool)
	})
	if err != nil {
		return seen, err
	}
	return seen, w.federates(ctx)
}
