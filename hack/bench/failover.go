package main

import (
	"context"
	"fmt"
	"time"

	"github.com/fedroute/fedroute/hack/bench/stage"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// failover compares the time of a whole failover with the time that the remote
// commands needed. The organization has realistic durations, all divided by scale.
func (b *bench) failover(ctx context.Context, scale int) error {
	lifelike, err := farm.Profile("lifelike")
	if err != nil {
		return err
	}
	clock := &stage.Clock{}
	s, err := b.Open(ctx, "failover", stage.Options{Durations: faster(lifelike, scale), Clock: clock, Poll: time.Minute,
		Manager: []string{fmt.Sprintf("--poll=%s", 2*time.Second/time.Duration(scale))}})
	if err != nil {
		return err
	}
	defer s.Close()
	r, err := s.Route(ctx, 0)
	if err != nil {
		return err
	}
	from, to, err := s.FailOver(ctx, r)
	if err != nil {
		return err
	}
	took, needed := to.Sub(from).Seconds(), clock.Needed(s.Org, from, to).Seconds()
	b.report(fmt.Sprintf("failover, lifelike / %d: wall time / remote time on the critical path / ratio", scale), "≤ 1.10", "%.2fs / %.2fs / %.3f",
		took, needed, took/needed)
	return nil
}

// faster divides every duration.
func faster(d farm.Durations, by int) farm.Durations {
	for _, p := range []*farm.Duration{&d.PowerShellStart, &d.ModuleImport, &d.Cmdlet, &d.Publish, &d.Enable, &d.ReplicationNotice, &d.Replication,
		&d.ForcedReplication, &d.Setup, &d.ServiceStart, &d.ServiceStop, &d.Drain, &d.FailOver, &d.FailBack, &d.FailBackPerThousandUsers} {
		*p /= farm.Duration(by)
	}
	return d
}
