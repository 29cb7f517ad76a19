package main

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/hack/bench/stage"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/probe/tcp"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// nobody is who pulls plugs.
var nobody = farm.Actor{User: "nobody", Machine: "the rack", Command: "a power cut"}

// rescue is a failover from a dead pool: the time from the changed line to the first and to
// the last address of the new pool that is published and answers, the longest chain of remote
// commands of which each needs the one before, and the time in which any remote command worked.
type rescue struct{ first, all, chain, worked time.Duration }

// disaster measures the failover from a pool whose machines are all dead, to a pool of one
// machine and to pools of three.
func (b *bench) disaster(ctx context.Context, scale int) error {
	lifelike, err := farm.Profile("lifelike")
	if err != nil {
		return err
	}
	durations := faster(lifelike, scale)
	jobs := []struct {
		machines int
		rollout  v1alpha1.Rollout
		seen     rescue
	}{{machines: 1, rollout: v1alpha1.RolloutRolling}, {machines: 3, rollout: v1alpha1.RolloutRolling}, {machines: 3, rollout: v1alpha1.RolloutParallel}}
	g, running := errgroup.WithContext(ctx)
	for i := range jobs {
		j := &jobs[i]
		g.Go(func() (err error) {
			j.seen, err = b.rescue(running, j.machines, j.rollout, durations, scale)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, j := range jobs {
		s := j.seen
		b.report(fmt.Sprintf("disaster, lifelike / %d, %s to a pool of %d: first address answers, every address answers / longest chain / ratio (remote work)", scale, j.rollout, j.machines), "≤ 1.05",
			"%.2fs, %.2fs / %.2fs / %.3f (%.2fs)", s.first.Seconds(), s.all.Seconds(), s.chain.Seconds(), s.all.Seconds()/s.chain.Seconds(), s.worked.Seconds())
	}
	return nil
}

func (b *bench) rescue(ctx context.Context, machines int, rollout v1alpha1.Rollout, d farm.Durations, scale int) (rescue, error) {
	clock := &stage.Clock{}
	s, err := b.Open(ctx, fmt.Sprintf("disaster-%d-%s", machines, map[v1alpha1.Rollout]string{v1alpha1.RolloutRolling: "rolling", v1alpha1.RolloutParallel: "parallel"}[rollout]),
		stage.Options{Durations: d, Clock: clock, Poll: time.Minute, Machines: machines, Manager: []string{fmt.Sprintf("--poll=%s", 2*time.Second/time.Duration(scale))}})
	if err != nil {
		return rescue{}, err
	}
	defer s.Close()
	r, err := s.Route(ctx, time.Minute, func(r *v1alpha1.FederationRoute) { r.Spec.Rollout = rollout })
	if err != nil {
		return rescue{}, err
	}
	for _, e := range s.Org.Endpoints() {
		if e.Pool == stage.OldPool {
			if err := s.Org.Farm().Kill(nobody, e.Machine); err != nil {
				return rescue{}, err
			}
		}
	}
	from, base := time.Now(), r.DeepCopy()
	r.Spec.EdgePool = stage.NewPool
	if err := s.Objects.Patch(ctx, r, client.MergeFrom(base)); err != nil {
		return rescue{}, err
	}
	out := rescue{chain: chainOf(d, machines, rollout)}
	err = stage.Until(ctx, 50*time.Millisecond, func() (bool, error) {
		answering, all := served(ctx, s.Org, string(r.Spec.SIP.Domains[0].Host), string(r.Spec.SIP.Domains[0].Name), stage.NewPool)
		if answering > 0 && out.first == 0 {
			out.first = time.Since(from)
		}
		return answering == all, nil
	})
	out.all = time.Since(from)
	out.worked = clock.Needed(s.Org, from, time.Now())
	return out, err
}

// chainOf is how long the remote commands take of which each needs the one before: publish and
// enable, one site route after the other, replication, then setup and the start of the new
// proxy on a machine, and the same on the machine that is left to users meanwhile. Every
// program needs that long.
func chainOf(d farm.Durations, machines int, rollout v1alpha1.Rollout) time.Duration {
	waves := farm.Duration(1)
	if machines > 1 && rollout == v1alpha1.RolloutRolling {
		waves = 2
	}
	return time.Duration(d.Publish + d.Enable + 2*d.Cmdlet + d.Replication + waves*(d.Setup+d.ServiceStart))
}

// served counts the addresses of the pool that are published and answer for both protocols,
// and all addresses that are to be published.
func served(ctx context.Context, org *sim.Organization, host, domain, pool string) (answering, all int) {
	published := org.Zones().Lookup(host, "A")
	for _, e := range org.Endpoints() {
		if e.Pool != pool {
			continue
		}
		all++
		if slices.Contains(published, e.PublicAddress.String()) && answers(ctx, e.PublicAddress, domain) {
			answering++
		}
	}
	return answering, all
}

func answers(ctx context.Context, address netip.Addr, domain string) bool {
	return !slices.ContainsFunc([]lync.Protocol{lync.SIP, lync.XMPP}, func(p lync.Protocol) bool {
		return !tcp.Prober{}.Probe(ctx, probe.Target{Address: address, Protocol: p, Domain: domain}).Answers()
	})
}
