package main

import (
	"context"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/sim"
	"github.com/fedroute/fedroute/internal/sim/farm"
)

const sample = "config/samples/farms/one-site-two-pools.yaml"

// observation counts what one look at an organization costs, cold and warm.
func (b *bench) observation(ctx context.Context) error {
	spec, err := farm.Load(sample)
	if err != nil {
		return err
	}
	const ns = "observation"
	if err := b.namespace(ctx, ns); err != nil {
		return err
	}
	org, err := b.organization(ctx, ns, "org", spec, nil, 2*time.Second)
	if err != nil {
		return err
	}
	defer org.Close()
	_, stop, err := b.manager(ns)
	if err != nil {
		return err
	}
	defer stop()
	servers := int64(3) // a management server and two Edge machines are asked once each
	looks := func() int64 { return org.Counters().Cmdlets["Get-CsTopology"] / servers }
	wait := func(n int64) error {
		return until(ctx, 5*time.Millisecond, func() (bool, error) { return looks() >= n, nil })
	}
	if err := wait(1); err != nil {
		return err
	}
	cold := org.Counters()
	if err := wait(2); err != nil {
		return err
	}
	before := org.Counters()
	const warm = 20
	if err := wait(2 + warm); err != nil {
		return err
	}
	after := org.Counters()
	b.report("observation, cold: HTTP requests / connections / PowerShell starts / SOAP bytes", "", "%d / %d / %d / %d",
		cold.WinRM.Requests, cold.WinRM.Connections, cold.PowerShellStarts, cold.WinRM.EnvelopesIn+cold.WinRM.EnvelopesOut)
	requests := float64(after.WinRM.Requests-before.WinRM.Requests) / warm
	b.report("observation, warm: HTTP requests (for each of 3 calls)", "≤ 2.1 a call", "%.1f (%.2f)", requests, requests/float64(servers))
	b.report("observation, warm: connections / PowerShell starts / SOAP bytes", "0 / 0", "%d / %d / %d",
		after.WinRM.Connections-before.WinRM.Connections, after.PowerShellStarts-before.PowerShellStarts,
		(after.WinRM.EnvelopesIn+after.WinRM.EnvelopesOut-before.WinRM.EnvelopesIn-before.WinRM.EnvelopesOut)/warm)
	return nil
}

// failover times a whole failover against what the far side needed, with a
// lifelike organization made faster by scale.
func (b *bench) failover(ctx context.Context, scale int) error {
	spec, err := farm.Load(sample)
	if err != nil {
		return err
	}
	lifelike, err := farm.Profile("lifelike")
	if err != nil {
		return err
	}
	spec.Durations.Durations = faster(lifelike, scale)
	const ns = "failover"
	if err := b.namespace(ctx, ns); err != nil {
		return err
	}
	clock := &workClock{}
	org, err := b.organization(ctx, ns, "org", spec, clock, time.Minute)
	if err != nil {
		return err
	}
	defer org.Close()
	_, stop, err := b.manager(ns, fmt.Sprintf("--poll=%s", 2*time.Second/time.Duration(scale)))
	if err != nil {
		return err
	}
	defer stop()
	r := route(ns, "federation", "org", "edge1.contoso.com", org)
	if err := b.create(ctx, r); err != nil {
		return err
	}
	if _, err := b.ready(ctx, r); err != nil {
		return err
	}
	from := time.Now()
	base := r.DeepCopy()
	r.Spec.EdgePool = "edge2.contoso.com"
	if err := b.objects.Patch(ctx, r, client.MergeFrom(base)); err != nil {
		return err
	}
	to, err := b.ready(ctx, r)
	if err != nil {
		return err
	}
	needed := clock.busy(from, to, replication(org, from)...)
	b.report(fmt.Sprintf("failover, lifelike / %d: wall time / remote time on the critical path / ratio", scale), "≤ 1.10", "%.2fs / %.2fs / %.3f",
		to.Sub(from).Seconds(), needed.Seconds(), to.Sub(from).Seconds()/needed.Seconds())
	return nil
}

