package main

import (
	"context"
	"fmt"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/hack/bench/stage"
)

// memory measures the manager with many routes on many organizations.
func (b *bench) memory(ctx context.Context, routes, organizations int) error {
	ns := fmt.Sprintf("memory-%d", routes)
	if err := b.Namespace(ctx, ns); err != nil {
		return err
	}
	var all []*v1alpha1.FederationRoute
	for i := range organizations {
		name := fmt.Sprintf("org%d", i)
		org, err := b.Organization(ctx, ns, name, stage.Options{Poll: 30 * time.Second})
		if err != nil {
			return err
		}
		defer org.Close()
		for j := range routes / organizations {
			r := stage.Route(ns, fmt.Sprintf("route-%d-%d", i, j), name, org)
			if j > 0 {
				r.Spec.Mode = v1alpha1.ModeObserve // only one route may change a pool's switches, so the others observe
			}
			all = append(all, r)
		}
	}
	m, err := b.Manager(ns, "--kube-api-qps=200")
	if err != nil {
		return err
	}
	defer m.Stop()
	from := time.Now()
	for _, r := range all {
		if err := b.Create(ctx, r); err != nil {
			return err
		}
	}
	for _, r := range all {
		if _, err := b.Ready(ctx, r); err != nil {
			return err
		}
	}
	mib, err := m.Resident()
	if err != nil {
		return err
	}
	b.report(fmt.Sprintf("manager with %d routes on %d organizations: resident memory / all Ready after", routes, organizations), "", "%.0f MiB / %.0fs", mib, time.Since(from).Seconds())
	return nil
}
