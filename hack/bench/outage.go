package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/hack/bench/partner"
	"github.com/fedroute/fedroute/hack/bench/peers"
	"github.com/fedroute/fedroute/hack/bench/stage"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// outageScale is how much faster than lifelike the organizations of the moves are.
const outageScale = 15

// What a contestant itself does for a certain time is as much faster: the TTL of its records
// in seconds, and the time between two of its questions about what it waits for.
const (
	outageTTL  = 300 / outageScale
	outagePoll = 2 * time.Second / outageScale
)

// atOnce is how many moves run at the same time.
const atOnce = 4

// contestant is who makes a planned move.
type contestant struct {
	who  string
	goal string
	move func(ctx context.Context, name string, o stage.Options) (partner.Pair, error)
}

// outage measures how long partners reach nobody during a planned move between two pools
// that work: by the procedure, by PrepareFirst and by the peers, each in two worlds. In one,
// ports open and close as the routes say. In the other, port 5061 listens whatever the routes
// say, and the XMPP proxy takes its route up in a restart.
func (b *bench) outage(ctx context.Context) error {
	lifelike, err := farm.Profile("lifelike")
	if err != nil {
		return err
	}
	durations := faster(lifelike, outageScale)
	type job struct {
		contestant
		ignores bool
		seen    partner.Pair
	}
	var jobs []*job
	g, running := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, c := range b.contestants(durations) {
		for _, ignores := range []bool{false, true} {
			j := &job{contestant: c, ignores: ignores}
			name := fmt.Sprintf("outage-%d", len(jobs))
			jobs = append(jobs, j)
			g.Go(func() (err error) {
				j.seen, err = j.move(running, name, stage.Options{Durations: durations,
					Behaviour: farm.Behaviour{SIPListenerIgnoresRoute: j.ignores, XMPPProxyNeedsRestart: j.ignores}})
				if err != nil {
					err = fmt.Errorf("%s: %w", j.who, err)
				}
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, j := range jobs {
		world := "ports follow the routes"
		if j.ignores {
			world = "5061 ignores the routes, the XMPP proxy is restarted"
		}
		b.report(fmt.Sprintf("outage of a planned move, lifelike / %d, %s, %s: SIP, XMPP (partner that caches: SIP, XMPP)", outageScale, j.who, world), j.goal,
			"%.1fs, %.1fs (%.1fs, %.1fs)", j.seen.Fresh.Outage(lync.SIP).Seconds(), j.seen.Fresh.Outage(lync.XMPP).Seconds(),
			j.seen.Caching.Outage(lync.SIP).Seconds(), j.seen.Caching.Outage(lync.XMPP).Seconds())
	}
	return nil
}

// contestants are fedroute's two strategies and the peers, if they are wanted.
func (b *bench) contestants(d farm.Durations) []contestant {
	own := func(strategy v1alpha1.Strategy) func(context.Context, string, stage.Options) (partner.Pair, error) {
		return func(ctx context.Context, name string, o stage.Options) (partner.Pair, error) {
			return b.plannedMove(ctx, name, strategy, o)
		}
	}
	replication, restart := time.Duration(d.Replication), time.Duration(d.ServiceStop+d.ServiceStart)
	all := []contestant{
		{who: string(v1alpha1.StrategyProcedure), move: own(v1alpha1.StrategyProcedure)},
		{who: string(v1alpha1.StrategyPrepareFirst), move: own(v1alpha1.StrategyPrepareFirst),
			goal: fmt.Sprintf("SIP ≤ %.1fs, XMPP ≤ %.1fs", 1.1*replication.Seconds(), 1.1*(replication+restart).Seconds())},
	}
	for _, m := range b.movers {
		all = append(all, contestant{who: m.Who, move: func(ctx context.Context, name string, o stage.Options) (partner.Pair, error) {
			return m.Move(ctx, b.Stage, name, o, peers.Pace{TTL: outageTTL, Poll: outagePoll})
		}})
	}
	return all
}

// plannedMove makes a move by fedroute and watches it until the old pool is done with, or
// would be.
func (b *bench) plannedMove(ctx context.Context, name string, strategy v1alpha1.Strategy, o stage.Options) (partner.Pair, error) {
	o.Poll, o.Manager = time.Minute, []string{fmt.Sprintf("--poll=%s", outagePoll)}
	s, err := b.Open(ctx, name, o)
	if err != nil {
		return partner.Pair{}, err
	}
	defer s.Close()
	r, err := s.Route(ctx, 5*time.Second, func(r *v1alpha1.FederationRoute) { r.Spec.Strategy, r.Spec.DNS.TTL = strategy, outageTTL })
	if err != nil {
		return partner.Pair{}, err
	}
	return partner.WatchMove(ctx, s.Org.DNSServers()[0], string(r.Spec.SIP.Domains[0].Name), outageTTL*time.Second, func() error {
		_, _, err := s.FailOver(ctx, r)
		return err
	})
}