// replication is the time during which changes of the failover travelled.
func replication(org *sim.Organization, from time.Time) []span {
	var out []span
	lag := time.Duration(org.Farm().Durations().Replication)
	for _, e := range org.Farm().Journal() {
		if e.At.After(from) {
			out = append(out, span{e.At, e.At.Add(lag)})
			break // later changes travel with the first within its lag, or are covered by the next look
		}
	}
	return out
}

// idle counts writes to the API server while nothing changes.
func (b *bench) idle(ctx context.Context) error {
	spec, err := farm.Load(sample)
	if err != nil {
		return err
	}
	const ns = "idle"
	if err := b.namespace(ctx, ns); err != nil {
		return err
	}
	org, err := b.organization(ctx, ns, "org", spec, nil, 2*time.Second)
	if err != nil {
		return err
	}
	defer org.Close()
	_, stop, err := b.manager(ns)
	if err != nil {
		return err
	}
	defer stop()
	r := route(ns, "federation", "org", "edge1.contoso.com", org)
	r.Spec.Interval.Duration = 5 * time.Second
	if err := b.create(ctx, r); err != nil {
		return err
	}
	if _, err := b.ready(ctx, r); err != nil {
		return err
	}
	settle := func(d time.Duration) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := settle(5 * time.Second); err != nil { // the events of getting ready are still on their way
		return err
	}
	before, err := b.versions(ctx, ns)
	if err != nil {
		return err
	}
	looks := org.Counters().Cmdlets["Get-CsTopology"]
	if err := settle(time.Minute); err != nil {
		return err
	}
	after, err := b.versions(ctx, ns)
	if err != nil {
		return err
	}
	writes := 0
	for name, version := range after {
		if before[name] != version {
			writes++
		}
	}
	b.report(fmt.Sprintf("API-server objects written in an idle minute (%d looks), for an hour", (org.Counters().Cmdlets["Get-CsTopology"]-looks)/3), "0", "%d", writes*60)
	return nil
}

// memory measures the manager with many routes on many organizations.
func (b *bench) memory(ctx context.Context, routes, organizations int) error {
	spec, err := farm.Load(sample)
	if err != nil {
		return err
	}
	ns := fmt.Sprintf("memory-%d", routes)
	if err := b.namespace(ctx, ns); err != nil {
		return err
	}
	var all []*v1alpha1.FederationRoute
	for i := range organizations {
		name := fmt.Sprintf("org%d", i)
		org, err := b.organization(ctx, ns, name, spec, nil, 30*time.Second)
		if err != nil {
			return err
		}
		defer org.Close()
		for j := range routes / organizations {
			r := route(ns, fmt.Sprintf("route-%d-%d", i, j), name, "edge1.contoso.com", org)
			if j > 0 {
				r.Spec.Mode = v1alpha1.ModeObserve // one route holds the switches, the others look
			}
			all = append(all, r)
		}
	}
	pid, stop, err := b.manager(ns, "--kube-api-qps=200")
	if err != nil {
		return err
	}
	defer stop()
	from := time.Now()
	for _, r := range all {
		if err := b.create(ctx, r); err != nil {
			return err
		}
	}
	for _, r := range all {
		if _, err := b.ready(ctx, r); err != nil {
			return err
		}
	}
	mib, err := resident(pid)
	if err != nil {
		return err
	}
	b.report(fmt.Sprintf("manager with %d routes on %d organizations: resident memory / all Ready after", routes, organizations), "", "%.0f MiB / %.0fs", mib, time.Since(from).Seconds())
	return nil
}

// versions lists the resource versions of everything that the manager may write.
func (b *bench) versions(ctx context.Context, ns string) (map[string]string, error) {
	out := map[string]string{}
	for _, list := range lists() {
		if err := b.objects.List(ctx, list, client.InNamespace(ns)); err != nil {
			return nil, err
		}
		if err := each(list, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}
